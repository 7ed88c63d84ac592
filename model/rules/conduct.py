"""Monthly conduct between states: intended, actual and perceived (M1, M2).

A doctrine is a small rule that returns ``Habit`` log odds; ``doctrine_habit`` calls the state's doctrine. To add one,
write the rule, and name it there and in ``model/enumerations.py``. Relations between the two states add to the habit:

logit p = habit + w_trust (tau - tau0) - w_tension (x - x0) + w_deal D - w_pressure P + w_mood z

(Goldstein & Freeman 1990; Kydd 2005).
"""

from typing import Annotated, NamedTuple

import numpy as np

from model.arithmetic import MAX_LOG_ODDS, clip, holds, log_odds
from model.chance import DecisionPoint, draw
from model.compiler import rule
from model.enumerations import Doctrine
from model.rules.lookups import progress, side_of
from model.terms import Term

USUAL_TRUST, USUAL_TENSION = 0.4, 0.3  # of hostile pairs; habits are measured there
FIRMEST_HABIT = 4.0  # log odds
SURE_STEP = 200.0  # log odds of an announced step
RECORD_MEMORY = 0.85  # share of the record that remains after a month, a half-life of four months
MISCARRIED, MISREAD, CONDUCT = range(3)  # the order of columns.CONDUCT_DRAWS
DRAW_POINTS = np.array([DecisionPoint.SLIP, DecisionPoint.MISREAD, DecisionPoint.CONDUCT])


class Misreading(NamedTuple):
    """The receiver perceives the opposite of an act."""

    noise: Annotated[float, Term(0, 1, "probability of misreading without facilitators")]
    cleaning: Annotated[float, Term(-1, 0, "misreadings prevented by facilitators")]
    shading: Annotated[float, Term(0, 1, "probability of distortion by a biased facilitator")]
    threshold: float


class Cooperation(NamedTuple):
    """A state intends to cooperate this month: log odds against those of the draw."""

    habit: Annotated[float, Term(-60, 60, "its doctrine's response to the last acts")]
    forgiveness: Annotated[float, Term(0, 120, "generosity after a hostile act")]
    initiative: Annotated[float, Term(0, 200, "announced unilateral step")]
    trust: Annotated[float, Term(-5, 6, "trust in the other, above or below the usual level")]
    tension: Annotated[float, Term(-1000, 3, "its own posture towards the other, above or below the usual level")]
    deal: Annotated[float, Term(0, 10, "agreements in force between them")]
    pressure: Annotated[float, Term(-20, 0, "pressure between them, either way")]
    mood: Annotated[float, Term(-30, 30, "its mood towards the other")]
    threshold: float


class Habit(NamedTuple):
    """The log odds of cooperating that a doctrine gives, before relations."""

    habit: float
    forgiveness: float
    initiative: float


class Relations(NamedTuple):
    """The log odds of cooperating that relations add."""

    trust: float
    tension: float
    deal: float
    pressure: float


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
    if world.silent[other, me]:
        return world.misread[me, other] > 0
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
def bounded(world, odds):
    """Return log odds within the bounds of a habit: 4 (a probability of .98) where conduct listens to relations."""
    bound = FIRMEST_HABIT if world.with_relations else MAX_LOG_ODDS
    return clip(odds, -bound, bound)


@rule
def reciprocity_doctrine(world, me, other):
    """Respond to the last acts of both, with some generosity (memory-one; Axelrod 1984, Nowak & Sigmund 1992)."""
    own, theirs = actual_conduct(world, me, other), world.perceived[me, other]
    if theirs:
        return Habit(bounded(world, world.habit_cc[me] if own else world.habit_dc[me]), 0.0, 0.0)
    odds = world.habit_cd[me] if own else world.habit_dd[me]
    generous = odds + (world.forgiveness_cd[me] if own else world.forgiveness_dd[me])
    habit = bounded(world, odds)
    return Habit(habit, bounded(world, generous) - habit, 0.0)


@rule
def contrition_doctrine(world, me, other):
    """Be hostile only while in good standing towards one in bad standing (Wu & Axelrod 1995)."""
    provoked = world.standing[me, other] > 0 and world.perceived_standing[me, other] == 0
    return Habit(bounded(world, -MAX_LOG_ODDS if provoked else MAX_LOG_ODDS), 0.0, 0.0)


