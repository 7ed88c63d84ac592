"""The history of a run: when its rungs changed, and the moments that mattered."""

from agents.assembly import Assembly
from agents.ledger import Row
from model.enumerations import Status


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
        listed.append((model.narrator.title(talks, rung) or rung, now, dates))
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
