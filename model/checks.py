"""Checks across the fields of a scenario, its events and its moves."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from model.chance import stable_id
from model.columns import COLUMN_BY_NAME, SERVICES, Column
from model.enumerations import Channel, ExchangeLevel, Friction, InspectionReport, RungStatus
from model.errors import InputError
from model.overrides import EVENT_KINDS, ROLE_TABLES, UNADDRESSABLE_AXES, act_index
from model.protocol import ACT_INDEX, PROTOCOL

MAX_ACTORS = 64


def nested_table(data: Any, *path: str) -> Mapping[str, Any]:
    """Return a table inside plain data; empty if there is none."""
    for step in path:
        data = data.get(step, {}) if isinstance(data, Mapping) else {}
    return data if isinstance(data, Mapping) else {}


def table_rows(data: Any, name: str) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the tables in an array with their indices, without anything else in it."""
    rows = data.get(name, []) if isinstance(data, Mapping) else []
    return [(at, row) for at, row in enumerate(rows) if isinstance(row, Mapping)] if isinstance(rows, list) else []


def text_items(data: Any) -> list[str]:
    """Return the texts in a list; the schema reports any other items."""
    return [each for each in data if isinstance(each, str)] if isinstance(data, list) else []


def unknown_reference(path: str, name: Any, known: Iterable[str], kind: str) -> Iterator[InputError]:
    """Yield an error for a name that is not known; the schema reports a value that is not text."""
    if isinstance(name, str) and name not in known:
        yield InputError.unknown_name(path, name, known, kind)


def cross_check(data: Mapping[str, Any]) -> Iterator[InputError]:
    """Yield the errors that no single field shows: unknown names, sizes, verifiers, duplicates."""
    return chain(_actors(data), _negotiations(data), _relations(data), check_events(data), check_moves(data))


def _actors(data: Mapping[str, Any]) -> Iterator[InputError]:
    roles = ("states", "facilitators", "bodies", "spoilers")
    actors = [(role, name) for role in roles for name in nested_table(data, role)]
    if len(actors) > MAX_ACTORS:
        yield InputError("states", len(actors), f"at most {MAX_ACTORS} actors in total, in all roles")
    counts = Counter(name for _, name in actors)
    first: dict[str, str] = {}
    for role, name in actors:
        if counts[name] > 1 and first.setdefault(name, role) != role:
            yield InputError(f"{role}.{name}", "", f"two actors have this name; the other is in `{first[name]}`")
    yield from _hash_collisions(dict.fromkeys(name for _, name in actors))
    yield from _hash_collisions(nested_table(data, "negotiations"))
    for name in nested_table(data, "spoilers"):
        spoiler, where = nested_table(data, "spoilers", name), f"spoilers.{name}"
        talks = spoiler.get("negotiation")
        yield from unknown_reference(f"{where}.negotiation", talks, nested_table(data, "negotiations"), "negotiation")
        if isinstance(talks, str) and talks in nested_table(data, "negotiations"):
            parties = text_items(nested_table(data, "negotiations", talks).get("parties"))
            yield from unknown_reference(f"{where}.blamed_on", spoiler.get("blamed_on"), parties, f"party to `{talks}`")


def _hash_collisions(names: Iterable[str]) -> Iterator[InputError]:
    by_id: dict[int, str] = {}
    # the schema refuses other names, and some cannot be encoded
    for name in (each for each in names if isinstance(each, str) and each.isascii()):
        twin = by_id.setdefault(stable_id(name), name)
        if twin != name:
            yield InputError(name, "", f"gets the same random draws as `{twin}`; rename one of them")


def _negotiations(data: Mapping[str, Any]) -> Iterator[InputError]:
    states, pairs = nested_table(data, "states"), {}
    for name in nested_table(data, "negotiations"):
        talks, where = nested_table(data, "negotiations", name), f"negotiations.{name}"
        parties = text_items(talks.get("parties"))
        for party in parties:
            yield from unknown_reference(f"{where}.parties", party, states, "state")
        if len(parties) == 2:
            if parties[0] == parties[1]:
                yield InputError(f"{where}.parties", parties[0], "a state cannot negotiate with itself")
            twin = pairs.setdefault(frozenset(parties), name)
            if twin != name:
                yield InputError(
                    f"{where}.parties", "", f"the same two states negotiate in `{twin}`; make it one ladder"
                )
        for helper in text_items(talks.get("facilitators")):
            yield from unknown_reference(
                f"{where}.facilitators", helper, nested_table(data, "facilitators"), "facilitator"
            )
        for state in nested_table(talks, "attitudes"):
            yield from unknown_reference(f"{where}.attitudes.{state}", state, {*states} - {*parties}, "third state")
        yield from _rungs(data, where, talks, parties)


