"""Domestic politics: governments, veto players, support, audiences (M8, M9, M17)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, holds, sum_terms
from model.chance import DecisionPoint, draw, draw_normal
from model.compiler import rule
from model.enumerations import Channel, RungStatus
from model.rules.lookups import (
    attacks_blamed_on,
    has_agreement_in_force,
    is_rung_in_play_at,
    is_under_negotiation_at,
    narrative_burden,
    pressure_suffered,
    progress,
    side_of,
)
from model.terms import Term

SUPPORT_SPEED = 0.1  # speed at which support returns to its usual level, a month
PRESSURE_ERODES = 0.03  # support lost in a month under full pressure
PROGRESS_BUILDS = 0.06  # support gained in a month from a fully implemented ladder
ATTACK_ERODES = 0.12  # support lost after an attack
CONCESSION_ERODES = 0.1  # support lost by ratifying a full burden
UNPOPULARITY = 0.02  # hazard of turnover added at zero support
RETREAT_COST = 0.05  # support lost by giving way to a demand or backing down from a threat
RALLY = 0.15  # support gained when force is used against the state; it wears off


class GovernmentChange(NamedTuple):
    """The government changes."""

    hazard: Annotated[float, Term(0, 1, "usual probability of a change")]
    unpopularity: Annotated[float, Term(0, 1, "loss of domestic support")]
    threshold: float


class Ratification(NamedTuple):
    """The deal is approved at home: the most demanding veto player accepts it."""

    share: Annotated[float, Term(0, 1, "share of the gains")]
    support: Annotated[float, Term(-1, 1, "domestic support, above or below one half")]
    threshold: float


class Withdrawal(NamedTuple):
    """A side abandons the agreement: a new government may, and tension or distrust may lead any to it."""

    withdrawal: Annotated[float, Term(0, 1, "readiness of a new government to withdraw")]
    distrust: Annotated[float, Term(-1, 1, "trust in the other side, below or above one half")]
    tension: Annotated[float, Term(0, 100, "posture towards the other side")]
    dividend: Annotated[float, Term(-1, 0, "agreements in force that it would lose")]
    threshold: float


class Support(NamedTuple):
    """Domestic support: the sum, clipped to 0 to 1, is the new level."""

    now: Annotated[float, Term(0, 1, "current support")]
    habit: Annotated[float, Term(-1, 1, "return to the usual level")]
    pain: Annotated[float, Term(-1, 0, "pressure suffered")]
    dividend: Annotated[float, Term(0, 12, "implemented rungs")]
    attack: Annotated[float, Term(-60, 0, "attacks blamed on the other side")]
    concession: Annotated[float, Term(-400, 0, "burdens ratified and unilateral steps")]
    retreat: Annotated[float, Term(-20, 0, "demands that it gave way to, and threats that it did not carry out")]
    rally: Annotated[float, Term(0, 10, "force used against it")]
    threshold: float


@rule
def draw_government_type(world, me):
    """Return whether the government is trustworthy: drawn at the start and after a change without continuity (M17)."""
    if world.clock[0] > 1 and not world.turnover[me]:
        return world.trustworthy[me] > 0
    new_type = world.own_trustworthiness[me] >= draw(world, DecisionPoint.TYPE, world.state_id[me])
    if world.clock[0] == 1:
        return new_type
    continues = world.own_continuity[me] >= draw(world, DecisionPoint.TYPE_KEPT, world.state_id[me])
    return world.trustworthy[me] > 0 if continues else new_type


@rule
def draw_stance(world, me):
    """Return what a government holds out for beyond the state's resolve: normal, drawn with each new government."""
    if world.clock[0] > 1 and not world.turnover[me]:
        return world.stance[me]
    return world.resolve_spread * draw_normal(world, DecisionPoint.STANCE, world.state_id[me])


@rule
def government_change_terms(world, me):
    """Return the terms of a change of government."""
    lost = UNPOPULARITY * max(world.usual_support[me] - world.support[me], 0.0)
    return GovernmentChange(world.own_turnover[me], lost, draw(world, DecisionPoint.TURNOVER, world.state_id[me]))


@rule
def change_government(world, me):
    """Return whether the government changes; lost support makes it more likely."""
    return holds(government_change_terms(world, me))


@rule
def awaits_ratification(world, k, side):
    """Return whether a deal awaits ratification."""
    return is_under_negotiation_at(world, k, RungStatus.SCRUTINISED)


