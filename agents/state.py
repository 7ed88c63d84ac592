"""A state: what it does towards others, in its negotiations, and at home."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from agents.actor import Actor, rule_method
from model.rules import (
    bargaining,
    beliefs,
    compliance,
    conduct,
    contact,
    home,
    pressure,
    scrutiny,
    tension,
    verification,
)
from model.rules.lookups import side_of


def party_rule_method(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Make a rule of a party a method of the state: asked for the side on which the state sits."""

    @wraps(rule)
    def perform(state: "State", talks: int) -> Any:
        return rule(state.world, talks, side_of(state.world, talks, state.index))

    perform.rule = rule  # type: ignore[attr-defined]
    return perform


class State(Actor):
    """A state. Override one method to change one decision; `other` and `talks` are seat numbers."""

    axis: ClassVar[str] = "state"

    # towards another state
    take_initiative = rule_method(conduct.take_initiative)
    choose_conduct = rule_method(conduct.choose_conduct)
    remember_standing = rule_method(conduct.remember_standing)
    judge_own_standing = rule_method(conduct.judge_own_standing)
    judge_other_standing = rule_method(conduct.judge_other_standing)
    reassure = rule_method(beliefs.reassure)
    weigh_violence = rule_method(beliefs.weigh_violence)
    update_good_evidence = rule_method(beliefs.update_good_evidence)
    update_bad_evidence = rule_method(beliefs.update_bad_evidence)
    update_trust = rule_method(beliefs.update_trust)
    update_posture = rule_method(tension.update_posture)
    set_pressure = rule_method(pressure.set_pressure)

    # towards the talks of others
    align = rule_method(tension.align)

    # in its own talks
    seek_talks = party_rule_method(contact.seek_talks)
    update_impatience = party_rule_method(bargaining.update_impatience)
    set_reservation_value = party_rule_method(bargaining.set_reservation_value)
    propose = party_rule_method(bargaining.propose)
    answer_proposal = party_rule_method(scrutiny.answer_proposal)
    ratify = party_rule_method(home.ratify)
    comply = party_rule_method(compliance.comply)
    update_suspicion = party_rule_method(verification.update_suspicion)
    accuse = party_rule_method(verification.accuse)
    withdraw = party_rule_method(home.withdraw)

    # at home
    set_programme = rule_method(pressure.set_programme)
    update_support = rule_method(home.update_support)
    update_audience_cost = rule_method(home.update_audience_cost)
