"""Monthly conduct between states: what is meant, what is done, what is seen (M1, M2).

A doctrine is one small rule that returns a ``Leaning``; ``leaning`` asks the doctrine of the
state. To add one: write the rule, and name it there and in ``model/scenario.py``.
"""

from typing import Annotated, NamedTuple

import numpy as np

from model.arithmetic import holds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import Doctrine
from model.terms import Term

SLIP, MISREAD, CONDUCT = range(3)  # columns.DICE
DRAW_POINTS = np.array([DecisionPoint.SLIP, DecisionPoint.MISREAD, DecisionPoint.CONDUCT])


class Misreading(NamedTuple):
    """The channel turns an act into its opposite in the eyes of the receiver."""

    noise: Annotated[float, Term(0, 1, "chance of misreading on an uncleaned channel")]
    cleaning: Annotated[float, Term(-1, 0, "misreadings removed by facilitators")]
    shading: Annotated[float, Term(0, 1, "chance that a biased facilitator tells it otherwise")]
    threshold: float


class Cooperation(NamedTuple):
    """A state means to cooperate this month."""

    habit: Annotated[float, Term(0, 1, "answer that its doctrine gives to the last acts")]
    forgiveness: Annotated[float, Term(0, 1, "generosity after a hostile act")]
    initiative: Annotated[float, Term(0, 1, "an announced unilateral step")]
    trust: Annotated[float, Term(0, 1, "trust, where the doctrine asks for assurance")]
    threshold: float


class Initiative(NamedTuple):
    """A state announces a conciliatory step of its own."""

    readiness: Annotated[float, Term(0, 1, "readiness for unilateral steps")]
    threshold: float


class Miscarriage(NamedTuple):
    """An act miscarries."""

    noise: Annotated[float, Term(0, 0.5, "chance that an act comes out as its opposite")]
    threshold: float


@rule
def draw_random_numbers(world, die, me, other):
    """Roll the dice between each two states ahead of the round; no parameter has a say in how they fall."""
    return draw(world, DRAW_POINTS[die], world.state_id[me], world.state_id[other])


@rule
def actual_conduct(world, me, other):
    """Say what a state in fact did: 1 cooperative, 0 hostile."""
    return world.conduct[me, other] ^ world.miscarried[me, other]


@rule
def misreading_terms(world, me, other):
    """Weigh the chance that I misread the other's act."""
    slant = world.message_bias[me, other]
    if actual_conduct(world, other, me):
        noise, shading = world.misread_friendly, max(-slant, 0.0)
    else:
        noise, shading = world.misread_hostile, max(slant, 0.0)
    fate = world.random_draws[MISREAD, me, other]
    return Misreading(noise, -noise * world.clarity[me, other], shading, fate)


@rule
def misread_act(world, me, other):
    """Misread the other's act, by chance."""
    return me != other and holds(misreading_terms(world, me, other))


@rule
def perceive(world, me, other):
    """See the other's act, or its opposite if it is misread."""
    return actual_conduct(world, other, me) ^ world.misread[me, other]


@rule
def judge_own_standing(world, me, other):
    """Keep good standing by cooperating, or by a hostile act against one in bad standing (Wu & Axelrod 1995)."""
    if actual_conduct(world, me, other):
        return True
    return world.standing[me, other] > 0 and world.perceived_standing[me, other] == 0


@rule
def judge_other_standing(world, me, other):
    """Hold the other in good standing by the same rule, as far as its acts are seen rightly."""
    if world.perceived[me, other]:
        return True
    return world.perceived_standing[me, other] > 0 and world.previous_standing[me, other] == 0


@rule
def remember_standing(world, me, other):
    """Note one's own standing before this round's acts are judged."""
    return world.standing[me, other]


@rule
def memory_one(world, me, other):
    """Look up the answer to my own last act and the other's as I saw it, both of the round before."""
    mine, theirs = actual_conduct(world, me, other), world.perceived[me, other]
    if mine:
        return world.own_after_cc[me] if theirs else world.own_after_cd[me]
    return world.own_after_dc[me] if theirs else world.own_after_dd[me]


@rule
def reciprocity_doctrine(world, me, other):
    """Answer in kind, with some generosity (memory-one; Axelrod 1984, Nowak & Sigmund 1992)."""
    habit = memory_one(world, me, other)
    generosity = 0.0 if world.perceived[me, other] else world.own_generosity[me] * (1.0 - habit)
    fate = world.random_draws[CONDUCT, me, other]
    return Cooperation(habit, generosity, 0.0, 0.0, fate)


@rule
def contrition_doctrine(world, me, other):
    """Be hostile only while I am in good standing and the other is not."""
    provoked = world.standing[me, other] > 0 and world.perceived_standing[me, other] == 0
    fate = world.random_draws[CONDUCT, me, other]
    return Cooperation(0.0 if provoked else 1.0, 0.0, 0.0, 0.0, fate)


@rule
def initiative_doctrine(world, me, other):
    """Answer in kind, but step forward unasked now and then (GRIT; Osgood 1962)."""
    answer = reciprocity_doctrine(world, me, other)
    step = (1.0 - answer.habit - answer.forgiveness) * world.initiative[me, other]
    return Cooperation(answer.habit, answer.forgiveness, step, 0.0, answer.threshold)


@rule
def assurance_doctrine(world, me, other):
    """Cooperate when trust reaches (P - S) / ((R - T) + (P - S)) (Kydd 2005; B06)."""
    fear = world.own_punishment[me] - world.own_sucker[me]
    total = world.own_reward[me] - world.own_temptation[me] + fear
    return Cooperation(0.0, 0.0, 0.0, world.trust[me, other], fear / total if total > 0.0 else 2.0)


@rule
def cooperation_terms(world, me, other):
    """Return what the state's doctrine weighs."""
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
    """Say whether these are two states and not one."""
    return me != other


@rule
def choose_conduct(world, me, other):
    """Choose this month's conduct as the doctrine leans."""
    return me == other or holds(cooperation_terms(world, me, other))


@rule
def may_take_initiative(world, me, other):
    """Say whether the doctrine knows unilateral steps, and the other was seen to be hostile."""
    return me != other and world.doctrine[me] == Doctrine.initiative and world.perceived[me, other] == 0


@rule
def initiative_terms(world, me, other):
    """Weigh an announced unilateral step."""
    fate = draw(world, DecisionPoint.INITIATIVE, world.state_id[me], world.state_id[other])
    return Initiative(world.own_initiative[me], fate)


@rule
def take_initiative(world, me, other):
    """Announce a conciliatory step of my own."""
    return may_take_initiative(world, me, other) and holds(initiative_terms(world, me, other))


@rule
def miscarriage_terms(world, me, other):
    """Weigh the chance that the act miscarries."""
    fate = world.random_draws[SLIP, me, other]
    return Miscarriage(world.execution_noise, fate)


@rule
def miscarry(world, me, other):
    """Do the opposite of what I mean, by accident."""
    return me != other and holds(miscarriage_terms(world, me, other))
