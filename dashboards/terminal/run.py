"""What the command line shows of one run: a screen, or plain data."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from agents.assembly import Assembly
from agents.ledger import Row
from dashboards.terminal.widgets import OUTCOMES, line_plot
from model.measures import BY_NEGOTIATION, series
from model.statuses import Status
from model.world import World


def rung_dates(model: Assembly, talks: str) -> list[tuple[str, str, list[tuple[int, str]]]]:
    """List the rungs of a ladder: title, status now, and the rounds in which the status changed."""
    k = model.world.names.negotiation.index(talks)
    rows = model.ledger.rows if model.ledger is not None else []
    listed = []
    for r, rung in enumerate(model.world.names.rung[k]):
        dates = [
            (row.round, Status(int(row.value)).name.lower())
            for row in rows
            if row.act == "rung" and row.negotiation == talks and row.counterpart == rung
        ]
        now = Status(int(model.world.status[k, r])).name.lower()
        listed.append((model.title(talks, rung) or rung, now, dates))
    return listed


WEIGHT = {"verified": 4.0, "collapsed": 4.0, "snapped": 3.5, "breached": 3.5, "suspended": 2.5, "implementing": 1.0}


def moments(model: Assembly, most: int = 5) -> list[Row]:
    """Pick the moments that mattered: what changed on the ladder, and the largest moves of trust and tension."""
    if model.ledger is None:
        return []
    seen = model.trajectory
    shift = abs(seen[1:, 0] - seen[:-1, 0]) * 10.0 + abs(seen[1:, 2] - seen[:-1, 2]) * 3.0
    scored: dict[tuple[int, str], tuple[float, Row]] = {}
    for row in model.ledger.rows:
        weight = 0.0
        if row.kind == "event" and row.act == "rung":
            weight = WEIGHT.get(Status(int(row.value)).name.lower(), 0.0)
        elif row.act in ("withdraw", "strike", "change_government") and row.value:
            weight = {"withdraw": 5.0, "strike": 2.0, "change_government": 1.5}[row.act]
        elif (row.act == "give_answer" and row.value < 0) or (row.act == "ratify" and not row.value):
            weight = 1.0
        if weight:
            weight += float(shift[row.round - 1])
            place = (row.round, row.negotiation or "")
            if weight > scored.get(place, (0.0, row))[0]:
                scored[place] = (weight, row)
    best = sorted(scored.values(), key=lambda pair: -pair[0])[:most]
    return sorted((row for _, row in best), key=lambda row: row.round)


def run_screen(model: Assembly, width: int = 80) -> RenderableType:
    """Show a run: outcome, small line plots as long as so many columns allow, rungs, breaches, contact, moments."""
    setting, seen = model.setting, model.trajectory
    outcome = OUTCOMES[model.outcome.name]
    parts: list[RenderableType] = [
        Text.assemble((setting.title["en"], "bold"), f"  seed {model.seed}, {model.round} rounds"),
        Text.assemble("Outcome: ", (outcome, "bold green" if model.outcome > 1 else "bold yellow")),
    ]
    for k, talks in enumerate(setting.negotiations):
        own = series(seen, k)
        first, second = (model.title(party) for party in setting.negotiations[talks].parties)
        grid = Table.grid(padding=(0, 2))
        for kept in (False, True, True):
            grid.add_column(no_wrap=kept)
        named = (
            (f"trust, {first} in {second}", own["trust_first"], 1.0),
            (f"trust, {second} in {first}", own["trust_second"], 1.0),
            ("tension", own["tension"], max(1.0, float(own["tension"].max()))),
            ("deal progress", own["deal_progress"], 1.0),
        )
        ends = {label: f"{values[0]:.2f} → {values[-1]:.2f}" for label, values, _ in named}
        longest = max(map(len, ends))
        room = width - min(longest, width // 3) - max(map(len, ends.values())) - 6  # less the spaces between
        for label, values, top in named:
            plot = line_plot(values[1:].tolist(), top, max(min(room, 60), 8))
            grid.add_row(label, Text(plot, style="cyan"), ends[label])
        contact, breaches = own["contact"][1:].mean(), int(own["breaches"][-1])
        if len(setting.negotiations) > 1:
            parts.append(
                Text.assemble(
                    "\n", (model.title(talks) or talks, "bold"), f": {OUTCOMES[model.outcome_of(talks).name]}"
                )
            )
        parts += [grid, Text(f"contact in {contact:.0%} of rounds, breaches {breaches}")]
        parts.append(_rungs(model, talks))
    if mattered := moments(model):
        told = Table.grid(padding=(0, 2))
        for row in mattered:
            told.add_row(Text(f"round {row.round}", no_wrap=True), row.sentence)
        parts += [Text("\nMoments that mattered", style="bold"), told]
    return Group(*parts)


def _rungs(model: Assembly, talks: str) -> Table:
    listed = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("rung", "now", "dates (round)"):
        listed.add_column(heading)
    for title, now, dates in rung_dates(model, talks):
        kept = [f"{status} {when}" for when, status in dates if status in WEIGHT]
        listed.add_row(title, now, ", ".join(kept[-6:]) or "-")
    return listed


def plain_json(model: Assembly, world: World) -> dict[str, Any]:
    """Write a run as plain data for ``--json``."""
    seen = model.trajectory
    found: dict[str, Any] = {}
    for k, (talks, setting) in enumerate(model.setting.negotiations.items()):
        own, (first, second) = series(seen, k), setting.parties
        found[talks] = {
            "name": setting.title["en"],
            "parties": [first, second],
            "outcome": model.outcome_of(talks).name,
            "trust": {
                f"{first}->{second}": own["trust_first"].tolist(),
                f"{second}->{first}": own["trust_second"].tolist(),
            },
            **{
                indicator.name: own[indicator.name].tolist()
                for indicator in BY_NEGOTIATION
                if not indicator.name.startswith("trust")
            },
            "rungs": [
                {
                    "id": name,
                    "title": title,
                    "status": now,
                    "dates": [{"round": when, "status": to} for when, to in dates],
                }
                for name, (title, now, dates) in zip(world.names.rung[k], rung_dates(model, talks), strict=True)
            ],
        }
    return {"negotiations": found}
