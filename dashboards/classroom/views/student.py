"""What one student sees: the role card, what the seat may know, what it can do, what it perceived."""

from collections.abc import Iterator
from typing import Any

from agents.ledger import LedgerEntry
from dashboards.classroom.game.available_actions import Limit, choice_limits, offered_verbs
from dashboards.classroom.game.consequences import logistic
from dashboards.classroom.game.facts import make_fact, to_percent
from dashboards.classroom.game.simulation import ClassSimulation
from dashboards.classroom.game.visibility import HiddenError, Observer, Visibility
from dashboards.classroom.lesson import forecasts
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.participant import move_state
from dashboards.classroom.views.messages import MessageRow, NoticeRow, SeatStatus, SharedTurnState, SharedView
from dashboards.classroom.views.role_cards import role_card
from dashboards.classroom.views.serialize import all_names, ladders, public_story, scenario_name, visible_charts
from dashboards.classroom.views.student_messages import (
    ChoiceLimit,
    KnownFact,
    OrderOutcome,
    PerceivedSignal,
    SeatMove,
    SeatTurnState,
    SignalReading,
    StudentView,
)
from model.rules.lookups import detection_probability
from model.rules.scrutiny import NO_DOUBT

CONDUCT_SIGNALS = (
    "public statement",
    "threat",
    "initiative",
)  # what each side alone knows of: as meant, and as perceived
PARTY_SIGNALS = ("proposal", "acceptance", "refusal")  # what the two parties know


def current_visibility(lesson: Lesson) -> Visibility:
    """Say what seats may know: all of it once the lesson is over."""
    return "all" if lesson.phase == "ended" else lesson.settings.sight


def shared_view(lesson: Lesson) -> SharedView:
    """Give what everyone in a lesson sees of its state, the projector as well."""
    settled: SharedTurnState = lesson.cached("shared", lambda: _shared_turn_state(lesson))
    return {
        "lesson": lesson.number,
        "phase": lesson.phase,
        "turn": lesson.turn if lesson.phase != "ended" else len(lesson.order_results),
        "turns": lesson.turns,
        "months": lesson.months_per_turn,
        "month": lesson.simulation.round,
        "rounds": lesson.scenario.rounds,
        "clock": {
            "seconds": lesson.settings.seconds,
            "left": lesson.seconds_left,
            "running": lesson.phase == "playing" and lesson.deadline is not None,
        },
        "outcome": lesson.outcome,
        **settled,
    }


def _shared_turn_state(lesson: Lesson) -> SharedTurnState:
    """Give what all see, and what stays until the turn resolves."""
    return {
        "names": all_names(lesson.simulation),
        "scenario": scenario_name(lesson.scenario, lesson.source),
        "ladder": ladders(lesson.simulation),
        "story": public_story(lesson.simulation, lesson.events),
    }


def _seat_turn_state(lesson: Lesson, seat: str) -> SeatTurnState:
    """Give what a seat sees, and what stays until the turn resolves."""
    table, months = lesson.simulation, lesson.months_per_turn
    eyes = Observer(table.world, lesson.scenario, seat, current_visibility(lesson))
    plays = lesson.phase in ("playing", "paused")
    return {
        "card": role_card(table, seat, eyes),
        "known": [*known_facts(table, eyes)],
        "verbs": [*offered_verbs(table, seat, eyes, months)] if plays else [],
        "limits": [_limit(limit) for limit in choice_limits(table, seat, months)] if plays else [],
        "signals": [*perceived_signals(lesson, eyes)],
        "charts": visible_charts(table, eyes),
    }


def _limit(limit: Limit) -> ChoiceLimit:
    return {"key": limit.key, "verbs": [*limit.verbs], "option": limit.option, "most": limit.most}


