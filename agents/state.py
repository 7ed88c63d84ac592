"""A state: what it does towards others, in its negotiations, and at home."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from agents.actor import Actor, performs
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


def performs_as_party(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Make a rule of a party a method of the state: asked for the side on which the state sits."""

    @wraps(rule)
    def perform(state: "State", talks: int) -> Any:
        return rule(state.world, talks, side_of(state.world, talks, state.seat))

    perform.asks = rule  # type: ignore[attr-defined]
    return perform


class State(Actor):
    """A state. Override one method to change one decision; `other` and `talks` are seat numbers."""

    axis: ClassVar[str] = "state"

    # towards another state
    step_forward = performs(conduct.step_forward)
    choose_conduct = performs(conduct.choose_conduct)
    remember_standing = performs(conduct.remember_standing)
    judge_oneself = performs(conduct.judge_oneself)
    judge_other = performs(conduct.judge_other)
    reassure = performs(beliefs.reassure)
    dismay_at = performs(beliefs.dismay_at)
    remember_kept = performs(beliefs.remember_kept)
    remember_broken = performs(beliefs.remember_broken)
    revise_trust = performs(beliefs.revise_trust)
    harden = performs(tension.harden)
    press = performs(pressure.press)

    # towards the talks of others
    align = performs(tension.align)

    # in its own talks
    seek_talks = performs_as_party(contact.seek_talks)
    grow_impatient = performs_as_party(bargaining.grow_impatient)
    weigh_reservation = performs_as_party(bargaining.weigh_reservation)
    table = performs_as_party(bargaining.table)
    give_answer = performs_as_party(scrutiny.give_answer)
    ratify = performs_as_party(home.ratify)
    comply = performs_as_party(compliance.comply)
    suspect = performs_as_party(verification.suspect)
    accuse = performs_as_party(verification.accuse)
    withdraw = performs_as_party(home.withdraw)

    # at home
    run_programme = performs(pressure.run_programme)
    sway = performs(home.sway)
    bind_by_words = performs(home.bind_by_words)
