"""Role cards: a seat's interests, its narrative, and what its home will accept."""

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


def role_card(table: ClassSimulation, seat: str, eyes: Observer) -> RoleCard:
    """Write a seat's role card, as far as these eyes may read it."""
    setting, kind = table.loaded_scenario, str(seat_kind(table.loaded_scenario, seat))
    makers = {"state": (_interests, _home, _private), "facilitator": (_facilitation,), "body": (_inspection,)}[kind]
    parts = [_visible_facts(maker(table, seat, eyes)) for maker in makers]
    interests, home, private = (*parts, [], [])[:3]
    return {
        "seat": seat,
        "kind": kind,
        "name": localized(_localized_name(setting, seat)),
        "narrative": localized(setting.states[seat].narrative) if seat in setting.states else {"en": ""},
        "summary": localized(setting.summary),
        "notice": setting.notice.get("en"),
        "interests": interests,
        "home": home,
        "private": private,
        "rungs": [*_rungs(table, seat, eyes)],
    }


def _localized_name(setting: Scenario, seat: str) -> dict[str, str]:
    rows = (setting.states, setting.facilitators, setting.bodies)
    return next(role[seat].name for role in rows if seat in role)


def _visible_facts(facts: Iterator[Fact]) -> list[Fact]:
    found: list[Fact] = []
    try:
        for each in facts:
            found.append(each)
    except HiddenError:
        pass  # under "public" sight one's own card is short
    return found


def _interests(table: ClassSimulation, seat: str, eyes: Observer) -> Iterator[Fact]:
    world, me = table.world, table.world.names.state.index(seat)
    weight = eyes("own_security_weight", me)
    yield make_fact("card.security", to_percent(weight))
    yield make_fact("card.sovereignty", to_percent(1.0 - weight))
    yield make_fact("card.resolve", to_percent(eyes("own_resolve", me)))
    yield make_fact("card.discount_factor", to_percent(eyes("own_discount_factor", me)))
    doctrine = DOCTRINES[int(eyes("doctrine", me))]
    key = f"card.doctrine.{doctrine}"
    yield make_fact(key) if key in FACT_KINDS else make_fact("card.doctrine.other", doctrine=doctrine)
    for other, name in enumerate(world.names.state):
        if aim := eyes("campaign", me, other):
            yield make_fact("card.campaign", to_percent(aim), other=name)
    if ambition := eyes("own_ambition", me):
        yield make_fact("card.ambition", to_percent(ambition))


def _home(table: ClassSimulation, seat: str, eyes: Observer) -> Iterator[Fact]:
    world, me = table.world, table.world.names.state.index(seat)
    yield make_fact("card.support", to_percent(eyes("support", me)))
    if world.with_ratification:
        yield make_fact("card.veto", int(eyes("veto_players", me)))
        for share in (0.4, 0.5, 0.6):
            yield make_fact("card.home_accepts", to_percent(approval_probability(eyes, me, share)), to_percent(share))
    if world.with_turnover:
        yield make_fact("card.turnover", to_percent(eyes("own_turnover", me)))


def _private(table: ClassSimulation, seat: str, eyes: Observer) -> Iterator[Fact]:
    me = table.world.names.state.index(seat)
    if table.round:  # the type of the first government is drawn in the first month
        yield make_fact("card.means_it" if eyes("trustworthy", me) else "card.means_it_not")


def _facilitation(table: ClassSimulation, seat: str, eyes: Observer) -> Iterator[Fact]:
    world, f = table.world, table.world.names.facilitator.index(seat)
    bias = eyes("skill_bias", f)
    if bias:
        talks = next(setting for setting in table.loaded_scenario.negotiations.values() if seat in setting.facilitators)
        yield make_fact("card.bias", to_percent(abs(bias)), other=talks.parties[0 if bias > 0 else 1])
    else:
        yield make_fact("card.even_handed")
    yield make_fact("card.capacity", round(eyes("skill_capacity", f), 1))
    yield make_fact("card.budget", round(eyes("skill_budget", f), 1))
    for at, service in enumerate(SERVICES):
        if able := float(service_skill(world.compiled, f, at)):
            yield make_fact("card.skill", to_percent(able), service=service)


def _inspection(table: ClassSimulation, seat: str, eyes: Observer) -> Iterator[Fact]:
    b = table.world.names.body.index(seat)
    yield make_fact("card.detection", to_percent(eyes("detection", b)))
    yield make_fact("card.false_alarm", to_percent(eyes("false_alarm", b)))
    yield make_fact("card.delay", int(eyes("delay", b)))
    yield make_fact("card.inspections", int(eyes("inspections", b)))


def _rungs(table: ClassSimulation, seat: str, eyes: Observer) -> Iterator[CardRung]:
    """List the rungs of the seat's talks: what each party gives, and how heavy that is for the seat itself."""
    world = table.world
    for k, (talks, setting) in enumerate(table.loaded_scenario.negotiations.items()):
        if seat in table.loaded_scenario.states and seat not in setting.parties:
            continue
        side = setting.parties.index(seat) if seat in setting.parties else -1
        mine = side >= 0 and eyes.can_see("own_security_weight", table.world.names.state.index(seat))
        for r, rung in enumerate(world.names.rung[k]):
            parts = [setting.rungs[part] for part in rung.split("+")]
            weight = float(narrative_burden(world.compiled, k, side, r)) if mine else 0.0
            yield {
                "talks": talks,
                "rung": rung,
                "title": rung_title(table.loaded_scenario, talks, rung),
                "gives": {
                    party: join_texts([part.parties[party].gives for part in parts]) for party in setting.parties
                },
                "burden": make_fact("fact.rung_burden", to_percent(weight), rung=f"{talks}/{rung}") if mine else None,
            }