def _rungs(data: Mapping[str, Any], where: str, talks: Mapping[str, Any], parties: list[str]) -> Iterator[InputError]:
    unfinished = False
    for name in nested_table(talks, "rungs"):
        rung, path = nested_table(talks, "rungs", name), f"{where}.rungs.{name}"
        verifier = rung.get("verifier")
        yield from unknown_reference(f"{path}.verifier", verifier, nested_table(data, "bodies"), "verification body")
        if verifier is None and rung.get("needs_verification", True) is not False:
            yield InputError(f"{path}.verifier", "", "is missing; name a body, or set needs_verification = false")
        for party in nested_table(rung, "parties"):
            yield from unknown_reference(f"{path}.parties.{party}", party, parties, "party to it")
        for party in dict.fromkeys(parties):
            if isinstance(rung.get("parties"), Mapping) and party not in nested_table(rung, "parties"):
                yield InputError(f"{path}.parties.{party}", "", "is missing")
        if rung.get("status") == "verified" and unfinished:
            yield InputError(f"{path}.status", "verified", "a rung below it is not verified yet")
        unfinished = unfinished or rung.get("status", "idle") != "verified"


def _relations(data: Mapping[str, Any]) -> Iterator[InputError]:
    states = nested_table(data, "states")
    for one in nested_table(data, "relations"):
        yield from unknown_reference(f"relations.{one}", one, states, "state")
        for other in nested_table(data, "relations", one):
            yield from unknown_reference(f"relations.{one}.{other}", other, states, "state")
        if one in nested_table(data, "relations", one):
            yield InputError(f"relations.{one}.{one}", "", "a state has no relation to itself")


OVERRIDE_RANGES = {  # values of an event or a move by column; 0 to 1 for every other column
    "oil": (-5, 5), "regional_tension": (-5, 5), "message_bias": (-1, 1), "reassurance": (1e-3, 1e3),
    "violence_factor": (1e-3, 1e3), "good_evidence": (1, 1e6), "bad_evidence": (1, 1e6), "posture": (0, 100),
    "alignment": (-1, 1), "channel": (0, max(Channel)), "exchange": (0, max(ExchangeLevel)), "spent": (0, 1e6),
    "impatience": (0, 100), "reservation_value": (-10, 10), "doubt": (-50, 50), "answer": (-1, 1),
    "report": (0, max(InspectionReport)), "friction": (0, max(Friction)), "rounds_withdrawn": (0, 1200),
    "status": (0, max(RungStatus)), "previous_status": (0, max(RungStatus)), "status_age": (0, 1200),
    "audience_cost": (0, 100), "breaches": (0, 1200), "refusals": (0, 1200), "unratified": (0, 1200),
    "stance": (-5, 5), "mood": (-3, 3), "act_size": (0, 100), "author": (-1, 2), "failures": (0, 100),
    "clarification": (0, 6), "need": (0, 2),
}  # fmt: skip


def check_events(data: Mapping[str, Any]) -> Iterator[InputError]:
    """Yield the errors of events: kind, names, value and last round."""
    for at, event in table_rows(data, "events"):
        where, kind = f"events.{at}", event.get("kind")
        yield from unknown_reference(f"{where}.kind", kind, EVENT_KINDS, "kind of event")
        if isinstance(kind, str) and kind in EVENT_KINDS:
            yield from _check_cell(data, where, kind, ACT_INDEX[EVENT_KINDS[kind].act], event)
            yield from _check_condition(data, where, event)
        last, first = event.get("until"), event.get("round")
        if isinstance(last, int) and isinstance(first, int) and last < first:
            yield InputError(f"{where}.until", last, "must not be before the event's first round")


def has_condition(row: Mapping[str, Any]) -> bool:
    """Return whether an event has a condition about a negotiation."""
    return row.get("only_if") is not None or row.get("before") is not None


