"""All settings of a scenario that can be changed, with path, value, range, unit and meaning.

Read from the declarations in ``parameters.py`` and ``scenario.py``; the command line, the search
for flips, sliders and sweeps use this list and no other.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from model.parameters import SECTIONS, knobs
from model.scenario import Body, FacilitatorSpec, Negotiation, Relation, Rung, RungShare, Scenario, Spoiler, StateSpec


class DeclaredParameter(NamedTuple):
    """One number of a scenario: where it stands, what it is now, and what it may be."""

    path: str
    value: float
    low: float
    high: float
    whole: bool
    lever: bool
    unit: str
    meaning: str
    source: str


def bounds(field: FieldInfo) -> tuple[float, float]:
    """Read a parameter's range from its declaration."""
    low = next(rule.ge for rule in field.metadata if isinstance(rule, Ge))
    high = next(rule.le for rule in field.metadata if isinstance(rule, Le))
    return float(low), float(high)  # type: ignore[arg-type]


def describe(path: str, value: float, field: FieldInfo) -> DeclaredParameter:
    """Make a setting of a declared parameter."""
    extra: Any = field.json_schema_extra
    whole, lever = field.annotation is int, extra["role"] == "lever"
    return DeclaredParameter(
        path, value, *bounds(field), whole, lever, extra["unit"], field.description or "", extra["source"]
    )


def _of(path: str, thing: BaseModel) -> Iterator[DeclaredParameter]:
    for name, field in knobs(type(thing)).items():
        yield describe(f"{path}.{name}", getattr(thing, name), field)


def settings(scenario: Scenario) -> list[DeclaredParameter]:
    """List every parameter of a scenario, global ones first, then actors, relations and ladders."""
    found: list[DeclaredParameter] = []
    for section in SECTIONS:
        found += _of(section, getattr(scenario, section))
    for role in ("states", "facilitators", "bodies", "outsiders"):
        for name, actor in getattr(scenario, role).items():
            found += _of(f"{role}.{name}", actor)
    for one, others in scenario.relations.items():
        for other, relation in others.items():
            found += _of(f"relations.{one}.{other}", relation)
    for name, talks in scenario.negotiations.items():
        found += _of(f"negotiations.{name}", talks)
        for rung, step in talks.rungs.items():
            found += _of(f"negotiations.{name}.rungs.{rung}", step)
            for party, share in step.parties.items():
                found += _of(f"negotiations.{name}.rungs.{rung}.parties.{party}", share)
    return found


def levers(scenario: Scenario) -> list[DeclaredParameter]:
    """List the parameters that someone at the table can choose."""
    return [setting for setting in settings(scenario) if setting.lever]


DECLARED: dict[str, type[BaseModel]] = {
    **SECTIONS,
    "states.NAME": StateSpec,
    "facilitators.NAME": FacilitatorSpec,
    "bodies.NAME": Body,
    "outsiders.NAME": Spoiler,
    "relations.ONE.OTHER": Relation,
    "negotiations.NAME": Negotiation,
    "negotiations.NAME.rungs.RUNG": Rung,
    "negotiations.NAME.rungs.RUNG.parties.PARTY": RungShare,
}


def declared() -> list[DeclaredParameter]:
    """List every parameter as declared, at its default, under a general path."""
    return [
        describe(f"{path}.{name}", field.default, field)
        for path, model in DECLARED.items()
        for name, field in knobs(model).items()
    ]
