"""What one student sees: the role card, what the seat may know, what it can do, what it perceived."""

from collections.abc import Iterator
from typing import Any

from agents.ledger import Row
from dashboards.classroom.game.available_actions import Limit, limits, offered
from dashboards.classroom.game.consequences import odds
from dashboards.classroom.game.facts import fact, percent
from dashboards.classroom.game.simulation import Simulation
from dashboards.classroom.game.visibility import Eyes, HiddenError, Sight
from dashboards.classroom.lesson import predictions
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.participant import sheet
from dashboards.classroom.views.messages import SettledForAll, SharedView, ShownMessage, ShownNotice, ShownSeat
from dashboards.classroom.views.role_cards import card
from dashboards.classroom.views.serialize import all_names, charts, ladder, of_scenario, story
from dashboards.classroom.views.student_messages import (
    ChoiceLimit,
    KnownFact,
    OrderOutcome,
    PerceivedSignal,
    SeatMove,
    SettledForSeat,
    SignalReading,
    StudentView,
)
from model.rules.lookups import detection_now
from model.rules.scrutiny import UNASKED

CONDUCT = ("public statement", "threat", "initiative")  # what each side alone knows of: as meant, and as perceived
BETWEEN = ("proposal", "acceptance", "refusal")  # what the two parties know


def sight_of(lesson: Lesson) -> Sight:
    """Say what seats may know: all of it once the lesson is over."""
    return "all" if lesson.phase == "ended" else lesson.settings.sight


def shared(lesson: Lesson) -> SharedView:
    """Give what everyone in a lesson sees of its state, the projector as well."""
    settled: SettledForAll = lesson.once("shared", lambda: _settled(lesson))
    return {
        "lesson": lesson.number,
        "phase": lesson.phase,
        "turn": lesson.turn if lesson.phase != "ended" else len(lesson.played),
        "turns": lesson.turns,
        "months": lesson.months,
        "month": lesson.table.round,
        "rounds": lesson.scenario.rounds,
        "clock": {
            "seconds": lesson.settings.seconds,
            "left": lesson.left,
            "running": lesson.phase == "playing" and lesson.deadline is not None,
        },
        "outcome": lesson.outcome,
        **settled,
    }


def _settled(lesson: Lesson) -> SettledForAll:
    """Give what all see, and what stays until the turn resolves."""
    return {
        "names": all_names(lesson.table),
        "scenario": of_scenario(lesson.scenario, lesson.source),
        "ladder": ladder(lesson.table),
        "story": story(lesson.table, lesson.events),
    }


def _settled_for(lesson: Lesson, seat: str) -> SettledForSeat:
    """Give what a seat sees, and what stays until the turn resolves."""
    table, months = lesson.table, lesson.months
    eyes = Eyes(table.world, lesson.scenario, seat, sight_of(lesson))
    plays = lesson.phase in ("playing", "paused")
    return {
        "card": card(table, seat, eyes),
        "known": [*known(table, eyes)],
        "verbs": [*offered(table, seat, eyes, months)] if plays else [],
        "limits": [_limit(limit) for limit in limits(table, seat, months)] if plays else [],
        "signals": [*signals(lesson, eyes)],
        "charts": charts(table, eyes),
    }


def _limit(limit: Limit) -> ChoiceLimit:
    return {"key": limit.key, "verbs": [*limit.verbs], "option": limit.option, "most": limit.most}


def seats_shown(lesson: Lesson) -> list[ShownSeat]:
    """List all seats: whether people can sit there, and whether they or an agent play it now."""
    played, sheets, laid_out = lesson.awaited(), lesson.sheets(), lesson.seats()
    named = lesson.once("shared", lambda: _settled(lesson))["names"]
    return [
        {
            "seat": seat,
            "kind": kind,
            "name": named[seat],
            "played": "people" if seat in played else "agent",
            "laid_out": seat in laid_out,
            "done": seat in sheets and bool(sheets[seat]["done"]),
        }
        for seat, kind in lesson.kinds().items()
    ]


