"""Consequences: the costs, risks and gains of each option in the current state, as far as the seat can see it.

The state is read through an ``Observer``, or through rules that read only what their actor can see.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from dashboards.classroom.game.actions import Verb
from dashboards.classroom.game.facts import Fact, make_fact, to_percent
from dashboards.classroom.game.visibility import HiddenError, Observer
from model.arithmetic import clip, exp
from model.columns import SERVICES
from model.rules import bargaining, compliance, contact, facilitation, scrutiny
from model.rules.lookups import (
    detection_probability,
    has_agreement_in_force,
    mutual_tension,
    narrative_burden,
    pressure_exerted,
    progress,
)


class ChoiceContext(NamedTuple):
    """The context of a verb: the seat's observer, and the indices and names of what the verb refers to."""

    observer: Observer
    verb: Verb
    me: int
    other: int
    talks: int
    side: int
    names: dict[str, str]

    @property
    def world(self) -> Any:
        """Return the world that the observer sees."""
        return self.observer.world


FactMaker = Callable[[ChoiceContext], Iterator[Fact]]


def option_facts(ctx: ChoiceContext, option: str) -> list[Fact]:
    """Return the facts of an option that the seat can see; none if the option has no facts."""
    facts: list[Fact] = []
    make = FACT_MAKERS.get((ctx.verb.act, option), _fixed_facts())
    with suppress(HiddenError):  # with visibility "public" much is hidden even from the seat itself
        for each in make(ctx):
            facts.append(each)
    return facts


def _fixed_facts(*keys: str) -> FactMaker:
    return lambda ctx: map(make_fact, keys)


def _friendly(ctx: ChoiceContext) -> Iterator[Fact]:
    world, other = ctx.world, ctx.names["other"]
    yield make_fact("fact.friendly_earns", other=other)
    yield make_fact(
        "fact.misread",
        to_percent(world.misread_friendly * (1 - ctx.observer("clarity", ctx.other, ctx.me))),
        other=other,
    )
    yield make_fact("fact.may_be_let_down", to_percent(1 - ctx.observer("trust", ctx.me, ctx.other)), other=other)


def _hostile(ctx: ChoiceContext) -> Iterator[Fact]:
    world, other, now = ctx.world, ctx.names["other"], ctx.observer("audience_cost", ctx.me)
    yield make_fact("fact.hostile_shows_firmness", other=other)
    later = (1 - world.audience_decay) * now + world.audience_growth
    yield make_fact("fact.hostile_binds", round(now, 2), round(later, 2), round(world.lock_in, 2))
    yield make_fact("fact.hostile_provokes", round(world.provocation, 2), other=other)


def _step(ctx: ChoiceContext) -> Iterator[Fact]:
    world, cost = ctx.world, ctx.observer("own_initiative_cost", ctx.me)
    yield make_fact(
        "fact.step_reassures", round(float(exp(world.signal_cost_weight * cost)), 2), other=ctx.names["other"]
    )
    yield make_fact("fact.step_costs_support", to_percent(world.concession_erodes_support * cost))
    yield from list(_friendly(ctx))[1:]


