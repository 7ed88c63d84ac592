"""The page: choose a scenario, move a lever, and see what many worlds make of it."""

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
from dashboards.web.pages.explore.actions import ExploreActions
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
from model.scenario import Scenario

TEMPLATES = ("explore/outcomes", "explore/chart", "shared/line_chart")
FILE_NOTICE = (
    "This scenario is a file of yours that differs from every shipped one in more than values. A link to it opens on "
    "this server only, until it is restarted; to open it elsewhere the file must travel along."
)


def story_text(setting: Setting, talks: str) -> StoryText:
    """Return the story for the browser."""
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
                "text": now.states[party].narrative.get("en", "No story is given.").strip(),
            }
            for party in now.negotiations[talks].parties
        ],
        "notice": now.notice.get("en", []),
        "tries": [
            {
                "text": thing.text["en"],
                "sets": "; ".join(describe_change(path, value, scenario) for path, value in thing.set.items()),
                "active": bool(thing.set) and has_changes(setting, thing.set),
            }
            for thing in scenario.things_to_try
        ],
    }


def event_rows(setting: Setting) -> list[EventRow]:
    """Return the scenario's own events and the injected ones in the order of their rounds."""
    scenario = scenario_of(setting)
    own = [
        EventRow(round=event.round, text=event.text.get("en", event.kind.replace("_", " ")), place=-1)
        for event in scenario.events
    ]
    injected: list[EventRow] = [
        {"round": event.round, "text": describe_event(scenario, event), "place": place}
        for place, event in enumerate(setting.events)
    ]
    return sorted([*own, *injected], key=lambda row: (row["round"], row["place"]))


class PictureFamily(NamedTuple):
    """What pictures must share so that one can turn into the other."""

    scenario: str
    talks: str
    rounds: int


def live_picture(shown: ExploreView, link: Link, talks: str, scenario: Scenario) -> ExplorePicture | None:
    """Return the numbers for the browser, or None while they belong to another scenario."""
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


def short_hash(thing: Any) -> str:
    """Return a short name that equal things share."""
    return hashlib.sha256(repr(thing).encode()).hexdigest()[:12]


@solara.component
def Live(link: Link, talks: str, shown: solara.Reactive[ExploreView], error_text: str, events: dict[str, Any]) -> None:  # noqa: N802
    """Show the board; it alone is drawn again when numbers arrive."""
    news = shown.value
    scenario = scenario_of(link.setting)
    charts = solara.use_memo(lambda: chart_rows(scenario, talks), [link.setting.scenario, link.setting.changes, talks])
    known = [news.number, link.setting.scenario, talks, link.charts, link.baseline is None]
    picture = solara.use_memo(lambda: live_picture(news, link, talks, scenario), known)
    board = solara.use_memo(lambda: board_state(link), [link])
    live: LiveState = {
        "picture": picture,
        "busy": news.busy,
        "stopped": news.stopped,
        "error": error_text or news.error,
        "asked": short_hash(link.setting),  # equal to the panel's while both are of one setting
    }
    Board(components=page_templates(*TEMPLATES), charts=charts, board=board, live=live, **events)


def board_state(link: Link) -> BoardState:
    """Return all of the board that does not move with the numbers."""
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
    """Return where the controls are."""
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
    """Return the scenarios that can be chosen: the shipped ones, and an uploaded one while it is open."""
    if setting.scenario in shipped_names():
        return shipped_choices()
    own = scenario_of(setting).title["en"]
    return [*shipped_choices(), {"name": setting.scenario, "title": f"{own} (your file)"}]


def use_worker() -> tuple[solara.Reactive[ExploreView], ExploreWorker]:
    """Return what the page's player shows, and the player, which lives as long as the page."""
    shown = solara.use_reactive(ExploreView())
    player = solara.use_memo(lambda: ExploreWorker(shown.set), [])
    solara.use_effect(lambda: player.close, [])
    return shown, player


@solara.component
def Explore(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the panel of controls beside the story and the results."""
    shown, player = use_worker()
    draft: Any = solara.use_ref(None)
    error_text, set_complaint = solara.use_state("")
    echoes, set_echoes = solara.use_state(0)
    setting = link.setting
    talks = link.talks or next(iter(scenario_of(setting).negotiations))

    def echo() -> None:
        set_echoes(lambda count: count + 1)

    def show_error(error: str) -> None:
        set_complaint(error)
        if error:
            echo()

    actions = ExploreActions(link, go, player, draft, echo)
    solara.use_effect(actions.play_link, [setting, actions.baseline])
    with html("div", class_="det-page"):
        Panel(
            scenarios=scenario_choices(setting),
            catalogue=catalogue_of(setting.scenario),
            panel=solara.use_memo(lambda: panel_state(setting, echoes), [setting, echoes]),
            event_choose=safe_handler(actions.choose, show_error),
            event_move=safe_handler(actions.preview, show_error),
            # a move that was refused is told until another is made: the commit after it has nothing to add
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
    """Return the handlers of what the board sends."""
    return {
        "event_baseline": safe_handler(actions.toggle_baseline, show_error),
        "event_chart_toggle": safe_handler(actions.toggle_chart, show_error),
        "event_remove": safe_handler(actions.remove, show_error),
        "event_stop": safe_handler(actions.stop, show_error),
        "event_again": safe_handler(actions.restart, show_error),
    }
