"""The global parameters, each declared once: name, default, range, unit, meaning, source, lever or uncertainty.

The scenario file, the command line, the JSON schema, the ODD tables, the sliders and the sweeps all
read these declarations. A *lever* is a parameter that an actor can choose; every other parameter is an
*uncertainty*. One round is one month. The *layer* of a number of the rules is the core or
the extended layer; a number that describes an actor, a relation or a ladder is of the case.
"""

from functools import partial
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

Layer = Literal["core", "extended", "case"]


class Section(BaseModel):
    """A table of a scenario file: no unknown keys, no silent conversions, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


def parameter(
    default: Any,
    low: float,
    high: float,
    meaning: str,
    *,
    unit: str = "",
    source: str = "assumed",
    lever: bool = False,
    layer: Layer = "extended",
) -> Any:
    """Declare a parameter: its default, range, meaning, unit, source, role and layer."""
    extra: JsonDict = {"unit": unit, "source": source, "role": "lever" if lever else "uncertainty", "layer": layer}
    return Field(default=default, ge=low, le=high, description=meaning, json_schema_extra=extra)


case_parameter = partial(parameter, layer="case")  # of an actor, a relation or a ladder


def parameter_fields(section: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a section that are parameters: those that declare a role."""
    return {
        name: field
        for name, field in section.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and "role" in field.json_schema_extra
    }


class Perception(Section):
    """Two kinds of noise: acts that miscarry, and acts that are misread (M2)."""

    execution_noise: float = parameter(
        0.02, 0, 0.5, "probability that a state's act turns out as its opposite",
        unit="per act", source="Molander 1985; defensible range .005-.05",
    )  # fmt: skip
    misread_friendly: float = parameter(
        0.10, 0, 1, "probability that a cooperative act is misread as hostile, without facilitators",
        unit="per act", source="Jervis 1976; defensible range .01-.15", layer="core",
    )  # fmt: skip
    misread_hostile: float = parameter(
        0.08, 0, 1, "probability that a hostile act is misread as cooperative, without facilitators",
        unit="per act", source="Jervis 1976; defensible range .01-.15",
    )  # fmt: skip


class Conduct(Section):
    """What relations do to monthly conduct, and the size of acts (M1, M2)."""

    trust_moves_conduct: float = parameter(2.0, 0, 10, "w_trust: log odds of cooperating from full trust, above none", unit="log odds", source="Kydd 2005", layer="core")
    tension_moves_conduct: float = parameter(1.8, 0, 10, "w_tension: fall in the log odds of cooperating at full tension", unit="log odds", source="Goldstein & Freeman 1990", layer="core")
    deal_moves_conduct: float = parameter(4.5, 0, 10, "w_deal: log odds of cooperating from a fully implemented ladder", unit="log odds", layer="core")
    pressure_moves_conduct: float = parameter(0.86, 0, 10, "w_pressure: fall in the log odds of cooperating from full pressure", unit="log odds", source="Goldstein & Pevehouse 1997", layer="core")
    mood_moves_conduct: float = parameter(1.3, 0, 10, "log odds of cooperating from a mood of one", unit="log odds")
    mood_inertia: float = parameter(0.77, 0, 0.95, "a: share of a state's mood that remains after a month", source="Brandt, Colaresi & Freeman 2008; own .4-.8", layer="core")
    mood_reciprocity: float = parameter(0.18, 0, 0.95, "b: share of the other's mood that is returned", source="Brandt, Colaresi & Freeman 2008; other .1-.4")
    mood_spread: float = parameter(0.45, 0, 2, "sigma: standard deviation of a month's change of mood")
    silence: float = parameter(0.86, 0, 1, "probability that a state without talks or hostility does nothing towards another in a month", source="coded cases: 13.7 % of months hold an act")


