"""Exports of a setting: tables, the report and the scenario, each with its own URL.

Each export is computed from the link in its URL, so it matches what the page shows.
"""

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from dashboards.link_text import forced_moves, short_hash
from dashboards.page_link import (
    VERSION,
    Link,
    Setting,
    changes_with_lists,
    format_link,
    load_scenario_data,
    parse_link,
    scenario_of,
)
from dashboards.web.jobs.background import never_stop
from dashboards.web.jobs.queue import JOB_QUEUE
from model.errors import ScenarioError
from model.loading import apply_changes, build_scenario

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def scenario_data(setting: Setting) -> dict[str, Any]:
    """Return the scenario as plain data, with the changes applied and the injected events as forced moves."""
    data = apply_changes(load_scenario_data(setting.scenario), changes_with_lists(setting.changes))
    moves = forced_moves(setting.events)
    return {**data, "moves": [*data.get("moves", []), *moves]} if moves else data


def scenario_toml(setting: Setting) -> str:
    """Return the scenario as TOML. The command line reproduces the same numbers from it."""
    import tomli_w

    head = f"# Written by the Detente dashboard, version {VERSION}.\n# Link: ?{format_link(Link(setting))}\n"
    head += f"# The watched run: detente run FILE --seed {setting.seed}\n\n"
    return head + tomli_w.dumps(without_missing_values(scenario_data(setting)), multiline_strings=True)


def without_missing_values(data: Any) -> Any:
    """Return data without None, which TOML cannot represent."""
    if isinstance(data, Mapping):
        return {key: without_missing_values(value) for key, value in data.items() if value is not None}
    return [without_missing_values(each) for each in data] if isinstance(data, list | tuple) else data


def worlds_table(setting: Setting) -> str:
    """Return a CSV with one row per world: seed, outcomes, first deals, means and final values of every indicator."""
    from experiments.ensembles.ensemble import play_ensemble

    scenario = scenario_of(setting)
    ensemble = play_ensemble(scenario, setting.worlds, setting.seed, overrides=setting.events, band_worlds=1)
    return ensemble.frame().to_csv(index=False)


def bands_table(setting: Setting) -> str:
    """Return a CSV with one row per round and indicator: percentiles and mean over the worlds, and the watched run."""
    import csv

    from dashboards.web.jobs.ensemble_results import complete_result
    from experiments.ensembles.statistics import PERCENTILES
    from model.measures import BY_NEGOTIATION

    result = complete_result(setting)
    assert result is not None
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(
        ["negotiation", "indicator", "round", *(f"p{each}" for each in PERCENTILES), "mean", f"seed_{setting.seed}"]
    )
    for talks in result.negotiations:
        for indicator in BY_NEGOTIATION:
            at = result.indicator_index(talks, indicator.name)
            for now in range(result.rounds + 1):
                values = [*result.bands[:, now, at], result.run[now, at]]
                table.writerow([talks, indicator.name, now, *(f"{each:.6g}" for each in values)])
    return text.getvalue()


def run_table(setting: Setting) -> str:
    """Return a CSV of the watched run: one row per round, one column per indicator."""
    import csv

    from experiments.engine.kernel import run_trajectory
    from model.measures import indicator_names
    from model.overrides import collect_overrides
    from model.world import World

    scenario = scenario_of(setting)
    trajectory = run_trajectory(
        World(scenario, setting.seed, collect_overrides(scenario, setting.events)), scenario.rounds
    )
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["round", *indicator_names(list(scenario.negotiations))])
    table.writerows([now, *map(repr, map(float, row))] for now, row in enumerate(trajectory))
    return text.getvalue()


def run_report(setting: Setting) -> str:
    """Return the HTML report of the watched run."""
    from agents.assembly import Assembly
    from dashboards.reports.run import render_run

    return render_run(Assembly(build_scenario(scenario_data(setting)), rng=setting.seed).run())


class Export(NamedTuple):
    """An export: its title, description and media type, and the function that creates it."""

    title: str
    about: str
    kind: str
    make: Callable[[Setting], str]


EXPORTS = {
    "bands.csv": Export("Bands (CSV)", "the data of the charts, by round", "text/csv", bands_table),
    "worlds.csv": Export("Worlds (CSV)", "one row per world", "text/csv", worlds_table),
    "run.csv": Export("Watched run (CSV)", "one row per round", "text/csv", run_table),
    "report.html": Export("Report (HTML)", "of the watched run; opens offline", "text/html", run_report),
    "scenario.toml": Export(
        "Scenario (TOML)", "with all changes, for the command line", "application/toml", scenario_toml
    ),
}


def export_file_name(setting: Setting, export: str) -> str:
    """Return the file name of an export; it tells settings apart by a short hash."""
    return f"{scenario_of(setting).name}-{short_hash(setting)[:8]}-{export}"


class ExportRow(TypedDict):
    """An export in the list on the page."""

    title: str
    about: str
    href: str
    file: str


def export_rows(link: Link) -> list[ExportRow]:
    """Return the list of exports of a link."""
    query = format_link(Link(link.setting))
    return [
        {
            "title": each.title,
            "about": each.about,
            "href": f"export/{name}?{query}",
            "file": export_file_name(link.setting, name),
        }
        for name, each in EXPORTS.items()
    ]


def serve_export(request: "Request") -> "Response":
    """Respond to a request for an export. Starlette runs this in a worker thread, since it can take a second."""
    from starlette.responses import PlainTextResponse, Response

    name = request.path_params["name"]
    if name not in EXPORTS:
        return PlainTextResponse("Export not found.", 404)
    link, notes = parse_link(str(request.url.query))
    if notes:  # refuse a link that could only be read in part
        return PlainTextResponse("\n".join(notes), 400)
    try:
        with JOB_QUEUE.slot(never_stop):
            text = EXPORTS[name].make(link.setting)
        headers = {"Content-Disposition": f'attachment; filename="{export_file_name(link.setting, name)}"'}
    except ScenarioError as error:
        return PlainTextResponse("\n".join(map(str, error.errors)), 400)
    return Response(text.encode(), media_type=f"{EXPORTS[name].kind}; charset=utf-8", headers=headers)
