"""Which actor decides which cell of an act."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, NamedTuple

from agents.actor import Actor
from model.acts import Act
from model.world import World

Cell = tuple[int, ...]
CellNames = tuple[str | None, str | None, str | None]  # ids of actor, counterpart, negotiation


class DecisionCell(NamedTuple):
    """One cell of an act: the function that decides it, its arguments, and whether it is the rule of the act."""

    decide: Callable[..., Any]
    arguments: Cell
    cell: Cell
    by_rule: bool


class Actors(NamedTuple):
    """The actors of a run by role, in the order of the axes of the world."""

    states: Sequence[Actor]
    facilitators: Sequence[Actor]
    bodies: Sequence[Actor]


def actor_of(act: Act, cell: Cell, world: World, actors: Actors) -> tuple[Actor | None, Cell]:
    """Return the actor that decides a cell (None for nature), and the arguments of its method."""
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
    """Return all cells of an act."""
    cells = []
    for cell in product(*(range(world.size[axis]) for axis in act.axes)):
        actor, arguments = actor_of(act, cell, world, actors)
        if actor is None:
            cells.append(DecisionCell(act.rule, (world.compiled, *cell), cell, True))
        else:
            method = getattr(actor, act.name)
            cells.append(DecisionCell(method, arguments, cell, getattr(method, "rule", None) is act.rule))
    return cells
