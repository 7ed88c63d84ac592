"""The facts of an option, of a role card and of what a seat knows: each a key of the words file with its numbers.

``FACT_KINDS`` declares every key: its kind (cost, risk, gain, note; own, shared, public) and its placeholders.
"""

from typing import NamedTuple, TypedDict


class FactKind(NamedTuple):
    """The kind of a fact, and the placeholders of its text: numbers, then names."""

    kind: str
    numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Fact(TypedDict):
    """A fact as the pages receive it."""

    key: str
    kind: str
    numbers: dict[str, float]
    names: dict[str, str]


FACT_KINDS: dict[str, FactKind] = {
    "fact.friendly_earns": FactKind("gain", (), ("other",)),
    "fact.misread": FactKind("risk", ("percent",), ("other",)),
    "fact.may_be_let_down": FactKind("risk", ("percent",), ("other",)),
    "fact.hostile_shows_firmness": FactKind("gain", (), ("other",)),
    "fact.hostile_binds": FactKind("cost", ("before", "after", "limit")),
    "fact.hostile_provokes": FactKind("risk", ("by",), ("other",)),
    "fact.step_reassures": FactKind("gain", ("factor",), ("other",)),
    "fact.step_costs_support": FactKind("cost", ("points",)),
    "fact.pressure_to": FactKind("note", ("before", "after"), ("other",)),
    "fact.pressing_hurts": FactKind("cost", ("before", "after")),
    "fact.pressure_concedes": FactKind("gain", ("points",), ("other",)),
    "fact.pressure_provokes": FactKind("risk", ("by",), ("other",)),
    "fact.relief_less_leverage": FactKind("cost", ("points",), ("other",)),
    "fact.relief_calms": FactKind("gain", ("by",), ("other",)),
    "fact.talks_chance": FactKind("note", ("percent",)),
    "fact.other_must_seek": FactKind("risk", (), ("other",)),
    "fact.no_talks": FactKind("cost"),
    "fact.talks_calm": FactKind("gain", ("by",)),
    "fact.facilitator_keeps_face": FactKind("gain"),
    "fact.needs_facilitator": FactKind("note"),
    "fact.public_binds": FactKind("cost", ("by",)),
    "fact.needs_talks": FactKind("note"),
    "fact.exchange_builds": FactKind("gain", ("count",)),
    "fact.needs_host": FactKind("note"),
    "fact.no_exchange": FactKind("cost"),
    "fact.rung_stake": FactKind("gain", ("percent",), ("rung",)),
    "fact.rung_burden": FactKind("cost", ("percent",), ("rung",)),
    "fact.least_share": FactKind("note", ("percent",)),
    "fact.may_be_refused": FactKind("risk", (), ("other",)),
    "fact.waiting_softens": FactKind("cost", ("points",)),
    "fact.share_offered": FactKind("note", ("percent",)),
    "fact.deceit": FactKind("risk", ("percent",), ("other",)),
    "fact.step_worth": FactKind("gain", ("points",)),
    "fact.step_risk": FactKind("risk", ("points",), ("other",)),
    "fact.home_ratifies": FactKind("risk", ("percent",)),
    "fact.refusal_binds": FactKind("cost", ("by",)),
    "fact.proposal_falls": FactKind("cost", (), ("rung",)),
    "fact.examining_waits": FactKind("note", ("percent",)),
    "fact.keeps_progress": FactKind("gain", ("percent",)),
    "fact.other_may_breach": FactKind("risk", ("percent",), ("other",)),
    "fact.accident": FactKind("risk", ("percent",)),
    "fact.breach_gains": FactKind("gain", ("points",)),
    "fact.breach_found": FactKind("risk", ("percent",)),
    "fact.breach_costs_trust": FactKind("cost", ("percent",), ("other",)),
    "fact.needs_report": FactKind("note"),
    "fact.really_violates": FactKind("risk", ("percent",), ("other",)),
    "fact.accusation_suspends": FactKind("cost", ("percent",)),
    "fact.violation_passes": FactKind("risk", (), ("other",)),
    "fact.leaving_loses": FactKind("cost", ("percent",)),
    "fact.leaving_counts_as_breach": FactKind("cost", (), ("other",)),
    "fact.staying_keeps": FactKind("gain", ("percent",)),
    "fact.task_effect": FactKind("gain", ("percent",), ("service", "talks")),
    "fact.task_cost": FactKind("cost", ("cost", "left")),
    "fact.task_tires": FactKind("cost", ("points",)),
    "fact.task_undone": FactKind("risk", (), ("service", "talks")),
    "fact.wrong_message": FactKind("risk", ("points",)),
    "fact.inspection_finds": FactKind("gain", ("percent",)),
    "fact.inspection_errs": FactKind("risk", ("percent",)),
    "fact.nothing_to_inspect": FactKind("note"),
    "fact.unseen": FactKind("risk"),
    "fact.report_honest": FactKind("gain"),
    "fact.report_needs_inspection": FactKind("note"),
    "fact.report_hides": FactKind("risk", (), ("other",)),
    "fact.report_accuses": FactKind("risk", (), ("other",)),
    # role cards
    "card.security": FactKind("note", ("percent",)),
    "card.sovereignty": FactKind("note", ("percent",)),
    "card.resolve": FactKind("note", ("percent",)),
    "card.discount_factor": FactKind("note", ("percent",)),
    "card.doctrine.reciprocity": FactKind("note"),
    "card.doctrine.contrition": FactKind("note"),
    "card.doctrine.initiative": FactKind("note"),
    "card.doctrine.assurance": FactKind("note"),
    "card.doctrine.other": FactKind("note", (), ("doctrine",)),
    "card.means_it": FactKind("note"),
    "card.means_it_not": FactKind("note"),
    "card.campaign": FactKind("note", ("percent",), ("other",)),
    "card.ambition": FactKind("note", ("percent",)),
    "card.support": FactKind("note", ("percent",)),
    "card.veto": FactKind("note", ("count",)),
    "card.home_accepts": FactKind("note", ("percent", "share")),
    "card.turnover": FactKind("note", ("percent",)),
    "card.bias": FactKind("note", ("percent",), ("other",)),
    "card.even_handed": FactKind("note"),
    "card.capacity": FactKind("note", ("count",)),
    "card.budget": FactKind("note", ("count",)),
    "card.skill": FactKind("note", ("percent",), ("service",)),
    "card.detection": FactKind("note", ("percent",)),
    "card.false_alarm": FactKind("note", ("percent",)),
    "card.delay": FactKind("note", ("count",)),
    "card.inspections": FactKind("note", ("count",)),
    # what a seat knows now
    "known.trust": FactKind("own", ("percent",), ("actor", "other")),
    "known.support": FactKind("own", ("percent",), ("actor",)),
    "known.audience": FactKind("own", ("percent",), ("actor",)),
    "known.reservation": FactKind("own", ("percent",), ("actor", "talks")),
    "known.suspicion": FactKind("own", ("percent",), ("actor", "talks", "other")),
    "known.deceit": FactKind("own", ("percent",), ("actor", "talks", "other")),
    "known.slipped": FactKind("own", (), ("actor", "other")),
    "known.offer": FactKind("shared", ("percent",), ("talks",)),
    "known.credit": FactKind("shared", ("percent",), ("facilitator", "other")),
    "known.posture": FactKind("public", ("percent",), ("actor", "other")),
    "known.pressure": FactKind("public", ("percent",), ("actor", "other")),
    "known.programme": FactKind("public", ("percent",), ("actor",)),
    "known.access": FactKind("public", ("percent",), ("talks",)),
    "known.detection": FactKind("public", ("percent",), ("talks",)),
    "known.fatigue": FactKind("public", ("percent",), ("facilitator",)),
    "known.purse": FactKind("public", ("count",), ("facilitator",)),
    "known.barred": FactKind("public", (), ("talks",)),
    "known.breaches": FactKind("public", ("count",), ("talks",)),
    "known.oil": FactKind("public", ("percent",)),
    "known.region": FactKind("public", ("percent",)),
}


def to_percent(share: float) -> float:
    """Return a share as a percentage for display: an integer, or with one decimal below 1 %."""
    value = 100.0 * share
    return round(value) if abs(value) >= 1.0 or value == 0.0 else round(value, 1)


def make_fact(key: str, *numbers: float, **names: str) -> Fact:
    """Return a fact. Raises ValueError if the numbers or names are not those declared for its key."""
    kind = FACT_KINDS[key]
    named_numbers = dict(zip(kind.numbers, numbers, strict=True))
    if set(names) != set(kind.names):
        raise ValueError(f"{key} needs the names {kind.names}, not {(*names,)}")
    return {"key": key, "kind": kind.kind, "numbers": named_numbers, "names": names}
