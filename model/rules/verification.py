"""Verification bodies: where they inspect, what they report, how the parties respond (M13)."""

from typing import Annotated, NamedTuple

from model.arithmetic import clip, holds
from model.chance import DecisionPoint, draw
from model.columns import COMPLIANCE_SLOTS, PRIOR_VIOLATION
from model.compiler import rule
from model.enumerations import InspectionReport, RungStatus
from model.rules.lookups import (
    detection_probability,
    has_agreement_in_force,
    inspecting_body,
    is_rung_in_play_at,
    stake_at_risk,
    uses_force_between,
    visible_share,
)
from model.terms import Term

CLARIFICATION_ROUNDS = 6  # months in which a second finding accuses
BELIEF_DRIFT = 0.05  # speed at which belief in a violation drifts to one half without reports, a month
MIN_ACCESS = 0.01  # below this there is no inspection and no report


class Inspection(NamedTuple):
    """A body has an inspection left."""

    inspections: Annotated[float, Term(0, 12, "inspections it can make in a round")]
    queue: Annotated[float, Term(-12, 0, "negotiations where an inspection is more urgent")]
    threshold: float


class Finding(NamedTuple):
    """The inspection reports a violation, rightly or wrongly."""

    chance: Annotated[float, Term(0, 1, "probability of detection, or of a false alarm")]
    threshold: float


class Sighting(NamedTuple):
    """A side sees a violation by its own means."""

    size: Annotated[float, Term(0, 1, "size of the violation, times the reach of national means")]
    threshold: float


class Clarification(NamedTuple):
    """A finding is serious enough to ask for clarification."""

    suspicion: Annotated[float, Term(0, 1, "belief that the other side violates")]
    sighting: Annotated[float, Term(0, 1, "a violation seen by national means")]
    threshold: float


class Accusation(NamedTuple):
    """Belief in a violation reaches the standard of proof."""

    suspicion: Annotated[float, Term(0, 1, "belief that the other side violates")]
    sighting: Annotated[float, Term(0, 1, "a violation seen by national means")]
    procedure: Annotated[float, Term(-2, 0, "a commission asks for clarification first")]
    threshold: float


@rule
def remember_compliance(world, k, side, slot):
    """Return compliance by slot: the current round's slot is overwritten, the others are unchanged."""
    if world.clock[0] % COMPLIANCE_SLOTS == slot:
        return world.complies[k, side]
    return world.past_compliance[k, side, slot]


@rule
def can_inspect(world, b, k):
    """Return whether a body can inspect in a negotiation: it verifies an agreement in force and has access."""
    return inspecting_body(world, k) == b and has_agreement_in_force(world, k) and world.access[k] >= MIN_ACCESS


@rule
def inspection_urgency(world, k):
    """Return the urgency of an inspection: the stake at risk, plus 1 if a rung is implementing."""
    return stake_at_risk(world, k) + (1.0 if is_rung_in_play_at(world, k, RungStatus.IMPLEMENTING) else 0.0)


@rule
def inspection_terms(world, b, k):
    """Return the terms of an inspection: the body's capacity less the more urgent negotiations."""
    queue = 0.0
    for j in range(world.n_negotiation):
        if j != k and can_inspect(world, b, j):
            here, there = inspection_urgency(world, k), inspection_urgency(world, j)
            if there > here or (there == here and world.negotiation_id[j] < world.negotiation_id[k]):
                queue += 1.0
    return Inspection(float(world.inspections[b]), -queue, 1.0)


@rule
def inspect(world, b, k):
    """Return whether a body inspects in a negotiation: the most urgent first, up to its capacity."""
    return can_inspect(world, b, k) and holds(inspection_terms(world, b, k))


@rule
def is_inspected(world, b, k, side):
    """Return whether a body inspects in a negotiation this round."""
    return world.inspected[b, k] > 0


@rule
def finding_terms(world, b, k, side):
    """Return the terms of a finding on the side's act `delay` rounds ago: d access verifiability, or false alarm f."""
    slot = (world.clock[0] - world.delay[b] + COMPLIANCE_SLOTS) % COMPLIANCE_SLOTS
    violated = world.past_compliance[k, side, slot] == 0
    seen = detection_probability(world, k) * visible_share(world, k, side)
    chance = seen if violated else world.false_alarm[b]
    random_draw = draw(
        world, DecisionPoint.DETECT, world.body_id[b], world.state_id[world.party[k, side]], world.negotiation_id[k]
    )
    return Finding(chance, random_draw)


