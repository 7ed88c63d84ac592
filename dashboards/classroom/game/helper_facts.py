"""Facts of the tasks of facilitators and verification bodies."""

from collections.abc import Iterator

from dashboards.classroom.game.choice_context import ChoiceContext, FactMaker
from dashboards.classroom.game.facts import Fact, make_fact, to_percent
from model.columns import SERVICES
from model.rules import facilitation
from model.rules.lookups import detection_probability

SERVICE_INDEX = {name: at for at, name in enumerate(SERVICES)}


def take(ctx: ChoiceContext) -> Iterator[Fact]:
    """Yield the facts of taking a task."""
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
    yield make_fact("fact.task_tires", to_percent(facilitation.TASK_FATIGUE))
    if at == facilitation.CLARITY:
        yield make_fact("fact.wrong_message", to_percent(facilitation.CREDIBILITY_SPEED))


def decline_task(ctx: ChoiceContext) -> Iterator[Fact]:
    """Yield the facts of leaving a task undone."""
    yield make_fact("fact.task_undone", service=ctx.names["service"], talks=ctx.names["talks"])


def inspect(ctx: ChoiceContext) -> Iterator[Fact]:
    """Yield the facts of an inspection."""
    yield make_fact("fact.inspection_finds", to_percent(float(detection_probability(ctx.world.compiled, ctx.talks))))
    yield make_fact("fact.inspection_errs", to_percent(ctx.observer("false_alarm", ctx.me)))


def report_facts(key: str, *roles: str) -> FactMaker:
    """Return the maker of the facts of a report."""

    def make(ctx: ChoiceContext) -> Iterator[Fact]:
        yield make_fact("fact.report_needs_inspection")
        yield make_fact(key, **{name: ctx.names[name] for name in roles})

    return make
