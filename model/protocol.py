"""The protocol of a round: a tuple of acts, which both drivers execute from top to bottom.

An act decides one column: it computes every cell from the current world, then commits the buffer. All
actors of an act therefore move simultaneously. An act whose mechanism is off is skipped.
"""

from model.acts import Act, named_conditions, nature_act, party_act, state_act
from model.compiler import force_inline
from model.rules import (
    bargaining,
    beliefs,
    compliance,
    conduct,
    contact,
    environment,
    facilitation,
    home,
    intensity,
    ladder,
    lookups,
    mediation,
    pressure,
    process,
    scrutiny,
    tension,
    threats,
    verification,
)

PROTOCOL: tuple[Act, ...] = (
    nature_act(1, conduct.draw_random_numbers, "random_draws", parameter_free=True),
    # Environment
    nature_act(2, home.draw_government_type, "trustworthy"),
    nature_act(67, home.draw_stance, "stance"),
    nature_act(3, environment.drift_oil, "oil", "environment"),
    nature_act(4, environment.drift_region, "regional_tension", "environment"),
    # Facilitators
    Act(5, facilitation.update_presence, "present", "facilitator"),
    party_act(
        68, mediation.accept_mediation, "accepts_mediation", "facilitation", when=lookups.has_mediator,
        conditions=named_conditions((mediation.mediation_terms, mediation.Mediation)),
    ),
    nature_act(69, mediation.assess_need, "need", "facilitation"),
    Act(6, facilitation.update_fatigue, "fatigue", "facilitator", "facilitation"),
    Act(
        7, facilitation.take_task, "effort", "facilitator", "facilitation",
        named_conditions(
            (facilitation.capacity_terms, facilitation.Task), (facilitation.funds_terms, facilitation.Funds)
        ),
        facilitation.is_task_open,
    ),
    Act(8, facilitation.pay_for_tasks, "spent", "facilitator", "facilitation"),
    nature_act(9, facilitation.clear_channel, "clarity", "facilitation"),
    nature_act(10, facilitation.distort_messages, "message_bias", "facilitation"),
    nature_act(
        11, facilitation.host_exchange, "exchange", "facilitation",
        conditions=named_conditions(
            (facilitation.hosting_terms, facilitation.Hosting), (facilitation.closeness_terms, facilitation.Closeness)
        ),
        when=facilitation.has_host, combine=facilitation.exchange_level,
    ),
    # Conduct: intended, actual, perceived
    nature_act(70, intensity.fall_silent, "silent", "intensity"),
    nature_act(71, intensity.vary_mood, "mood", "intensity"),
    state_act(
        12, conduct.take_initiative, "initiative", "reciprocity", when=conduct.may_take_initiative, rare=True,
        conditions=named_conditions((conduct.initiative_terms, conduct.Initiative)),
    ),
    state_act(
        13, conduct.choose_conduct, "conduct", "reciprocity",
        conditions=named_conditions((conduct.cooperation_terms, conduct.Cooperation)), when=conduct.acts_towards,
    ),
    nature_act(
        14, conduct.miscarry, "miscarried", "noise", when=conduct.acts_towards, rare=True,
        conditions=named_conditions((conduct.miscarriage_terms, conduct.Miscarriage)),
    ),
    nature_act(
        15, conduct.misread_act, "misread", "noise", when=conduct.is_acted_on, rare=True,
        conditions=named_conditions((conduct.misreading_terms, conduct.Misreading)),
    ),
    nature_act(90, intensity.size_act, "act_size", "intensity"),
    nature_act(16, conduct.perceive, "perceived"),
    state_act(17, conduct.remember_standing, "previous_standing", "reciprocity"),
    state_act(18, conduct.judge_own_standing, "standing", "reciprocity"),
    state_act(19, conduct.judge_other_standing, "perceived_standing", "reciprocity"),
    nature_act(72, conduct.update_record, "conduct_record"),
    # Beliefs
    state_act(20, beliefs.reassure, "reassurance", "reassurance"),
    state_act(21, beliefs.weigh_violence, "violence_factor", "spoilers"),
    state_act(22, beliefs.update_good_evidence, "good_evidence", "reputation"),
    state_act(23, beliefs.update_bad_evidence, "bad_evidence", "reputation"),
    state_act(24, beliefs.update_trust, "trust", "reputation"),
    nature_act(25, facilitation.update_credibility, "credibility", "facilitation"),
    # Tension and alignment
    state_act(
        26, tension.update_posture, "posture", "tension",
        conditions=named_conditions((tension.posture_terms, tension.Posture)), when=tension.are_distinct, sums=True,
    ),
    state_act(
        27, tension.align, "alignment", "alliances", when=tension.is_third_state, sums=True,
        conditions=named_conditions((tension.alignment_terms, tension.Alignment)),
    ),
    # Threats and force
    state_act(
        73, threats.make_demand, "demands", "threats", when=threats.may_demand, rare=True,
        conditions=named_conditions((threats.demand_terms, threats.Demand)),
    ),
    state_act(
        74, threats.concede, "concedes", "threats", when=threats.is_threatened,
        conditions=named_conditions((threats.concession_terms, threats.Concession)),
    ),
    state_act(
        75, threats.carry_out_threat, "carries_out", "threats", when=threats.is_defied,
        conditions=named_conditions((threats.carrying_out_terms, threats.CarryingOut)),
    ),
    nature_act(76, threats.back_down, "backs_down", "threats"),
    nature_act(77, threats.update_threat_credibility, "threat_credibility", "threats"),
    nature_act(78, threats.impose, "imposed", "threats"),
    state_act(
        79, threats.use_force, "uses_force", "force", when=threats.may_use_force, rare=True,
        conditions=named_conditions((threats.force_terms, threats.Force)),
    ),
    # Talks
    nature_act(28, bargaining.select_rung, "rung"),
    nature_act(29, bargaining.remember_status, "previous_status"),
    party_act(
        30, contact.seek_talks, "seeks_talks", "ripeness",
        conditions=named_conditions((contact.pain_terms, contact.Pain), (contact.way_out_terms, contact.WayOut)),
    ),
    nature_act(
        31, contact.hold_talks, "contact",
        conditions=named_conditions((contact.meeting_terms, contact.Meeting)), when=contact.can_meet,
    ),
    nature_act(32, contact.choose_channel, "channel"),
    party_act(33, bargaining.update_impatience, "impatience", "impatience"),
    party_act(
        34, bargaining.set_reservation_value, "reservation_value", when=bargaining.has_rung_in_play, sums=True,
        conditions=named_conditions((bargaining.reservation_terms, bargaining.Reservation)),
    ),
    nature_act(80, bargaining.estimate_reservation, "estimate"),
    party_act(
        35, bargaining.propose, "proposed",
        conditions=named_conditions(
            (bargaining.readiness_terms, bargaining.Readiness),
            (scrutiny.worth_terms, scrutiny.WorthRisk),
            (scrutiny.freedom_terms, scrutiny.FreeToAccept),
            (bargaining.prospect_terms, bargaining.Prospect),
        ),
        when=bargaining.can_propose,
    ),
    nature_act(81, bargaining.choose_author, "author"),
    nature_act(36, bargaining.make_offer, "offer"),
    # Scrutiny, answer, ratification
    nature_act(37, scrutiny.examine, "doubt", "scrutiny"),
    party_act(
        38, scrutiny.answer_proposal, "answer",
        conditions=named_conditions(
            (scrutiny.condemnation_terms, scrutiny.Condemned),
            (scrutiny.clearance_terms, scrutiny.Cleared),
            (scrutiny.worth_terms, scrutiny.WorthRisk),
            (scrutiny.share_terms, scrutiny.Acceptable),
            (scrutiny.freedom_terms, scrutiny.FreeToAccept),
        ),
        when=scrutiny.is_under_examination, combine=scrutiny.settle_answer,
    ),
    party_act(
        39, home.ratify, "ratified", "ratification",
        conditions=named_conditions((home.ratification_terms, home.Ratification)), when=home.awaits_ratification,
    ),
    # Compliance and verification
    nature_act(40, compliance.find_next_stake, "prospect", "gradualism"),
    party_act(
        41, compliance.comply, "complies",
        conditions=named_conditions(
            (compliance.incentive_terms, compliance.Incentive), (compliance.accident_terms, compliance.NoAccident)
        ),
        when=compliance.has_obligations,
    ),
    nature_act(82, compliance.grow_violation, "violation", "concealment"),
    nature_act(42, verification.remember_compliance, "past_compliance"),
    Act(
        43, verification.inspect, "inspected", "body", "verification",
        named_conditions((verification.inspection_terms, verification.Inspection)), verification.can_inspect,
    ),
    Act(
        44, verification.report_findings, "report", "body", "verification",
        named_conditions((verification.finding_terms, verification.Finding)), verification.is_inspected, knows="all",
    ),
    nature_act(
        83, verification.sight_violation, "sighted", "concealment", when=verification.may_see_violation, rare=True,
        conditions=named_conditions((verification.sighting_terms, verification.Sighting)),
    ),
    party_act(45, verification.update_suspicion, "suspicion", "verification"),
    party_act(
        46, verification.accuse, "accuses", when=verification.has_finding,
        conditions=named_conditions((verification.accusation_terms, verification.Accusation)),
    ),
    party_act(
        84, verification.ask_clarification, "asks_clarification", "concealment",
        when=verification.may_ask_clarification,
        conditions=named_conditions((verification.clarification_terms, verification.Clarification)),
    ),
    nature_act(85, verification.count_clarification, "clarification", "concealment"),
    nature_act(
        47, ladder.forgive, "forgiven",
        conditions=named_conditions((ladder.forgiveness_terms, ladder.Forgiveness)), when=ladder.has_breached_rung,
    ),
    nature_act(
        48, ladder.resolve_friction, "friction", "friction",
        conditions=named_conditions(
            (ladder.climb_terms, ladder.Climb), (ladder.setback_terms, ladder.Setback),
        ),
        when=ladder.has_friction, combine=ladder.settle_friction,
    ),
    nature_act(
        49, home.change_government, "turnover", "turnover",
        conditions=named_conditions((home.government_change_terms, home.GovernmentChange)), rare=True,
    ),
    party_act(
        50, home.withdraw, "withdraws", "turnover", when=home.may_withdraw, rare=True,
        conditions=named_conditions((home.withdrawal_terms, home.Withdrawal)),
    ),
    nature_act(51, home.count_withdrawal, "rounds_withdrawn"),
    # The ladder
    nature_act(52, ladder.advance_ladder, "status"),
    nature_act(53, ladder.age_rungs, "status_age"),
    nature_act(54, verification.bar_inspectors, "inspectors_barred"),
    nature_act(55, verification.grant_access, "access"),
    nature_act(56, ladder.record_compliance, "honoured_stake"),
    nature_act(57, ladder.record_betrayal, "betrayed_stake"),
    nature_act(58, ladder.count_breaches, "breaches"),
    nature_act(59, ladder.count_refusals, "refusals"),
    nature_act(60, ladder.count_unratified, "unratified"),
    # The process of talks
    nature_act(86, process.count_failures, "failures"),
    nature_act(
        87, process.end_process, "process_ends", "processes", when=process.can_end,
        conditions=named_conditions((process.ending_terms, process.ProcessEnds)),
    ),
    nature_act(
        88, process.reopen_process, "process_opens", "processes", when=process.can_reopen, rare=True,
        conditions=named_conditions((process.reopening_terms, process.ProcessOpens)),
    ),
    nature_act(89, process.keep_process, "process", "processes"),
    # Pressure, spoilers and domestic support
    nature_act(61, pressure.remember_pressure, "previous_pressure"),
    state_act(
        62, pressure.set_pressure, "pressure", "pressure", when=pressure.is_pressing, sums=True,
        conditions=named_conditions((pressure.pressure_target_terms, pressure.PressureTarget)),
    ),
    state_act(
        63, pressure.set_programme, "programme", "pressure", when=pressure.has_programme, sums=True,
        conditions=named_conditions((pressure.programme_terms, pressure.Programme)),
    ),
    nature_act(
        64, pressure.attack_talks, "attack", "spoilers",
        conditions=named_conditions((pressure.attack_terms, pressure.Attack)), rare=True,
    ),
    state_act(
        65, home.update_support, "support", "ratification",  # the public feels a violation that it does not see
        conditions=named_conditions((home.support_terms, home.Support)), sums=True, knows="all",
    ),
    state_act(66, home.update_audience_cost, "audience_cost", "audience_costs"),
)  # fmt: skip

for act in PROTOCOL:
    force_inline(act.rule)

ACT_INDEX = {act.name: index for index, act in enumerate(PROTOCOL)}
ACT_INDEX_BY_COLUMN = {act.column: index for index, act in enumerate(PROTOCOL)}


def combine_conditions(act: Act, held: list[bool]) -> int:
    """Return a decision from its conditions: by the act's ``combine``, else 1 if all hold and 0 if not."""
    return int(act.combine(*held)) if act.combine is not None else int(all(held))
