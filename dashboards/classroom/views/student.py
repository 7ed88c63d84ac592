"""The view of a student: role card, known facts, available verbs, perceived signals."""

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
from model.version import describe_other_model

# Known to the two parties: to the sender as intended, to the receiver as perceived.
CONDUCT_SIGNALS = ("cooperative act", "hostile act", "initiative")
PARTY_SIGNALS = ("proposal", "acceptance", "refusal")  # known to the two parties


def current_visibility(lesson: Lesson) -> Visibility:
    """Return the visibility of seats; "all" once the lesson is over."""
    return "all" if lesson.phase == "ended" else lesson.settings.sight


def shared_view(lesson: Lesson) -> SharedView:
    """Return the public state of a lesson."""
    turn_state: SharedTurnState = lesson.cached("shared", lambda: _shared_turn_state(lesson))
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
        "other_model": lesson.version if describe_other_model(lesson.version) else None,
        **turn_state,
    }


def _shared_turn_state(lesson: Lesson) -> SharedTurnState:
    """Return the public part of a view that does not change during a turn."""
    return {
        "names": all_names(lesson.simulation),
        "scenario": scenario_name(lesson.scenario, lesson.source),
        "ladder": ladders(lesson.simulation),
        "story": public_story(lesson.simulation, lesson.events),
    }


def _seat_turn_state(lesson: Lesson, seat: str) -> SeatTurnState:
    """Return the part of a seat's view that does not change during a turn."""
    simulation, months = lesson.simulation, lesson.months_per_turn
    observer = Observer(simulation.world, lesson.scenario, seat, current_visibility(lesson))
    is_running = lesson.phase in ("playing", "paused")
    return {
        "card": role_card(simulation, seat, observer),
        "known": [*known_facts(simulation, observer)],
        "verbs": [*offered_verbs(simulation, seat, observer, months)] if is_running else [],
        "limits": [_limit(limit) for limit in choice_limits(simulation, seat, months)] if is_running else [],
        "signals": [*perceived_signals(lesson, observer)],
        "charts": visible_charts(simulation, observer),
    }


def _limit(limit: Limit) -> ChoiceLimit:
    return {"key": limit.key, "verbs": [*limit.verbs], "option": limit.option, "most": limit.most}


def seat_statuses(lesson: Lesson) -> list[SeatStatus]:
    """Return all seats: whether people can take them, who plays them now, and whether they have moved."""
    played, moves, playable = lesson.awaited_seats(), lesson.latest_moves(), lesson.seats()
    named = lesson.cached("shared", lambda: _shared_turn_state(lesson))["names"]
    return [
        {
            "seat": seat,
            "kind": kind,
            "name": named[seat],
            "played": "people" if seat in played else "agent",
            "playable": seat in playable,
            "done": seat in moves and bool(moves[seat]["done"]),
        }
        for seat, kind in lesson.seat_kinds().items()
    ]


def student_view(lesson: Lesson, person: int, name: str, seat: str, solo: bool) -> StudentView:
    """Return the view of one student's page."""
    with lesson.lock:
        settings, participants, open_seats = lesson.settings, lesson.participants(), lesson.seats()
        agent = open_seats[seat]["agent"]
        turn_state: SeatTurnState = lesson.cached(("seat", seat), lambda: _seat_turn_state(lesson, seat))
        return {
            **shared_view(lesson),
            **turn_state,
            "solo": solo,
            "person": person,
            "name": name,
            "seat": seat,
            "kind": lesson.seat_kinds()[seat],
            "delegation": [each["name"] for each in participants if each["seat"] == seat],
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
            "forecasts": forecasts.own_forecasts(lesson, person),
            "messages": visible_messages(lesson, seat, person),
            "notices": notice_rows(lesson),
        }


def seat_move(lesson: Lesson, seat: str) -> SeatMove:
    """Return the seat's move of the open turn, and the results of the last one."""
    last: list[OrderOutcome] = []
    if lesson.order_results:
        shows_agent = lesson.settings.advisor or lesson.phase == "ended"
        for each in lesson.order_results[-1]:
            if each["seat"] == seat:
                agent = each["agent"] if shows_agent else None
                last.append({"verb": each["verb"], "option": each["option"], "took": each["took"], "agent": agent})
    return {**move_state(lesson, lesson.latest_moves().get(seat)), "last": last}


def visible_messages(lesson: Lesson, seat: str | None, person: int | None = None) -> list[MessageRow]:
    """Return the messages that a seat can read; without a seat (the instructor), all of them."""
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
    """Return the instructor's notices."""
    rows = lesson.store.rows("SELECT id, text, at FROM notice WHERE lesson = ? ORDER BY id", lesson.id)
    return [{"id": row["id"], "text": row["text"], "at": row["at"]} for row in rows]


def perceived_signals(lesson: Lesson, observer: Observer) -> Iterator[PerceivedSignal]:
    """Yield the signals of the last turn as this seat perceived them, its own as intended."""
    ledger = lesson.simulation.ledger
    start = lesson.last_turn_start
    for row in ledger.rows if ledger is not None else ():
        if row.kind == "signal" and row.round > start and (shown := _perceived(row, observer)):
            yield shown


