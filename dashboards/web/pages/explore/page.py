"""The page Explore: choose a scenario, move levers, and see the results over many worlds."""

# pyright: reportPrivateImportUsage=false

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import solara

from dashboards.injected_events import describe_event
from dashboards.page_link import MAX_SEED, MAX_WORLDS, MIN_WORLDS, VERSION, Link, Setting, scenario_of, shipped_names
from dashboards.web.components import html, page_templates, safe_handler
from dashboards.web.downloads import export_rows
from dashboards.web.jobs.explore_worker import ExploreView, ExploreWorker
from dashboards.web.pages.explore.actions import Draft, ExploreActions
from dashboards.web.pages.explore.charts import chart_rows, explore_numbers
from dashboards.web.pages.explore.messages import BoardState, EventRow, ExplorePicture, LiveState, PanelState, StoryText
from dashboards.web.pages.explore.widgets import Board, Panel, Story
from dashboards.web.pages.shared.messages import ScenarioChoice
from dashboards.web.pages.shared.setting_edits import (
    catalogue_of,
    describe_change,
    describe_changes,
    has_changes,
    shipped_choices,
)
from model.overrides import describe_condition
from model.scenario import Event, Scenario

TEMPLATES = ("explore/outcomes", "explore/chart", "shared/line_chart")
FILE_NOTICE = (
    "This scenario comes from your file, and its differences from shipped scenarios do not fit into a link. A link to "
    "it works on this server only, until the server restarts. To open it elsewhere, upload the file there."
)


def story_text(setting: Setting, talks: str) -> StoryText:
    """Return the description of the scenario."""
    scenario = scenario_of(Setting(setting.scenario))
    now = scenario_of(setting)
    return {
        "title": now.title["en"],
        "summary": now.summary["en"].strip(),
        "talks": [{"name": name, "title": now.display_name(name)} for name in now.negotiations],
        "shown": talks,
        "parties": [
            {
                "name": now.display_name(party),
                "text": now.states[party].narrative.get("en", "No narrative is available.").strip(),
            }
            for party in now.negotiations[talks].parties
        ],
        "notice": now.notice.get("en", []),
        "tries": [
            {
                "text": suggestion.text["en"],
                "sets": "; ".join(describe_change(path, value, scenario) for path, value in suggestion.set.items()),
                "active": bool(suggestion.set) and has_changes(setting, suggestion.set),
            }
            for suggestion in scenario.things_to_try
        ],
    }


def event_rows(setting: Setting) -> list[EventRow]:
    """Return the scenario's events and the injected events, by round."""
    scenario = scenario_of(setting)
    own = [EventRow(round=event.round, text=scheduled_text(scenario, event), place=-1) for event in scenario.events]
    injected: list[EventRow] = [
        {"round": event.round, "text": describe_event(scenario, event), "place": place}
        for place, event in enumerate(setting.events)
    ]
    return sorted([*own, *injected], key=lambda row: (row["round"], row["place"]))


def scheduled_text(scenario: Scenario, event: Event) -> str:
    """Return the text of a scheduled event, with its condition."""
    text, condition = event.text.get("en", event.kind.replace("_", " ")), describe_condition(scenario, event)
    return f"{text} ({condition})" if condition else text


class PictureFamily(NamedTuple):
    """What two results must share so that a replay can interpolate between them."""

    scenario: str
    talks: str
    rounds: int


def live_picture(shown: ExploreView, link: Link, talks: str, scenario: Scenario) -> ExplorePicture | None:
    """Return the data of the latest result, or None if it belongs to another scenario."""
    result = shown.result
    if result is None or result.setting.scenario != link.setting.scenario or result.rounds != scenario.rounds:
        return None
    base = shown.base if link.baseline is not None else None
    family = PictureFamily(link.setting.scenario, talks, result.rounds)
    return {
        **explore_numbers(result, base, scenario, talks, link.charts),
        "setting": short_hash(result.setting),
        "family": short_hash(family),
        "number": shown.number,
        "settled": result.is_complete,
    }


