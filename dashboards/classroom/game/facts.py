"""The facts beside a choice, on a role card and in what a seat knows: each a key of the words file, with its numbers.

``FACTS`` declares every key: whether it tells a cost, a risk, a gain or is a note, and its placeholders.
"""

from typing import Any, NamedTuple


class Kind(NamedTuple):
    """What a fact tells, and the placeholders of its words: numbers, then names."""

    kind: str
    numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


FACTS: dict[str, Kind] = {
    "fact.friendly_earns": Kind("gain", (), ("other",)),
    "fact.misread": Kind("risk", ("percent",), ("other",)),
    "fact.may_be_let_down": Kind("risk", ("percent",), ("other",)),
    "fact.hostile_shows_firmness": Kind("gain", (), ("other",)),
    "fact.hostile_binds": Kind("cost", ("before", "after", "limit")),
    "fact.hostile_provokes": Kind("risk", ("by",), ("other",)),
    "fact.step_reassures": Kind("gain", ("factor",), ("other",)),
    "fact.step_costs_support": Kind("cost", ("points",)),
    "fact.pressure_to": Kind("note", ("before", "after"), ("other",)),
    "fact.pressing_hurts": Kind("cost", ("before", "after")),
    "fact.pressure_concedes": Kind("gain", ("points",), ("other",)),
    "fact.pressure_provokes": Kind("risk", ("by",), ("other",)),
    "fact.relief_less_leverage": Kind("cost", ("points",), ("other",)),
    "fact.relief_calms": Kind("gain", ("by",), ("other",)),
    "fact.talks_chance": Kind("note", ("percent",)),
    "fact.other_must_seek": Kind("risk", (), ("other",)),
    "fact.no_talks": Kind("cost"),
    "fact.talks_calm": Kind("gain", ("by",)),
    "fact.facilitator_keeps_face": Kind("gain"),
    "fact.needs_facilitator": Kind("note"),
    "fact.public_binds": Kind("cost", ("by",)),
    "fact.needs_talks": Kind("note"),
    "fact.exchange_builds": Kind("gain", ("count",)),
    "fact.needs_host": Kind("note"),
    "fact.no_exchange": Kind("cost"),
    "fact.rung_stake": Kind("gain", ("percent",), ("rung",)),
    "fact.rung_burden": Kind("cost", ("percent",), ("rung",)),
    "fact.least_share": Kind("note", ("percent",)),
    "fact.may_be_refused": Kind("risk", (), ("other",)),
    "fact.waiting_softens": Kind("cost", ("points",)),
    "fact.share_offered": Kind("note", ("percent",)),
    "fact.deceit": Kind("risk", ("percent",), ("other",)),
    "fact.step_worth": Kind("gain", ("points",)),
    "fact.step_risk": Kind("risk", ("points",), ("other",)),
    "fact.home_ratifies": Kind("risk", ("percent",)),
    "fact.refusal_binds": Kind("cost", ("by",)),
    "fact.proposal_falls": Kind("cost", (), ("rung",)),
    "fact.examining_waits": Kind("note", ("percent",)),
    "fact.keeps_progress": Kind("gain", ("percent",)),
    "fact.other_may_breach": Kind("risk", ("percent",), ("other",)),
    "fact.accident": Kind("risk", ("percent",)),
    "fact.breach_gains": Kind("gain", ("points",)),
    "fact.breach_found": Kind("risk", ("percent",)),
    "fact.breach_costs_trust": Kind("cost", ("percent",), ("other",)),
    "fact.needs_report": Kind("note"),
    "fact.really_violates": Kind("risk", ("percent",), ("other",)),
    "fact.accusation_suspends": Kind("cost", ("percent",)),
    "fact.violation_passes": Kind("risk", (), ("other",)),
    "fact.leaving_loses": Kind("cost", ("percent",)),
    "fact.leaving_counts_as_breach": Kind("cost", (), ("other",)),
    "fact.staying_keeps": Kind("gain", ("percent",)),
    "fact.task_effect": Kind("gain", ("percent",), ("service", "talks")),
    "fact.task_cost": Kind("cost", ("cost", "left")),
    "fact.task_tires": Kind("cost", ("points",)),
    "fact.task_undone": Kind("risk", (), ("service", "talks")),
    "fact.wrong_told": Kind("risk", ("points",)),
    "fact.inspection_finds": Kind("gain", ("percent",)),
    "fact.inspection_errs": Kind("risk", ("percent",)),
    "fact.nothing_to_inspect": Kind("note"),
    "fact.unseen": Kind("risk"),
    "fact.report_honest": Kind("gain"),
    "fact.report_needs_inspection": Kind("note"),
    "fact.report_hides": Kind("risk", (), ("other",)),
    "fact.report_accuses": Kind("risk", (), ("other",)),
    # role cards
    "card.security": Kind("note", ("percent",)),
    "card.sovereignty": Kind("note", ("percent",)),
    "card.resolve": Kind("note", ("percent",)),
    "card.patience": Kind("note", ("percent",)),
    "card.doctrine.reciprocity": Kind("note"),
    "card.doctrine.contrition": Kind("note"),
    "card.doctrine.initiative": Kind("note"),
    "card.doctrine.assurance": Kind("note"),
    "card.doctrine.other": Kind("note", (), ("doctrine",)),
    "card.means_it": Kind("note"),
    "card.means_it_not": Kind("note"),
    "card.campaign": Kind("note", ("percent",), ("other",)),
    "card.ambition": Kind("note", ("percent",)),
    "card.support": Kind("note", ("percent",)),
    "card.veto": Kind("note", ("count",)),
    "card.home_accepts": Kind("note", ("percent", "share")),
    "card.turnover": Kind("note", ("percent",)),
    "card.bias": Kind("note", ("percent",), ("other",)),
    "card.even_handed": Kind("note"),
    "card.capacity": Kind("note", ("count",)),
    "card.budget": Kind("note", ("count",)),
    "card.skill": Kind("note", ("percent",), ("service",)),
    "card.detection": Kind("note", ("percent",)),
    "card.false_alarm": Kind("note", ("percent",)),
    "card.delay": Kind("note", ("count",)),
    "card.inspections": Kind("note", ("count",)),
    # what a seat knows now
    "known.trust": Kind("own", ("percent",), ("actor", "other")),
    "known.support": Kind("own", ("percent",), ("actor",)),
    "known.audience": Kind("own", ("percent",), ("actor",)),
    "known.reservation": Kind("own", ("percent",), ("actor", "talks")),
    "known.suspicion": Kind("own", ("percent",), ("actor", "talks", "other")),
    "known.deceit": Kind("own", ("percent",), ("actor", "talks", "other")),
    "known.slipped": Kind("own", (), ("actor", "other")),
    "known.offer": Kind("shared", ("percent",), ("talks",)),
    "known.credit": Kind("shared", ("percent",), ("facilitator", "other")),
    "known.posture": Kind("public", ("percent",), ("actor", "other")),
    "known.pressure": Kind("public", ("percent",), ("actor", "other")),
    "known.programme": Kind("public", ("percent",), ("actor",)),
    "known.access": Kind("public", ("percent",), ("talks",)),
    "known.detection": Kind("public", ("percent",), ("talks",)),
    "known.fatigue": Kind("public", ("percent",), ("facilitator",)),
    "known.purse": Kind("public", ("count",), ("facilitator",)),
    "known.barred": Kind("public", (), ("talks",)),
    "known.breaches": Kind("public", ("count",), ("talks",)),
    "known.oil": Kind("public", ("percent",)),
    "known.region": Kind("public", ("percent",)),
}


def percent(share: float) -> float:
    """Write a share as a percentage that people read: whole, or with one digit below one."""
    value = 100.0 * share
    return round(value) if abs(value) >= 1.0 or value == 0.0 else round(value, 1)


def fact(key: str, *numbers: float, **names: str) -> dict[str, Any]:
    """Write a fact as plain data; its key tells how many numbers and which names it has."""
    kind = FACTS[key]
    wanted = dict(zip(kind.numbers, numbers, strict=True))
    if set(names) != set(kind.names):
        raise ValueError(f"{key} needs the names {kind.names}, not {(*names,)}")
    return {"key": key, "kind": kind.kind, "numbers": wanted, "names": names}
