"""Watch: one run played round by round, every decision explained, and branches from any round with the same dice."""

# pyright: reportPrivateImportUsage=false

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

import solara

from dashboards.interventions import injected, whole
from dashboards.link import LARGEST_SEED, MOST_EVENTS, Link, Setting, check_events, in_order, scenario_of
from dashboards.theme import CHANNEL_DASHES, FAMILIES, INDICATORS, SHAPES, SIGNALS, STATUS_SHAPES, STATUSES
from dashboards.web.components import guarded, html, parts
from dashboards.web.jobs.background import JobUpdate, follow
from dashboards.web.pages.shared.use_task import use_desk
from dashboards.web.pages.watch.run_data import WatchedRun, watch
from dashboards.web.pages.watch.why import DecisionQuery, asked, explain, opposite_of, search
from model.errors import Fault, ScenarioError

WATCHED = ("network", "ladder", "gauges", "charts", "chronicle", "why", "inject")
PARTS = ["shared/typed", "shared/line_chart", *(f"watch/{part}" for part in WATCHED)]


@cache
def looks() -> dict[str, Any]:
    """Give the looks that the browser draws with, as plain data."""
    return {
        "indicators": {name: look._asdict() for name, look in INDICATORS.items()},
        "families": {name: look._asdict() for name, look in FAMILIES.items()},
        "signals": {name: mark._asdict() for name, mark in SIGNALS.items()},
        "dashes": CHANNEL_DASHES,
        "shapes": SHAPES,
        "statuses": [{**STATUSES[each]._asdict(), "shape": STATUS_SHAPES[each]} for each in sorted(STATUSES)],
    }


class WatchView(NamedTuple):
    """What the stage shows: the run, its twin, how far it is, what failed."""

    watched: WatchedRun | None = None
    busy: str = "Starting."
    fault: str = ""


class DecisionAnswer(NamedTuple):
    """What is known of the decision that was asked about last; ``number`` is the browser's own of its question."""

    number: int = 0
    told: dict[str, Any] | None = None
    levers: list[dict[str, Any]] | None = None
    done: int = 0
    total: int = 0
    whole: bool = False  # whether all levers were searched
    fault: str = ""


@solara.component_vue("board.vue")
def Stage(  # noqa: N802
    components: dict[str, str],
    looks: dict[str, Any],
    run: str,
    twin: str,
    start: int,
    talks: str,
    answer: dict[str, Any],
    busy: str,
    fault: str,
    event_rest: Callable[[int], None],
    event_choose: Callable[[str], None],
    event_inject: Callable[[dict[str, Any]], None],
    event_remove: Callable[[int], None],
    event_reseed: Callable[[int], None],
    event_ask: Callable[[dict[str, Any]], None],
    event_turn: Callable[[dict[str, Any]], None],
    event_search: Callable[[dict[str, Any]], None],
    event_cancel: Callable[[Any], None],
    event_adopt: Callable[[dict[str, Any]], None],
) -> None:
    """Show a run; it is played in the browser, which asks the server only for what has to be computed anew."""


def show_run(setting: Setting, publish: Callable[..., None], stop: Callable[[], bool]) -> None:
    """Play the run of a setting and show it, and how far it is until then."""
    for news in watch(setting, stop):
        if stop():
            return
        publish(partial(shown_with, news))


def shown_with(news: JobUpdate, shown: WatchView) -> WatchView:
    """Give what the stage shows after a piece of news."""
    if not news.over:
        return WatchView(news.result or shown.watched, progress(news))
    return WatchView(news.result or shown.watched, "", news.fault)


def progress(news: JobUpdate) -> str:
    """Say how far a run is."""
    return news.note or (f"Playing round {news.done} of {news.total}." if news.total else "Playing the run.")


def show_terms(decision: DecisionQuery, number: int, publish: Callable[..., None], stop: Callable[[], bool]) -> None:
    """Weigh a decision again and show its terms."""
    scenario = scenario_of(decision.setting)
    for news in follow(("why", decision), lambda *_: explain(decision, scenario), stop):
        if news.over and not stop():
            publish(partial(replaced, number, told=news.result, fault=news.fault))