def view(lesson: Lesson, person: int, name: str, seat: str, solo: bool) -> StudentView:
    """Give everything that one student's page shows."""
    with lesson.lock:
        settings, people, open_seats = lesson.settings, lesson.people(), lesson.seats()
        agent = open_seats[seat]["agent"]
        settled: SettledForSeat = lesson.once(("seat", seat), lambda: _settled_for(lesson, seat))
        return {
            **shared(lesson),
            **settled,
            "solo": solo,
            "person": person,
            "name": name,
            "seat": seat,
            "kind": lesson.kinds()[seat],
            "delegation": [each["name"] for each in people if each["seat"] == seat],
            "agent": agent,
            "settings": {
                "messages": settings.messages,
                "advisor": settings.advisor,
                "sight": settings.sight,
                "bets": settings.bets,
                "chooses": settings.chooses,
            },
            "seats": seats_shown(lesson),
            "move": move_of(lesson, seat),
            "bets": predictions.mine(lesson, person),
            "messages": messages(lesson, seat, person),
            "notices": notices(lesson),
        }


def move_of(lesson: Lesson, seat: str) -> SeatMove:
    """Give the seat's move of the open turn, and what came of the last one."""
    last: list[OrderOutcome] = []
    if lesson.played:
        tells = lesson.settings.advisor or lesson.phase == "ended"
        for each in lesson.played[-1]:
            if each["seat"] == seat:
                agent = each["agent"] if tells else None
                last.append({"verb": each["verb"], "option": each["option"], "took": each["took"], "agent": agent})
    return {**sheet(lesson, lesson.sheets().get(seat)), "last": last}


def messages(lesson: Lesson, seat: str | None, person: int | None = None) -> list[ShownMessage]:
    """List the messages that a seat may read; all of them for the instructor, who has none."""
    query = (
        "SELECT message.*, name FROM message JOIN person ON person.id = message.person WHERE lesson = ? "
        "AND (? IS NULL OR sender = ? OR receiver IN (?, 'all')) ORDER BY message.id DESC LIMIT 200"
    )
    return [
        {
            "id": row["id"],
            "from": row["sender"],
            "to": row["receiver"],
            "name": row["name"],
            "text": row["text"],
            "at": row["at"],
            "mine": row["person"] == person,
        }
        for row in reversed(lesson.store.rows(query, lesson.id, seat, seat, seat))
    ]


def notices(lesson: Lesson) -> list[ShownNotice]:
    """List the instructor's notices."""
    rows = lesson.store.rows("SELECT id, text, at FROM notice WHERE lesson = ? ORDER BY id", lesson.id)
    return [{"id": row["id"], "text": row["text"], "at": row["at"]} for row in rows]


def signals(lesson: Lesson, eyes: Eyes) -> Iterator[PerceivedSignal]:
    """Tell the messages of the last turn as this seat perceives them, its own as it meant them."""
    ledger = lesson.table.ledger
    since = lesson.since
    for row in ledger.rows if ledger is not None else ():
        if row.kind == "signal" and row.round > since and (told := _perceived(row, eyes)):
            yield told


def _perceived(row: Row, eyes: Eyes) -> PerceivedSignal | None:
    parties = eyes.seat in (row.actor, row.counterpart) and eyes.sight != "public"
    kind, mine = row.act, row.actor == eyes.seat
    reading: SignalReading | None = None
    if row.act in CONDUCT:
        if not parties and eyes.sight != "all":
            return None
        strength = row.meant if mine else row.perceived
        friendly = "initiative" if row.act == "initiative" else "public statement"
        kind = friendly if (strength or 0.0) > 0 else "threat"
        reading = None if mine else "friendly" if (strength or 0.0) > 0 else "hostile"
    if row.act in BETWEEN and not parties and eyes.sight != "all":
        return None
    if row.act == "inspection report":
        reading = "violation" if (row.perceived or 0.0) < 0 else "clean"
    return {
        "month": row.round,
        "kind": kind,
        "sender": row.actor,
        "receiver": row.counterpart,
        "talks": row.negotiation,
        "channel": row.channel,
        "reading": reading,
        "mine": mine,
    }


