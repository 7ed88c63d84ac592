"""The history of a run: status changes of its rungs, scheduled events and key moments."""

from typing import NamedTuple

import numpy as np

from agents.assembly import Assembly
from agents.ledger import LedgerEntry
from model.enumerations import RungStatus
from model.overrides import resolve_event


class Span(NamedTuple):
    """A status of a rung, with its first and last round."""

    status: int
    first: int
    last: int


class RungHistory(NamedTuple):
    """A rung of a ladder, with its statuses in order."""

    title: str
    spans: list[Span]


def rung_dates(model: Assembly, talks: str) -> list[tuple[str, str, list[tuple[int, str]]]]:
    """Return title, current status and dated status changes of each rung of a ladder."""
    k = model.world.names.negotiation.index(talks)
    rows = model.ledger.rows if model.ledger is not None else []
    rungs = []
    for r, rung in enumerate(model.world.names.rung[k]):
        dates = [
            (row.round, RungStatus(int(row.value)).name.lower())
            for row in rows
            if row.act == "rung" and row.negotiation == talks and row.counterpart == rung
        ]
        now = RungStatus(int(model.world.status[k, r])).name.lower()
        rungs.append((model.narrator.display_name(talks, rung) or rung, now, dates))
    return rungs


def rung_histories(model: Assembly, talks: str) -> list[RungHistory]:
    """Return the rungs of a ladder with their statuses over time. The run needs a ledger."""
    k = model.world.names.negotiation.index(talks)
    rungs = model.loaded_scenario.negotiations[talks].rungs
    histories = []
    for name, (title, _, dates) in zip(model.world.names.rung[k], rung_dates(model, talks), strict=True):
        start = min(RungStatus[rungs[part].status.upper()] for part in name.split("+"))
        changes = [(0, int(start)), *((when, int(RungStatus[to.upper()])) for when, to in dates)]
        ends = [when - 1 for when, _ in changes[1:]] + [model.round]
        spans = [Span(status, begin, end) for (begin, status), end in zip(changes, ends, strict=True)]
        histories.append(RungHistory(title, spans))
    return histories


class EventInRun(NamedTuple):
    """A scheduled event that occurred: the first round in which its condition held, and its text by language."""

    round: int
    text: dict[str, str]


def events_in_run(model: Assembly) -> list[EventInRun]:
    """Return the scheduled events with a text that have occurred up to the current round, in order."""
    failed = {*model.failed_moves}
    occurred = []
    for event in model.loaded_scenario.events:
        if event.text and event.round <= model.round:
            moves = resolve_event(model.loaded_scenario, event)
            rounds = (move.round for move in moves if move.round <= model.round and move not in failed)
            occurred += [EventInRun(now, dict(event.text)) for now in [next(rounds, None)] if now is not None]
    return sorted(occurred, key=lambda event: event.round)


STATUS_WEIGHTS = {
    "verified": 4.0,
    "collapsed": 4.0,
    "snapped": 3.5,
    "breached": 3.5,
    "suspended": 2.5,
    "implementing": 1.0,
}


def key_moments(model: Assembly, limit: int = 5) -> list[LedgerEntry]:
    """Return the most important ledger entries: changes on the ladder and at home, weighted by changes of trust and
    tension.
    """
    if model.ledger is None:
        return []
    trajectory = model.trajectory
    trust, tension = (abs(np.diff(trajectory[:, model.indicator_index[name]])) for name in ("trust", "tension"))
    shift = trust * 10.0 + tension * 3.0
    scored: dict[tuple[int, str], tuple[float, LedgerEntry]] = {}
    for row in model.ledger.rows:
        weight = 0.0
        if row.kind == "event" and row.act == "rung":
            weight = STATUS_WEIGHTS.get(RungStatus(int(row.value)).name.lower(), 0.0)
        elif row.act in ("withdraw", "attack_talks", "change_government") and row.value:
            weight = {"withdraw": 5.0, "attack_talks": 2.0, "change_government": 1.5}[row.act]
        elif (row.act == "answer_proposal" and row.value < 0) or (row.act == "ratify" and not row.value):
            weight = 1.0
        if weight:
            weight += float(shift[row.round - 1])
            key = (row.round, row.negotiation or "")
            if weight > scored.get(key, (0.0, row))[0]:
                scored[key] = (weight, row)
    best = sorted(scored.values(), key=lambda pair: -pair[0])[:limit]
    return sorted((row for _, row in best), key=lambda row: row.round)
