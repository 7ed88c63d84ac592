"""Facts of conduct, pressure and contact: what each option costs, risks and gains."""

from collections.abc import Iterator

from dashboards.classroom.game.choice_context import ChoiceContext, FactMaker
from dashboards.classroom.game.facts import Fact, make_fact, to_percent
from model.arithmetic import clip, exp
from model.rules import contact, facilitation, lookups
from model.rules.home import CONCESSION_ERODES
from model.rules.lookups import mutual_tension, pressure_exerted


def friendly(ctx: ChoiceContext) -> Iterator[Fact]:
    """Yield the facts of a cooperative act."""
    world, other = ctx.world, ctx.names["other"]
    yield make_fact("fact.friendly_earns", other=other)
    yield make_fact(
        "fact.misread",
        to_percent(world.misread_friendly * (1 - ctx.observer("clarity", ctx.other, ctx.me))),
        other=other,
    )
    yield make_fact("fact.may_be_let_down", to_percent(1 - ctx.observer("trust", ctx.me, ctx.other)), other=other)


def hostile(ctx: ChoiceContext) -> Iterator[Fact]:
    """Yield the facts of a hostile act."""
    world, other, now = ctx.world, ctx.names["other"], ctx.observer("audience_cost", ctx.me)
    yield make_fact("fact.hostile_shows_firmness", other=other)
    later = (1 - world.audience_decay) * now + world.audience_growth
    yield make_fact("fact.hostile_binds", round(now, 2), round(later, 2), round(world.lock_in, 2))
    yield make_fact("fact.hostile_provokes", round(world.provocation, 2), other=other)


def step(ctx: ChoiceContext) -> Iterator[Fact]:
    """Yield the facts of a unilateral step."""
    world, cost = ctx.world, ctx.observer("own_initiative_cost", ctx.me)
    yield make_fact(
        "fact.step_reassures", round(float(exp(world.signal_cost_weight * cost)), 2), other=ctx.names["other"]
    )
    yield make_fact("fact.step_costs_support", to_percent(CONCESSION_ERODES * cost))
    yield from list(friendly(ctx))[1:]


def pressure_facts(direction: int) -> FactMaker:
    """Return the maker of the facts of less (-1), the same (0) or more pressure (1)."""

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
            less = to_percent(-world.concession_to_pressure * change)
            yield make_fact("fact.relief_less_leverage", less, other=other)

    return make


def seek(ctx: ChoiceContext) -> Iterator[Fact]:
    """Yield the facts of seeking talks."""
    world, k, tension = ctx.world, ctx.talks, min(float(mutual_tension(ctx.world.compiled, ctx.talks)), 1.0)
    offices = float(facilitation.combined_effect(world.compiled, k, facilitation.CONTACT, ctx.me))  # as it sees them
    chance = contact.AGREEMENT_CONTACT * lookups.has_agreement_in_force(world.compiled, k)
    if ctx.observer("contact", k):
        chance += 1.0 - world.contact_stop - world.tension_ends_contact * tension * (1.0 - offices)
    else:
        trust = min(ctx.observer("trust", ctx.me, ctx.other) / max(world.direct_trust, 1e-9), 1.0)  # of this side alone
        openness = ctx.observer("own_dialogue", ctx.me) * ctx.observer("own_dialogue", ctx.other) * trust * trust
        chance += world.contact_start * openness * (1.0 - tension) + world.offices_start_contact * offices
    yield make_fact("fact.talks_calm", round(world.contact_calms, 2))
    yield make_fact("fact.other_must_seek", other=ctx.names["other"])
    yield make_fact("fact.talks_chance", to_percent(float(clip(chance, 0.0, 1.0))))


def direct(ctx: ChoiceContext) -> Iterator[Fact]:
    """Yield the facts of meeting in public."""
    yield make_fact("fact.public_binds", round(ctx.world.audience_growth, 2))
    yield make_fact("fact.needs_talks")


def send(ctx: ChoiceContext) -> Iterator[Fact]:
    """Yield the facts of sending experts."""
    yield make_fact("fact.exchange_builds", round(ctx.world.exchange_evidence, 2))
    yield make_fact("fact.needs_host")
