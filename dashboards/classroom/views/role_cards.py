"""Role cards: a seat's interests, its narrative, and what its home will accept."""

from collections.abc import Iterator

from dashboards.classroom.game.actions import kind_of
from dashboards.classroom.game.consequences import home_chance
from dashboards.classroom.game.facts import FACTS, Fact, fact, percent
from dashboards.classroom.game.simulation import Simulation
from dashboards.classroom.game.visibility import Eyes, HiddenError
from dashboards.classroom.views.messages import CardRung, RoleCard
from dashboards.classroom.views.serialize import joined, rung_text, text
from model.columns import SERVICES
from model.enumerations import Doctrine
from model.rules.facilitation import skill
from model.rules.lookups import burden
from model.scenario import Scenario

DOCTRINES = tuple(Doctrine.__members__)


def card(table: Simulation, seat: str, eyes: Eyes) -> RoleCard:
    """Write a seat's role card, as far as these eyes may read it."""
    setting, kind = table.setting, str(kind_of(table.setting, seat))
    makers = {"state": (_interests, _home, _private), "facilitator": (_helps,), "body": (_looks,)}[kind]
    parts = [_read(maker(table, seat, eyes)) for maker in makers]
    interests, home, private = (*parts, [], [])[:3]
    return {
        "seat": seat,
        "kind": kind,
        "name": text(_named(setting, seat)),
        "narrative": text(setting.states[seat].narrative) if seat in setting.states else {"en": ""},
        "summary": text(setting.summary),
        "notice": setting.notice.get("en"),
        "interests": interests,
        "home": home,
        "private": private,
        "rungs": [*_rungs(table, seat, eyes)],
    }


def _named(setting: Scenario, seat: str) -> dict[str, str]:
    rows = (setting.states, setting.facilitators, setting.bodies)
    return next(role[seat].name for role in rows if seat in role)


def _read(facts: Iterator[Fact]) -> list[Fact]:
    found: list[Fact] = []
    try:
        for each in facts:
            found.append(each)
    except HiddenError:
        pass  # under "public" sight one's own card is short
    return found


def _interests(table: Simulation, seat: str, eyes: Eyes) -> Iterator[Fact]:
    world, me = table.world, table.world.names.state.index(seat)
    weight = eyes("own_security_weight", me)
    yield fact("card.security", percent(weight))
    yield fact("card.sovereignty", percent(1.0 - weight))
    yield fact("card.resolve", percent(eyes("own_resolve", me)))
    yield fact("card.patience", percent(eyes("own_patience", me)))
    doctrine = DOCTRINES[int(eyes("doctrine", me))]
    key = f"card.doctrine.{doctrine}"
    yield fact(key) if key in FACTS else fact("card.doctrine.other", doctrine=doctrine)
    for other, name in enumerate(world.names.state):
        if aim := eyes("campaign", me, other):
            yield fact("card.campaign", percent(aim), other=name)
    if ambition := eyes("own_ambition", me):
        yield fact("card.ambition", percent(ambition))


def _home(table: Simulation, seat: str, eyes: Eyes) -> Iterator[Fact]:
    world, me = table.world, table.world.names.state.index(seat)
    yield fact("card.support", percent(eyes("support", me)))
    if world.with_ratification:
        yield fact("card.veto", int(eyes("veto_players", me)))
        for share in (0.4, 0.5, 0.6):
            yield fact("card.home_accepts", percent(home_chance(eyes, me, share)), percent(share))
    if world.with_turnover:
        yield fact("card.turnover", percent(eyes("own_turnover", me)))


def _private(table: Simulation, seat: str, eyes: Eyes) -> Iterator[Fact]:
    me = table.world.names.state.index(seat)
    if table.round:  # the type of the first government is drawn in the first month
        yield fact("card.means_it" if eyes("trustworthy", me) else "card.means_it_not")


def _helps(table: Simulation, seat: str, eyes: Eyes) -> Iterator[Fact]:
    world, f = table.world, table.world.names.facilitator.index(seat)
    bias = eyes("skill_bias", f)
    if bias:
        talks = next(setting for setting in table.setting.negotiations.values() if seat in setting.facilitators)
        yield fact("card.bias", percent(abs(bias)), other=talks.parties[0 if bias > 0 else 1])
    else:
        yield fact("card.even_handed")
    yield fact("card.capacity", round(eyes("skill_capacity", f), 1))
    yield fact("card.budget", round(eyes("skill_budget", f), 1))
    for at, service in enumerate(SERVICES):
        if able := float(skill(world.handle, f, at)):
            yield fact("card.skill", percent(able), service=service)


def _looks(table: Simulation, seat: str, eyes: Eyes) -> Iterator[Fact]:
    b = table.world.names.body.index(seat)
    yield fact("card.detection", percent(eyes("detection", b)))
    yield fact("card.false_alarm", percent(eyes("false_alarm", b)))
    yield fact("card.delay", int(eyes("delay", b)))
    yield fact("card.inspections", int(eyes("inspections", b)))


def _rungs(table: Simulation, seat: str, eyes: Eyes) -> Iterator[CardRung]:
    """List the rungs of the seat's talks: what each party gives, and how heavy that is for the seat itself."""
    world = table.world
    for k, (talks, setting) in enumerate(table.setting.negotiations.items()):
        if seat in table.setting.states and seat not in setting.parties:
            continue
        side = setting.parties.index(seat) if seat in setting.parties else -1
        mine = side >= 0 and eyes.may("own_security_weight", table.world.names.state.index(seat))
        for r, rung in enumerate(world.names.rung[k]):
            parts = [setting.rungs[part] for part in rung.split("+")]
            weight = float(burden(world.handle, k, side, r)) if mine else 0.0
            yield {
                "talks": talks,
                "rung": rung,
                "title": rung_text(table.setting, talks, rung),
                "gives": {party: joined([part.parties[party].gives for part in parts]) for party in setting.parties},
                "burden": fact("fact.rung_burden", percent(weight), rung=f"{talks}/{rung}") if mine else None,
            }
