"""All settings of a scenario that can be changed, with path, value, range, unit and meaning.

Read from the declarations in ``parameters.py`` and ``scenario.py``; the command line, the search
for flips, sliders and sweeps use this list and no other.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from model.parameters import SECTIONS, parameter_fields
from model.scenario import (
    BodySpec,
    FacilitatorSpec,
    Negotiation,
    Relation,
    Rung,
    RungShare,
    Scenario,
    SpoilerSpec,
    StateSpec,
)


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


def parameter_bounds(field: FieldInfo) -> tuple[float, float]:
    """Read a parameter's range from its declaration."""
    low = next(rule.ge for rule in field.metadata if isinstance(rule, Ge))
    high = next(rule.le for rule in field.metadata if isinstance(rule, Le))
    return float(low), float(high)  # type: ignore[arg-type]


def make_parameter(path: str, value: float, field: FieldInfo) -> DeclaredParameter:
    """Make a setting of a declared parameter."""
    extra: Any = field.json_schema_extra
    whole, lever = field.annotation is int, extra["role"] == "lever"
    return DeclaredParameter(
        path, value, *parameter_bounds(field), whole, lever, extra["unit"], field.description or "", extra["source"]
    )


def _of(path: str, thing: BaseModel) -> Iterator[DeclaredParameter]:
    for name, field in parameter_fields(type(thing)).items():
        yield make_parameter(f"{path}.{name}", getattr(thing, name), field)


def list_parameters(scenario: Scenario) -> list[DeclaredParameter]:
    """List every parameter of a scenario, global ones first, then actors, relations and ladders."""
    found: list[DeclaredParameter] = []
    for section in SECTIONS:
        found += _of(section, getattr(scenario, section))
    for role in ("states", "facilitators", "bodies", "spoilers"):
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


def list_levers(scenario: Scenario) -> list[DeclaredParameter]:
    """List the parameters that someone at the table can choose."""
    return [setting for setting in list_parameters(scenario) if setting.lever]


PARAMETER_MODELS: dict[str, type[BaseModel]] = {
    **SECTIONS,
    "states.NAME": StateSpec,
    "facilitators.NAME": FacilitatorSpec,
    "bodies.NAME": BodySpec,
    "spoilers.NAME": SpoilerSpec,
    "relations.ONE.OTHER": Relation,
    "negotiations.NAME": Negotiation,
    "negotiations.NAME.rungs.RUNG": Rung,
    "negotiations.NAME.rungs.RUNG.parties.PARTY": RungShare,
}


def declared_parameters() -> list[DeclaredParameter]:
    """List every parameter as declared, at its default, under a general path."""
    return [
        make_parameter(f"{path}.{name}", field.default, field)
        for path, model in PARAMETER_MODELS.items()
        for name, field in parameter_fields(model).items()
    ]
