"""Moods that persist, the size of monthly acts, and months without any (M2)."""

from model.arithmetic import clip, exp
from model.chance import DecisionPoint, draw, draw_normal
from model.compiler import rule
from model.rules.conduct import actual_conduct, relation_odds

RELATIONS_IN_SIZE = 0.3
COOPERATIVE_TAIL, HOSTILE_TAIL = 0.8, 1.2  # hostile acts have the heavier tail (data of Brandt, Colaresi & Freeman)
STRONGEST_MOOD = 3.0  # an act of 20 times the usual size


@rule
def fall_silent(world, me, other):
    """Return whether a state does nothing towards another this month: never where there are talks or hostility."""
    if me == other or world.negotiation_between[me, other] >= 0:
        return False
    chance = world.silence * (1.0 - min(world.posture[me, other], 1.0))
    return chance >= draw(world, DecisionPoint.SILENCE, world.state_id[me], world.state_id[other])


@rule
def vary_mood(world, me, other):
    """Return the mood of a party towards the other, mean 0: z' = a z + b z_other + sigma e.

    A first-order vector autoregression, as fitted to event data (Brandt, Colaresi & Freeman 2008). It moves the odds of
    cooperating and the size of acts, so that both persist.
    """
    if world.negotiation_between[me, other] < 0:
        return 0.0
    shock = draw_normal(world, DecisionPoint.MOOD, world.state_id[me], world.state_id[other])
    level = world.mood_inertia * world.mood[me, other] + world.mood_reciprocity * world.mood[other, me]
    return clip(level + world.mood_spread * shock, -STRONGEST_MOOD, STRONGEST_MOOD)


@rule
def size_act(world, me, other):
    """Return the size of a party's act: e^(.8 z) if it is cooperative and e^(-1.2 z) if hostile; the median is near 1.

    z is the mood, and a share of what relations add to the odds: friends make larger gestures, rivals larger threats.
    """
    if world.negotiation_between[me, other] < 0:
        return 1.0
    level = world.mood[me, other]
    if world.with_relations:
        relations = relation_odds(world, me, other)
        level += RELATIONS_IN_SIZE * (relations.trust + relations.tension + relations.deal + relations.pressure)
    level = clip(level, -STRONGEST_MOOD, STRONGEST_MOOD)
    return exp(COOPERATIVE_TAIL * level if actual_conduct(world, me, other) else -HOSTILE_TAIL * level)