class Belief(Section):
    """Trust from evidence: Beta counts with forgetting, asymmetry and costly signals (M3, M4)."""

    memory: float = parameter(
        0.95, 0.5, 1, "share of evidence that remains after a round",
        unit="per round", source="Josang & Ismail 2002; .90-.995 is a half-life of 7 to 138 months", layer="core",
    )  # fmt: skip
    betrayal_weight: float = parameter(
        3.9, 1, 10, "weight of bad evidence relative to good evidence",
        unit="ratio", source="Slovic 1993 on the asymmetry of trust; 2-6", layer="core",
    )  # fmt: skip
    conduct_evidence: float = parameter(
        0.12, 0, 5, "evidence from one month of perceived conduct", unit="counts",
    )  # fmt: skip
    rung_evidence: float = parameter(
        19, 0, 50, "evidence from an honoured or betrayed rung, for the whole stake", unit="counts", layer="core",
    )  # fmt: skip
    examination_evidence: float = parameter(
        4.4, 0, 50, "bad evidence from an examination that condemns a proposal", unit="counts",
    )  # fmt: skip
    exchange_evidence: float = parameter(
        0.79, 0, 5, "evidence from one hosted technical exchange; a political one counts twice", unit="counts",
    )  # fmt: skip
    signal_cost_weight: float = parameter(
        2, 0, 10, "kappa: an untrustworthy state takes a step of cost c with probability exp(-kappa c)",
        source="Kydd 2000, 2005; 2 is m from .8 to .55 for steps of cost .1 to .3; defensible .1-.8", layer="core",
    )  # fmt: skip
    confirmation_bias: float = parameter(
        0.2, 0, 1, "share of good evidence dismissed while trust is below one half",
        source="Poortinga & Pidgeon 2004",
    )  # fmt: skip


class Tension(Section):
    """Hostile posture as a Richardson process on the round map, with shocks (M12)."""

    tension_step: float = parameter(0.5, 0, 2, "step of the round map", source="Richardson 1960")
    provocation: float = parameter(0.073, 0, 2, "rise in posture after an act perceived as hostile", unit="posture", layer="core")
    pressure_provokes: float = parameter(0.12, 0, 2, "rise in posture from full pressure suffered", unit="posture")
    contact_calms: float = parameter(0.1, 0, 2, "fall in posture from a round with contact", unit="posture")
    progress_calms: float = parameter(0.20, 0, 2, "fall in posture from a fully implemented ladder", unit="posture", layer="core")
    tension_ceiling: float = parameter(1.0, 1, 100, "level at which posture saturates", unit="posture")


class Scrutiny(Section):
    """Scrutiny of proposals: sequential evidence until confident, then gain against risk (M7, M5)."""

    false_rejection: float = parameter(
        0.05, 0.001, 0.45, "alpha: probability of rejecting an honest proposal", source="Wald 1945; .01-.10",
        lever=True,
    )  # fmt: skip
    false_acceptance: float = parameter(
        0.15, 0.001, 0.45, "beta: probability of accepting a deceitful proposal", source="Wald 1945; .05-.20",
        lever=True,
    )  # fmt: skip
    suspicious_if_honest: float = parameter(
        0.1, 0.001, 0.999, "probability that a finding is suspicious if the other side is honest",
    )  # fmt: skip
    suspicious_if_deceitful: float = parameter(
        0.42, 0.001, 0.999, "probability that a finding is suspicious if the other side is deceitful", layer="core",
    )  # fmt: skip
    findings_per_round: int = parameter(6, 1, 12, "findings examined in a round", unit="findings", lever=True)
    loss_weight: float = parameter(
        1.4, 0, 5, "weight of a betrayed stake relative to an honoured one",
        source="loss aversion 2 to 2.25 (Tversky & Kahneman 1992); B05 uses 2", layer="core",
    )  # fmt: skip
    future_weight: float = parameter(0.6, 0, 2, "weight of the expected value of the remaining ladder", unit="utility")
    stake_caution: float = parameter(3.7, 0, 20, "additional initial doubt about a step of the whole stake", unit="log odds")
    endorsement: float = parameter(2.8, 0, 10, "fall in the initial doubt of a text that a fully credible facilitator drafted", unit="log odds", source="Kydd 2006")
    price_of_pressure: float = parameter(1.1, 0, 2, "worth of relief: value of a step under full pressure, times its stake", unit="utility", source="Drezner 1999", layer="core")
    outside_option: float = parameter(0.04, -1, 1, "value to a state of not taking this step", unit="utility")


