"""Why proposals were refused: the conditions of the answer, by the rules themselves, from the columns of a trace."""

from typing import NamedTuple

import numpy as np

from experiments.validation.traces import Trace
from model.arithmetic import holds
from model.rules import scrutiny

CURRENT = ("rung", "trust", "author", "doubt", "offer", "reservation_value")  # decided before the answer
PREVIOUS = ("status", "access", "inspectors_barred", "pressure", "audience_cost")  # decided after it
REFUSAL_COLUMNS = (*CURRENT, *PREVIOUS, "answer")  # the columns that classify_refusals reads


class Refusals(NamedTuple):
    """Refusals by each side, bool [world, round, negotiation, side], without the initial state.

    all: a side refuses. condemned: because it holds the other to be deceitful. by_share: every other condition of
    acceptance holds, but the share offered is below the reservation value.
    """

    all: np.ndarray
    condemned: np.ndarray
    by_share: np.ndarray


class Conditions(NamedTuple):
    """The conditions of an answer, in the order of ``settle_answer`` in ``model/rules/scrutiny.py``."""

    is_condemned: bool
    is_cleared: bool
    is_worth: bool
    is_acceptable: bool
    is_free: bool


def classify_refusals(trace: Trace) -> Refusals:
    """Return the refusals in a trace of REFUSAL_COLUMNS. A proposal that nobody makes is no refusal."""
    refused = trace["answer"][:, 1:] < 0
    condemned, by_share = np.zeros_like(refused), np.zeros_like(refused)
    for cell, conditions in answer_conditions(trace, refused):
        condemned[cell] = conditions.is_condemned
        by_share[cell] = conditions == Conditions(False, True, True, False, True)
    return Refusals(refused, condemned, by_share)


def answer_conditions(trace: Trace, chosen: np.ndarray) -> list[tuple[tuple[int, int, int, int], Conditions]]:
    """Return the conditions of chosen answers, with their place: world, round, negotiation, side.

    chosen: bool [world, round, negotiation, side], without the initial state. The rules read a world with the columns
    of the moment in which the answer was given.
    """
    world = trace.initial_world.copy_at_start(1)
    found = []
    for row, month, k, side in np.argwhere(chosen).tolist():
        for name in CURRENT:
            getattr(world, name)[...] = trace[name][row, month + 1]
        for name in PREVIOUS:
            getattr(world, name)[...] = trace[name][row, month]
        found.append(((row, month, k, side), conditions_now(world.compiled, k, side)))
    return found


def conditions_now(world: object, k: int, side: int) -> Conditions:
    """Return the conditions of a side's answer in a world as rules read it."""
    terms = (
        scrutiny.condemnation_terms, scrutiny.clearance_terms, scrutiny.worth_terms, scrutiny.share_terms,
        scrutiny.freedom_terms,
    )  # fmt: skip
    return Conditions(*(bool(holds(each(world, k, side))) for each in terms))
