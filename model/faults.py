"""What can be wrong with a scenario, told all at once and in plain words."""

import difflib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from annotated_types import Ge, Le
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

MOST_ACTORS = 64


class Fault(NamedTuple):
    """One fault: where it is, what stands there, what is wrong with it."""

    path: str
    value: Any
    problem: str

    def __str__(self) -> str:
        shown = repr(self.value)
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        return f"{self.path}: {self.problem}" + (f" (found {shown})" if self.value != "" else "")

    @classmethod
    def unknown(cls, path: str, value: Any, known: Iterable[str], what: str) -> "Fault":
        """Say that a name is not known, and which known one is nearest."""
        known = sorted(known)
        close = difflib.get_close_matches(str(value), known, n=1)
        listed = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "") if known else "none"
        hint = f"did you mean `{close[0]}`?" if close else f"there are: {listed}"
        return cls(path, value, f"no such {what}; {hint}")


class ScenarioError(ValueError):
    """A scenario that cannot be used; ``faults`` lists everything found wrong with it."""

    def __init__(self, faults: list[Fault]):
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


def allowed(field: FieldInfo) -> str:
    """Write a field's range as ``between LOW and HIGH``."""
    low = next((rule.ge for rule in field.metadata if isinstance(rule, Ge)), None)
    high = next((rule.le for rule in field.metadata if isinstance(rule, Le)), None)
    unit = (field.json_schema_extra or {}).get("unit") if isinstance(field.json_schema_extra, dict) else ""
    return f"allowed is between {low} and {high}{f' ({unit})' if unit else ''}"


def inner_model(annotation: Any) -> type[BaseModel] | None:
    """Find the pydantic model inside an annotation such as ``dict[str, State]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in typing.get_args(annotation):
        if not isinstance(argument, (str, types.NoneType)) and (found := inner_model(argument)):
            return found
    return None


def walk(model: type[BaseModel], path: tuple[Any, ...]) -> tuple[type[BaseModel], FieldInfo | None]:
    """Follow an error's path down the models: the model it happened in, and the field if it is one."""
    field = None
    for step in path:
        names = {info.alias or name: info for name, info in model.model_fields.items()}
        if step in names:
            field = names[step]
            model = inner_model(field.annotation) or model
    return model, field