class Bargaining(Section):
    """Reservation values, proposals and impatience (M8, M10)."""

    share_scale: float = parameter(0.46, 0, 1, "reservation value of a state of medium resolve", unit="share")
    narrative_weight: float = parameter(0.33, 0, 2, "weight of a rung's cost in a side's own narrative", unit="share", layer="core")
    concession_to_pressure: float = parameter(
        0.22, 0, 1, "beta_P: share conceded at full, fully effective pressure", unit="share",
        source="Drezner 1999; Hufbauer et al.", layer="core",
    )  # fmt: skip
    expected_conflict: float = parameter(
        0.3, 0, 1, "beta_E: additional share demanded at full tension", unit="share", source="Drezner 1999",
    )  # fmt: skip
    resolve_spread: float = parameter(0.25, 0, 1, "standard deviation, between governments, of what they hold out for", unit="share", layer="core")
    estimate_error: float = parameter(0.24, 0, 1, "standard deviation of a side's estimate of the other's reservation value", unit="share")
    probing: float = parameter(0.25, 0, 1, "largest gap between the two demands at which a side still proposes", unit="share")
    eagerness: float = parameter(0.5, 0, 1, "probability of proposing the next rung when trust and tension cancel out", unit="per round")


class Contact(Section):
    """Ripeness and contact (M16, M11)."""

    pain_threshold: float = parameter(0.27, 0, 2, "pain required before a state seeks talks", source="Zartman 1989")
    cost_of_pressure: float = parameter(0.15, 0, 1, "pain of exerting full pressure, at the normal oil price", source="Drezner 1999")
    way_out_threshold: float = parameter(0.36, 0, 2, "prospect of a way out required before a state seeks talks", source="Zartman 1989")
    talks_inertia: float = parameter(0.24, 0, 2, "reduction of both requirements while talks are under way")
    contact_start: float = parameter(0.049, 0, 1, "probability that a spell of contact starts between fully open sides at zero tension", unit="per round", layer="core")
    contact_stop: float = parameter(0.025, 0, 1, "probability that a spell of contact ends at zero tension", unit="per round", layer="core")
    tension_ends_contact: float = parameter(0.14, 0, 1, "probability that a spell ends, added at full tension", unit="per round")
    offices_start_contact: float = parameter(0.72, 0, 1, "probability that full good offices start a spell", unit="per round")
    direct_trust: float = parameter(0.55, 0, 1, "trust on both sides above which they meet in public", lever=True)


class Process(Section):
    """Processes of talks end after failures, and open again (M16)."""

    giving_up: float = parameter(0.3, 0, 1, "probability of the end of a process added by each failure, and by full tension", unit="per failure", layer="core")
    reopening: float = parameter(0.08, 0, 1, "probability that fully open sides start again, at zero tension", unit="per round", source="Goertz & Diehl 1995", layer="core")
    offices_reopen: float = parameter(0.9, 0, 1, "probability that full good offices bring a new start", unit="per round", source="Zartman 1989")
    shock_reopens: float = parameter(0.1, 0, 1, "probability of a new start after a change of government or an attack", unit="per round", source="Goertz & Diehl 1995")


class Facilitation(Section):
    """Regional facilitators: bias, credibility and fatigue (M11)."""

    mediation_threshold: float = parameter(0.34, 0, 2, "cost of going on alone at which a party accepts facilitators", source="Beardsley 2008", layer="core")
    distortion: float = parameter(0.5, 0, 1, "probability that a fully biased facilitator distorts a message", source="Kydd 2003")
    affinity: float = parameter(0.3, 0, 1, "extra credibility of a facilitator that is fully biased to a side", source="Kydd 2003")


class Verification(Section):
    """Inspection, Bayesian beliefs, and the response to a finding (M13)."""

    proof_standard: float = parameter(0.60, 0.05, 0.999, "belief in a violation at which a breach is declared", lever=True, layer="core")
    forgiveness: float = parameter(0.25, 0, 1, "probability that a breach is forgiven and repaired", unit="per round", lever=True, layer="core")
    compliance_noise: float = parameter(0.01, 0, 0.5, "probability that an honest party breaks a rule by accident", unit="per round")
    violation_growth: float = parameter(0.15, 0, 1, "share of its remaining obligations that an evading side adds to its violation", unit="per round")
    concealment: float = parameter(0.5, 0, 1, "share of detection that a violation just begun escapes")
    national_means: float = parameter(0.08, 0, 1, "probability that the other side sees a full violation by its own means", unit="per round")
    deterrence: float = parameter(1.7, 0, 5, "penalty for a detected breach, times the stake", source="B23")
    betrayal_gain: float = parameter(2.0, 0, 5, "b: gain of an untrustworthy side from betraying a unit stake", source="B05")
    honour_gain: float = parameter(0.5, 0, 5, "c: gain of an untrustworthy side from honouring a unit stake", source="B05")