def seat_statuses(lesson: Lesson) -> list[SeatStatus]:
    """List all seats: whether people can sit there, and whether they or an agent play it now."""
    played, sheets, laid_out = lesson.awaited_seats(), lesson.latest_moves(), lesson.seats()
    named = lesson.cached("shared", lambda: _shared_turn_state(lesson))["names"]
    return [
        {
            "seat": seat,
            "kind": kind,
            "name": named[seat],
            "played": "people" if seat in played else "agent",
            "laid_out": seat in laid_out,
            "done": seat in sheets and bool(sheets[seat]["done"]),
        }
        for seat, kind in lesson.seat_kinds().items()
    ]


def student_view(lesson: Lesson, person: int, name: str, seat: str, solo: bool) -> StudentView:
    """Give everything that one student's page shows."""
    with lesson.lock:
        settings, people, open_seats = lesson.settings, lesson.participants(), lesson.seats()
        agent = open_seats[seat]["agent"]
        settled: SeatTurnState = lesson.cached(("seat", seat), lambda: _seat_turn_state(lesson, seat))
        return {
            **shared_view(lesson),
            **settled,
            "solo": solo,
            "person": person,
            "name": name,
            "seat": seat,
            "kind": lesson.seat_kinds()[seat],
            "delegation": [each["name"] for each in people if each["seat"] == seat],
            "agent": agent,
            "settings": {
                "messages": settings.messages,
                "advisor": settings.advisor,
                "sight": settings.sight,
                "bets": settings.bets,
                "chooses": settings.chooses,
            },
            "seats": seat_statuses(lesson),
            "move": seat_move(lesson, seat),
            "bets": forecasts.own_forecasts(lesson, person),
            "messages": visible_messages(lesson, seat, person),
            "notices": notice_rows(lesson),
        }


def seat_move(lesson: Lesson, seat: str) -> SeatMove:
    """Give the seat's move of the open turn, and what came of the last one."""
    last: list[OrderOutcome] = []
    if lesson.order_results:
        tells = lesson.settings.advisor or lesson.phase == "ended"
        for each in lesson.order_results[-1]:
            if each["seat"] == seat:
                agent = each["agent"] if tells else None
                last.append({"verb": each["verb"], "option": each["option"], "took": each["took"], "agent": agent})
    return {**move_state(lesson, lesson.latest_moves().get(seat)), "last": last}


def visible_messages(lesson: Lesson, seat: str | None, person: int | None = None) -> list[MessageRow]:
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


def notice_rows(lesson: Lesson) -> list[NoticeRow]:
    """List the instructor's notices."""
    rows = lesson.store.rows("SELECT id, text, at FROM notice WHERE lesson = ? ORDER BY id", lesson.id)
    return [{"id": row["id"], "text": row["text"], "at": row["at"]} for row in rows]


def perceived_signals(lesson: Lesson, eyes: Observer) -> Iterator[PerceivedSignal]:
    """Tell the messages of the last turn as this seat perceives them, its own as it meant them."""
    ledger = lesson.simulation.ledger
    since = lesson.last_turn_start
    for row in ledger.rows if ledger is not None else ():
        if row.kind == "signal" and row.round > since and (told := _perceived(row, eyes)):
            yield told


def _perceived(row: LedgerEntry, eyes: Observer) -> PerceivedSignal | None:
    parties = eyes.seat in (row.actor, row.counterpart) and eyes.visibility != "public"
    kind, mine = row.act, row.actor == eyes.seat
    reading: SignalReading | None = None
    if row.act in CONDUCT_SIGNALS:
        if not parties and eyes.visibility != "all":
            return None
        strength = row.meant if mine else row.perceived
        friendly = "initiative" if row.act == "initiative" else "public statement"
        kind = friendly if (strength or 0.0) > 0 else "threat"
        reading = None if mine else "friendly" if (strength or 0.0) > 0 else "hostile"
    if row.act in PARTY_SIGNALS and not parties and eyes.visibility != "all":
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


