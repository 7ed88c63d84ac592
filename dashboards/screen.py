"""What the command line shows: one screen for a run, one for a decision."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from model.measures import BY_NEGOTIATION, series
from model.scenario import Scenario
from model.statuses import Status
from model.world import World

if TYPE_CHECKING:
    from agents.assembly import Assembly
    from agents.ledger import Row
    from experiments.flips import LeverFlip, Question, TermFlip

BLOCKS = "▁▂▃▄▅▆▇█"
OUTCOMES = {
    "comprehensive_deal": "comprehensive deal",
    "partial_arrangement": "partial arrangement",
    "managed_contact": "managed contact",
    "breakdown": "breakdown",
}


def line_plot(values: Sequence[float], top: float = 1.0, width: int = 60) -> str:
    """Draw a series as a row of blocks, one per value or per group of values, on a scale from 0 to top."""
    count = min(width, len(values))
    groups = [values[at * len(values) // count : (at + 1) * len(values) // count] for at in range(count)]
    levels = [sum(group) / len(group) / top if top > 0 else 0.0 for group in groups]
    return "".join(BLOCKS[min(int(max(level, 0.0) * 8), 7)] for level in levels)


def rung_dates(model: "Assembly", talks: str) -> list[tuple[str, str, list[tuple[int, str]]]]:
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


def moments(model: "Assembly", most: int = 5) -> list["Row"]:
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


def run_screen(model: "Assembly", width: int = 80) -> RenderableType:
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


def _rungs(model: "Assembly", talks: str) -> Table:
    listed = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("rung", "now", "dates (round)"):
        listed.add_column(heading)
    for title, now, dates in rung_dates(model, talks):
        kept = [f"{status} {when}" for when, status in dates if status in WEIGHT]
        listed.add_row(title, now, ", ".join(kept[-6:]) or "-")
    return listed


def bar(value: float, largest: float, width: int = 14) -> str:
    """Draw a signed bar."""
    length = round(abs(value) / largest * width) if largest > 0 else 0
    return ("+" if value >= 0 else "-") + "█" * length


def number(value: float) -> str:
    """Write a number shortly."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 1e4 else f"{value:.3g}"


def decision_screen(question: "Question", sentence: str, terms: Iterable["TermFlip"]) -> RenderableType:
    """Show a decision: its conditions, their terms as bars, and what would have flipped each."""
    flips = {(flip.condition, flip.term): flip for flip in terms}
    parts: list[RenderableType] = [Text(sentence, style="bold")]
    for condition in question.conditions:
        mark = ("holds", "green") if condition.holds else ("does not hold", "yellow")
        parts.append(
            Text.assemble(
                f"\n{condition.meaning} ",
                mark,
                f": {number(condition.score)} against {number(condition.threshold)}",
            )
        )
        grid = Table(box=None, padding=(0, 2), header_style="dim")
        for heading in ("term", "value", "", "the decision flips at"):
            grid.add_column(heading)
        largest = max((abs(value) for value in condition.terms.values()), default=1.0)
        for name, value in condition.terms.items():
            flip = flips[condition.name, name]
            at = f"{flip.to:.4g}" if flip.to is not None else "none in range"
            grid.add_row(f"  {name}", number(value), Text(bar(value, largest), style="cyan"), at)
        parts.append(grid)
    return Group(*parts)


def lever_screen(flips: Iterable["LeverFlip"], describe: Any) -> RenderableType:
    """Show the nearest value of each lever that flips the decision."""
    grid = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("lever, set from round 0", "now", "flips at", "then"):
        grid.add_column(heading, overflow="fold")
    none = []
    nearest = sorted(
        flips, key=lambda flip: abs((flip.to or 0.0) - flip.lever.value) / (flip.lever.high - flip.lever.low)
    )
    for flip in nearest:
        if flip.to is None or flip.becomes is None:
            none.append(flip.lever.path)
        else:
            grid.add_row(flip.lever.path, number(flip.lever.value), number(flip.to), describe(flip.becomes))
    words = f"No value in range does so for {len(none)} other levers" + (" (--json lists them)." if none else ".")
    quiet = Text(words, style="dim")
    if not grid.rows:
        return Text(f"\nNo lever, set from round 0, would have changed it: none of {len(none)} does in its range.")
    return Group(
        Text("\nLevers that would have changed it (each verified by playing again)", style="bold"), grid, quiet
    )


def scenario_table(scenarios: Iterable[Scenario]) -> Table:
    """List scenarios with what they are about."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("name", "rounds", "what it is"):
        table.add_column(heading, no_wrap=heading == "name")
    for scenario in scenarios:
        table.add_row(scenario.name, str(scenario.rounds), scenario.title["en"])
    return table


def plain_json(model: "Assembly", world: World) -> dict[str, Any]:
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


def console(lines: bool = False) -> Console:
    """Open a console; rich leaves colour out where output is no terminal, and where NO_COLOR is set.

    lines: what no terminal shows is as wide as it is, a line a row, for who searches in it.
    """
    screen = Console(highlight=False)
    if lines and not screen.is_terminal and "COLUMNS" not in os.environ:
        screen.width = ENDLESS
    return screen


ENDLESS = 10_000  # columns
WIDE = 170  # columns from which on a parameter has a row of a table


def parameter_table(settings: Sequence[Any], width: int) -> RenderableType:
    """List parameters as declared: a row each, or a few lines where there is no room for that."""
    rows = [
        (
            each.path,
            number(each.value),
            f"{number(each.low)} to {number(each.high)}",
            each.unit,
            "lever" if each.lever else "uncertainty",
            each.meaning,
            each.source,
        )
        for each in settings
    ]
    if width < WIDE:
        return Group(*(_parameter_lines(*row) for row in rows))
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("parameter", "default", "range", "unit", "role"):
        table.add_column(heading, no_wrap=True)
    for heading in ("meaning", "source"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _parameter_lines(path: str, value: str, limits: str, unit: str, role: str, meaning: str, source: str) -> Group:
    told = Text(f"{', '.join(filter(None, (value, limits, unit, role)))}: {meaning} [{source}]")
    return Group(Text(path, style="bold", overflow="fold"), Padding(told, (0, 0, 0, 4)))
