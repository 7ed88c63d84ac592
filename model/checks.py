"""Checks across the fields of a scenario, and of its events and moves."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from model.chance import stable_id
from model.columns import COLUMN, SERVICES, Column
from model.enumerations import Channel, ExchangeLevel, Friction, InspectionReport, Status
from model.errors import Fault
from model.overrides import EVENTS, SEATS, UNNAMED, act_number
from model.protocol import ACT, PROTOCOL

MOST_ACTORS = 64


def table(data: Any, *path: str) -> Mapping[str, Any]:
    """Read a table inside plain data, or an empty one where there is none."""
    for step in path:
        data = data.get(step, {}) if isinstance(data, Mapping) else {}
    return data if isinstance(data, Mapping) else {}


def rows(data: Any, name: str) -> list[tuple[int, Mapping[str, Any]]]:
    """Read an array of tables with their places in it, leaving out what is not a table."""
    found = data.get(name, []) if isinstance(data, Mapping) else []
    return [(at, row) for at, row in enumerate(found) if isinstance(row, Mapping)] if isinstance(found, list) else []


def words(data: Any) -> list[str]:
    """Read the texts in a list, leaving out what is none; the declarations complain of those."""
    return [each for each in data if isinstance(each, str)] if isinstance(data, list) else []


def dangling(path: str, name: Any, known: Iterable[str], what: str) -> Iterator[Fault]:
    """Complain of a name that points nowhere; of what is no name at all the declarations complain."""
    if isinstance(name, str) and name not in known:
        yield Fault.unknown(path, name, known, what)


def cross_check(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Check what one field alone cannot show: names that point nowhere, sizes, verifiers, duplicates."""
    return chain(_actors(data), _negotiations(data), _relations(data), check_events(data), check_moves(data))


def _actors(data: Mapping[str, Any]) -> Iterator[Fault]:
    roles = ("states", "facilitators", "bodies", "outsiders")
    seats = [(role, name) for role in roles for name in table(data, role)]
    if len(seats) > MOST_ACTORS:
        yield Fault("states", len(seats), f"at most {MOST_ACTORS} actors in all, whatever their role")
    counts = Counter(name for _, name in seats)
    first: dict[str, str] = {}
    for role, name in seats:
        if counts[name] > 1 and first.setdefault(name, role) != role:
            yield Fault(f"{role}.{name}", "", f"two actors have this name; the other is in `{first[name]}`")
    yield from _same_luck(dict.fromkeys(name for _, name in seats))
    yield from _same_luck(table(data, "negotiations"))
    for name in table(data, "outsiders"):
        spoiler, where = table(data, "outsiders", name), f"outsiders.{name}"
        talks = spoiler.get("negotiation")
        yield from dangling(f"{where}.negotiation", talks, table(data, "negotiations"), "negotiation")
        if isinstance(talks, str) and talks in table(data, "negotiations"):
            parties = words(table(data, "negotiations", talks).get("parties"))
            yield from dangling(f"{where}.blamed_on", spoiler.get("blamed_on"), parties, f"party to `{talks}`")


def _same_luck(names: Iterable[str]) -> Iterator[Fault]:
    by_id: dict[int, str] = {}
    for name in filter(str.isascii, names):  # no other is allowed, and some have no bytes
        twin = by_id.setdefault(stable_id(name), name)
        if twin != name:
            yield Fault(name, "", f"draws the same numbers as `{twin}`; rename one of them")


def _negotiations(data: Mapping[str, Any]) -> Iterator[Fault]:
    states, pairs = table(data, "states"), {}
    for name in table(data, "negotiations"):
        talks, where = table(data, "negotiations", name), f"negotiations.{name}"
        parties = words(talks.get("parties"))
        for party in parties:
            yield from dangling(f"{where}.parties", party, states, "state")
        if len(parties) == 2:
            if parties[0] == parties[1]:
                yield Fault(f"{where}.parties", parties[0], "a state cannot negotiate with itself")
            twin = pairs.setdefault(frozenset(parties), name)
            if twin != name:
                yield Fault(f"{where}.parties", "", f"the same two states negotiate in `{twin}`; make it one ladder")
        for helper in words(talks.get("facilitators")):
            yield from dangling(f"{where}.facilitators", helper, table(data, "facilitators"), "facilitator")
        for state in table(talks, "attitudes"):
            yield from dangling(f"{where}.attitudes.{state}", state, {*states} - {*parties}, "third state")
        yield from _rungs(data, where, talks, parties)


def _rungs(data: Mapping[str, Any], where: str, talks: Mapping[str, Any], parties: list[str]) -> Iterator[Fault]:
    unfinished = False
    for name in table(talks, "rungs"):
        rung, place = table(talks, "rungs", name), f"{where}.rungs.{name}"
        verifier = rung.get("verifier")
        yield from dangling(f"{place}.verifier", verifier, table(data, "bodies"), "verification body")
        if verifier is None and rung.get("needs_verification", True) is not False:
            yield Fault(f"{place}.verifier", "", "is missing; name a body, or set needs_verification = false")
        for party in table(rung, "parties"):
            yield from dangling(f"{place}.parties.{party}", party, parties, "party to it")
        for party in dict.fromkeys(parties):
            if isinstance(rung.get("parties"), Mapping) and party not in table(rung, "parties"):
                yield Fault(f"{place}.parties.{party}", "", "is missing")
        if rung.get("status") == "verified" and unfinished:
            yield Fault(f"{place}.status", "verified", "a rung below it is not verified yet")
        unfinished = unfinished or rung.get("status", "idle") != "verified"