def known_facts(table: ClassSimulation, eyes: Observer) -> Iterator[KnownFact]:
    """List what a seat may know now; what is hidden from its eyes is left out."""
    for key, column, cell, write, named in _knowable(table):
        try:
            value = eyes(column, *cell)
        except HiddenError:
            continue
        numbers = write(value)
        if numbers is not None:
            told = make_fact(key, *numbers, **named)
            yield {**told, "group": told["kind"], "value": value}


def _as_percent(value: float) -> tuple[float, ...]:
    return (to_percent(value),)


def _if_any(value: float) -> tuple[float, ...] | None:
    return (to_percent(value),) if value else None


def _count(value: float) -> tuple[float, ...]:
    return (round(value, 1),)


def _knowable(table: ClassSimulation) -> Iterator[tuple[Any, ...]]:
    """List all that could be known: key, column, cell, how it is written, names."""
    yield from _of_states(table)
    yield from _of_talks(table)
    yield from _of_helpers(table)
    if table.world.with_environment:
        yield "known.oil", "oil", (0,), _as_percent, {}
        yield "known.region", "regional_tension", (0,), _as_percent, {}


def _of_states(table: ClassSimulation) -> Iterator[tuple[Any, ...]]:
    world, states = table.world, table.world.names.state
    pairs = [(a, b) for a, b in map(tuple, world.party.tolist())]
    for a, b in dict.fromkeys([*pairs, *((b, a) for a, b in pairs)]):
        both = {"actor": states[a], "other": states[b]}
        yield "known.trust", "trust", (a, b), _as_percent, both
        yield "known.posture", "posture", (a, b), _as_percent, both
        yield "known.pressure", "pressure", (a, b), _if_any, both
        yield "known.slipped", "miscarried", (a, b), lambda value: () if value else None, both
    for state in dict.fromkeys(party for pair in pairs for party in pair):
        alone = {"actor": states[state]}
        yield "known.support", "support", (state,), _as_percent, alone
        yield "known.audience", "audience_cost", (state,), _as_percent, alone
        yield "known.programme", "programme", (state,), _if_any, alone


def _of_talks(table: ClassSimulation) -> Iterator[tuple[Any, ...]]:
    world = table.world
    for k, talks in enumerate(world.names.negotiation):
        stands = {"talks": talks}
        on_table = world.rung[k] >= 0 and 1 <= world.status[k, world.rung[k]] <= 3
        for side in range(2):
            me, other = (world.names.state[int(world.party[k, each])] for each in (side, 1 - side))
            other = {"actor": me, "talks": talks, "other": other}
            yield "known.reservation", "reservation_value", (k, side), _as_percent, {"actor": me, "talks": talks}
            yield "known.suspicion", "suspicion", (k, side), _if_any, other
            yield (
                "known.deceit",
                "doubt",
                (k, side),
                lambda x: (to_percent(logistic(x)),) if x > NO_DOUBT else None,
                other,
            )
        if on_table:
            yield "known.offer", "offer", (k,), _as_percent, stands
        yield "known.access", "access", (k,), _as_percent, stands
        found = float(detection_probability(world.compiled, k))
        yield "known.detection", "access", (k,), lambda _, found=found: (to_percent(found),) if found else None, stands
        yield "known.barred", "inspectors_barred", (k,), lambda value: () if value else None, stands
        yield "known.breaches", "breaches", (k,), lambda value: (int(value),), stands


def _of_helpers(table: ClassSimulation) -> Iterator[tuple[Any, ...]]:
    world = table.world
    parties = dict.fromkeys(int(party) for pair in world.party for party in pair)
    for f, name in enumerate(world.names.facilitator):
        for state in parties:
            named = {"facilitator": name, "other": world.names.state[state]}
            yield "known.credit", "credibility", (f, state), _as_percent, named
        yield "known.fatigue", "fatigue", (f,), _if_any, {"facilitator": name}
        budget = float(world.skill_budget[f])
        yield "known.purse", "spent", (f,), lambda spent, budget=budget: _count(budget - spent), {"facilitator": name}