def short_hash(value: Any) -> str:
    """Return a short hash; equal values have equal hashes."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]


@solara.component
def Live(link: Link, talks: str, shown: solara.Reactive[ExploreView], error_text: str, events: dict[str, Any]) -> None:  # noqa: N802
    """Show the board, the only part that is rendered when results arrive."""
    view = shown.value
    scenario = scenario_of(link.setting)
    charts = solara.use_memo(lambda: chart_rows(scenario, talks), [link.setting.scenario, link.setting.changes, talks])
    known = [view.number, link.setting.scenario, talks, link.charts, link.baseline is None]
    picture = solara.use_memo(lambda: live_picture(view, link, talks, scenario), known)
    board = solara.use_memo(lambda: board_state(link), [link])
    live: LiveState = {
        "picture": picture,
        "busy": view.busy,
        "stopped": view.stopped,
        "error": error_text or view.error,
        "asked": short_hash(link.setting),  # equals the panel's hash while both show one setting
    }
    Board(components=page_templates(*TEMPLATES), charts=charts, board=board, live=live, **events)


def board_state(link: Link) -> BoardState:
    """Return the part of the board that does not depend on results."""
    baseline = link.baseline
    words = ""
    if baseline is not None:
        title = scenario_of(Setting(baseline.scenario)).title["en"] + ", "
        words = ("" if baseline.scenario == link.setting.scenario else title) + describe_changes(baseline)
    return {
        "baseline": words,
        "open": list(link.charts),
        "events": event_rows(link.setting),
        "exports": export_rows(link),
        "named": scenario_of(link.setting).name,
        "version": VERSION,
    }


def panel_state(setting: Setting, echoes: int) -> PanelState:
    """Return the state of the controls."""
    return {
        "scenario": setting.scenario,
        "changes": {path: list(value) if isinstance(value, tuple) else value for path, value in setting.changes},
        "seed": setting.seed,
        "worlds": setting.worlds,
        "echoes": echoes,
        "asked": short_hash(setting),
        "largest_seed": MAX_SEED,
        "fewest": MIN_WORLDS,
        "most": MAX_WORLDS,
    }


def scenario_choices(setting: Setting) -> list[ScenarioChoice]:
    """Return the scenarios to choose from: the shipped ones, and an uploaded one if it is open."""
    if setting.scenario in shipped_names():
        return shipped_choices()
    own = scenario_of(setting).title["en"]
    return [*shipped_choices(), {"name": setting.scenario, "title": f"{own} (your file)"}]


def use_worker() -> tuple[solara.Reactive[ExploreView], ExploreWorker]:
    """Return the worker's view and the worker, which lasts as long as the page."""
    shown = solara.use_reactive(ExploreView())
    worker = solara.use_memo(lambda: ExploreWorker(shown.set), [])
    solara.use_effect(lambda: worker.close, [])
    return shown, worker


@solara.component
def Explore(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the controls, the description of the scenario, and the results."""
    shown, worker = use_worker()
    draft = solara.use_memo(Draft, [])
    error_text, set_error_text = solara.use_state("")
    echoes, set_echoes = solara.use_state(0)
    setting = link.setting
    talks = link.talks or next(iter(scenario_of(setting).negotiations))

    def refresh_panel() -> None:
        set_echoes(lambda count: count + 1)

    def show_error(error: str) -> None:
        set_error_text(error)
        if error:
            refresh_panel()

    actions = ExploreActions(link, go, worker, draft, refresh_panel)
    solara.use_effect(actions.play_link, [setting, actions.baseline])
    with html("div", class_="det-page"):
        Panel(
            scenarios=scenario_choices(setting),
            catalogue=solara.use_memo(lambda: catalogue_of(setting), [setting]),
            panel=solara.use_memo(lambda: panel_state(setting, echoes), [setting, echoes]),
            event_choose=safe_handler(actions.choose, show_error),
            event_move=safe_handler(actions.preview, show_error),
            # the commit that follows a refused move must not clear its error
            event_commit=safe_handler(actions.commit, lambda error: show_error(error) if error else None),
            event_reset=safe_handler(actions.reset, show_error),
            event_sample=safe_handler(actions.sample, show_error),
            event_upload=safe_handler(actions.upload, show_error),
        )
        with html("main"):
            if setting.scenario.startswith("file:"):
                html("p", FILE_NOTICE, class_="det-error det-travels", role="status")
            Story(
                story=solara.use_memo(lambda: story_text(setting, talks), [setting.scenario, setting.changes, talks]),
                event_attempt=safe_handler(actions.toggle_suggestion, show_error),
                event_show=safe_handler(actions.show_negotiation, show_error),
            )
            Live(link, talks, shown, error_text, board_events(actions, show_error))


def board_events(actions: ExploreActions, show_error: Callable[[str], None]) -> dict[str, Any]:
    """Return the handlers of the board's events."""
    return {
        "event_baseline": safe_handler(actions.toggle_baseline, show_error),
        "event_chart_toggle": safe_handler(actions.toggle_chart, show_error),
        "event_remove": safe_handler(actions.remove, show_error),
        "event_stop": safe_handler(actions.stop, show_error),
        "event_again": safe_handler(actions.restart, show_error),
    }
