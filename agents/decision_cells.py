"""Who decides which cell of an act."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, NamedTuple

from agents.actor import Actor
from model.protocol import Act
from model.world import World

Cell = tuple[int, ...]
CellNames = tuple[str | None, str | None, str | None]  # of a cell: actor, counterpart, negotiation


class DecisionCell(NamedTuple):
    """One cell of an act: who decides it, and whether by the act's own rule."""

    decide: Callable[..., Any]
    arguments: Cell
    cell: Cell
    by_rule: bool


class Actors(NamedTuple):
    """The actors of a run by role, each list in the order of the world's axis."""

    states: Sequence[Actor]
    facilitators: Sequence[Actor]
    bodies: Sequence[Actor]


def actor_of(act: Act, cell: Cell, world: World, actors: Actors) -> tuple[Actor | None, Cell]:
    """Return the actor that decides a cell, None for nature, and the part of the cell that it is asked with."""
    match act.role:
        case "state":
            return actors.states[cell[0]], cell[1:]
        case "party":
            return actors.states[int(world.party[cell[:2]])], cell[:1]
        case "facilitator":
            return actors.facilitators[cell[0]], cell[1:]
        case "body":
            return actors.bodies[cell[0]], cell[1:]
    return None, cell


def decision_cells(act: Act, world: World, actors: Actors) -> list[DecisionCell]:
    """Return every cell of an act with who decides it."""
    seated = []
    for cell in product(*(range(world.size[axis]) for axis in act.axes)):
        actor, rest = actor_of(act, cell, world, actors)
        if actor is None:
            seated.append(DecisionCell(act.rule, (world.compiled, *cell), cell, True))
        else:
            ask = getattr(actor, act.name)
            seated.append(DecisionCell(ask, rest, cell, getattr(ask, "rule", None) is act.rule))
    return seated