def _relations(data: Mapping[str, Any]) -> Iterator[Fault]:
    states = table(data, "states")
    for one in table(data, "relations"):
        yield from dangling(f"relations.{one}", one, states, "state")
        for other in table(data, "relations", one):
            yield from dangling(f"relations.{one}.{other}", other, states, "state")
        if one in table(data, "relations", one):
            yield Fault(f"relations.{one}.{one}", "", "a state has no relation to itself")


LIMITS = {  # what an event or a move may set a column to; every other column takes 0 to 1
    "oil": (-5, 5), "region": (-5, 5), "slant": (-1, 1), "reassurance": (1e-3, 1e3), "dismay": (1e-3, 1e3),
    "kept": (1, 1e6), "broken": (1, 1e6), "posture": (0, 100), "alignment": (-1, 1), "channel": (0, max(Channel)),
    "exchange": (0, max(ExchangeLevel)), "spent": (0, 1e6), "impatience": (0, 100), "reservation": (-10, 10),
    "doubt": (-50, 50), "answer": (-1, 1), "report": (0, max(InspectionReport)), "friction": (0, max(Friction)),
    "left": (0, 1200), "status": (0, max(Status)), "stood": (0, max(Status)), "age": (0, 1200), "audience": (0, 100),
    "breaches": (0, 1200), "refusals": (0, 1200), "unratified": (0, 1200),
}  # fmt: skip


def check_events(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Find events whose kind, names, value or last round do not fit."""
    for place, event in rows(data, "events"):
        where, kind = f"events.{place}", event.get("kind")
        yield from dangling(f"{where}.kind", kind, EVENTS, "kind of event")
        if isinstance(kind, str) and kind in EVENTS:
            yield from _check_cell(data, where, kind, ACT[EVENTS[kind].act], event)
        last, first = event.get("until"), event.get("round")
        if isinstance(last, int) and isinstance(first, int) and last < first:
            yield Fault(f"{where}.until", last, "is before the event begins")


def check_moves(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Find forced moves whose act, names or value do not fit."""
    for place, move in rows(data, "moves"):
        where, name = f"moves.{place}", move.get("act")
        if isinstance(name, str) and (number := act_number(name)) is not None:
            yield from _check_cell(data, where, name, number, move)
        else:
            yield from dangling(f"{where}.act", name, ACT, "act")


def _check_cell(data: Mapping[str, Any], where: str, what: str, number: int, row: Mapping[str, Any]) -> Iterator[Fault]:
    """Check on plain data what ``resolve`` will ask: that the names lead to a cell, and what is put there."""
    column, axes = COLUMN[PROTOCOL[number].column], PROTOCOL[number].axes
    asked = [_asked(data, axis, axes[:place], row) for place, axis in enumerate(axes) if axis != "world"]
    needed = [key for key, _, _ in asked]
    if len({*needed}) < len(needed) or "" in needed:
        yield Fault(where, what, "cannot be set from outside")
        return
    for key, known, role in asked:
        if row.get(key) is None:
            yield Fault(f"{where}.{key}", "", f"is missing; `{what}` needs a {role}")
        yield from dangling(f"{where}.{key}", row.get(key), known, role)
    for key in ("negotiation", "actor", "counterpart"):
        if key not in needed and row.get(key) is not None:
            yield Fault(f"{where}.{key}", row[key], f"is not used by `{what}`")
    if axes == ("state", "state") and row.get("actor") == row.get("counterpart") is not None:
        yield Fault(f"{where}.counterpart", row["counterpart"], "is the actor itself")
    yield from _check_value(data, f"{where}.value", column, row)


def _asked(
    data: Mapping[str, Any], axis: str, before: tuple[str, ...], row: Mapping[str, Any]
) -> tuple[str, Collection[str], str]:
    """Say which key names the place along an axis, what is known there, and what that is called."""
    talks = table(data, "negotiations", str(row.get("negotiation")))
    if axis in UNNAMED:
        return "", (), axis
    if axis == "negotiation":
        return "negotiation", table(data, "negotiations"), axis
    if axis == "side":
        return "counterpart" if "body" in before else "actor", words(talks.get("parties")), "party to its negotiation"
    if axis == "rung":
        return "counterpart", _steps(talks), "rung of its negotiation"
    if axis == "service":
        return "counterpart", SERVICES, axis
    return "counterpart" if {*before} & {*SEATS} else "actor", table(data, SEATS[axis]), axis


def _steps(talks: Mapping[str, Any]) -> list[str]:
    """Name the steps of a ladder, bundled as the data says."""
    rungs, tied = list(table(talks, "rungs")), talks.get("bundling", 1)
    tied = tied if isinstance(tied, int) and tied > 0 else 1
    return ["+".join(rungs[at : at + tied]) for at in range(0, len(rungs), tied)]


def _check_value(data: Mapping[str, Any], where: str, column: Column, row: Mapping[str, Any]) -> Iterator[Fault]:
    """Check that a column can hold a value: rules count on it, and some look things up by it."""
    value = row.get("value")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    low, high = LIMITS.get(column.name, (0, 1))
    if column.name == "rung":
        low, high = -1, len(_steps(table(data, "negotiations", str(row.get("negotiation"))))) - 1
    if not low <= value <= high:
        yield Fault(where, value, f"allowed is between {low} and {high} here ({column.meaning})")
    elif column.kind == "whole" and value != int(value):
        yield Fault(where, value, f"should be a whole number here ({column.meaning})")