@rule
def hardest_veto(world, k, side):
    """Return the highest demand among the veto players: the maximum of independent draws (B19)."""
    me, hardest = world.party[k, side], 0.0
    for player in range(world.veto_players[me]):
        demand = draw(world, DecisionPoint.VETO, world.state_id[me], player, world.negotiation_id[k])
        hardest = max(hardest, demand)
    return hardest * world.veto_spread


@rule
def ratification_terms(world, k, side):
    """Return the terms of ratification; for a share y and no support term, P = y^players (Putnam 1988; B19)."""
    me = world.party[k, side]
    share = world.offer[k] if side == 0 else 1.0 - world.offer[k]
    swing = world.support_weight * (world.support[me] - 0.5)
    return Ratification(share, swing, hardest_veto(world, k, side))


@rule
def ratify(world, k, side):
    """Return whether the veto players at home accept the deal."""
    return not awaits_ratification(world, k, side) or holds(ratification_terms(world, k, side))


@rule
def may_withdraw(world, k, side):
    """Return whether a side has an agreement in force to withdraw from."""
    return world.rounds_withdrawn[k, side] == 0 and has_agreement_in_force(world, k)


@rule
def withdrawal_terms(world, k, side):
    """Return the terms of withdrawal (M17); without a new government, abandonment times distrust and tension."""
    me, other = world.party[k, side], world.party[k, 1 - side]
    random_draw = draw(
        world, DecisionPoint.WITHDRAW, world.state_id[me], world.state_id[other], world.negotiation_id[k]
    )
    distrust = 0.5 - world.trust[me, other]
    is_new = world.turnover[me] > 0
    return Withdrawal(
        world.own_withdrawal[me] if is_new else 0.0,
        distrust if is_new else world.abandonment * distrust,
        world.abandonment * world.posture[me, other],
        -world.abandonment * progress(world, k),
        random_draw,
    )


@rule
def withdraw(world, k, side):
    """Return whether a side withdraws from the agreement in force."""
    return may_withdraw(world, k, side) and holds(withdrawal_terms(world, k, side))


@rule
def count_withdrawal(world, k, side):
    """Return the rounds since a side withdrew, from 1; a newly ratified rung resets it to 0."""
    if world.withdraws[k, side]:
        return 1
    if is_rung_in_play_at(world, k, RungStatus.RATIFIED) or world.rounds_withdrawn[k, side] == 0:
        return 0
    return world.rounds_withdrawn[k, side] + 1


@rule
def support_terms(world, me):
    """Return the terms of domestic support."""
    dividend, attack, concession, retreat, rally = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(world.n_negotiation):
        if world.party[k, 0] == me or world.party[k, 1] == me:
            side = side_of(world, k, me)
            other = world.party[k, 1 - side]
            dividend += progress(world, k) * (1.0 - world.violation[k, 1 - side])
            retreat += world.concedes[me, other] + world.backs_down[me, other]
            rally += world.uses_force[other, me]
            concession += world.own_initiative_cost[me] * world.initiative[me, world.party[k, 1 - side]]
            attack += attacks_blamed_on(world, k, 1 - side)
            if (
                is_rung_in_play_at(world, k, RungStatus.RATIFIED)
                and world.previous_status[k, world.rung[k]] == RungStatus.SCRUTINISED
            ):
                concession += narrative_burden(world, k, side, world.rung[k]) * world.stake[k, world.rung[k]]
    now = world.support[me]
    return Support(
        now,
        SUPPORT_SPEED * (world.usual_support[me] - now),
        -PRESSURE_ERODES * pressure_suffered(world, me),
        PROGRESS_BUILDS * dividend,
        -ATTACK_ERODES * attack,
        -CONCESSION_ERODES * concession,
        -RETREAT_COST * retreat,
        RALLY * rally,
        0.0,
    )


@rule
def update_support(world, me):
    """Return domestic support: 0 to 1."""
    return clip(sum_terms(support_terms(world, me)), 0.0, 1.0)


@rule
def update_audience_cost(world, me):
    """Return the audience cost of public threats and demands: A' = (1 - phi) A + kappa count (Fearon 1994; B20)."""
    count = 0.0
    for k in range(world.n_negotiation):
        if world.party[k, 0] == me or world.party[k, 1] == me:
            side = side_of(world, k, me)
            other = world.party[k, 1 - side]
            count += 1 - world.conduct[me, other] + world.demands[me, other]
            if world.channel[k] == Channel.PUBLIC and (world.proposed[k, side] or world.answer[k, side] < 0):
                count += 1.0
    return (1.0 - world.audience_decay) * world.audience_cost[me] + world.audience_growth * count
