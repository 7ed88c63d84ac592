"""The page: choose a scenario, move a lever, and see what many worlds make of it."""

# pyright: reportPrivateImportUsage=false

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import solara

from dashboards.interventions import event_words
from dashboards.link import FEWEST, LARGEST_SEED, MOST, VERSION, Link, Setting, scenario_of, shipped_names
from dashboards.web.components import guarded, html
from dashboards.web.downloads import export_rows
from dashboards.web.jobs.explore_worker import Ask, ExploreView, Player
from dashboards.web.pages.explore.charts import chart_rows, picture_of, scheduled
from dashboards.web.pages.shared.setting_edits import (
    attempted,
    catalogue_of,
    is_set,
    moved,
    sampled,
    shipped_titles,
    told_change,
    told_changes,
)
from dashboards.web.upload import received
from model.scenario import Scenario


@solara.component_vue("panel.vue")
def Panel(  # noqa: N802
    scenarios: list[dict[str, str]],
    catalogue: dict[str, Any],
    panel: dict[str, Any],
    event_choose: Callable[[str], None],
    event_move: Callable[[dict[str, Any]], None],
    event_commit: Callable[[Any], None],
    event_reset: Callable[[list[str] | None], None],
    event_sample: Callable[[dict[str, Any]], None],
    event_upload: Callable[[dict[str, Any]], None],
) -> None:
    """Show all that can be moved: ``catalogue`` what there is, ``panel`` where it stands."""


@solara.component_vue("story.vue")
def Story(  # noqa: N802
    story: dict[str, Any], event_attempt: Callable[[int], None], event_show: Callable[[str], None]
) -> None:
    """Tell what the scenario is about, both parties' own stories, what to notice, what to try."""


@solara.component_vue("board.vue")
def Board(  # noqa: N802
    charts: list[dict[str, Any]],
    board: dict[str, Any],
    live: dict[str, Any],
    event_baseline: Callable[[bool], None],
    event_chart_toggle: Callable[[str], None],
    event_remove: Callable[[int], None],
    event_stop: Callable[[Any], None],
    event_again: Callable[[Any], None],
) -> None:
    """Show charts and outcomes: ``charts`` how they look, ``live`` the numbers, in one message."""


def story_of(setting: Setting, talks: str) -> dict[str, Any]:
    """Write the story as plain data for the browser."""
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


def event_rows(setting: Setting) -> list[dict[str, Any]]:
    """List the scenario's own events and the injected ones, which can be removed by their place."""
    scenario = scenario_of(setting)
    own = [{"round": each["round"], "text": each["text"], "place": -1} for each in scheduled(scenario)]
    injected = [
        {"round": event.round, "text": event_words(scenario, event), "place": place}
        for place, event in enumerate(setting.events)
    ]
    return sorted([*own, *injected], key=lambda row: (row["round"], row["place"]))


class Family(NamedTuple):
    """What pictures must share so that one can turn into the other."""

    scenario: str
    talks: str
    rounds: int


def live_picture(shown: ExploreView, link: Link, talks: str, scenario: Scenario) -> dict[str, Any] | None:
    """Write what is shown as plain data, or nothing while the numbers belong to another scenario."""
    result = shown.result
    if result is None or result.setting.scenario != link.setting.scenario or result.rounds != scenario.rounds:
        return None
    base = shown.base if link.baseline is not None else None
    family = Family(link.setting.scenario, talks, result.rounds)
    picture = picture_of(result, base, scenario, talks, link.charts)
    marks = {"setting": digest(result.setting), "family": digest(family), "number": shown.number}
    return {**picture, **marks, "settled": result.complete}


def digest(thing: Any) -> str:
    """Give a short name that two equal things share."""
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
    live = {"picture": picture, "busy": news.busy, "stopped": news.stopped, "fault": complaint or news.fault}
    live["asked"] = digest(link.setting)  # like the panel's, so that who watches the page can tell that both are of one
    Board(charts=charts, board=board, live=live, **events)


def board_of(link: Link) -> dict[str, Any]:
    """Write all of the board that does not move with the numbers."""
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


def use_player() -> tuple[solara.Reactive[ExploreView], Player]:
    """Keep a player as long as the page lives; give what it shows, and itself."""
    shown = solara.use_reactive(ExploreView())
    player = solara.use_memo(lambda: Player(shown.set), [])
    solara.use_effect(lambda: player.close, [])
    return shown, player


