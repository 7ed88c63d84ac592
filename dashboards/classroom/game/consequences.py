"""What each option costs and risks, weighed in the state of the run as far as the seat may know it.

The state is read through ``Eyes``, or through rules that read only what their actor may know.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from dashboards.classroom.game.actions import Verb
from dashboards.classroom.game.facts import Fact, fact, percent
from dashboards.classroom.game.visibility import Eyes, HiddenError
from model.arithmetic import clip, exp
from model.columns import SERVICES
from model.rules import bargaining, compliance, facilitation, scrutiny
from model.rules.lookups import burden, detection_now, exerted, progress, tension_of


class Standpoint(NamedTuple):
    """Where a seat looks from when it weighs a verb: its eyes, and the places of what the verb is about."""

    eyes: Eyes
    verb: Verb
    me: int
    other: int
    talks: int
    side: int
    names: dict[str, str]


Maker = Callable[[Standpoint], Iterator[Fact]]


def facts_of(seen: Standpoint, option: str) -> list[Fact]:
    """Tell what an option costs and risks, as far as the seat may know."""
    made: list[Fact] = []
    with suppress(HiddenError):  # under "public" sight much of this is hidden even from one's own side
        for each in MAKERS[seen.verb.act, option](seen):
            made.append(each)
    return made


def _friendly(seen: Standpoint) -> Iterator[Fact]:
    world, other = seen.eyes.world, seen.names["other"]
    yield fact("fact.friendly_earns", other=other)
    yield fact(
        "fact.misread", percent(world.misread_friendly * (1 - seen.eyes("clarity", seen.other, seen.me))), other=other
    )
    yield fact("fact.may_be_let_down", percent(1 - seen.eyes("trust", seen.me, seen.other)), other=other)


def _hostile(seen: Standpoint) -> Iterator[Fact]:
    world, other, now = seen.eyes.world, seen.names["other"], seen.eyes("audience", seen.me)
    yield fact("fact.hostile_shows_firmness", other=other)
    later = (1 - world.audience_decay) * now + world.audience_growth
    yield fact("fact.hostile_binds", round(now, 2), round(later, 2), round(world.lock_in, 2))
    yield fact("fact.hostile_provokes", round(world.provocation, 2), other=other)


def _step(seen: Standpoint) -> Iterator[Fact]:
    world, cost = seen.eyes.world, seen.eyes("own_initiative_cost", seen.me)
    yield fact("fact.step_reassures", round(float(exp(world.signal_cost_weight * cost)), 2), other=seen.names["other"])
    yield fact("fact.step_costs_support", percent(world.concession_at_home * cost))
    yield from list(_friendly(seen))[1:]


def _pressing(direction: int) -> Maker:
    def make(seen: Standpoint) -> Iterator[Fact]:
        world, other = seen.eyes.world, seen.names["other"]
        now, all_now = seen.eyes("pressure", seen.me, seen.other), float(exerted(world.handle, seen.me))
        step = (world.relief_speed, 0.0, world.pressure_speed)[direction + 1]
        later = float(clip(now + direction * step, 0.0, 1.0))
        dear = world.pressing_costs * (1.0 + max(float(world.oil[0]), 0.0))
        yield fact("fact.pressure_to", percent(now), percent(later), other=other)
        change = later - now
        if direction >= 0:
            yield fact("fact.pressing_hurts", percent(dear * all_now), percent(dear * min(all_now + change, 1.0)))
            yield fact("fact.pressure_provokes", round(world.pressure_provokes * later, 2), other=other)
        if direction > 0:
            yield fact("fact.pressure_concedes", percent(world.concession_to_pressure * change), other=other)
        if direction < 0:
            yield fact("fact.relief_calms", round(-world.pressure_provokes * change, 2), other=other)
            yield fact("fact.relief_less_leverage", percent(-world.concession_to_pressure * change), other=other)

    return make


def _seek(seen: Standpoint) -> Iterator[Fact]:
    world, k, tension = seen.eyes.world, seen.talks, float(tension_of(seen.eyes.world.handle, seen.talks))
    open_to_talks = min(seen.eyes("own_dialogue", seen.me), seen.eyes("own_dialogue", seen.other))
    chance = world.contact_ease * open_to_talks + world.contact_habit * seen.eyes("contact", k)
    offices = facilitation.helped(world.handle, k, facilitation.CONTACT, seen.me)  # as far as this side believes them
    chance += float(offices) * min(tension, 1.0) - world.contact_chill * tension
    yield fact("fact.talks_calm", round(world.contact_calms, 2))
    yield fact("fact.other_must_seek", other=seen.names["other"])
    yield fact("fact.talks_chance", percent(float(clip(chance, 0.0, 1.0))))


def _stay_away(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.no_talks")


def _channel(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.facilitator_keeps_face")
    yield fact("fact.needs_facilitator")


def _direct(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.public_binds", round(seen.eyes.world.audience_growth, 2))
    yield fact("fact.needs_talks")


def _send(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.exchange_builds", round(seen.eyes.world.exchange_evidence, 2))
    yield fact("fact.needs_host")


def _keep_home(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.no_exchange")


def _rung(seen: Standpoint) -> int:
    return max(int(bargaining.pick_rung(seen.eyes.world.handle, seen.talks)), 0)


def _propose(seen: Standpoint) -> Iterator[Fact]:
    world, rung, r = seen.eyes.world, seen.names["rung"], _rung(seen)
    yield fact("fact.rung_stake", percent(seen.eyes("stake", seen.talks, r)), rung=rung)
    if seen.eyes.may("own_security_weight", seen.me):
        yield fact("fact.rung_burden", percent(float(burden(world.handle, seen.talks, seen.side, r))), rung=rung)
    yield fact("fact.least_share", percent(seen.eyes("reservation", seen.talks, seen.side)))
    yield fact("fact.may_be_refused", other=seen.names["other"])
    yield fact("fact.needs_talks")


def _wait(seen: Standpoint) -> Iterator[Fact]:
    hurry = (1.0 - seen.eyes("own_patience", seen.me)) * seen.eyes.world.haste
    yield fact("fact.waiting_softens", percent(hurry))


def home_chance(eyes: Eyes, me: int, share: float) -> float:
    """Give the chance that all veto players at home agree: each asks for an independent draw times the spread (B19)."""
    world = eyes.world
    swing = world.support_weight * (eyes("support", me) - 0.5)
    least = float(clip((share + swing) / world.veto_spread, 0.0, 1.0))
    return least ** int(eyes("veto_players", me))


def _accept(seen: Standpoint) -> Iterator[Fact]:
    world, other, rung, r = seen.eyes.world, seen.names["other"], seen.names["rung"], _rung(seen)
    share = seen.eyes("offer", seen.talks)
    share = share if seen.side == 0 else 1.0 - share
    doubt = seen.eyes("doubt", seen.talks, seen.side)
    yield fact("fact.share_offered", percent(share))
    yield fact("fact.least_share", percent(seen.eyes("reservation", seen.talks, seen.side)))
    yield fact("fact.rung_burden", percent(float(burden(world.handle, seen.talks, seen.side, r))), rung=rung)
    weighed = scrutiny.worth(world.handle, seen.talks, seen.side)
    yield fact("fact.step_worth", percent(float(weighed.gain + weighed.future)))
    yield fact("fact.step_risk", percent(float(-weighed.risk)), other=other)
    if doubt > scrutiny.UNASKED:
        yield fact("fact.deceit", percent(odds(doubt)), other=other)
    yield fact("fact.home_ratifies", percent(home_chance(seen.eyes, seen.me, share)))


def odds(log_odds: float) -> float:
    """Turn log odds into a chance."""
    return 1.0 / (1.0 + float(exp(-log_odds)))


def _examine(seen: Standpoint) -> Iterator[Fact]:
    doubt = seen.eyes("doubt", seen.talks, seen.side)
    if doubt > scrutiny.UNASKED:
        yield fact("fact.examining_waits", percent(odds(doubt)))
    yield from _wait(seen)


def _refuse(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.proposal_falls", rung=seen.names["rung"])
    yield fact("fact.refusal_binds", round(seen.eyes.world.audience_growth, 2))


def _implement(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.keeps_progress", percent(float(progress(seen.eyes.world.handle, seen.talks))))
    yield fact(
        "fact.other_may_breach", percent(seen.eyes("suspicion", seen.talks, seen.side)), other=seen.names["other"]
    )


def _breach(seen: Standpoint) -> Iterator[Fact]:
    handle = seen.eyes.world.handle
    weighed = compliance.honest(handle, seen.talks, seen.side)
    yield fact("fact.breach_gains", percent(float(-weighed.temptation)))
    yield fact("fact.breach_found", percent(float(detection_now(handle, seen.talks))))
    yield fact("fact.breach_costs_trust", percent(float(progress(handle, seen.talks))), other=seen.names["other"])


def _accuse(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.needs_report")
    yield fact(
        "fact.really_violates", percent(seen.eyes("suspicion", seen.talks, seen.side)), other=seen.names["other"]
    )
    yield fact("fact.accusation_suspends", percent(1.0 - seen.eyes.world.forgiveness))


def _let_pass(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.needs_report")
    yield fact("fact.violation_passes", other=seen.names["other"])


def _leave(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.leaving_loses", percent(float(progress(seen.eyes.world.handle, seen.talks))))
    yield fact("fact.leaving_counts_as_breach", other=seen.names["other"])


def _stay(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.staying_keeps", percent(float(progress(seen.eyes.world.handle, seen.talks))))


def _take(seen: Standpoint) -> Iterator[Fact]:
    world, service = seen.eyes.world, seen.names["service"]
    at, talks = SERVICE_AT[service], seen.names["talks"]
    yield fact(
        "fact.task_effect", percent(float(facilitation.skill(world.handle, seen.me, at))), service=service, talks=talks
    )
    left = seen.eyes("skill_budget", seen.me) - seen.eyes("spent", seen.me)
    yield fact("fact.task_cost", round(seen.eyes("skill_task_cost", seen.me), 1), round(left, 1))
    yield fact("fact.task_tires", percent(world.fatigue_rate))
    if at == facilitation.CLARITY:
        yield fact("fact.wrong_told", percent(world.credibility_rate))


def _undone(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.task_undone", service=seen.names["service"], talks=seen.names["talks"])


def _inspect(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.inspection_finds", percent(float(detection_now(seen.eyes.world.handle, seen.talks))))
    yield fact("fact.inspection_errs", percent(seen.eyes("false_alarm", seen.me)))


def _unseen(seen: Standpoint) -> Iterator[Fact]:
    yield fact("fact.unseen")


def _reporting(key: str, *named: str) -> Maker:
    def make(seen: Standpoint) -> Iterator[Fact]:
        yield fact("fact.report_needs_inspection")
        yield fact(key, **{name: seen.names[name] for name in named})

    return make


SERVICE_AT = {name: at for at, name in enumerate(SERVICES)}
MAKERS: dict[tuple[str, str], Maker] = {
    ("conduct", "friendly"): _friendly,
    ("conduct", "hostile"): _hostile,
    ("conduct", "step"): _step,
    ("press", "raise"): _pressing(1),
    ("press", "hold"): _pressing(0),
    ("press", "relieve"): _pressing(-1),
    ("seek", "seek"): _seek,
    ("seek", "stay_away"): _stay_away,
    ("channel", "facilitator"): _channel,
    ("channel", "direct"): _direct,
    ("experts", "send"): _send,
    ("experts", "keep_home"): _keep_home,
    ("table", "propose"): _propose,
    ("table", "wait"): _wait,
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
    ("report", "as_found"): _reporting("fact.report_honest"),
    ("report", "clean"): _reporting("fact.report_hides", "other"),
    ("report", "violation"): _reporting("fact.report_accuses", "other"),
}