class Ladder(Section):
    """The rung in progress climbs, stalls or slips; agreements are abandoned, or fail and are tried again (M6)."""

    climb_chance: float = parameter(0.9, 0, 1, "probability that a rung due for completion completes", unit="per round")
    slip_chance: float = parameter(0.005, 0, 1, "probability that the last completed rung must be repeated", unit="per round")
    abandonment: float = parameter(0.05, 0, 1, "probability of withdrawal added at full tension, and at no trust, without a new government", unit="per round", layer="core")
    cool_down: int = parameter(4, 0, 60, "rounds before a new attempt at a suspended or snapped-back rung, or after a withdrawal", unit="rounds")
    answer_delay: int = parameter(2, 1, 24, "rounds between the steps of a betrayed side's response", unit="rounds")


class Pressure(Section):
    """The pressure track: sanctions and programmes alongside the talks (M14)."""

    pressure_speed: float = parameter(0.15, 0, 1, "largest rise of pressure in a round", unit="per round", lever=True)
    relief_speed: float = parameter(0.30, 0, 1, "largest fall of pressure in a round", unit="per round", lever=True)
    escalation: float = parameter(0.20, 0, 1, "pressure added while a breach or a withdrawal is unrepaired", unit="pressure", lever=True)


class Threats(Section):
    """Demands backed by threats, and the use of force (M9, M14)."""

    threat_hazard: float = parameter(0.039, 0, 1, "probability of a demand backed by a threat, at full tension without contact", unit="per round", source="Fearon 1994")
    threat_harm: float = parameter(0.68, 0, 2, "harm of a threat carried out, against the worth of the issue", source="Fearon 1994")
    force_threshold: float = parameter(0.85, 0, 100, "posture from which force is possible", unit="posture")
    force_hazard: float = parameter(0.013, 0, 1, "hazard of force, per posture beyond the threshold", unit="per round")


class Home(Section):
    """Domestic politics: support, veto players, audiences and governments (M8, M9, M17)."""

    veto_spread: float = parameter(0.5, 0.01, 1, "highest demand of a veto player", unit="share", source="B19 uses 1")
    support_weight: float = parameter(0.5, 0, 2, "effect of support above one half on the win-set", unit="share")
    audience_growth: float = parameter(0.06, 0, 1, "kappa: audience cost from one public threat or demand", source="Fearon 1994; .01-.15")
    audience_decay: float = parameter(0.15, 0, 1, "phi: share of audience cost forgotten in a round", source="Fearon 1994; .05-.3")
    lock_in: float = parameter(0.60, 0, 5, "w: audience cost at which a state can no longer back down", source="Fearon 1994; B20")
    doubt_of_successors: float = parameter(0.19, 0, 1, "omega: probability, as the other side estimates it, that a later government revokes relief")


class Attacks(Section):
    """Violence by spoilers and its effect on trust (M15)."""

    attack_near_deal: float = parameter(0.06, 0, 1, "hazard of attack added when a deal is close", unit="per round", source="Kydd & Walter 2002")
    stopped_if_trustworthy: float = parameter(0.6, 0, 0.99, "s_T: probability that a trustworthy state would have prevented the attack", source="B07")
    stopped_if_untrustworthy: float = parameter(0.45, 0, 0.99, "s_U: probability that an untrustworthy state would have prevented the attack", source="B07")


class Environment(Section):
    """Oil price and regional tension as autoregressive processes (M18)."""

    shock_size: float = parameter(0.08, 0, 0.5, "sigma of the log oil price deviation and of regional tension", source="B22; .05-.15")


SECTIONS: dict[str, type[Section]] = {
    "perception": Perception,
    "conduct": Conduct,
    "belief": Belief,
    "tension": Tension,
    "scrutiny": Scrutiny,
    "bargaining": Bargaining,
    "contact": Contact,
    "process": Process,
    "facilitation": Facilitation,
    "verification": Verification,
    "ladder": Ladder,
    "pressure": Pressure,
    "threats": Threats,
    "home": Home,
    "attacks": Attacks,
    "environment": Environment,
}

PARAMETERS = tuple((section, name) for section, model in SECTIONS.items() for name in parameter_fields(model))
