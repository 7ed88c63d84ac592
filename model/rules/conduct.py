"""Monthly conduct between states: intended, actual and perceived (M1, M2).

A doctrine is a small rule that returns ``Cooperation`` terms; ``cooperation_terms`` calls the state's
doctrine. To add one, write the rule, and name it there and in ``model/enumerations.py``.
"""

from typing import Annotated, NamedTuple

import numpy as np

from model.arithmetic import holds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import Doctrine
from model.terms import Term

MISCARRIED, MISREAD, CONDUCT = range(3)  # the order of columns.CONDUCT_DRAWS
DRAW_POINTS = np.array([DecisionPoint.SLIP, DecisionPoint.MISREAD, DecisionPoint.CONDUCT])


class Misreading(NamedTuple):
    """The receiver perceives the opposite of an act."""

    noise: Annotated[float, Term(0, 1, "probability of misreading without facilitators")]
    cleaning: Annotated[float, Term(-1, 0, "misreadings prevented by facilitators")]
    shading: Annotated[float, Term(0, 1, "probability of distortion by a biased facilitator")]
    threshold: float


class Cooperation(NamedTuple):
    """A state intends to cooperate this month."""

    habit: Annotated[float, Term(0, 1, "its doctrine's response to the last acts")]
    forgiveness: Annotated[float, Term(0, 1, "generosity after a hostile act")]
    initiative: Annotated[float, Term(0, 1, "announced unilateral step")]
    trust: Annotated[float, Term(0, 1, "trust, in the assurance doctrine")]
    threshold: float


class Initiative(NamedTuple):
    """A state announces a unilateral conciliatory step."""

    readiness: Annotated[float, Term(0, 1, "readiness for unilateral steps")]
    threshold: float


class Miscarriage(NamedTuple):
    """An act turns out as its opposite."""

    noise: Annotated[float, Term(0, 0.5, "probability that an act turns out as its opposite")]
    threshold: float


@rule
def draw_random_numbers(world, kind, me, other):
    """Return the draw for an act or a reading of one state towards another; it depends on no parameter."""
    if me == other:
        return 1.0
    return draw(world, DRAW_POINTS[kind], world.state_id[me], world.state_id[other])


@rule
def actual_conduct(world, me, other):
    """Return a state's actual conduct: 1 cooperative, 0 hostile."""
    return world.conduct[me, other] ^ world.miscarried[me, other]


@rule
def misreading_terms(world, me, other):
    """Return the terms of misreading the other's act."""
    bias, friendly = world.message_bias[me, other], actual_conduct(world, other, me)
    noise = friendly * world.misread_friendly + (1 - friendly) * world.misread_hostile
    distortion = max(-bias, 0.0) if friendly else max(bias, 0.0)
    random_draw = world.random_draws[MISREAD, me, other]
    return Misreading(noise, -noise * world.clarity[me, other], distortion, random_draw)


@rule
def misread_act(world, me, other):
    """Return whether a state misreads the other's act."""
    return me != other and holds(misreading_terms(world, me, other))


@rule
def perceive(world, me, other):
    """Return the other's act as perceived: its opposite if misread."""
    return actual_conduct(world, other, me) ^ world.misread[me, other]


@rule
def judge_own_standing(world, me, other):
    """Return whether a state is in good standing: it cooperates, or punishes bad standing (Wu & Axelrod 1995)."""
    if actual_conduct(world, me, other):
        return True
    return world.standing[me, other] > 0 and world.perceived_standing[me, other] == 0


@rule
def judge_other_standing(world, me, other):
    """Return whether the other is in good standing, by the same rule applied to its acts as perceived."""
    if world.perceived[me, other]:
        return True
    return world.perceived_standing[me, other] > 0 and world.previous_standing[me, other] == 0


@rule
def remember_standing(world, me, other):
    """Return a state's own standing before this round."""
    return world.standing[me, other]


@rule
def memory_one(world, me, other):
    """Return the probability of cooperating after a state's own last act and the other's as perceived."""
    own, theirs = actual_conduct(world, me, other), world.perceived[me, other]
    if own:
        return world.own_after_cc[me] if theirs else world.own_after_cd[me]
    return world.own_after_dc[me] if theirs else world.own_after_dd[me]


@rule
def reciprocity_doctrine(world, me, other):
    """Respond in kind, with some generosity (memory-one; Axelrod 1984, Nowak & Sigmund 1992)."""
    habit = memory_one(world, me, other)
    generosity = 0.0 if world.perceived[me, other] else world.own_generosity[me] * (1.0 - habit)
    random_draw = world.random_draws[CONDUCT, me, other]
    return Cooperation(habit, generosity, 0.0, 0.0, random_draw)


@rule
def contrition_doctrine(world, me, other):
    """Be hostile only while in good standing towards one in bad standing (Wu & Axelrod 1995)."""
    provoked = world.standing[me, other] > 0 and world.perceived_standing[me, other] == 0
    random_draw = world.random_draws[CONDUCT, me, other]
    return Cooperation(0.0 if provoked else 1.0, 0.0, 0.0, 0.0, random_draw)


@rule
def initiative_doctrine(world, me, other):
    """Respond in kind, with occasional unilateral steps (GRIT; Osgood 1962)."""
    base = reciprocity_doctrine(world, me, other)
    step = (1.0 - base.habit - base.forgiveness) * world.initiative[me, other]
    return Cooperation(base.habit, base.forgiveness, step, 0.0, base.threshold)


@rule
def assurance_doctrine(world, me, other):
    """Cooperate when trust reaches (P - S) / ((R - T) + (P - S)) (Kydd 2005; B06)."""
    fear = world.own_punishment[me] - world.own_sucker[me]
    total = world.own_reward[me] - world.own_temptation[me] + fear
    return Cooperation(0.0, 0.0, 0.0, world.trust[me, other], fear / total if total > 0.0 else 2.0)


@rule
def cooperation_terms(world, me, other):
    """Return the terms of cooperation by the state's doctrine."""
    doctrine = world.doctrine[me]
    if doctrine == Doctrine.contrition:
        return contrition_doctrine(world, me, other)
    if doctrine == Doctrine.initiative:
        return initiative_doctrine(world, me, other)
    if doctrine == Doctrine.assurance:
        return assurance_doctrine(world, me, other)
    return reciprocity_doctrine(world, me, other)


@rule
def are_distinct(world, me, other):
    """Return whether the two are different states."""
    return me != other


@rule
def choose_conduct(world, me, other):
    """Return whether a state intends to cooperate this month."""
    return me == other or holds(cooperation_terms(world, me, other))


@rule
def may_take_initiative(world, me, other):
    """Return whether the doctrine allows a unilateral step now: the other was perceived as hostile."""
    return me != other and world.doctrine[me] == Doctrine.initiative and world.perceived[me, other] == 0


@rule
def initiative_terms(world, me, other):
    """Return the terms of an announced unilateral step."""
    random_draw = draw(world, DecisionPoint.INITIATIVE, world.state_id[me], world.state_id[other])
    return Initiative(world.own_initiative[me], random_draw)


@rule
def take_initiative(world, me, other):
    """Return whether a state announces a unilateral conciliatory step."""
    return may_take_initiative(world, me, other) and holds(initiative_terms(world, me, other))


@rule
def miscarriage_terms(world, me, other):
    """Return the terms of a miscarriage."""
    random_draw = world.random_draws[MISCARRIED, me, other]
    return Miscarriage(world.execution_noise, random_draw)


@rule
def miscarry(world, me, other):
    """Return whether an act turns out as its opposite by accident."""
    return me != other and holds(miscarriage_terms(world, me, other))
