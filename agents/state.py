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
    step_forward = rule_method(conduct.step_forward)
    choose_conduct = rule_method(conduct.choose_conduct)
    remember_standing = rule_method(conduct.remember_standing)
    judge_oneself = rule_method(conduct.judge_oneself)
    judge_other = rule_method(conduct.judge_other)
    reassure = rule_method(beliefs.reassure)
    dismay_at = rule_method(beliefs.dismay_at)
    remember_kept = rule_method(beliefs.remember_kept)
    remember_broken = rule_method(beliefs.remember_broken)
    revise_trust = rule_method(beliefs.revise_trust)
    harden = rule_method(tension.harden)
    press = rule_method(pressure.press)

    # towards the talks of others
    align = rule_method(tension.align)

    # in its own talks
    seek_talks = party_rule_method(contact.seek_talks)
    grow_impatient = party_rule_method(bargaining.grow_impatient)
    weigh_reservation = party_rule_method(bargaining.weigh_reservation)
    table = party_rule_method(bargaining.table)
    give_answer = party_rule_method(scrutiny.give_answer)
    ratify = party_rule_method(home.ratify)
    comply = party_rule_method(compliance.comply)
    suspect = party_rule_method(verification.suspect)
    accuse = party_rule_method(verification.accuse)
    withdraw = party_rule_method(home.withdraw)

    # at home
    run_programme = rule_method(pressure.run_programme)
    sway = rule_method(home.sway)
    bind_by_words = rule_method(home.bind_by_words)