def _pressure_facts(direction: int) -> FactMaker:
    def make(ctx: ChoiceContext) -> Iterator[Fact]:
        world, other = ctx.world, ctx.names["other"]
        now, all_now = ctx.observer("pressure", ctx.me, ctx.other), float(pressure_exerted(world.compiled, ctx.me))
        step = (world.relief_speed, 0.0, world.pressure_speed)[direction + 1]
        later = float(clip(now + direction * step, 0.0, 1.0))
        cost_rate = world.cost_of_pressure * (1.0 + max(float(world.oil[0]), 0.0))
        yield make_fact("fact.pressure_to", to_percent(now), to_percent(later), other=other)
        change = later - now
        if direction >= 0:
            yield make_fact(
                "fact.pressing_hurts",
                to_percent(cost_rate * all_now),
                to_percent(cost_rate * min(all_now + change, 1.0)),
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


def _seek(ctx: ChoiceContext) -> Iterator[Fact]:
    world, k, tension = ctx.world, ctx.talks, float(mutual_tension(ctx.world.compiled, ctx.talks))
    offices = float(facilitation.combined_effect(world.compiled, k, facilitation.CONTACT, ctx.me))  # as it sees them
    if ctx.observer("contact", k):
        chance = 1.0 - world.contact_stop - world.tension_ends_contact * min(tension, 1.0) * (1.0 - offices)
    else:
        dialogue = ctx.observer("own_dialogue", ctx.me) * ctx.observer("own_dialogue", ctx.other)
        trust = min(ctx.observer("trust", ctx.me, ctx.other) / max(world.direct_trust, 1e-9), 1.0)  # of this side alone
        chance = world.contact_start * dialogue * trust * trust * (1.0 - min(tension, 1.0))
        chance += world.offices_start_contact * offices
    if has_agreement_in_force(world.compiled, k):
        chance += contact.AGREEMENT_CONTACT
    yield make_fact("fact.talks_calm", round(world.contact_calms, 2))
    yield make_fact("fact.other_must_seek", other=ctx.names["other"])
    yield make_fact("fact.talks_chance", to_percent(float(clip(chance, 0.0, 1.0))))


def _direct(ctx: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.public_binds", round(ctx.world.audience_growth, 2))
    yield make_fact("fact.needs_talks")


def _send(ctx: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.exchange_builds", round(ctx.world.exchange_evidence, 2))
    yield make_fact("fact.needs_host")


def _rung_in_play(ctx: ChoiceContext) -> int:
    return max(int(bargaining.select_rung(ctx.world.compiled, ctx.talks)), 0)


def _propose(ctx: ChoiceContext) -> Iterator[Fact]:
    world, rung, r = ctx.world, ctx.names["rung"], _rung_in_play(ctx)
    yield make_fact("fact.rung_stake", to_percent(ctx.observer("stake", ctx.talks, r)), rung=rung)
    if ctx.observer.can_see("own_security_weight", ctx.me):
        yield make_fact(
            "fact.rung_burden", to_percent(float(narrative_burden(world.compiled, ctx.talks, ctx.side, r))), rung=rung
        )
    yield make_fact("fact.least_share", to_percent(ctx.observer("reservation_value", ctx.talks, ctx.side)))
    yield make_fact("fact.may_be_refused", other=ctx.names["other"])
    yield make_fact("fact.needs_talks")


def _wait(ctx: ChoiceContext) -> Iterator[Fact]:
    concession = (1.0 - ctx.observer("own_discount_factor", ctx.me)) * ctx.world.impatience_growth
    yield make_fact("fact.waiting_softens", to_percent(concession))


def approval_probability(observer: Observer, me: int, share: float) -> float:
    """Return the probability that all veto players agree; each demands an independent draw times the spread (B19)."""
    world = observer.world
    swing = world.support_weight * (observer("support", me) - 0.5)
    least = float(clip((share + swing) / world.veto_spread, 0.0, 1.0))
    return least ** int(observer("veto_players", me))


def _accept(ctx: ChoiceContext) -> Iterator[Fact]:
    world, other, rung, r = ctx.world, ctx.names["other"], ctx.names["rung"], _rung_in_play(ctx)
    share = ctx.observer("offer", ctx.talks)
    share = share if ctx.side == 0 else 1.0 - share
    doubt = ctx.observer("doubt", ctx.talks, ctx.side)
    yield make_fact("fact.share_offered", to_percent(share))
    yield make_fact("fact.least_share", to_percent(ctx.observer("reservation_value", ctx.talks, ctx.side)))
    yield make_fact(
        "fact.rung_burden", to_percent(float(narrative_burden(world.compiled, ctx.talks, ctx.side, r))), rung=rung
    )
    terms = scrutiny.worth_terms(world.compiled, ctx.talks, ctx.side)
    yield make_fact("fact.step_worth", to_percent(float(terms.gain + terms.future)))
    yield make_fact("fact.step_risk", to_percent(float(-terms.risk)), other=other)
    if doubt > scrutiny.NO_DOUBT:
        yield make_fact("fact.deceit", to_percent(logistic(doubt)), other=other)
    yield make_fact("fact.home_ratifies", to_percent(approval_probability(ctx.observer, ctx.me, share)))


def logistic(log_odds: float) -> float:
    """Return the probability for log odds."""
    return 1.0 / (1.0 + float(exp(-log_odds)))


def _examine(ctx: ChoiceContext) -> Iterator[Fact]:
    doubt = ctx.observer("doubt", ctx.talks, ctx.side)
    if doubt > scrutiny.NO_DOUBT:
        yield make_fact("fact.examining_waits", to_percent(logistic(doubt)))
    yield from _wait(ctx)


def _refuse(ctx: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.proposal_falls", rung=ctx.names["rung"])
    yield make_fact("fact.refusal_binds", round(ctx.world.audience_growth, 2))


def _implement(ctx: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.keeps_progress", to_percent(float(progress(ctx.world.compiled, ctx.talks))))
    yield make_fact(
        "fact.other_may_breach", to_percent(ctx.observer("suspicion", ctx.talks, ctx.side)), other=ctx.names["other"]
    )


def _breach(ctx: ChoiceContext) -> Iterator[Fact]:
    compiled = ctx.world.compiled
    terms = compliance.incentive_terms(compiled, ctx.talks, ctx.side)
    yield make_fact("fact.breach_gains", to_percent(float(-terms.temptation)))
    yield make_fact("fact.breach_found", to_percent(float(detection_probability(compiled, ctx.talks))))
    yield make_fact(
        "fact.breach_costs_trust", to_percent(float(progress(compiled, ctx.talks))), other=ctx.names["other"]
    )


def _accuse(ctx: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.needs_report")
    yield make_fact(
        "fact.really_violates", to_percent(ctx.observer("suspicion", ctx.talks, ctx.side)), other=ctx.names["other"]
    )
    yield make_fact("fact.accusation_suspends", to_percent(1.0 - ctx.world.forgiveness))


def _ignore_violation(ctx: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.needs_report")
    yield make_fact("fact.violation_passes", other=ctx.names["other"])


def _withdraw(ctx: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.leaving_loses", to_percent(float(progress(ctx.world.compiled, ctx.talks))))
    yield make_fact("fact.leaving_counts_as_breach", other=ctx.names["other"])


def _remain(ctx: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.staying_keeps", to_percent(float(progress(ctx.world.compiled, ctx.talks))))


def _take(ctx: ChoiceContext) -> Iterator[Fact]:
    world, service = ctx.world, ctx.names["service"]
    at, talks = SERVICE_INDEX[service], ctx.names["talks"]
    yield make_fact(
        "fact.task_effect",
        to_percent(float(facilitation.service_skill(world.compiled, ctx.me, at))),
        service=service,
        talks=talks,
    )
    remaining = ctx.observer("skill_budget", ctx.me) - ctx.observer("spent", ctx.me)
    yield make_fact("fact.task_cost", round(ctx.observer("skill_task_cost", ctx.me), 1), round(remaining, 1))
    yield make_fact("fact.task_tires", to_percent(world.fatigue_rate))
    if at == facilitation.CLARITY:
        yield make_fact("fact.wrong_message", to_percent(world.credibility_rate))


def _decline_task(ctx: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.task_undone", service=ctx.names["service"], talks=ctx.names["talks"])


def _inspect(ctx: ChoiceContext) -> Iterator[Fact]:
    yield make_fact("fact.inspection_finds", to_percent(float(detection_probability(ctx.world.compiled, ctx.talks))))
    yield make_fact("fact.inspection_errs", to_percent(ctx.observer("false_alarm", ctx.me)))


def _report_facts(key: str, *roles: str) -> FactMaker:
    def make(ctx: ChoiceContext) -> Iterator[Fact]:
        yield make_fact("fact.report_needs_inspection")
        yield make_fact(key, **{name: ctx.names[name] for name in roles})

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
    ("seek", "stay_away"): _fixed_facts("fact.no_talks"),
    ("channel", "facilitator"): _fixed_facts("fact.facilitator_keeps_face", "fact.needs_facilitator"),
    ("channel", "direct"): _direct,
    ("experts", "send"): _send,
    ("experts", "keep_home"): _fixed_facts("fact.no_exchange"),
    ("propose", "propose"): _propose,
    ("propose", "wait"): _wait,
    ("answer", "accept"): _accept,
    ("answer", "examine"): _examine,
    ("answer", "refuse"): _refuse,
    ("comply", "implement"): _implement,
    ("comply", "breach"): _breach,
    ("accuse", "accuse"): _accuse,
    ("accuse", "let_pass"): _ignore_violation,
    ("withdraw", "leave"): _withdraw,
    ("withdraw", "stay"): _remain,
    ("task", "take"): _take,
    ("task", "leave"): _decline_task,
    ("inspect", "inspect"): _inspect,
    ("inspect", "leave"): _fixed_facts("fact.unseen"),
    ("report", "as_found"): _report_facts("fact.report_honest"),
    ("report", "clean"): _report_facts("fact.report_hides", "other"),
    ("report", "violation"): _report_facts("fact.report_accuses", "other"),
}
