"""The screen of the command `run`."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from agents.assembly import Assembly
from dashboards.labels import OUTCOME_LABELS
from dashboards.run_history import STATUS_WEIGHTS, key_moments, rung_dates
from dashboards.terminal.widgets import line_plot
from dashboards.theme import STATUS_STYLES
from model.enumerations import Outcome, RungStatus
from model.measures import negotiation_series


def run_screen(model: Assembly, width: int = 80) -> RenderableType:
    """Return outcome, indicators as line plots, rungs, contact, breaches and key moments, `width` columns wide."""
    scenario, trajectory = model.loaded_scenario, model.trajectory
    outcome = OUTCOME_LABELS[model.outcome.name]
    colour = "green" if model.outcome >= Outcome.partial_arrangement else "yellow"
    parts: list[RenderableType] = [
        Text.assemble((scenario.title["en"], "bold"), f"  seed {model.seed}, {model.round} rounds"),
        Text.assemble("Outcome: ", (outcome, f"bold {colour}")),
    ]
    for k, talks in enumerate(scenario.negotiations):
        own = negotiation_series(trajectory, k)
        first, second = (model.narrator.display_name(party) for party in scenario.negotiations[talks].parties)
        grid = Table.grid(padding=(0, 2))
        for no_wrap in (False, True, True):
            grid.add_column(no_wrap=no_wrap)
        plots = (
            (f"trust, {first} in {second}", own["trust_first"], 1.0),
            (f"trust, {second} in {first}", own["trust_second"], 1.0),
            ("tension", own["tension"], max(1.0, float(own["tension"].max()))),
            ("deal progress", own["deal_progress"], 1.0),
        )
        ends = {label: f"{values[0]:.2f} → {values[-1]:.2f}" for label, values, _ in plots}
        longest = max(map(len, ends))
        room = width - min(longest, width // 3) - max(map(len, ends.values())) - 6  # minus the gaps
        for label, values, top in plots:
            plot = line_plot(values[1:].tolist(), top, max(min(room, 60), 8))
            grid.add_row(label, Text(plot, style="cyan"), ends[label])
        contact, breaches = own["contact"][1:].mean(), int(own["breaches"][-1])
        if len(scenario.negotiations) > 1:
            parts.append(
                Text.assemble(
                    "\n",
                    (model.narrator.display_name(talks) or talks, "bold"),
                    f": {OUTCOME_LABELS[model.outcome_of(talks).name]}",
                )
            )
        parts += [grid, Text(f"talks in {contact:.0%} of rounds, breaches: {breaches}")]
        parts.append(_rung_table(model, talks))
    if moments := key_moments(model):
        table = Table.grid(padding=(0, 2))
        for row in moments:
            table.add_row(Text(f"round {row.round}", no_wrap=True), row.sentence)
        parts += [Text("\nKey moments", style="bold"), table]
    return Group(*parts)


def _rung_table(model: Assembly, talks: str) -> Table:
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("rung", "status", "changes (round)"):
        table.add_column(heading)
    labels = {status.name.lower(): STATUS_STYLES[status].label for status in RungStatus}
    for title, now, dates in rung_dates(model, talks):
        changes = [f"{labels[status]} {when}" for when, status in dates if status in STATUS_WEIGHTS]
        table.add_row(title, labels[now], ", ".join(changes[-6:]) or "-")
    return table
