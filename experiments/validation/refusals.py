"""Why proposals were refused, from the columns of a trace: by the examination, or by the share offered (M7, M8)."""

from typing import NamedTuple

import numpy as np

from experiments.validation.traces import Trace
from model.enumerations import RungStatus
from model.rules.scrutiny import clearance_bound, condemnation_bound

REFUSAL_COLUMNS = ("rung", "status", "answer", "doubt", "trust", "access", "offer", "reservation_value")


class Refusals(NamedTuple):
    """Refusals by each side, bool [world, round, negotiation, side], without the initial state.

    all: a side refuses. condemned: because it holds the other to be deceitful. by_share: the examination clears the
    other side and the step is worth its risk, but the share offered is below the reservation value.
    """

    all: np.ndarray
    condemned: np.ndarray
    by_share: np.ndarray


def classify_refusals(trace: Trace) -> Refusals:
    """Return the refusals in a trace of REFUSAL_COLUMNS, with the rules of ``model/rules/scrutiny.py``."""
    world = trace.initial_world
    refused, doubt = trace["answer"][:, 1:] < 0, trace["doubt"][:, 1:]
    condemned = refused & (doubt >= condemnation_bound(world.compiled))
    cleared = doubt <= clearance_bound(world.compiled)
    offer = trace["offer"][:, 1:, :, None]
    acceptable = np.concatenate([offer, 1.0 - offer], axis=3) >= trace["reservation_value"][:, 1:]
    return Refusals(refused, condemned, refused & cleared & worth_taking(trace) & ~acceptable)


def worth_taking(trace: Trace) -> np.ndarray:
    """Return whether the rung in play is worth its risk to each side: bool [world, round, negotiation, side]."""
    world, scrutiny = trace.initial_world, trace.scenario.scrutiny
    worth = np.zeros(trace["answer"][:, 1:].shape, bool)
    for k, parties in enumerate(world.party):
        rung, detected = np.maximum(trace["rung"][:, 1:, k], 0), detection(trace, k)
        stake, reversible = world.stake[k][rung], detected * world.reversibility[k][rung]
        rest = np.maximum(1.0 - (trace["status"][:, :-1, k] == RungStatus.VERIFIED) @ world.stake[k] - stake, 0.0)
        for side, other in ((0, 1), (1, 0)):
            trust = trace["trust"][:, 1:, parties[side], parties[other]]
            gain = trust * (stake + scrutiny.future_weight * rest)
            risk = (1.0 - trust) * scrutiny.loss_weight * stake * (1.0 - reversible)
            worth[:, :, k, side] = gain - risk >= scrutiny.outside_option
    return worth


def detection(trace: Trace, k: int) -> np.ndarray:
    """Return the probability of detecting a violation when answers are given: [world, round]."""
    world = trace.initial_world
    covered = np.maximum.accumulate(np.where(world.verifier[k] >= 0, np.arange(len(world.verifier[k])), -1))
    inspected = covered[np.where(trace["rung"][:, 1:, k] >= 0, trace["rung"][:, 1:, k], world.rungs[k] - 1)]
    skill = np.append(world.detection, 0.0)[world.verifier[k]] * world.verifiability[k]  # [rung]
    return np.where(inspected >= 0, skill[inspected], 0.0) * trace["access"][:, :-1, k]
