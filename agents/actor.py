"""The base class of all actors: an index in the world, a row of each column, and rules as methods."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, Protocol

import mesa

from model.acts import Act, Role
from model.columns import COLUMN_BY_NAME
from model.protocol import PROTOCOL
from model.rules.lookups import side_of
from model.world import World

Rule = Callable[..., Any]


class ActorModel(Protocol):
    """The part of a Mesa model that its actors use."""

    world: World


def _rule_method(act: Act) -> Rule:
    """Return the rule of an act as a method: it takes the rest of the cell as arguments."""

    @wraps(act.rule)
    def perform(actor: "Actor", *rest: int) -> Any:
        return act.rule(actor.world, actor.index, *rest)

    @wraps(act.rule)
    def perform_as_party(actor: "Actor", talks: int) -> Any:
        return act.rule(actor.world, talks, side_of(actor.world, talks, actor.index))

    method = perform_as_party if act.role == "party" else perform
    method.rule = act.rule  # type: ignore[attr-defined]
    return method


def performs[A: type](*roles: Role) -> Callable[[A], A]:
    """Return a decorator that gives a class of actors a method for each act that these roles decide.

    The method has the name of the act. A subclass overrides it to change that decision.
    """

    def add_methods(kind: A) -> A:
        for act in PROTOCOL:
            if act.role in roles:
                setattr(kind, act.name, _rule_method(act))
        return kind

    return add_methods


class Actor(mesa.Agent[Any]):
    """One actor of a run. Each column whose first axis is the actor's role is an attribute: the actor's row.

    axis: the axis of its role. index: its position along that axis. name: its id in the scenario.
    """

    axis: ClassVar[str]
    model: ActorModel

    def __init__(self, model: ActorModel, index: int, name: str):
        super().__init__(model)
        self.index = index
        self.name = name

    @property
    def world(self) -> Any:
        """Return the world as rules take it."""
        return self.model.world.compiled

    def __getattr__(self, name: str) -> Any:
        column = COLUMN_BY_NAME.get(name)
        if column is None or column.axes[0] != self.axis or "model" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        row = getattr(self.model.world, name)[self.index]
        return row if len(column.axes) > 1 else float(row)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"