@rule
def report_findings(world, b, k, side):
    """Return a body's report on a side: none, clean or violation."""
    if not is_inspected(world, b, k, side):
        return InspectionReport.NONE
    return InspectionReport.VIOLATION if holds(finding_terms(world, b, k, side)) else InspectionReport.CLEAN


@rule
def update_suspicion(world, k, side):
    """Return the belief in a violation: Bayes, pi d / (pi d + (1 - pi) f); without a report, a drift to 1/2 (B14)."""
    if not has_agreement_in_force(world, k):
        return PRIOR_VIOLATION
    now, body = world.suspicion[k, side], inspecting_body(world, k)
    report = world.report[body, k, 1 - side] if body >= 0 else InspectionReport.NONE
    if report == InspectionReport.NONE:
        return now + BELIEF_DRIFT * (0.5 - now)
    detected, alarmed = detection_probability(world, k), world.false_alarm[body]
    if report == InspectionReport.CLEAN:
        detected, alarmed = 1.0 - detected, 1.0 - alarmed
    total = now * detected + (1.0 - now) * alarmed
    return clip(now * detected / total, 1e-6, 1.0 - 1e-6) if total > 0.0 else now


@rule
def may_see_violation(world, k, side):
    """Return whether the other side evades an obligation that national means could see."""
    return world.violation[k, 1 - side] > 0.0 and has_agreement_in_force(world, k)


@rule
def sighting_terms(world, k, side):
    """Return the terms of a sighting: national means times the size of the violation, each month."""
    me, other = world.party[k, side], world.party[k, 1 - side]
    random_draw = draw(
        world, DecisionPoint.SIGHTING, world.state_id[me], world.state_id[other], world.negotiation_id[k]
    )
    return Sighting(world.national_means * world.violation[k, 1 - side], random_draw)


@rule
def sight_violation(world, k, side):
    """Return whether a side sees the other's violation by its own means, without a commission."""
    return may_see_violation(world, k, side) and holds(sighting_terms(world, k, side))


@rule
def has_finding(world, k, side):
    """Return whether a side learns of a violation this round: from a report, or by its own means."""
    if not has_agreement_in_force(world, k):
        return False
    body = inspecting_body(world, k)
    return world.sighted[k, side] > 0 or (body >= 0 and world.report[body, k, 1 - side] == InspectionReport.VIOLATION)


@rule
def accusation_terms(world, k, side):
    """Return the terms of an accusation: belief against the standard of proof; a commission clarifies first."""
    hurried = world.with_concealment and inspecting_body(world, k) >= 0 and world.clarification[k, side] == 0
    return Accusation(
        world.suspicion[k, side], float(world.sighted[k, side]), -2.0 if hurried else 0.0, world.proof_standard
    )


@rule
def accuse(world, k, side):
    """Return whether a side declares the other in breach."""
    return has_finding(world, k, side) and holds(accusation_terms(world, k, side))


@rule
def may_ask_clarification(world, k, side):
    """Return whether a side can ask for clarification: a finding, a commission, and no request under way."""
    return has_finding(world, k, side) and inspecting_body(world, k) >= 0 and world.clarification[k, side] == 0


@rule
def clarification_terms(world, k, side):
    """Return the terms of a request for clarification."""
    return Clarification(world.suspicion[k, side], float(world.sighted[k, side]), world.proof_standard)


@rule
def ask_clarification(world, k, side):
    """Return whether a side asks the other for clarification (IAEA practice; Dai 2002)."""
    return may_ask_clarification(world, k, side) and holds(clarification_terms(world, k, side))


@rule
def count_clarification(world, k, side):
    """Return the months left of a request for clarification: six at first; a second finding in them accuses."""
    if world.asks_clarification[k, side]:
        return CLARIFICATION_ROUNDS
    return max(world.clarification[k, side] - 1, 0) if has_agreement_in_force(world, k) else 0


@rule
def bar_inspectors(world, k):
    """Return whether inspectors are barred: after force between the parties, until a rung is ratified."""
    if uses_force_between(world, k):
        return 1
    return 0 if is_rung_in_play_at(world, k, RungStatus.RATIFIED) else world.inspectors_barred[k]


@rule
def grant_access(world, k):
    """Return the inspectors' access: granted by implementing and verified rungs; 0 if barred."""
    if world.inspectors_barred[k]:
        return 0.0
    total = world.initial_access[k]
    for r in range(world.rungs[k]):
        if world.status[k, r] == RungStatus.IMPLEMENTING or world.status[k, r] == RungStatus.VERIFIED:
            total += world.access_granted[k, r]
    return min(total, 1.0)
