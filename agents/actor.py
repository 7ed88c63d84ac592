"""The base class of all actors: an index in the world, a row of each column, and rules as methods."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, Protocol

import mesa

from model.columns import COLUMN_BY_NAME
from model.world import World

Rule = Callable[..., Any]


class ActorModel(Protocol):
    """The part of a Mesa model that its actors use."""

    world: World


def rule_method(rule: Rule) -> Rule:
    """Return a rule as a method of an actor: the actor's index comes first, the rest of the cell are arguments."""

    @wraps(rule)
    def method(actor: "Actor", *rest: int) -> Any:
        return rule(actor.world, actor.index, *rest)

    method.rule = rule  # type: ignore[attr-defined]
    return method


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
