"""The page: choose a scenario, move a lever, and see what many worlds make of it."""

# pyright: reportPrivateImportUsage=false

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import solara

from dashboards.interventions import event_words
from dashboards.link import FEWEST, LARGEST_SEED, MOST, VERSION, Link, Setting, scenario_of, shipped_names
from dashboards.web.components import guarded, html, parts
from dashboards.web.downloads import export_rows
from dashboards.web.jobs.explore_worker import ExploreView, Player
from dashboards.web.pages.explore.actions import ExploreActions
from dashboards.web.pages.explore.charts import chart_rows, numbers_of
from dashboards.web.pages.explore.messages import BoardState, EventRow, ExplorePicture, LiveState, PanelState, StoryText
from dashboards.web.pages.explore.widgets import Board, Panel, Story
from dashboards.web.pages.shared.messages import ScenarioChoice
from dashboards.web.pages.shared.setting_edits import (
    catalogue_of,
    is_set,
    shipped_titles,
    told_change,
    told_changes,
)
from model.scenario import Scenario

PARTS = ("explore/outcomes", "explore/chart", "shared/line_chart")
TRAVELS = (
    "This scenario is a file of yours that differs from every shipped one in more than values. A link to it opens on "
    "this server only, until it is restarted; to open it elsewhere the file must travel along."
)


def story_of(setting: Setting, talks: str) -> StoryText:
    """Return the story for the browser."""
    scenario = scenario_of(Setting(setting.scenario))
    now = scenario_of(setting)
    return {
        "title": now.title["en"],
        "summary": now.summary["en"].strip(),
        "talks": [{"name": name, "title": now.written(name)} for name in now.negotiations],
        "shown": talks,
        "parties": [
            {"name": now.written(party), "text": now.states[party].narrative.get("en", "No story is given.").strip()}
            for party in now.negotiations[talks].parties
        ],
        "notice": now.notice.get("en", []),
        "tries": [
            {
                "text": thing.text["en"],
                "sets": "; ".join(told_change(path, value, scenario) for path, value in thing.set.items()),
                "active": bool(thing.set) and is_set(setting, thing.set),
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
        {"round": event.round, "text": event_words(scenario, event), "place": place}
        for place, event in enumerate(setting.events)
    ]
    return sorted([*own, *injected], key=lambda row: (row["round"], row["place"]))


class Family(NamedTuple):
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
    family = Family(link.setting.scenario, talks, result.rounds)
    return {
        **numbers_of(result, base, scenario, talks, link.charts),
        "setting": digest(result.setting),
        "family": digest(family),
        "number": shown.number,
        "settled": result.complete,
    }


def digest(thing: Any) -> str:
    """Return a short name that equal things share."""
    return hashlib.sha256(repr(thing).encode()).hexdigest()[:12]


@solara.component
def Live(link: Link, talks: str, shown: solara.Reactive[ExploreView], complaint: str, events: dict[str, Any]) -> None:  # noqa: N802
    """Show the board; it alone is drawn again when numbers arrive."""
    news = shown.value
    scenario = scenario_of(link.setting)
    charts = solara.use_memo(lambda: chart_rows(scenario, talks), [link.setting.scenario, link.setting.changes, talks])
    known = [news.number, link.setting.scenario, talks, link.charts, link.baseline is None]
    picture = solara.use_memo(lambda: live_picture(news, link, talks, scenario), known)
    board = solara.use_memo(lambda: board_of(link), [link])
    live: LiveState = {
        "picture": picture,
        "busy": news.busy,
        "stopped": news.stopped,
        "fault": complaint or news.fault,
        "asked": digest(link.setting),  # equal to the panel's while both are of one setting
    }
    Board(components=parts(*PARTS), charts=charts, board=board, live=live, **events)


def board_of(link: Link) -> BoardState:
    """Return all of the board that does not move with the numbers."""
    baseline = link.baseline
    words = ""
    if baseline is not None:
        title = scenario_of(Setting(baseline.scenario)).title["en"] + ", "
        words = ("" if baseline.scenario == link.setting.scenario else title) + told_changes(baseline)
    return {
        "baseline": words,
        "open": list(link.charts),
        "events": event_rows(link.setting),
        "exports": export_rows(link),
        "named": scenario_of(link.setting).name,
        "version": VERSION,
    }


def panel_of(setting: Setting, echoes: int) -> PanelState:
    """Return where the controls are."""
    return {
        "scenario": setting.scenario,
        "changes": {path: list(value) if isinstance(value, tuple) else value for path, value in setting.changes},
        "seed": setting.seed,
        "worlds": setting.worlds,
        "echoes": echoes,
        "asked": digest(setting),
        "largest_seed": LARGEST_SEED,
        "fewest": FEWEST,
        "most": MOST,
    }


def choices_of(setting: Setting) -> list[ScenarioChoice]:
    """Return the scenarios that can be chosen: the shipped ones, and an uploaded one while it is open."""
    if setting.scenario in shipped_names():
        return shipped_titles()
    own = scenario_of(setting).title["en"]
    return [*shipped_titles(), {"name": setting.scenario, "title": f"{own} (your file)"}]


def use_player() -> tuple[solara.Reactive[ExploreView], Player]:
    """Return what the page's player shows, and the player, which lives as long as the page."""
    shown = solara.use_reactive(ExploreView())
    player = solara.use_memo(lambda: Player(shown.set), [])
    solara.use_effect(lambda: player.close, [])
    return shown, player


@solara.component
def Explore(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the panel of controls beside the story and the results."""
    shown, player = use_player()
    draft: Any = solara.use_ref(None)
    complaint, set_complaint = solara.use_state("")
    echoes, set_echoes = solara.use_state(0)
    setting = link.setting
    talks = link.talks or next(iter(scenario_of(setting).negotiations))

    def echo() -> None:
        set_echoes(lambda count: count + 1)

    def complain(fault: str) -> None:
        set_complaint(fault)
        if fault:
            echo()

    actions = ExploreActions(link, go, player, draft, echo)
    solara.use_effect(actions.show, [setting, actions.baseline])
    with html("div", class_="det-page"):
        Panel(
            scenarios=choices_of(setting),
            catalogue=catalogue_of(setting.scenario),
            panel=solara.use_memo(lambda: panel_of(setting, echoes), [setting, echoes]),
            event_choose=guarded(actions.choose, complain),
            event_move=guarded(actions.move, complain),
            # a move that was refused is told until another is made: the commit after it has nothing to add
            event_commit=guarded(actions.commit, lambda fault: complain(fault) if fault else None),
            event_reset=guarded(actions.reset, complain),
            event_sample=guarded(actions.sample, complain),
            event_upload=guarded(actions.upload, complain),
        )
        with html("main"):
            if setting.scenario.startswith("file:"):
                html("p", TRAVELS, class_="det-fault det-travels", role="status")
            Story(
                story=solara.use_memo(lambda: story_of(setting, talks), [setting.scenario, setting.changes, talks]),
                event_attempt=guarded(actions.attempt, complain),
                event_show=guarded(actions.show_talks, complain),
            )
            Live(link, talks, shown, complaint, board_events(actions, complain))


def board_events(actions: ExploreActions, complain: Callable[[str], None]) -> dict[str, Any]:
    """Return the handlers of what the board sends."""
    return {
        "event_baseline": guarded(actions.compare, complain),
        "event_chart_toggle": guarded(actions.toggle, complain),
        "event_remove": guarded(actions.remove, complain),
        "event_stop": guarded(actions.stop, complain),
        "event_again": guarded(actions.again, complain),
    }