@rule
def initiative_doctrine(world, me, other):
    """Respond in kind, with occasional unilateral steps (GRIT; Osgood 1962)."""
    base = reciprocity_doctrine(world, me, other)
    return Habit(base.habit, base.forgiveness, SURE_STEP if world.initiative[me, other] else 0.0)


@rule
def doctrine_habit(world, me, other):
    """Return the log odds of cooperating that the state's doctrine gives."""
    doctrine = world.doctrine[me]
    if doctrine == Doctrine.contrition:
        return contrition_doctrine(world, me, other)
    if doctrine == Doctrine.initiative:
        return initiative_doctrine(world, me, other)
    return reciprocity_doctrine(world, me, other)


@rule
def relation_odds(world, me, other):
    """Return what relations add to the log odds of cooperating."""
    k = world.negotiation_between[me, other]
    return Relations(
        world.trust_moves_conduct * (world.trust[me, other] - USUAL_TRUST),
        -world.tension_moves_conduct * (world.posture[me, other] - USUAL_TENSION),
        world.deal_moves_conduct * progress(world, k) if k >= 0 else 0.0,
        -world.pressure_moves_conduct * (world.pressure[me, other] + world.pressure[other, me]),
    )


@rule
def assurance_terms(world, me, other):
    """Return the terms of the assurance doctrine: trust reaches (P - S) / ((R - T) + (P - S)) (Kydd 2005; B06)."""
    fear = world.own_punishment[me] - world.own_sucker[me]
    total = world.own_reward[me] - world.own_temptation[me] + fear
    needed = fear / total if total > 0.0 else 2.0
    return Cooperation(0.0, 0.0, 0.0, world.trust[me, other] - 0.5, 0.0, 0.0, 0.0, 0.0, needed - 0.5)


@rule
def cooperation_terms(world, me, other):
    """Return the terms of cooperation: the doctrine's habit, and relations with the other."""
    if world.doctrine[me] == Doctrine.assurance:
        return assurance_terms(world, me, other)
    habit, random_draw = doctrine_habit(world, me, other), log_odds(world.random_draws[CONDUCT, me, other])
    if not world.with_relations:
        return Cooperation(habit.habit, habit.forgiveness, habit.initiative, 0.0, 0.0, 0.0, 0.0, 0.0, random_draw)
    relations = relation_odds(world, me, other)
    return Cooperation(
        habit.habit,
        habit.forgiveness,
        habit.initiative,
        relations.trust,
        relations.tension,
        relations.deal,
        relations.pressure,
        world.mood_moves_conduct * world.mood[me, other],
        random_draw,
    )


@rule
def acts_towards(world, me, other):
    """Return whether a state acts towards another this month."""
    return me != other and world.silent[me, other] == 0


@rule
def is_acted_on(world, me, other):
    """Return whether the other acts towards a state this month."""
    return acts_towards(world, other, me)


@rule
def update_record(world, me, other):
    """Return the moving average of a state's acts: r' = m r + (1 - m) (actual cooperation, complying)."""
    if not acts_towards(world, me, other):
        return world.conduct_record[me, other]
    k = world.negotiation_between[me, other]
    honest = actual_conduct(world, me, other)
    if k >= 0 and world.complies[k, side_of(world, k, me)] == 0:
        honest = 0
    return RECORD_MEMORY * world.conduct_record[me, other] + (1.0 - RECORD_MEMORY) * honest


@rule
def choose_conduct(world, me, other):
    """Return whether a state intends to cooperate this month; a silent state's last act remains."""
    if me == other or world.silent[me, other]:
        return world.conduct[me, other] > 0
    return holds(cooperation_terms(world, me, other))


@rule
def may_take_initiative(world, me, other):
    """Return whether the doctrine allows a unilateral step now: the other was perceived as hostile."""
    return (
        acts_towards(world, me, other) and world.doctrine[me] == Doctrine.initiative and world.perceived[me, other] == 0
    )


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
    if world.silent[me, other]:
        return world.miscarried[me, other] > 0
    return me != other and holds(miscarriage_terms(world, me, other))