def known(table: Simulation, eyes: Eyes) -> Iterator[KnownFact]:
    """List what a seat may know now; what is hidden from its eyes is left out."""
    for key, column, cell, write, named in _knowable(table):
        try:
            value = eyes(column, *cell)
        except HiddenError:
            continue
        numbers = write(value)
        if numbers is not None:
            told = fact(key, *numbers, **named)
            yield {**told, "group": told["kind"], "value": value}


def _as_percent(value: float) -> tuple[float, ...]:
    return (percent(value),)


def _if_any(value: float) -> tuple[float, ...] | None:
    return (percent(value),) if value else None


def _count(value: float) -> tuple[float, ...]:
    return (round(value, 1),)


def _knowable(table: Simulation) -> Iterator[tuple[Any, ...]]:
    """List all that could be known: key, column, cell, how it is written, names."""
    yield from _of_states(table)
    yield from _of_talks(table)
    yield from _of_helpers(table)
    if table.world.with_environment:
        yield "known.oil", "oil", (0,), _as_percent, {}
        yield "known.region", "region", (0,), _as_percent, {}


def _of_states(table: Simulation) -> Iterator[tuple[Any, ...]]:
    world, states = table.world, table.world.names.state
    pairs = [(a, b) for a, b in map(tuple, world.party.tolist())]
    for a, b in dict.fromkeys([*pairs, *((b, a) for a, b in pairs)]):
        both = {"actor": states[a], "other": states[b]}
        yield "known.trust", "trust", (a, b), _as_percent, both
        yield "known.posture", "posture", (a, b), _as_percent, both
        yield "known.pressure", "pressure", (a, b), _if_any, both
        yield "known.slipped", "slip", (a, b), lambda value: () if value else None, both
    for state in dict.fromkeys(party for pair in pairs for party in pair):
        alone = {"actor": states[state]}
        yield "known.support", "support", (state,), _as_percent, alone
        yield "known.audience", "audience", (state,), _as_percent, alone
        yield "known.programme", "programme", (state,), _if_any, alone


def _of_talks(table: Simulation) -> Iterator[tuple[Any, ...]]:
    world = table.world
    for k, talks in enumerate(world.names.negotiation):
        stands = {"talks": talks}
        on_table = world.rung[k] >= 0 and 1 <= world.status[k, world.rung[k]] <= 3
        for side in range(2):
            me, other = (world.names.state[int(world.party[k, each])] for each in (side, 1 - side))
            other = {"actor": me, "talks": talks, "other": other}
            yield "known.reservation", "reservation", (k, side), _as_percent, {"actor": me, "talks": talks}
            yield "known.suspicion", "suspicion", (k, side), _if_any, other
            yield "known.deceit", "doubt", (k, side), lambda x: (percent(odds(x)),) if x > UNASKED else None, other
        if on_table:
            yield "known.offer", "offer", (k,), _as_percent, stands
        yield "known.access", "access", (k,), _as_percent, stands
        found = float(detection_now(world.handle, k))
        yield "known.detection", "access", (k,), lambda _, found=found: (percent(found),) if found else None, stands
        yield "known.barred", "barred", (k,), lambda value: () if value else None, stands
        yield "known.breaches", "breaches", (k,), lambda value: (int(value),), stands


def _of_helpers(table: Simulation) -> Iterator[tuple[Any, ...]]:
    world = table.world
    parties = dict.fromkeys(int(party) for pair in world.party for party in pair)
    for f, name in enumerate(world.names.facilitator):
        for state in parties:
            named = {"facilitator": name, "other": world.names.state[state]}
            yield "known.credit", "credit", (f, state), _as_percent, named
        yield "known.fatigue", "fatigue", (f,), _if_any, {"facilitator": name}
        budget = float(world.skill_budget[f])
        yield "known.purse", "spent", (f,), lambda spent, budget=budget: _count(budget - spent), {"facilitator": name}