def explain(error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """Turn a validation error into faults with ranges and suggestions."""
    faults = []
    for found in error.errors(include_url=False):
        path = tuple(step for step in found["loc"] if step != "[key]")
        where = ".".join(map(str, path))
        inside, field = walk(model, path)
        if found["type"] == "extra_forbidden":
            names = {info.alias or name for name, info in inside.model_fields.items()}
            faults.append(Fault.unknown(where, path[-1], names, "key"))
        elif found["type"] in {"greater_than_equal", "less_than_equal"} and field is not None:
            faults.append(Fault(where, found["input"], allowed(field)))
        elif found["type"] == "missing":
            faults.append(Fault(where, "", "is missing"))
        else:
            problem = found["msg"].replace("Input should be", "should be")
            plain = isinstance(found["input"], (str, int, float, bool))
            faults.append(Fault(where, found["input"] if plain else "", problem))
    return faults


def table(data: Any, *path: str) -> Mapping[str, Any]:
    """Read a table inside plain data, or an empty one where there is none."""
    for step in path:
        data = data.get(step, {}) if isinstance(data, Mapping) else {}
    return data if isinstance(data, Mapping) else {}


def rows(data: Any, name: str) -> list[Mapping[str, Any]]:
    """Read an array of tables, leaving out what is not a table."""
    found = data.get(name, []) if isinstance(data, Mapping) else []
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def cross_check(data: Mapping[str, Any]) -> list[Fault]:
    """Check what one field alone cannot show: names that point nowhere, sizes, verifiers, duplicates."""
    from model.overrides import check_events, check_moves  # it needs the protocol, which needs this module

    return [*_actors(data), *_negotiations(data), *_relations(data), *check_events(data), *check_moves(data)]


def _actors(data: Mapping[str, Any]) -> Iterator[Fault]:
    from model.chance import stable_id

    roles = ("states", "facilitators", "bodies", "outsiders")
    names = [name for role in roles for name in table(data, role)]
    if len(names) > MOST_ACTORS:
        yield Fault("states", len(names), f"at most {MOST_ACTORS} actors in all")
    for name in {name for name in names if names.count(name) > 1}:
        yield Fault(name, "", "two actors have this name")
    by_id: dict[int, str] = {}
    for name in {*names, *table(data, "negotiations")}:
        twin = by_id.setdefault(stable_id(str(name)), name)
        if twin != name:
            yield Fault(name, "", f"draws the same numbers as `{twin}`; rename one of them")
    for name in table(data, "outsiders"):
        spoiler = table(data, "outsiders", name)
        where = f"outsiders.{name}"
        talks = spoiler.get("negotiation")
        if talks is not None and talks not in table(data, "negotiations"):
            yield Fault.unknown(f"{where}.negotiation", talks, table(data, "negotiations"), "negotiation")
        parties = table(data, "negotiations", str(talks)).get("parties", [])
        if isinstance(parties, list) and spoiler.get("blamed_on") not in parties:
            yield Fault.unknown(f"{where}.blamed_on", spoiler.get("blamed_on"), map(str, parties), "party to it")


def _negotiations(data: Mapping[str, Any]) -> Iterator[Fault]:
    states, pairs = table(data, "states"), {}
    for name in table(data, "negotiations"):
        talks, where = table(data, "negotiations", name), f"negotiations.{name}"
        parties = talks.get("parties")
        parties = [party for party in parties if isinstance(party, str)] if isinstance(parties, list) else []
        for party in parties:
            if party not in states:
                yield Fault.unknown(f"{where}.parties", party, states, "state")
        if len(parties) == 2:
            if parties[0] == parties[1]:
                yield Fault(f"{where}.parties", parties[0], "a state cannot negotiate with itself")
            twin = pairs.setdefault(frozenset(parties), name)
            if twin != name:
                yield Fault(f"{where}.parties", "", f"the same two states negotiate in `{twin}`; make it one ladder")
        helpers = talks.get("facilitators", [])
        for helper in helpers if isinstance(helpers, list) else []:
            if helper not in table(data, "facilitators"):
                yield Fault.unknown(f"{where}.facilitators", helper, table(data, "facilitators"), "facilitator")
        for state in table(talks, "attitudes"):
            if state not in states or state in parties:
                yield Fault.unknown(f"{where}.attitudes.{state}", state, {*states} - {*parties}, "third state")
        yield from _rungs(data, where, talks, parties)


def _rungs(data: Mapping[str, Any], where: str, talks: Mapping[str, Any], parties: list[str]) -> Iterator[Fault]:
    unfinished = False
    for name in table(talks, "rungs"):
        rung, place = table(talks, "rungs", name), f"{where}.rungs.{name}"
        verifier = rung.get("verifier")
        if verifier is not None and verifier not in table(data, "bodies"):
            yield Fault.unknown(f"{place}.verifier", verifier, table(data, "bodies"), "verification body")
        if verifier is None and rung.get("needs_verification", True):
            yield Fault(f"{place}.verifier", "", "is missing; name a body, or set needs_verification = false")
        for party in table(rung, "parties"):
            if party not in parties:
                yield Fault.unknown(f"{place}.parties.{party}", party, parties, "party to it")
        for party in parties:
            if isinstance(rung.get("parties"), Mapping) and party not in table(rung, "parties"):
                yield Fault(f"{place}.parties.{party}", "", "is missing")
        if rung.get("status") == "verified" and unfinished:
            yield Fault(f"{place}.status", "verified", "a rung below it is not verified yet")
        unfinished = unfinished or rung.get("status", "idle") != "verified"


def _relations(data: Mapping[str, Any]) -> Iterator[Fault]:
    states = table(data, "states")
    for one in table(data, "relations"):
        for other in (one, *table(data, "relations", one)):
            if other not in states:
                yield Fault.unknown(f"relations.{one}.{other}", other, states, "state")
        if one in table(data, "relations", one):
            yield Fault(f"relations.{one}.{one}", "", "a state has no relation to itself")
