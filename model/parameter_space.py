"""All parameters of a scenario, with path, value, range, unit and meaning.

They come from the declarations in ``parameters.py`` and ``scenario.py``; the command line, the search
for flips, sliders and sweeps all use this list. A parameter that nothing in the scenario reads is legal, but not
offered (``offered_parameters.py``).
"""

from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from model.offered_parameters import reason_unread
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
    """A parameter of a scenario: path, value, range and description."""

    path: str
    value: float
    low: float
    high: float
    whole: bool
    lever: bool
    unit: str
    meaning: str
    source: str
    layer: str


def parameter_bounds(field: FieldInfo) -> tuple[float, float]:
    """Return the declared range of a parameter."""
    low = next(rule.ge for rule in field.metadata if isinstance(rule, Ge))
    high = next(rule.le for rule in field.metadata if isinstance(rule, Le))
    return float(low), float(high)  # type: ignore[arg-type]


def make_parameter(path: str, value: float, field: FieldInfo) -> DeclaredParameter:
    """Return a parameter with its path and value."""
    extra: Any = field.json_schema_extra
    whole, lever = field.annotation is int, extra["role"] == "lever"
    text = extra["unit"], field.description or "", extra["source"]
    return DeclaredParameter(path, value, *parameter_bounds(field), whole, lever, *text, extra["layer"])


def _parameters_of(path: str, section: BaseModel) -> Iterator[DeclaredParameter]:
    for name, field in parameter_fields(type(section)).items():
        yield make_parameter(f"{path}.{name}", getattr(section, name), field)


def list_parameters(scenario: Scenario) -> list[DeclaredParameter]:
    """Return the parameters that something in a scenario reads, in the order of ``every_parameter``."""
    return [each for each in every_parameter(scenario) if not reason_unread(scenario, each.path)]


def every_parameter(scenario: Scenario) -> list[DeclaredParameter]:
    """Return every parameter of a scenario: global ones, then those of actors, relations and ladders."""
    parameters: list[DeclaredParameter] = []
    for section in SECTIONS:
        parameters += _parameters_of(section, getattr(scenario, section))
    for role in ("states", "facilitators", "bodies", "spoilers"):
        for name, actor in getattr(scenario, role).items():
            parameters += _parameters_of(f"{role}.{name}", actor)
    for one, others in scenario.relations.items():
        for other, relation in others.items():
            parameters += _parameters_of(f"relations.{one}.{other}", relation)
    for name, talks in scenario.negotiations.items():
        parameters += _parameters_of(f"negotiations.{name}", talks)
        for rung, step in talks.rungs.items():
            parameters += _parameters_of(f"negotiations.{name}.rungs.{rung}", step)
            for party, share in step.parties.items():
                parameters += _parameters_of(f"negotiations.{name}.rungs.{rung}.parties.{party}", share)
    return parameters


def unread_changes(scenario: Scenario, paths: Container[str]) -> list[str]:
    """Return a message for each of these paths whose parameter nothing in the scenario reads."""
    changed = (each.path for each in every_parameter(scenario) if each.path in paths)
    reasons = ((path, reason_unread(scenario, path)) for path in changed)
    return [f"{path} has no effect: {reason}" for path, reason in reasons if reason]


def list_levers(scenario: Scenario) -> list[DeclaredParameter]:
    """Return the parameters that something reads and a participant in a negotiation can choose."""
    return [each for each in list_parameters(scenario) if each.lever and _belongs_to_participants(scenario, each.path)]


def _belongs_to_participants(scenario: Scenario, path: str) -> bool:
    """Return whether a lever is not that of a third state: of a party, or between the two parties to a negotiation."""
    role, *names = path.split(".")[:-1]
    if role not in ("states", "relations"):
        return True
    return any({*names} <= {*talks.parties} for talks in scenario.negotiations.values())


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
    """Return every declared parameter at its default, under a generic path."""
    return [
        make_parameter(f"{path}.{name}", field.default, field)
        for path, model in PARAMETER_MODELS.items()
        for name, field in parameter_fields(model).items()
    ]
