"""The forms of injected events: labels, descriptions, and why an event is impossible or has no effect."""

from typing import NamedTuple


class EventForm(NamedTuple):
    """The label of a kind of event, the template of its description, and the range of its value, if it has one."""

    label: str
    template: str
    scale: tuple[float, float] | None = None


EVENT_FORMS = {
    "oil_shock": EventForm("Oil shock", "The oil price is set to a log deviation of {value:g}", (-1.0, 1.0)),
    "attack": EventForm("Spoiler attack", "Attack by {actor}"),
    "election": EventForm("Election", "{actor} has a new government"),
    "leak": EventForm("Leak", "The talks leak and become public ({talks})"),
    "withdrawal": EventForm("Withdrawal", "{actor} withdraws from the agreement in force ({talks})"),
    "loss_of_access": EventForm("Loss of access", "Inspectors lose access ({talks})"),
    "facilitator_arrives": EventForm("New facilitator", "{actor} joins as a facilitator"),
    "facilitator_leaves": EventForm("Facilitator leaves", "{actor} withdraws as a facilitator"),
    "access_restored": EventForm("Access restored", "Inspectors regain access ({talks})"),
    "silence": EventForm("Talks called off", "The talks are called off ({talks})"),
    "regional_incident": EventForm("Regional incident", "An incident sets regional tension to {value:g}", (-1.0, 2.0)),
    "incident": EventForm(
        "Bilateral incident", "An incident sets {actor}'s posture towards {counterpart} to {value:g}", (0.0, 1.0)
    ),
    "pressure_step": EventForm("Change of pressure", "{actor} sets pressure on {counterpart} to {value:g}", (0.0, 1.0)),
    "conciliatory_act": EventForm("Conciliatory act", "{actor} cooperates with {counterpart}"),
    "hostile_act": EventForm("Hostile act", "{actor} acts with hostility towards {counterpart}"),
    "initiative": EventForm("Unilateral step", "{actor} announces a unilateral step towards {counterpart}"),
    "ultimatum": EventForm("Ultimatum", "{actor} makes a demand on {counterpart} and threatens consequences"),
    "force": EventForm("Use of force", "{actor} uses force against {counterpart}"),
    "process_ends": EventForm("End of the process", "The process of talks ends ({talks})"),
    "process_opens": EventForm("New start of the process", "The process of talks opens again ({talks})"),
}  # fmt: skip
MISSING_ACTOR_REASONS = {
    "attack": "This scenario has no spoilers.",
    "facilitator_arrives": "This scenario has no facilitators.",
    "facilitator_leaves": "This scenario has no facilitators.",
    "loss_of_access": "This scenario has no verification body.",
    "access_restored": "This scenario has no verification body.",
}
NO_EFFECT_REASONS = {
    "withdrawal": "no agreement is in force",
    "leak": "no talks are held through an indirect channel",
    "silence": "no talks are held",
    "loss_of_access": "inspectors already have no access",
    "access_restored": "inspectors already have access",
    "facilitator_arrives": "all facilitators of this scenario are already present",
    "facilitator_leaves": "no facilitator is present",
    "conciliatory_act": "it already intends to cooperate",
    "hostile_act": "it already intends to act with hostility",
    "process_ends": "the process of talks is already closed",
    "process_opens": "the process of talks is already open",
}
FACILITATION_EVENTS = {"facilitator_arrives": "facilitation", "facilitator_leaves": "facilitation"}