@solara.component
def Explore(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the panel of controls beside the story and the results."""
    shown, player = use_player()
    draft: Any = solara.use_ref(None)  # the setting under a slider that is still moving, if there is one
    complaint, set_complaint = solara.use_state("")
    echoes, set_echoes = solara.use_state(0)  # grows when the panel must hear again what it may think it changed
    setting, scenario = link.setting, scenario_of(link.setting)
    talks = link.talks or next(iter(scenario.negotiations))
    baseline = link.baseline and link.baseline._replace(seed=setting.seed, worlds=setting.worlds)  # the same dice

    def show() -> None:
        draft.current = None
        player.ask(Ask(setting, baseline))

    solara.use_effect(show, [setting, baseline])

    def complain(fault: str) -> None:
        set_complaint(fault)
        if fault:
            set_echoes(lambda count: count + 1)

    def complain_or_leave(fault: str) -> None:
        """A move that was refused is told until another is made: the commit after it has nothing to add."""
        if fault:
            complain(fault)

    def now() -> Setting:
        return draft.current or setting

    def put(changed: Setting) -> None:
        draft.current = None
        if changed == setting:
            set_echoes(lambda count: count + 1)
        go(link._replace(setting=changed))

    def choose(name: str) -> None:
        scenario_of(Setting(name))
        go(Link(Setting(name, seed=setting.seed, worlds=setting.worlds), charts=link.charts, look=link.look))

    def move(sent: dict[str, Any]) -> None:
        draft.current = moved(now(), str(sent["path"]), sent["value"])
        player.ask(Ask(draft.current, baseline))

    def reset(paths: list[str] | None) -> None:
        kept = [] if paths is None else [each for each in now().changes if each[0] not in paths]
        put(now()._replace(changes=tuple(kept)))

    def attempt(at: int) -> None:
        put(attempted(now(), at))

    def sample(sent: dict[str, Any]) -> None:
        put(sampled(now(), sent["seed"], sent["worlds"]))

    def remove(place: int) -> None:
        kept = [event for at, event in enumerate(setting.events) if at != place]
        put(now()._replace(events=tuple(kept)))

    def show_talks(name: str) -> None:
        if name in scenario.negotiations:
            go(link._replace(setting=now(), talks=name))

    def toggle(chart: str) -> None:
        charts = tuple(each for each in link.charts if each != chart)
        go(link._replace(setting=now(), charts=charts if chart in link.charts else (*link.charts, str(chart))))

    def compare(on: bool) -> None:
        go(link._replace(setting=now(), baseline=now() if on else None))

    def upload(sent: dict[str, Any]) -> None:
        go(Link(received(sent, setting.seed, setting.worlds), charts=link.charts, look=link.look))

    titles = shipped_titles()
    if setting.scenario not in shipped_names():
        titles = [*titles, {"name": setting.scenario, "title": f"{scenario.title['en']} (your file)"}]
    panel = {
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
    events = {
        "event_baseline": guarded(compare, complain),
        "event_chart_toggle": guarded(toggle, complain),
        "event_remove": guarded(remove, complain),
        "event_stop": guarded(lambda _: player.stop(), complain),
        "event_again": guarded(lambda _: player.ask(Ask(now(), baseline)), complain),
    }
    with html("div", class_="det-page"):
        Panel(
            scenarios=titles,
            catalogue=catalogue_of(setting.scenario),
            panel=solara.use_memo(lambda: panel, [setting, echoes]),
            event_choose=guarded(choose, complain),
            event_move=guarded(move, complain),
            event_commit=guarded(lambda _: put(now()), complain_or_leave),
            event_reset=guarded(reset, complain),
            event_sample=guarded(sample, complain),
            event_upload=guarded(upload, complain),
        )
        with html("main"):
            if setting.scenario.startswith("file:"):
                html("p", TRAVELS, class_="det-fault det-travels", role="status")
            Story(
                story=solara.use_memo(lambda: story_of(setting, talks), [setting.scenario, setting.changes, talks]),
                event_attempt=guarded(attempt, complain),
                event_show=guarded(show_talks, complain),
            )
            Live(link, talks, shown, complaint, events)


TRAVELS = (
    "This scenario is a file of yours that differs from every shipped one in more than values. A link to it opens on "
    "this server only, until it is restarted; to open it elsewhere the file must travel along."
)
