"""The history of a run: when its rungs changed, what was scheduled, and the moments that mattered."""

from typing import NamedTuple

import numpy as np

from agents.assembly import Assembly
from agents.ledger import LedgerEntry
from model.enumerations import RungStatus
from model.scenario import Event


class Span(NamedTuple):
    """A status of a rung, with the first and the last round in which it had it."""

    status: int
    first: int
    last: int


class RungHistory(NamedTuple):
    """A rung of a ladder, with its statuses in order."""

    title: str
    spans: list[Span]


def rung_dates(model: Assembly, talks: str) -> list[tuple[str, str, list[tuple[int, str]]]]:
    """List the rungs of a ladder: title, status now, and the rounds in which the status changed."""
    k = model.world.names.negotiation.index(talks)
    rows = model.ledger.rows if model.ledger is not None else []
    listed = []
    for r, rung in enumerate(model.world.names.rung[k]):
        dates = [
            (row.round, RungStatus(int(row.value)).name.lower())
            for row in rows
            if row.act == "rung" and row.negotiation == talks and row.counterpart == rung
        ]
        now = RungStatus(int(model.world.status[k, r])).name.lower()
        listed.append((model.narrator.display_name(talks, rung) or rung, now, dates))
    return listed


def rung_histories(model: Assembly, talks: str) -> list[RungHistory]:
    """Return the rungs of a ladder with their statuses; the run must have kept a ledger."""
    k = model.world.names.negotiation.index(talks)
    rungs = model.loaded_scenario.negotiations[talks].rungs
    found = []
    for name, (title, _, dates) in zip(model.world.names.rung[k], rung_dates(model, talks), strict=True):
        start = min(RungStatus[rungs[part].status.upper()] for part in name.split("+"))
        changes = [(0, int(start)), *((when, int(RungStatus[to.upper()])) for when, to in dates)]
        ends = [when - 1 for when, _ in changes[1:]] + [model.round]
        spans = [Span(status, begin, end) for (begin, status), end in zip(changes, ends, strict=True)]
        found.append(RungHistory(title, spans))
    return found


def scheduled_events(model: Assembly) -> list[Event]:
    """Return the scheduled events of the rounds played that have a text, in order."""
    told = [event for event in model.loaded_scenario.events if event.text.get("en") and event.round <= model.round]
    return sorted(told, key=lambda event: event.round)


STATUS_WEIGHTS = {
    "verified": 4.0,
    "collapsed": 4.0,
    "snapped": 3.5,
    "breached": 3.5,
    "suspended": 2.5,
    "implementing": 1.0,
}


def key_moments(model: Assembly, limit: int = 5) -> list[LedgerEntry]:
    """Pick the moments that mattered: what changed on the ladder, and the largest moves of trust and tension."""
    if model.ledger is None:
        return []
    seen = model.trajectory
    trust, tension = (abs(np.diff(seen[:, model.indicator_index[name]])) for name in ("trust", "tension"))
    shift = trust * 10.0 + tension * 3.0
    scored: dict[tuple[int, str], tuple[float, LedgerEntry]] = {}
    for row in model.ledger.rows:
        weight = 0.0
        if row.kind == "event" and row.act == "rung":
            weight = STATUS_WEIGHTS.get(RungStatus(int(row.value)).name.lower(), 0.0)
        elif row.act in ("withdraw", "strike", "change_government") and row.value:
            weight = {"withdraw": 5.0, "strike": 2.0, "change_government": 1.5}[row.act]
        elif (row.act == "answer_proposal" and row.value < 0) or (row.act == "ratify" and not row.value):
            weight = 1.0
        if weight:
            weight += float(shift[row.round - 1])
            place = (row.round, row.negotiation or "")
            if weight > scored.get(place, (0.0, row))[0]:
                scored[place] = (weight, row)
    best = sorted(scored.values(), key=lambda pair: -pair[0])[:limit]
    return sorted((row for _, row in best), key=lambda row: row.round)