def _perceived(row: LedgerEntry, observer: Observer) -> PerceivedSignal | None:
    parties = observer.seat in (row.actor, row.counterpart) and observer.visibility != "public"
    kind, is_own = row.act, row.actor == observer.seat
    reading: SignalReading | None = None
    if row.act in CONDUCT_SIGNALS:
        if not parties and observer.visibility != "all":
            return None
        strength = row.meant if is_own else row.perceived
        friendly = "initiative" if row.act == "initiative" else "cooperative act"
        kind = friendly if (strength or 0.0) > 0 else "hostile act"
        reading = None if is_own else "friendly" if (strength or 0.0) > 0 else "hostile"
    if row.act in PARTY_SIGNALS and not parties and observer.visibility != "all":
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
        "mine": is_own,
    }


def known_facts(simulation: ClassSimulation, observer: Observer) -> Iterator[KnownFact]:
    """Yield the facts that a seat can see now."""
    for key, column, cell, write, named in _candidate_facts(simulation):
        try:
            value = observer(column, *cell)
        except HiddenError:
            continue
        numbers = write(value)
        if numbers is not None:
            shown = make_fact(key, *numbers, **named)
            yield {**shown, "group": shown["kind"], "value": value}


def _percent(value: float) -> tuple[float, ...]:
    return (to_percent(value),)


def _percent_if_any(value: float) -> tuple[float, ...] | None:
    return (to_percent(value),) if value else None


def _probability_of_doubt(log_odds: float) -> tuple[float, ...] | None:
    return (to_percent(logistic(log_odds)),) if log_odds > NO_DOUBT else None


def _count(value: float) -> tuple[float, ...]:
    return (round(value, 1),)


def _candidate_facts(simulation: ClassSimulation) -> Iterator[tuple[Any, ...]]:
    """Yield every candidate fact: key, column, cell, formatting function, names."""
    yield from _of_states(simulation)
    yield from _of_talks(simulation)
    yield from _of_facilitators(simulation)
    if simulation.world.with_environment:
        yield "known.oil", "oil", (0,), _percent, {}
        yield "known.region", "regional_tension", (0,), _percent, {}


def _of_states(simulation: ClassSimulation) -> Iterator[tuple[Any, ...]]:
    world, states = simulation.world, simulation.world.names.state
    pairs = [(a, b) for a, b in map(tuple, world.party.tolist())]
    for a, b in dict.fromkeys([*pairs, *((b, a) for a, b in pairs)]):
        pair = {"actor": states[a], "other": states[b]}
        yield "known.trust", "trust", (a, b), _percent, pair
        yield "known.posture", "posture", (a, b), _percent, pair
        yield "known.pressure", "pressure", (a, b), _percent_if_any, pair
        yield "known.slipped", "miscarried", (a, b), lambda value: () if value else None, pair
    for state in dict.fromkeys(party for pair in pairs for party in pair):
        actor = {"actor": states[state]}
        yield "known.support", "support", (state,), _percent, actor
        yield "known.audience", "audience_cost", (state,), _percent, actor
        yield "known.programme", "programme", (state,), _percent_if_any, actor


def _of_talks(simulation: ClassSimulation) -> Iterator[tuple[Any, ...]]:
    world = simulation.world
    for k, talks in enumerate(world.names.negotiation):
        names = {"talks": talks}
        is_proposed = world.rung[k] >= 0 and 1 <= world.status[k, world.rung[k]] <= 3
        for side in range(2):
            me, other = (world.names.state[int(world.party[k, each])] for each in (side, 1 - side))
            other = {"actor": me, "talks": talks, "other": other}
            yield "known.reservation", "reservation_value", (k, side), _percent, {"actor": me, "talks": talks}
            yield "known.suspicion", "suspicion", (k, side), _percent_if_any, other
            yield "known.deceit", "doubt", (k, side), _probability_of_doubt, other
        if is_proposed:
            yield "known.offer", "offer", (k,), _percent, names
        yield "known.access", "access", (k,), _percent, names
        probability = float(detection_probability(world.compiled, k))
        if probability:
            yield "known.detection", "access", (k,), lambda _, share=probability: (to_percent(share),), names
        yield "known.barred", "inspectors_barred", (k,), lambda value: () if value else None, names
        yield "known.breaches", "breaches", (k,), lambda value: (int(value),), names


def _of_facilitators(simulation: ClassSimulation) -> Iterator[tuple[Any, ...]]:
    world = simulation.world
    parties = dict.fromkeys(int(party) for pair in world.party for party in pair)
    for f, name in enumerate(world.names.facilitator):
        for state in parties:
            named = {"facilitator": name, "other": world.names.state[state]}
            yield "known.credit", "credibility", (f, state), _percent, named
        yield "known.fatigue", "fatigue", (f,), _percent_if_any, {"facilitator": name}
        budget = float(world.skill_budget[f])
        yield "known.purse", "spent", (f,), lambda spent, budget=budget: _count(budget - spent), {"facilitator": name}