def _check_condition(data: Mapping[str, Any], where: str, event: Mapping[str, Any]) -> Iterator[InputError]:
    """Yield errors for a condition without a known rung, or without the negotiation that it is about."""
    if not has_condition(event):
        return
    known, name = nested_table(data, "negotiations"), event.get("negotiation")
    if "negotiation" not in EVENT_KINDS[event["kind"]].needs:
        yield from unknown_reference(f"{where}.negotiation", name, known, "negotiation")
        if name is None and len(known) > 1:
            names = " or ".join(f"`{each}`" for each in known)
            yield InputError(f"{where}.negotiation", "", f"is missing; the condition is about one negotiation: {names}")
    talks = name if name is not None else next(iter(known), "")
    rungs = nested_table(data, "negotiations", str(talks), "rungs")
    yield from unknown_reference(f"{where}.before", event.get("before"), rungs, "rung of its negotiation")


def check_moves(data: Mapping[str, Any]) -> Iterator[InputError]:
    """Yield the errors of forced moves: act, names and value."""
    for at, move in table_rows(data, "moves"):
        where, name = f"moves.{at}", move.get("act")
        if isinstance(name, str) and (number := act_index(name)) is not None:
            yield from _check_cell(data, where, name, number, move)
        else:
            yield from unknown_reference(f"{where}.act", name, ACT_INDEX, "act")


def _check_cell(
    data: Mapping[str, Any], where: str, kind: str, number: int, row: Mapping[str, Any]
) -> Iterator[InputError]:
    """Yield the errors of an override in plain data: its names must lead to a cell that can hold its value."""
    column, axes = COLUMN_BY_NAME[PROTOCOL[number].column], PROTOCOL[number].axes
    required = [_required_name(data, axis, axes[:at], row) for at, axis in enumerate(axes) if axis != "world"]
    needed = [key for key, _, _ in required]
    if len({*needed}) < len(needed) or "" in needed:
        yield InputError(where, kind, "cannot be set by an event or a move")
        return
    for key, known, role in required:
        if row.get(key) is None:
            yield InputError(f"{where}.{key}", "", f"is missing; `{kind}` needs a {role}")
        yield from unknown_reference(f"{where}.{key}", row.get(key), known, role)
    for key in ("negotiation", "actor", "counterpart"):
        names_condition = key == "negotiation" and has_condition(row)
        if key not in needed and row.get(key) is not None and not names_condition:
            yield InputError(f"{where}.{key}", row[key], f"is not used by `{kind}`")
    if axes == ("state", "state") and row.get("actor") == row.get("counterpart") is not None:
        yield InputError(f"{where}.counterpart", row["counterpart"], "must differ from the actor")
    yield from _check_value(data, f"{where}.value", column, row)


def _required_name(
    data: Mapping[str, Any], axis: str, before: tuple[str, ...], row: Mapping[str, Any]
) -> tuple[str, Collection[str], str]:
    """Return the key that names the index on an axis, the known names, and what such a name is called."""
    talks = nested_table(data, "negotiations", str(row.get("negotiation")))
    if axis in UNADDRESSABLE_AXES:
        return "", (), axis
    if axis == "negotiation":
        return "negotiation", nested_table(data, "negotiations"), axis
    if axis == "side":
        return (
            "counterpart" if "body" in before else "actor",
            text_items(talks.get("parties")),
            "party to its negotiation",
        )
    if axis == "rung":
        return "counterpart", _steps(talks), "rung of its negotiation"
    if axis == "service":
        return "counterpart", SERVICES, axis
    return "counterpart" if {*before} & {*ROLE_TABLES} else "actor", nested_table(data, ROLE_TABLES[axis]), axis


def _steps(talks: Mapping[str, Any]) -> list[str]:
    """Return the names of a ladder's steps, bundled."""
    rungs, size = list(nested_table(talks, "rungs")), talks.get("bundling", 1)
    size = size if isinstance(size, int) and size > 0 else 1
    return ["+".join(rungs[at : at + size]) for at in range(0, len(rungs), size)]


def _check_value(data: Mapping[str, Any], where: str, column: Column, row: Mapping[str, Any]) -> Iterator[InputError]:
    """Yield an error for a value that a column cannot hold; rules rely on the range, and some use it as an index."""
    value = row.get("value")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    low, high = OVERRIDE_RANGES.get(column.name, (0, 1))
    if column.name == "rung":
        low, high = -1, len(_steps(nested_table(data, "negotiations", str(row.get("negotiation"))))) - 1
    if not low <= value <= high:
        yield InputError(where, value, f"must be between {low} and {high} here ({column.meaning})")
    elif column.kind == "integer" and value != int(value):
        yield InputError(where, value, f"must be a whole number here ({column.meaning})")
