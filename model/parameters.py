"""Every parameter, declared once: name, default, range, unit, meaning, source, lever or uncertainty.

The scenario file, the command line, the JSON schema, the ODD tables, the sliders and the sweeps all
read these declarations. A *lever* is something that someone at the table can choose; everything
else is an *uncertainty*, which the world chooses. One round is one month.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo


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
) -> Any:
    """Declare a parameter: its default, its range, and what it means."""
    extra: JsonDict = {"unit": unit, "source": source, "role": "lever" if lever else "uncertainty"}
    return Field(default=default, ge=low, le=high, description=meaning, json_schema_extra=extra)


def parameter_fields(section: type[BaseModel]) -> dict[str, FieldInfo]:
    """List the fields of a section that are parameters (those that declare a role)."""
    return {
        name: field
        for name, field in section.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and "role" in field.json_schema_extra
    }


class Perception(Section):
    """Two different noises: acts that miscarry, and acts that are misread (M2)."""

    execution_noise: float = parameter(
        0.02, 0, 0.5, "chance that a state's act comes out as its opposite",
        unit="per act", source="Molander 1985; defensible range .005-.05",
    )  # fmt: skip
    misread_friendly: float = parameter(
        0.10, 0, 1, "chance that a cooperative act is read as hostile on an uncleaned channel",
        unit="per act", source="Jervis 1976; defensible range .01-.15",
    )  # fmt: skip
    misread_hostile: float = parameter(
        0.08, 0, 1, "chance that a hostile act is read as cooperative on an uncleaned channel",
        unit="per act", source="Jervis 1976; defensible range .01-.15",
    )  # fmt: skip


class Belief(Section):
    """How evidence becomes trust: Beta counts with forgetting, asymmetry and costly signals (M3, M4)."""

    memory: float = parameter(
        0.97, 0.5, 1, "share of old evidence that is still weighed a round later",
        unit="per round", source="Josang & Ismail 2002; .90-.995 is a half-life of 7 to 138 months",
    )  # fmt: skip
    betrayal_weight: float = parameter(
        3.0, 1, 10, "how much heavier a broken act weighs than a kept one",
        unit="ratio", source="Slovic 1993 on the asymmetry of trust; 2-6",
    )  # fmt: skip
    conduct_evidence: float = parameter(
        0.05, 0, 5, "evidence in one month of perceived conduct", unit="counts",
    )  # fmt: skip
    rung_evidence: float = parameter(
        15.0, 0, 50, "evidence in a verified or broken rung, for the whole stake", unit="counts",
    )  # fmt: skip
    exchange_evidence: float = parameter(
        0.15, 0, 5, "evidence in one hosted technical exchange; a political one counts twice", unit="counts",
    )  # fmt: skip
    signal_cost_weight: float = parameter(
        2, 0, 10, "kappa: an untrustworthy state takes a step of cost c with probability exp(-kappa c)",
        source="Kydd 2000, 2005; 2 is m from .8 to .55 for steps of cost .1 to .3; defensible .1-.8",
    )  # fmt: skip
    confirmation_bias: float = parameter(
        0.2, 0, 1, "share of good evidence that is dismissed while trust is below one half",
        source="Poortinga & Pidgeon 2004",
    )  # fmt: skip


class Tension(Section):
    """Hostile posture as a Richardson process on the round map, with shocks (M12)."""

    tension_step: float = parameter(0.5, 0, 2, "step of the round map", source="Richardson 1960")
    provocation: float = parameter(0.12, 0, 2, "rise in posture at an act read as hostile", unit="posture")
    programme_provokes: float = parameter(0.05, 0, 2, "rise in posture at the other's full programme, for one who thinks of security alone", unit="posture")
    pressure_provokes: float = parameter(0.12, 0, 2, "rise in posture at full pressure suffered", unit="posture")
    region_provokes: float = parameter(0.15, 0, 2, "rise in posture at regional tension of one", unit="posture")
    attack_provokes: float = parameter(0.5, 0, 3, "rise in posture at a spoiler's attack", unit="posture")
    contact_calms: float = parameter(0.06, 0, 2, "fall in posture in a round with contact", unit="posture")
    progress_calms: float = parameter(0.20, 0, 2, "fall in posture at a fully implemented ladder", unit="posture")
    tension_ceiling: float = parameter(1.0, 1, 100, "level at which posture saturates", unit="posture")


class Scrutiny(Section):
    """Sequential evidence until confident, then risk against gain (M7, M5)."""

    false_rejection: float = parameter(
        0.05, 0.001, 0.45, "alpha: chance of condemning an honest proposal", source="Wald 1945; .01-.10",
        lever=True,
    )  # fmt: skip
    false_acceptance: float = parameter(
        0.15, 0.001, 0.45, "beta: chance of clearing a deceitful proposal", source="Wald 1945; .05-.20",
        lever=True,
    )  # fmt: skip
    suspicious_if_honest: float = parameter(
        0.1, 0.001, 0.999, "chance that a finding looks suspicious though the other side is honest",
    )  # fmt: skip
    suspicious_if_deceitful: float = parameter(
        0.45, 0.001, 0.999, "chance that a finding looks suspicious when the other side deceives",
    )  # fmt: skip
    findings_per_round: int = parameter(6, 1, 12, "pieces of evidence examined in a round", unit="findings", lever=True)
    prior_weight: float = parameter(0.5, 0, 2, "how far trust already held shortens the examination", unit="log odds")
    loss_weight: float = parameter(
        1.6, 0, 5, "how much more a betrayed stake weighs than a kept one",
        source="loss aversion 2 to 2.25 (Tversky & Kahneman 1992); B05 uses 2",
    )  # fmt: skip
    future_weight: float = parameter(0.6, 0, 2, "weight of what the rest of the ladder promises", unit="utility")
    outside_option: float = parameter(0.04, -1, 1, "what a state can have without this step", unit="utility")


class Bargaining(Section):
    """Reservation values, proposals and impatience (M8, M10)."""

    share_scale: float = parameter(0.42, 0, 1, "reservation value of a state of middling resolve", unit="share")
    narrative_weight: float = parameter(0.25, 0, 2, "weight of what a rung costs in a side's own narrative", unit="share")
    concession_to_pressure: float = parameter(
        0.15, 0, 1, "beta_P: share given up at full, fully effective pressure", unit="share",
        source="Drezner 1999; Hufbauer et al.",
    )  # fmt: skip
    expected_conflict: float = parameter(
        0.15, 0, 1, "beta_E: share demanded more at full tension", unit="share", source="Drezner 1999",
    )  # fmt: skip
    oil_blunts_pressure: float = parameter(0.5, 0, 2, "loss of pressure's effect when oil is dear by one log unit")
    impatience_growth: float = parameter(0.2, 0, 2, "how fast impatience grows, times one minus patience", unit="per round")
    wariness: float = parameter(0.4, 0, 2, "how far a third state's hostility turns it against the talks")
    alliance_pull: float = parameter(0.10, 0, 1, "share demanded more when allies press against the talks", unit="share")
    eagerness: float = parameter(0.5, 0, 1, "chance to table the next rung when trust and tension are even", unit="per round")


class Contact(Section):
    """Ripeness and whether a round of talks is held at all (M16, M11)."""

    pain_threshold: float = parameter(0.30, 0, 2, "pain a state must feel before it seeks talks", source="Zartman 1989")
    cost_of_pressure: float = parameter(0.15, 0, 1, "pain of exerting full pressure, at the usual price of oil", source="Drezner 1999")
    way_out_threshold: float = parameter(0.30, 0, 2, "way out it must see, besides", source="Zartman 1989")
    talks_inertia: float = parameter(0.35, 0, 2, "how much less of both keeps talks going than starts them")
    contact_probability: float = parameter(0.65, 0, 1, "chance of contact between open sides at zero tension", unit="per round")
    tension_blocks_contact: float = parameter(0.6, 0, 2, "chance of contact lost at full tension", unit="per round")
    contact_persistence: float = parameter(0.20, 0, 1, "chance of contact gained by contact in the round before", unit="per round")
    direct_trust: float = parameter(0.55, 0, 1, "trust on both sides above which they meet in public", lever=True)


class Facilitation(Section):
    """What regional facilitators can do beyond their own skill (M11)."""

    distortion: float = parameter(0.5, 0, 1, "chance that a fully biased facilitator shades a message", source="Kydd 2003")
    credibility_rate: float = parameter(0.08, 0, 1, "how fast a facilitator's reputation follows its record", unit="per round")
    affinity: float = parameter(0.3, 0, 1, "how much more a side believes a facilitator that fully leans to it", source="Kydd 2003")
    fatigue_rate: float = parameter(0.012, 0, 0.5, "fatigue from one task", unit="per task")
    fatigue_persistence: float = parameter(0.92, 0, 1, "share of fatigue that is left a round later", unit="per round")
    exchange_calms: float = parameter(0.05, 0, 1, "fall in posture from one hosted exchange", unit="posture")


class Verification(Section):
    """Inspection, Bayes, and what follows from a finding (M13)."""

    prior_violation: float = parameter(0.10, 0.001, 0.9, "pi: chance of violation assumed before any report")
    belief_drift: float = parameter(0.05, 0, 1, "speed at which belief drifts to one half without reports", unit="per round")
    proof_standard: float = parameter(0.60, 0.05, 0.999, "belief in a violation at which it is called one", lever=True)
    forgiveness: float = parameter(0.25, 0, 1, "chance that a breach is forgiven and repaired", unit="per round", lever=True)
    compliance_noise: float = parameter(0.03, 0, 0.5, "chance that an honest party breaks a rule by accident", unit="per round")
    deterrence: float = parameter(1.2, 0, 5, "penalty that a detected breach brings, times the stake", source="B23")
    betrayal_gain: float = parameter(2.0, 0, 5, "b: gain of an untrustworthy side from betraying a unit stake", source="B05")
    honour_gain: float = parameter(0.5, 0, 5, "c: gain of an untrustworthy side from honouring a unit stake", source="B05")
    reputation_cost: float = parameter(2.0, 0, 5, "what a trustworthy side loses of its own by betraying", unit="utility per stake")


class Ladder(Section):
    """How a rung in progress climbs, stalls, slips or collapses (M6)."""

    climb_chance: float = parameter(0.9, 0, 1, "chance that a rung due for completion completes", unit="per round")
    slip_chance: float = parameter(0.005, 0, 1, "chance that the last completed rung must be done again", unit="per round")
    collapse_chance: float = parameter(0.001, 0, 1, "chance that the whole ladder collapses at zero tension", unit="per round")
    tension_collapses: float = parameter(0.012, 0, 1, "chance of collapse added at full tension", unit="per round")
    cool_down: int = parameter(4, 0, 60, "rounds a suspended or snapped rung rests before a new attempt", unit="rounds")
    answer_delay: int = parameter(2, 1, 24, "rounds between the steps in which a betrayed side answers", unit="rounds")
    recovery: int = parameter(18, 0, 1200, "rounds before a collapsed ladder may be tried again; 0 is never", unit="rounds")


class Pressure(Section):
    """Two tracks at once: sanctions and programme beside the dialogue (M14)."""

    pressure_speed: float = parameter(0.15, 0, 1, "largest rise of pressure in a round", unit="per round", lever=True)
    relief_speed: float = parameter(0.30, 0, 1, "largest fall of pressure in a round", unit="per round", lever=True)
    escalation: float = parameter(0.20, 0, 1, "pressure added while a breach or a withdrawal is not repaired", unit="pressure", lever=True)
    programme_speed: float = parameter(0.08, 0, 1, "speed at which a programme follows its aim", unit="per round")
    unseen_growth: float = parameter(0.15, 0, 1, "programme added when inspectors see nothing", unit="programme")
    hedging: float = parameter(0.30, 0, 1, "programme added in answer to full pressure", unit="programme")


class Home(Section):
    """Support, veto players, audiences and governments (M8, M9, M17)."""

    support_speed: float = parameter(0.10, 0, 1, "speed at which support returns to its usual level", unit="per round")
    pressure_erodes_support: float = parameter(0.03, 0, 1, "support for talks lost at full pressure suffered", unit="per round")
    progress_builds_support: float = parameter(0.06, 0, 1, "support won by a fully implemented ladder", unit="per round")
    attack_erodes_support: float = parameter(0.12, 0, 1, "support lost at an attack", unit="support")
    concession_erodes_support: float = parameter(0.10, 0, 1, "support lost by ratifying a full burden", unit="support")
    veto_spread: float = parameter(0.5, 0.01, 1, "most that a veto player can ask for", unit="share", source="B19 uses 1")
    unpopularity: float = parameter(0.02, 0, 1, "hazard of turnover added at no support", unit="per round")
    support_weight: float = parameter(0.5, 0, 2, "how much support above one half widens the win-set", unit="share")
    audience_growth: float = parameter(0.06, 0, 1, "kappa: audience cost from one public threat or demand", source="Fearon 1994; .01-.15")
    audience_decay: float = parameter(0.15, 0, 1, "phi: share of audience cost forgotten in a round", source="Fearon 1994; .05-.3")
    audience_weight: float = parameter(0.4, 0, 2, "share of audience cost that enters the reservation value", unit="share")
    lock_in: float = parameter(0.60, 0, 5, "w: audience cost at which a state can no longer back down", source="Fearon 1994; B20")
    doubt_of_successors: float = parameter(0.15, 0, 1, "omega: chance, as the other side sees it, that a later government takes relief back")


class Attacks(Section):
    """Violence by those outside the bargain, and what it does to trust (M15)."""

    attack_near_deal: float = parameter(0.06, 0, 1, "hazard of attack added when a deal is close", unit="per round", source="Kydd & Walter 2002")
    stopped_if_trustworthy: float = parameter(0.6, 0, 0.99, "s_T: chance that a trustworthy state would have stopped it", source="B07")
    stopped_if_untrustworthy: float = parameter(0.45, 0, 0.99, "s_U: chance that an untrustworthy one would have", source="B07")


class Environment(Section):
    """Oil price and regional tension as autoregressive processes (M18)."""

    oil_memory: float = parameter(0.92, 0, 0.999, "phi of the log oil price deviation", source="B22; .8-.97")
    oil_noise: float = parameter(0.08, 0, 0.5, "sigma of the log oil price deviation", source="B22; .05-.15")
    region_memory: float = parameter(0.90, 0, 0.999, "phi of regional tension", source="B22; .8-.97")
    region_noise: float = parameter(0.08, 0, 0.5, "sigma of regional tension", source="B22; .05-.15")
    oil_region_link: float = parameter(0.4, -1, 1, "correlation of the two shocks")


SECTIONS: dict[str, type[Section]] = {
    "perception": Perception,
    "belief": Belief,
    "tension": Tension,
    "scrutiny": Scrutiny,
    "bargaining": Bargaining,
    "contact": Contact,
    "facilitation": Facilitation,
    "verification": Verification,
    "ladder": Ladder,
    "pressure": Pressure,
    "home": Home,
    "attacks": Attacks,
    "environment": Environment,
}


class Mechanisms(Section):
    """Switches. A mechanism that is off is exactly absent: its acts are not played (M1 to M18)."""

    reciprocity: bool = Field(default=True, description="M1: conduct answers conduct, by doctrine")
    noise: bool = Field(default=True, description="M2: acts miscarry and are misread")
    reassurance: bool = Field(default=True, description="M3: costly steps shift belief about the other's type")
    reputation: bool = Field(default=True, description="M4: evidence is kept, weighed and forgotten")
    gradualism: bool = Field(default=True, description="M5: a betrayer compares this rung with the next")
    friction: bool = Field(default=True, description="M6: rungs climb, stall, slip and collapse by chance")
    scrutiny: bool = Field(default=True, description="M7: proposals are examined until the examiner is confident")
    ratification: bool = Field(default=True, description="M8: veto players at home decide as well")
    audience_costs: bool = Field(default=True, description="M9: public threats and demands bind those who make them")
    impatience: bool = Field(default=True, description="M10: waiting softens the impatient")
    facilitation: bool = Field(default=True, description="M11: facilitators clean, formulate, shift, keep contact, host")
    tension: bool = Field(default=True, description="M12: hostile posture feeds on itself and on events")
    verification: bool = Field(default=True, description="M13: bodies inspect and report")
    pressure: bool = Field(default=True, description="M14: pressure and programme move beside the talks")
    spoilers: bool = Field(default=True, description="M15: spoilers attack near agreement")
    ripeness: bool = Field(default=True, description="M16: talks start only with pain and a way out")
    turnover: bool = Field(default=True, description="M17: governments change, and may withdraw")
    environment: bool = Field(default=True, description="M18: oil price and regional tension drift")
    alliances: bool = Field(default=True, description="M18: third states align, press or reassure")

PARAMETERS = tuple((section, name) for section, model in SECTIONS.items() for name in parameter_fields(model))
MECHANISMS = tuple(Mechanisms.model_fields)
