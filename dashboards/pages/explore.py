"""The page: choose a scenario, move a lever, and see what many worlds make of it."""

# pyright: reportPrivateImportUsage=false

import logging
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import solara

from dashboards.elements import guarded, html
from dashboards.ensemble import Request
from dashboards.link import Link
from dashboards.pages.charts import Board, chart_rows, picture_of
from dashboards.pages.controls import Controls
from dashboards.pages.levers import FEWEST, LARGEST_SEED, MOST, as_rows, moved, number
from dashboards.player import Player, Shown
from model.faults import Fault, ScenarioError
from model.scenario import Scenario, load, shipped

FIRST = "us-iran-2026"

log = logging.getLogger(__name__)


class Told(NamedTuple):
    """What the panel of controls was last told; in between, the browser keeps its own values."""

    version: int
    request: Request


@cache
def catalogue() -> dict[str, Scenario]:
    """Load every shipped scenario once; one that cannot be read is left out, and logged."""
    found = {}
    for name in shipped():
        try:
            found[name] = load(name)
        except ScenarioError as error:
            log.warning("scenario %s is left out: %s", name, error)
    return found


@solara.component
def Story(scenario: Scenario) -> None:  # noqa: N802
    """Tell what the scenario is about, and the two parties' own stories side by side."""
    first, second = next(iter(scenario.negotiations.values())).parties
    with html("section", class_="det-story"):
        with html("header"):
            html("h1", scenario.title["en"])
            html("p", scenario.summary["en"].strip())
            if len(scenario.negotiations) > 1:
                title = scenario.written(next(iter(scenario.negotiations)))
                html("p", f"Shown here is the first of {len(scenario.negotiations)} negotiations: {title}.")
        with html("div", class_="det-narratives"):
            for party in (first, second):
                with html("article", class_="det-card"):
                    html("h2", html("span", "As seen by"), scenario.written(party))
                    html("p", scenario.states[party].narrative.get("en", "No story is given.").strip())


@solara.component
def Results(scenario: Scenario, shown: solara.Reactive[Shown], complaint: str) -> None:  # noqa: N802
    """Show the board; it alone is drawn again when numbers arrive."""
    ensemble, number_shown, busy, fault = shown.value
    if ensemble is not None and ensemble.request.scenario != scenario.name:
        ensemble = None
    rows = solara.use_memo(lambda: chart_rows(scenario), [scenario.name])
    picture = solara.use_memo(lambda: ensemble and picture_of(ensemble, scenario), [number_shown, scenario.name])
    Board(charts=rows, picture=picture, busy=busy, fault=complaint or fault)


def use_player() -> tuple[solara.Reactive[Shown], Callable[[Request], None]]:
    """Keep a player as long as the page lives; give what it shows and how to ask it."""
    shown = solara.use_reactive(Shown())
    player = solara.use_memo(lambda: Player(shown.set), [])
    solara.use_effect(lambda: player.close, [])
    return shown, player.ask


@solara.component
def Explore(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the panel of controls beside the story and the results."""
    first = FIRST if FIRST in catalogue() else next(iter(catalogue()))
    request, set_request = solara.use_state(Request(first))
    told, set_told = solara.use_state(Told(0, request))
    complaint, set_complaint = solara.use_state("")
    shown, ask = use_player()
    solara.use_effect(lambda: ask(request), [request])
    scenario = catalogue()[request.scenario]

    def tell_panel(news: Request) -> None:
        set_told(Told(told.version + 1, news))

    def complain(fault: str) -> None:
        set_complaint(fault)
        if fault:
            tell_panel(request)

    def choose(name: str) -> None:
        if name not in catalogue():
            raise ScenarioError([Fault.unknown("scenario", str(name), catalogue(), "scenario")])
        chosen = Request(name, (), request.seed, request.worlds)
        set_request(chosen)
        tell_panel(chosen)

    def move(sent: dict[str, Any]) -> None:
        set_request(lambda now: moved(now, scenario, sent["path"], sent["value"]))

    def sample(sent: dict[str, Any]) -> None:
        seed = int(number("seed", sent["seed"], 0, LARGEST_SEED, whole=True))
        worlds = int(number("worlds", sent["worlds"], FEWEST, MOST, whole=True))
        set_request(lambda now: now._replace(seed=seed, worlds=worlds))

    def panel() -> dict[str, Any]:
        version, known = told
        limits = {"largest_seed": LARGEST_SEED, "fewest": FEWEST, "most": MOST}
        groups = as_rows(catalogue()[known.scenario])
        return {"version": version, **known._asdict(), "changes": dict(known.changes), "groups": groups, **limits}

    titles = [{"name": name, "title": one.title["en"]} for name, one in catalogue().items()]
    with html("div", class_="det-page"):
        Controls(
            scenarios=titles,
            panel=solara.use_memo(panel, [told]),
            event_choose=guarded(choose, complain),
            event_move=guarded(move, complain),
            event_sample=guarded(sample, complain),
        )
        with html("main"):
            Story(scenario)
            Results(scenario, shown, complaint)
