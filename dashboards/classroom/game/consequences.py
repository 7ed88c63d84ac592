"""Consequences: the costs, risks and gains of each option in the current state, as far as the seat can see it.

The state is read through an ``Observer``, or through rules that read only what their actor can see.
"""

from collections.abc import Iterator
from contextlib import suppress

from dashboards.classroom.game import helper_facts, relation_facts
from dashboards.classroom.game.choice_context import ChoiceContext, FactMaker, fixed_facts
from dashboards.classroom.game.facts import Fact, make_fact, to_percent
from dashboards.classroom.game.visibility import HiddenError, Observer
from model.arithmetic import clip, exp
from model.rules import bargaining, compliance, scrutiny
from model.rules.lookups import detection_probability, narrative_burden, progress


def option_facts(ctx: ChoiceContext, option: str) -> list[Fact]:
    """Return the facts of an option that the seat can see; none if the option has no facts."""
    facts: list[Fact] = []
    make = FACT_MAKERS.get((ctx.verb.act, option), fixed_facts())
    with suppress(HiddenError):  # with visibility "public" much is hidden even from the seat itself
        for each in make(ctx):
            facts.append(each)
    return facts


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
    concession = (1.0 - ctx.observer("own_discount_factor", ctx.me)) * bargaining.IMPATIENCE_GROWTH
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


FACT_MAKERS: dict[tuple[str, str], FactMaker] = {
    ("conduct", "friendly"): relation_facts.friendly,
    ("conduct", "hostile"): relation_facts.hostile,
    ("conduct", "step"): relation_facts.step,
    ("press", "raise"): relation_facts.pressure_facts(1),
    ("press", "hold"): relation_facts.pressure_facts(0),
    ("press", "relieve"): relation_facts.pressure_facts(-1),
    ("seek", "seek"): relation_facts.seek,
    ("seek", "stay_away"): fixed_facts("fact.no_talks"),
    ("channel", "facilitator"): fixed_facts("fact.facilitator_keeps_face", "fact.needs_facilitator"),
    ("channel", "direct"): relation_facts.direct,
    ("experts", "send"): relation_facts.send,
    ("experts", "keep_home"): fixed_facts("fact.no_exchange"),
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
    ("task", "take"): helper_facts.take,
    ("task", "leave"): helper_facts.decline_task,
    ("inspect", "inspect"): helper_facts.inspect,
    ("inspect", "leave"): fixed_facts("fact.unseen"),
    ("report", "as_found"): helper_facts.report_facts("fact.report_honest"),
    ("report", "clean"): helper_facts.report_facts("fact.report_hides", "other"),
    ("report", "violation"): helper_facts.report_facts("fact.report_accuses", "other"),
}
