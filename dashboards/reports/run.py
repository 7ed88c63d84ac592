"""The report of a run: a self-contained HTML page.

``run.html`` contains the texts, all escaped. The scripts draw the charts, the network and the chronicle from one block
of data (``run_data``).
"""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.labels import OUTCOME_MEANINGS
from dashboards.reports.chronicle import omitted_groups
from dashboards.reports.offline_page import embedded_json, read_asset, render_page
from dashboards.reports.run_data import run_data
from dashboards.run_history import events_in_run, key_moments, rung_dates
from dashboards.theme import INDICATOR_STYLES, OUTCOME_STYLES, STATUS_STYLES
from model.atomic_files import write_atomically
from model.compiler import source_digest
from model.enumerations import RungStatus
from model.measures import negotiation_series, trajectory_digest
from model.version import VERSION

if TYPE_CHECKING:
    from agents.assembly import Assembly

SCRIPTS = ("run.js", "network.js", "chronicle.js")


def write_run_report(model: "Assembly", path: Path) -> None:
    """Write the report of a run atomically. Raises OSError if the file cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, render_run(model).encode())


def render_run(model: "Assembly") -> str:
    """Return the page of a run."""
    from plotly.offline import get_plotlyjs

    scripts = [get_plotlyjs(), *map(read_asset, SCRIPTS)]
    return render_page(
        "run.html", scripts, run=page_texts(model), looks=INDICATOR_STYLES, data=embedded_json(run_data(model))
    )


def page_texts(model: "Assembly") -> dict[str, Any]:
    """Return the texts of the page."""
    scenario, outcome = model.loaded_scenario, model.outcome
    parties = dict.fromkeys(party for talks in scenario.negotiations.values() for party in talks.parties)
    return {
        "title": scenario.title["en"],
        "name": scenario.name,
        "summary": scenario.summary["en"],
        "cut_off": scenario.cut_off,
        "sources": scenario.sources,
        "outcome": OUTCOME_STYLES[outcome].label,
        "meaning": OUTCOME_MEANINGS[outcome],
        "seed": model.seed,
        "rounds": model.round,
        "planned": scenario.rounds,
        "version": VERSION,
        "model_digest": source_digest(),
        "trajectory_digest": trajectory_digest(model.trajectory),
        "parties": [
            (model.narrator.display_name(party), scenario.states[party].narrative.get("en", "")) for party in parties
        ],
        "events": [(event.round, event.text["en"]) for event in events_in_run(model)],
        "negotiations": [negotiation_texts(model, talks) for talks in scenario.negotiations],
        "moments": key_moments(model),
        "tasks": facilitator_tasks(model),
        "has_ledger": model.ledger is not None,
        "omitted_groups": omitted_groups(model),
    }


def negotiation_texts(model: "Assembly", talks: str) -> dict[str, Any]:
    """Return the texts about one negotiation: outcome, captions of the charts, rungs."""
    indicators = negotiation_series(model.trajectory, model.world.names.negotiation.index(talks))
    first, second = (model.narrator.display_name(party) for party in model.loaded_scenario.negotiations[talks].parties)
    held = int(indicators["contact"][1:].sum())

    def change(name: str) -> str:
        return f"from {indicators[name][0]:.2f} to {indicators[name][-1]:.2f}"

    return {
        "title": model.narrator.display_name(talks),
        "first": first,
        "second": second,
        "outcome": OUTCOME_STYLES[model.outcome_of(talks)].label,
        "meaning": OUTCOME_MEANINGS[model.outcome_of(talks)],
        "breaches": int(indicators["breaches"][-1]),
        "talks": held,
        "contact": held / max(model.round, 1),
        "moves": {name: change(name) for name in indicators},
        "rungs": rung_texts(model, talks),
    }


def rung_texts(model: "Assembly", talks: str) -> list[tuple[str, str, str]]:
    """Return title, current status and dated status changes of each rung of a ladder."""
    labels = {status.name.lower(): STATUS_STYLES[status].label for status in RungStatus}
    return [
        (title, labels[now], ", ".join(f"{labels[to]} {when}" for when, to in dates))
        for title, now, dates in rung_dates(model, talks)
    ]


def facilitator_tasks(model: "Assembly") -> list[tuple[str, int]]:
    """Return the number of tasks that each facilitator performed."""
    rows = model.ledger.rows if model.ledger is not None else []
    counts = Counter(row.actor for row in rows if row.act == "take_task" and row.value == 1)
    return [(model.narrator.display_name(name), counts[name]) for name in model.loaded_scenario.facilitators]
