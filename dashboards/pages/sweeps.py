"""Sweeps: what a study is, and what this page will show of one; studies themselves are not built yet."""

# pyright: reportPrivateImportUsage=false

import json
import shlex
from collections.abc import Callable
from typing import Any

import solara

from dashboards.elements import guarded, html
from dashboards.link import Link, read_link, scenario_of, written
from model.faults import ScenarioError
from model.settings import settings


@solara.component_vue("sweeps.vue")
def Board(facts: dict[str, Any], event_open: Callable[[str], None]) -> None:  # noqa: N802
    """Show the empty state."""


@solara.component
def Sweeps(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Say that there are no results yet, what a study is, and what can be done meanwhile."""
    _, complain = solara.use_state("")
    with html("main", class_="det-single"):
        facts = solara.use_memo(lambda: facts_of(link), [link])
        Board(facts=facts, event_open=guarded(lambda query: go(read_link(str(query))[0]), complain))


def facts_of(link: Link) -> dict[str, Any]:
    """Write what the page says of the scenario at hand: commands that run as they stand, and links."""
    try:
        title = scenario_of(link.setting).title["en"]
    except ScenarioError:
        title = ""
    return {
        "title": title,
        "shipped": not link.setting.scenario.startswith("file:"),
        "sweep": sweep_command(link),
        "compare": compare_command(link),
        "to_compare": written(link._replace(page="compare")),
        "to_explore": written(link._replace(page="explore")),
    }


def sweep_command(link: Link) -> str:
    """Write the command that varies one lever of the scenario over its range."""
    path, low, high = some_lever(link)
    worlds = ["--worlds", "100", "--seed", str(link.setting.seed)]
    name = link.setting.scenario.partition(":")[2] or link.setting.scenario
    return shlex.join(
        [
            "detente",
            "sweep",
            name,
            "--vary",
            f"{path}={low:g}:{high:g}",
            "--points",
            "11",
            *worlds,
            "--out",
            "table.csv",
        ]
    )


def compare_command(link: Link) -> str:
    """Write the command that compares the scenario with and without the changes made, or one of its own."""
    name = link.setting.scenario.partition(":")[2] or link.setting.scenario
    changes = link.setting.changes or ((some_lever(link)[0], some_lever(link)[1]),)
    sets = [part for path, value in changes for part in ("--set", f"{path}={toml(value)}")]
    return shlex.join(["detente", "compare", name, *sets, "--worlds", str(link.setting.worlds)])


def toml(value: Any) -> str:
    """Write a value as the command line reads it."""
    return json.dumps(value) if isinstance(value, bool | tuple | list) else str(value)


def some_lever(link: Link) -> tuple[str, float, float]:
    """Choose a lever that every reader understands: how open the first party is to talks."""
    try:
        scenario = scenario_of(link.setting._replace(changes=(), events=()))
    except ScenarioError:
        return "states.us.dialogue", 0.0, 1.0
    party = next(iter(scenario.negotiations.values())).parties[0]
    found = next(each for each in settings(scenario) if each.path == f"states.{party}.dialogue")
    return found.path, found.low, found.high
