"""Role cards: a seat's narrative, interests, and what can be approved at home."""

from collections.abc import Iterator

from dashboards.classroom.game.actions import seat_kind
from dashboards.classroom.game.consequences import approval_probability
from dashboards.classroom.game.facts import FACT_KINDS, Fact, make_fact, to_percent
from dashboards.classroom.game.simulation import ClassSimulation
from dashboards.classroom.game.visibility import HiddenError, Observer
from dashboards.classroom.views.messages import CardRung, RoleCard
from dashboards.classroom.views.serialize import join_texts, localized, rung_title
from model.columns import SERVICES
from model.enumerations import Doctrine
from model.rules.facilitation import service_skill
from model.rules.lookups import narrative_burden
from model.scenario import Scenario

DOCTRINES = tuple(Doctrine.__members__)


def role_card(simulation: ClassSimulation, seat: str, observer: Observer) -> RoleCard:
    """Return a seat's role card as far as the observer can see it."""
    scenario, kind = simulation.loaded_scenario, str(seat_kind(simulation.loaded_scenario, seat))
    makers = {"state": (_interests, _home, _private), "facilitator": (_facilitation,), "body": (_inspection,)}[kind]
    parts = [_visible_facts(maker(simulation, seat, observer)) for maker in makers]
    interests, home, private = (*parts, [], [])[:3]
    return {
        "seat": seat,
        "kind": kind,
        "name": localized(_localized_name(scenario, seat)),
        "narrative": localized(scenario.states[seat].narrative) if seat in scenario.states else {"en": ""},
        "summary": localized(scenario.summary),
        "notice": scenario.notice.get("en"),
        "interests": interests,
        "home": home,
        "private": private,
        "rungs": [*_rungs(simulation, seat, observer)],
    }


def _localized_name(scenario: Scenario, seat: str) -> dict[str, str]:
    rows = (scenario.states, scenario.facilitators, scenario.bodies)
    return next(role[seat].name for role in rows if seat in role)


def _visible_facts(facts: Iterator[Fact]) -> list[Fact]:
    visible: list[Fact] = []
    try:
        for each in facts:
            visible.append(each)
    except HiddenError:
        pass  # with visibility "public" the card is short
    return visible


def _interests(simulation: ClassSimulation, seat: str, observer: Observer) -> Iterator[Fact]:
    world, me = simulation.world, simulation.world.names.state.index(seat)
    weight = observer("own_security_weight", me)
    yield make_fact("card.security", to_percent(weight))
    yield make_fact("card.sovereignty", to_percent(1.0 - weight))
    yield make_fact("card.resolve", to_percent(observer("own_resolve", me)))
    yield make_fact("card.discount_factor", to_percent(observer("own_discount_factor", me)))
    doctrine = DOCTRINES[int(observer("doctrine", me))]
    key = f"card.doctrine.{doctrine}"
    yield make_fact(key) if key in FACT_KINDS else make_fact("card.doctrine.other", doctrine=doctrine)
    for other, name in enumerate(world.names.state):
        if aim := observer("campaign", me, other):
            yield make_fact("card.campaign", to_percent(aim), other=name)
    if ambition := observer("own_ambition", me):
        yield make_fact("card.ambition", to_percent(ambition))


def _home(simulation: ClassSimulation, seat: str, observer: Observer) -> Iterator[Fact]:
    world, me = simulation.world, simulation.world.names.state.index(seat)
    yield make_fact("card.support", to_percent(observer("support", me)))
    if world.with_ratification:
        yield make_fact("card.veto", int(observer("veto_players", me)))
        for share in (0.4, 0.5, 0.6):
            yield make_fact(
                "card.home_accepts", to_percent(approval_probability(observer, me, share)), to_percent(share)
            )
    if world.with_turnover:
        yield make_fact("card.turnover", to_percent(observer("own_turnover", me)))


def _private(simulation: ClassSimulation, seat: str, observer: Observer) -> Iterator[Fact]:
    me = simulation.world.names.state.index(seat)
    if simulation.round:  # the type of the first government is drawn in the first month
        yield make_fact("card.means_it" if observer("trustworthy", me) else "card.means_it_not")


def _facilitation(simulation: ClassSimulation, seat: str, observer: Observer) -> Iterator[Fact]:
    world, f = simulation.world, simulation.world.names.facilitator.index(seat)
    bias = observer("skill_bias", f)
    if bias:
        negotiations = simulation.loaded_scenario.negotiations.values()
        talks = next(each for each in negotiations if seat in each.facilitators)
        yield make_fact("card.bias", to_percent(abs(bias)), other=talks.parties[0 if bias > 0 else 1])
    else:
        yield make_fact("card.even_handed")
    yield make_fact("card.capacity", round(observer("skill_capacity", f), 1))
    yield make_fact("card.budget", round(observer("skill_budget", f), 1))
    for service_index, service in enumerate(SERVICES):
        if level := float(service_skill(world.compiled, f, service_index)):
            yield make_fact("card.skill", to_percent(level), service=service)


def _inspection(simulation: ClassSimulation, seat: str, observer: Observer) -> Iterator[Fact]:
    b = simulation.world.names.body.index(seat)
    yield make_fact("card.detection", to_percent(observer("detection", b)))
    yield make_fact("card.false_alarm", to_percent(observer("false_alarm", b)))
    yield make_fact("card.delay", int(observer("delay", b)))
    yield make_fact("card.inspections", int(observer("inspections", b)))


def _rungs(simulation: ClassSimulation, seat: str, observer: Observer) -> Iterator[CardRung]:
    """Yield the rungs of the seat's talks: what each party gives, and its cost to the seat itself."""
    world, scenario = simulation.world, simulation.loaded_scenario
    for k, (talks, negotiation) in enumerate(scenario.negotiations.items()):
        if seat in scenario.states and seat not in negotiation.parties:
            continue
        side = negotiation.parties.index(seat) if seat in negotiation.parties else -1
        shows_cost = side >= 0 and observer.can_see("own_security_weight", world.names.state.index(seat))
        for r, rung in enumerate(world.names.rung[k]):
            parts = [negotiation.rungs[part] for part in rung.split("+")]
            weight = float(narrative_burden(world.compiled, k, side, r)) if shows_cost else 0.0
            yield {
                "talks": talks,
                "rung": rung,
                "title": rung_title(scenario, talks, rung),
                "gives": {
                    party: join_texts([part.parties[party].gives for part in parts]) for party in negotiation.parties
                },
                "burden": make_fact("fact.rung_burden", to_percent(weight), rung=f"{talks}/{rung}")
                if shows_cost
                else None,
            }
