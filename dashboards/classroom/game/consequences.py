"""What each option costs and risks, weighed in the state of the run as far as the seat may know it.

The state is read through ``Eyes``, or through rules that read only what their actor may know.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from dashboards.classroom.game.actions import Verb
from dashboards.classroom.game.facts import Fact, make_fact, to_percent
from dashboards.classroom.game.visibility import HiddenError, Observer
from model.arithmetic import clip, exp
from model.columns import SERVICES
from model.rules import bargaining, compliance, facilitation, scrutiny
from model.rules.lookups import detection_probability, mutual_tension, narrative_burden, pressure_exerted, progress


class ChoiceContext(NamedTuple):
    """Where a seat looks from when it weighs a verb: its eyes, and the places of what the verb is about."""

    observer: Observer
    verb: Verb
    me: int
    other: int
    talks: int
    side: int
    names: dict[str, str]


FactMaker = Callable[[ChoiceContext], Iterator[Fact]]


def option_facts(seen: ChoiceContext, option: str) -> list[Fact]:
    """Tell what an option costs and risks, as far as the seat may know."""
    made: list[Fact] = []
    with suppress(HiddenError):  # under "public" sight much of this is hidden even from one's own side
        if make := FACT_MAKERS.get((seen.verb.act, option)):
            made.extend(make(seen))
    return made


def _friendly(seen: ChoiceContext) -> Iterator[Fact]:
    world, other = seen.observer.world, seen.names["other"]
    yield make_fact("fact.friendly_earns", other=other)
    yield make_fact(
        "fact.misread",
        to_percent(world.misread_friendly * (1 - seen.observer("clarity", seen.other, seen.me))),
        other=other,
    )
    yield make_fact("fact.may_be_let_down", to_percent(1 - seen.observer("trust", seen.me, seen.other)), other=other)


def _hostile(seen: ChoiceContext) -> Iterator[Fact]:
    world, other, now = seen.observer.world, seen.names["other"], seen.observer("audience_cost", seen.me)
    yield make_fact("fact.hostile_shows_firmness", other=other)
    later = (1 - world.audience_decay) * now + world.audience_growth
    yield make_fact("fact.hostile_binds", round(now, 2), round(later, 2), round(world.lock_in, 2))
    yield make_fact("fact.hostile_provokes", round(world.provocation, 2), other=other)


def _step(seen: ChoiceContext) -> Iterator[Fact]:
    world, cost = seen.observer.world, seen.observer("own_initiative_cost", seen.me)
    yield make_fact(
        "fact.step_reassures", round(float(exp(world.signal_cost_weight * cost)), 2), other=seen.names["other"]
    )
    yield make_fact("fact.step_costs_support", to_percent(world.concession_erodes_support * cost))
    yield from list(_friendly(seen))[1:]


def _pressure_facts(direction: int) -> FactMaker:
    def make(seen: ChoiceContext) -> Iterator[Fact]:
        world, other = seen.observer.world, seen.names["other"]
        now, all_now = seen.observer("pressure", seen.me, seen.other), float(pressure_exerted(world.compiled, seen.me))
        step = (world.relief_speed, 0.0, world.pressure_speed)[direction + 1]
        later = float(clip(now + direction * step, 0.0, 1.0))
        dear = world.cost_of_pressure * (1.0 + max(float(world.oil[0]), 0.0))
        yield make_fact("fact.pressure_to", to_percent(now), to_percent(later), other=other)
        change = later - now
        if direction >= 0:
            yield make_fact(
                "fact.pressing_hurts", to_percent(dear * all_now), to_percent(dear * min(all_now + change, 1.0))
            )
            yield make_fact("fact.pressure_provokes", round(world.pressure_provokes * later, 2), other=other)
        if direction > 0:
            yield make_fact("fact.pressure_concedes", to_percent(world.concession_to_pressure * change), other=other)
        if direction < 0:
            yield make_fact("fact.relief_calms", round(-world.pressure_provokes * change, 2), other=other)
            yield make_fact(
                "fact.relief_less_leverage", to_percent(-world.concession_to_pressure * change), other=other
            )

    return make


def _seek(seen: ChoiceContext) -> Iterator[Fact]:
    world, k, tension = seen.observer.world, seen.talks, float(mutual_tension(seen.observer.world.compiled, seen.talks))
    open_to_talks = min(seen.observer("own_dialogue", seen.me), seen.observer("own_dialogue", seen.other))
    chance = world.contact_probability * open_to_talks + world.contact_persistence * seen.observer("contact", k)
    offices = facilitation.combined_effect(
        world.compiled, k, facilitation.CONTACT, seen.me
    )  # as far as this side believes them
    chance += float(offices) * min(tension, 1.0) - world.tension_blocks_contact * tension
    yield make_fact("fact.talks_calm", round(world.contact_calms, 2))
    yield make_fact("fact.other_must_seek", other=seen.names["other"])
    yield make_fact("fact.talks_chance", to_percent(float(clip(chance, 0.0, 1.0))))


def _stay_away(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.no_talks")


def _channel(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.facilitator_keeps_face")
    yield make_fact("fact.needs_facilitator")


def _direct(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.public_binds", round(seen.observer.world.audience_growth, 2))
    yield make_fact("fact.needs_talks")


def _send(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.exchange_builds", round(seen.observer.world.exchange_evidence, 2))
    yield make_fact("fact.needs_host")


def _keep_home(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.no_exchange")


def _rung_in_play(seen: ChoiceContext) -> int:
    return max(int(bargaining.select_rung(seen.observer.world.compiled, seen.talks)), 0)


def _propose(seen: ChoiceContext) -> Iterator[Fact]:
    world, rung, r = seen.observer.world, seen.names["rung"], _rung_in_play(seen)
    yield make_fact("fact.rung_stake", to_percent(seen.observer("stake", seen.talks, r)), rung=rung)
    if seen.observer.can_see("own_security_weight", seen.me):
        yield make_fact(
            "fact.rung_burden", to_percent(float(narrative_burden(world.compiled, seen.talks, seen.side, r))), rung=rung
        )
    yield make_fact("fact.least_share", to_percent(seen.observer("reservation_value", seen.talks, seen.side)))
    yield make_fact("fact.may_be_refused", other=seen.names["other"])
    yield make_fact("fact.needs_talks")


def _wait(seen: ChoiceContext) -> Iterator[Fact]:
    hurry = (1.0 - seen.observer("own_discount_factor", seen.me)) * seen.observer.world.impatience_growth
    yield make_fact("fact.waiting_softens", to_percent(hurry))


def approval_probability(eyes: Observer, me: int, share: float) -> float:
    """Give the chance that all veto players at home agree: each asks for an independent draw times the spread (B19)."""
    world = eyes.world
    swing = world.support_weight * (eyes("support", me) - 0.5)
    least = float(clip((share + swing) / world.veto_spread, 0.0, 1.0))
    return least ** int(eyes("veto_players", me))


def _accept(seen: ChoiceContext) -> Iterator[Fact]:
    world, other, rung, r = seen.observer.world, seen.names["other"], seen.names["rung"], _rung_in_play(seen)
    share = seen.observer("offer", seen.talks)
    share = share if seen.side == 0 else 1.0 - share
    doubt = seen.observer("doubt", seen.talks, seen.side)
    yield make_fact("fact.share_offered", to_percent(share))
    yield make_fact("fact.least_share", to_percent(seen.observer("reservation_value", seen.talks, seen.side)))
    yield make_fact(
        "fact.rung_burden", to_percent(float(narrative_burden(world.compiled, seen.talks, seen.side, r))), rung=rung
    )
    weighed = scrutiny.worth_terms(world.compiled, seen.talks, seen.side)
    yield make_fact("fact.step_worth", to_percent(float(weighed.gain + weighed.future)))
    yield make_fact("fact.step_risk", to_percent(float(-weighed.risk)), other=other)
    if doubt > scrutiny.NO_DOUBT:
        yield make_fact("fact.deceit", to_percent(logistic(doubt)), other=other)
    yield make_fact("fact.home_ratifies", to_percent(approval_probability(seen.observer, seen.me, share)))


def logistic(log_odds: float) -> float:
    """Turn log odds into a chance."""
    return 1.0 / (1.0 + float(exp(-log_odds)))


def _examine(seen: ChoiceContext) -> Iterator[Fact]:
    doubt = seen.observer("doubt", seen.talks, seen.side)
    if doubt > scrutiny.NO_DOUBT:
        yield make_fact("fact.examining_waits", to_percent(logistic(doubt)))
    yield from _wait(seen)


def _refuse(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.proposal_falls", rung=seen.names["rung"])
    yield make_fact("fact.refusal_binds", round(seen.observer.world.audience_growth, 2))


def _implement(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.keeps_progress", to_percent(float(progress(seen.observer.world.compiled, seen.talks))))
    yield make_fact(
        "fact.other_may_breach",
        to_percent(seen.observer("suspicion", seen.talks, seen.side)),
        other=seen.names["other"],
    )


def _breach(seen: ChoiceContext) -> Iterator[Fact]:
    handle = seen.observer.world.compiled
    weighed = compliance.incentive_terms(handle, seen.talks, seen.side)
    yield make_fact("fact.breach_gains", to_percent(float(-weighed.temptation)))
    yield make_fact("fact.breach_found", to_percent(float(detection_probability(handle, seen.talks))))
    yield make_fact(
        "fact.breach_costs_trust", to_percent(float(progress(handle, seen.talks))), other=seen.names["other"]
    )


def _accuse(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.needs_report")
    yield make_fact(
        "fact.really_violates", to_percent(seen.observer("suspicion", seen.talks, seen.side)), other=seen.names["other"]
    )
    yield make_fact("fact.accusation_suspends", to_percent(1.0 - seen.observer.world.forgiveness))


def _let_pass(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.needs_report")
    yield make_fact("fact.violation_passes", other=seen.names["other"])


def _leave(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.leaving_loses", to_percent(float(progress(seen.observer.world.compiled, seen.talks))))
    yield make_fact("fact.leaving_counts_as_breach", other=seen.names["other"])


def _stay(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.staying_keeps", to_percent(float(progress(seen.observer.world.compiled, seen.talks))))


def _take(seen: ChoiceContext) -> Iterator[Fact]:
    world, service = seen.observer.world, seen.names["service"]
    at, talks = SERVICE_INDEX[service], seen.names["talks"]
    yield make_fact(
        "fact.task_effect",
        to_percent(float(facilitation.service_skill(world.compiled, seen.me, at))),
        service=service,
        talks=talks,
    )
    left = seen.observer("skill_budget", seen.me) - seen.observer("spent", seen.me)
    yield make_fact("fact.task_cost", round(seen.observer("skill_task_cost", seen.me), 1), round(left, 1))
    yield make_fact("fact.task_tires", to_percent(world.fatigue_rate))
    if at == facilitation.CLARITY:
        yield make_fact("fact.wrong_told", to_percent(world.credibility_rate))


def _undone(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.task_undone", service=seen.names["service"], talks=seen.names["talks"])


def _inspect(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact(
        "fact.inspection_finds", to_percent(float(detection_probability(seen.observer.world.compiled, seen.talks)))
    )
    yield make_fact("fact.inspection_errs", to_percent(seen.observer("false_alarm", seen.me)))


def _unseen(seen: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.unseen")


def _report_facts(key: str, *named: str) -> FactMaker:
    def make(seen: ChoiceContext) -> Iterator[Fact]:
        yield make_fact("fact.report_needs_inspection")
        yield make_fact(key, **{name: seen.names[name] for name in named})

    return make


SERVICE_INDEX = {name: at for at, name in enumerate(SERVICES)}
FACT_MAKERS: dict[tuple[str, str], FactMaker] = {
    ("conduct", "friendly"): _friendly,
    ("conduct", "hostile"): _hostile,
    ("conduct", "step"): _step,
    ("press", "raise"): _pressure_facts(1),
    ("press", "hold"): _pressure_facts(0),
    ("press", "relieve"): _pressure_facts(-1),
    ("seek", "seek"): _seek,
    ("seek", "stay_away"): _stay_away,
    ("channel", "facilitator"): _channel,
    ("channel", "direct"): _direct,
    ("experts", "send"): _send,
    ("experts", "keep_home"): _keep_home,
    ("propose", "propose"): _propose,
    ("propose", "wait"): _wait,
    ("answer", "accept"): _accept,
    ("answer", "examine"): _examine,
    ("answer", "refuse"): _refuse,
    ("comply", "implement"): _implement,
    ("comply", "breach"): _breach,
    ("accuse", "accuse"): _accuse,
    ("accuse", "let_pass"): _let_pass,
    ("withdraw", "leave"): _leave,
    ("withdraw", "stay"): _stay,
    ("task", "take"): _take,
    ("task", "leave"): _undone,
    ("inspect", "inspect"): _inspect,
    ("inspect", "leave"): _unseen,
    ("report", "as_found"): _report_facts("fact.report_honest"),
    ("report", "clean"): _report_facts("fact.report_hides", "other"),
    ("report", "violation"): _report_facts("fact.report_accuses", "other"),
}