def show_levers(decision: DecisionQuery, number: int, publish: Callable[..., None], stop: Callable[[], bool]) -> None:
    """Search the levers that flip a decision, and show them as they are found."""
    scenario = scenario_of(decision.setting)
    for news in follow(("levers", decision), partial(search, decision, scenario), stop):
        if stop():
            return
        total = 0 if news.over else news.total or 1
        whole = news.over and news.result is not None
        found = {"levers": news.result or [], "done": news.done, "total": total, "whole": whole, "fault": news.fault}
        publish(partial(replaced, number, **found))


def replaced(number: int, answer: DecisionAnswer, /, **changes: Any) -> DecisionAnswer:
    """Change parts of an answer, unless something else was asked meanwhile."""
    return answer._replace(**changes) if answer.number == number else answer


@solara.component
def Watch(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the watched run of the link's setting, from the link's round on."""
    setting, scenario = link.setting._replace(worlds=0), scenario_of(link.setting)
    shown, set_shown = solara.use_state(WatchView())
    answer, set_answer = solara.use_state(DecisionAnswer())
    complaint, complain = solara.use_state("")
    playing, asking = use_desk(), use_desk()
    solara.use_effect(lambda: playing.begin(partial(show_run, setting, set_shown)), [setting])

    def change(**changes: Any) -> None:
        """Go on with another setting, if it is one."""
        now = changes.pop("round", link.round)
        new = link.setting._replace(**changes)
        check_events(new)
        go(link._replace(setting=new, round=min(now, scenario_of(new).rounds)))

    def rest(now: Any) -> None:
        go(link._replace(round=whole("round", now, 0, scenario.rounds)))

    def choose(name: Any) -> None:
        if name not in scenario.negotiations:
            raise ScenarioError([Fault.unknown("negotiation", str(name)[:40], scenario.negotiations, "negotiation")])
        go(link._replace(talks=name))

    def put(event: Any) -> None:
        if len(link.setting.events) >= MOST_EVENTS:
            raise ScenarioError([Fault("events", MOST_EVENTS, "is the most that can be injected")])
        change(events=in_order((*link.setting.events, event)), round=event.round)

    def remove(place: Any) -> None:
        at = whole("event", place, 0, len(link.setting.events) - 1)
        change(events=(*link.setting.events[:at], *link.setting.events[at + 1 :]))

    def reseed(seed: Any) -> None:
        change(seed=whole("seed", seed, 0, LARGEST_SEED))

    def ask(sent: Any) -> None:
        decision, count = asked(setting, scenario, sent), whole("number", sent["number"], 0, 10**9)
        set_answer(DecisionAnswer(count))
        asking.begin(partial(show_terms, decision, count, set_answer))

    def turn(sent: Any) -> None:
        put(opposite_of(asked(setting, scenario, sent), scenario))

    def look_for_levers(sent: Any) -> None:
        decision = asked(setting, scenario, sent)
        set_answer(partial(replaced, answer.number, levers=[], done=0, total=1, whole=False, fault=""))
        asking.begin(partial(show_levers, decision, answer.number, set_answer))

    def cancel(_: Any) -> None:
        asking.cancel()
        set_answer(partial(replaced, answer.number, total=0))

    def adopt(sent: Any) -> None:
        path, value = str(sent["path"]), sent["value"]
        kept = tuple(each for each in link.setting.changes if each[0] != path)
        change(changes=(*kept, (path, value)))

    watched = shown.watched
    current = watched is not None and watched.setting.scenario == setting.scenario
    with html("main", class_="det-watch-page", id="det-content"):
        Stage(
            components=parts(*PARTS),
            looks=looks(),
            run=watched.run if watched and current else "",
            twin=watched.twin if watched and current else "",
            start=link.round,
            talks=link.talks,
            answer=answer._asdict(),
            busy=shown.busy,
            fault=complaint or shown.fault,
            event_rest=guarded(rest, complain),
            event_choose=guarded(choose, complain),
            event_inject=guarded(lambda sent: put(injected(scenario, sent)), complain),
            event_remove=guarded(remove, complain),
            event_reseed=guarded(reseed, complain),
            event_ask=guarded(ask, complain),
            event_turn=guarded(turn, complain),
            event_search=guarded(look_for_levers, complain),
            event_cancel=guarded(cancel, complain),
            event_adopt=guarded(adopt, complain),
        )
