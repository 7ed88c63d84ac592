"""What can be wrong with a scenario, told all at once and in plain words."""

import difflib
import types
import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Literal, NamedTuple

from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError

MOST_ACTORS = 64
MOST_FAULTS = 200  # told at once; nobody reads more, and a hostile file can hold a hundred thousand
NAME_RULE = "a name has up to 40 lower-case letters, digits and hyphens, and begins with a letter"


def shown(value: Any) -> str:
    """Write a value shortly and on one line, whatever it is."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "a list"
    try:
        text = repr(value[:100] if isinstance(value, str) else value)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


def printable(text: str, most: int = 200) -> str:
    """Keep words out of a file from steering the terminal or filling the screen."""
    text = text if len(text) <= most else text[:most] + "..."
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


class Fault(NamedTuple):
    """One fault: where it is, what stands there, what is wrong with it."""

    path: str
    value: Any
    problem: str

    def __str__(self) -> str:
        nothing = isinstance(self.value, str) and self.value == ""
        found = "" if nothing else f" (found {shown(self.value)})"
        return f"{printable(self.path)}: {printable(self.problem, 1000)}{found}"

    @classmethod
    def unknown(cls, path: str, value: Any, known: Iterable[str], what: str) -> "Fault":
        """Say that a name is not known, and which known one is nearest."""
        known = sorted(map(str, known))
        searched = known if isinstance(value, str) and len(value) <= 200 and len(known) <= 1000 else []
        close = difflib.get_close_matches(str(value), searched, n=1) if searched else []
        listed = (
            ", ".join(printable(name, 60) for name in known[:12]) + (", ..." if len(known) > 12 else "")
            if known
            else "none"
        )
        hint = f"did you mean `{close[0]}`?" if close else f"there are: {listed}"
        return cls(path, value, f"no such {what}; {hint}")


class ScenarioError(ValueError):
    """A scenario that cannot be used; ``faults`` lists everything found wrong with it."""

    def __init__(self, faults: list[Fault]):
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


class Place(NamedTuple):
    """Where an error happened: its path as the file has it, the type wanted there, its range and unit."""

    path: tuple[Any, ...]
    model: type[BaseModel]
    wanted: Any
    rules: tuple[Any, ...]
    unit: str

    @property
    def allowed(self) -> str:
        """Write the range, if there is one."""
        low = next((rule.ge for rule in self.rules if isinstance(rule, Ge)), None)
        high = next((rule.le for rule in self.rules if isinstance(rule, Le)), None)
        unit = f" ({self.unit})" if self.unit else ""
        return f"allowed is between {low} and {high}{unit}" if low is not None and high is not None else ""


def walk(model: type[BaseModel], path: tuple[Any, ...]) -> Place:
    """Follow an error's path down the declarations, through tables, lists and choices of types."""
    kept, wanted, rules, unit = [], model, (), ""
    for step in path:
        while typing.get_origin(wanted) is typing.Annotated:
            wanted = typing.get_args(wanted)[0]
        origin, inside = typing.get_origin(wanted), typing.get_args(wanted)
        if origin in (typing.Union, types.UnionType):
            real = [choice for choice in inside if choice is not types.NoneType]
            if len(real) > 1:
                continue  # the step names one of several types that were tried
            wanted, origin, inside = real[0], typing.get_origin(real[0]), typing.get_args(real[0])
        if step == "[key]":
            wanted, rules = inside[0] if origin is dict else None, ()
            continue
        kept.append(step)
        if isinstance(wanted, type) and issubclass(wanted, BaseModel):
            model = wanted
            field = {info.alias or name: info for name, info in model.model_fields.items()}.get(step)
            extra = field.json_schema_extra if field is not None else None
            unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
            wanted, rules = (field.annotation, tuple(field.metadata)) if field is not None else (None, ())
        else:
            wanted = inside[1] if origin is dict else inside[0] if origin is list else None
            bare = typing.get_args(wanted)[1:] if typing.get_origin(wanted) is typing.Annotated else ()
            rules, unit = tuple(chain.from_iterable(getattr(each, "metadata", (each,)) for each in bare)), ""
    return Place(tuple(kept), model, wanted, rules, unit)


def choices(wanted: Any) -> list[str]:
    """List the words a field allows, if it is a choice of words."""
    named = typing.get_args(wanted) if typing.get_origin(wanted) is Literal else ()
    return [word for word in named if isinstance(word, str)]


def plainly(kind: str, message: str, about: Mapping[str, Any], place: Place) -> str:
    """Say in plain words what pydantic found wrong."""
    if kind == "missing":
        return "is missing"
    if kind == "string_pattern_mismatch":
        return NAME_RULE
    if kind == "too_long":
        return f"has too many entries; at most {about['max_length']} allowed"
    if kind == "string_too_long":
        return f"is too long; at most {about['max_length']} characters allowed"
    if kind == "too_short":
        return f"has too few entries; at least {about['min_length']} needed"
    if kind in {"dict_type", "model_type"}:
        return "should be a table"
    if kind in {"greater_than_equal", "less_than_equal"} and place.allowed:
        return place.allowed
    problem = message.replace("Input should be", "should be")
    return f"{problem}; {place.allowed}" if place.allowed else problem


def explain(error: ValidationError, model: type[BaseModel]) -> Iterator[Fault]:
    """Turn a validation error into faults with ranges and suggestions."""
    told = set()
    for found in error.errors(include_url=False):
        place = walk(model, found["loc"])
        where, value = ".".join(map(str, place.path)), found["input"]
        if where in told:
            continue  # a choice of types: each that was tried complains
        told.add(where)
        if found["type"] == "extra_forbidden":
            known = {info.alias or name for name, info in place.model.model_fields.items()}
            yield Fault.unknown(where, str(place.path[-1]), known, "key")
        elif found["type"] == "literal_error" and isinstance(value, str) and choices(place.wanted):
            yield Fault.unknown(where, value, choices(place.wanted), "choice")
        else:
            quiet = found["type"] in {"missing", "too_short", "too_long"}
            problem = plainly(found["type"], found["msg"], found.get("ctx", {}), place)
            yield Fault(where, "" if quiet else value, problem)


def gather(*sources: Iterable[Fault]) -> list[Fault]:
    """List faults from all sources, up to as many as anyone would read."""
    faults = list(islice(chain(*sources), MOST_FAULTS + 1))
    if len(faults) > MOST_FAULTS:
        faults[MOST_FAULTS:] = [Fault("and so on", "", f"more than {MOST_FAULTS} faults; mend these first")]
    return faults


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
    from model.overrides import check_events, check_moves  # it needs the protocol, which needs this module

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
    from model.chance import stable_id

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
