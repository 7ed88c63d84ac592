"""The classroom's engine: what people order, what they may know, and that nothing acknowledged is lost."""

import json
import math
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from functools import wraps
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from typer.testing import CliRunner

from agents.assembly import Assembly
from agents.state import State
from dashboards.classroom.bots import ClassClient, answers, whole_lesson
from dashboards.classroom.debrief import counterfactuals as debrief_module
from dashboards.classroom.debrief.counterfactuals import chances, debriefed
from dashboards.classroom.debrief.futures import OUTLOOK, history, kept
from dashboards.classroom.debrief.view import progress
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.available_actions import limits, open_verbs
from dashboards.classroom.game.simulation import Simulation
from dashboards.classroom.game.visibility import Eyes, HiddenError
from dashboards.classroom.lesson import instructor as leading
from dashboards.classroom.lesson import rooms
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.participant import move, note, take_back
from dashboards.classroom.lesson.predictions import brier, calibration
from dashboards.classroom.lesson.settings import Settings
from dashboards.classroom.lesson.store import MIGRATIONS, LessonStore
from dashboards.classroom.schemas import OUTCOMES, Removal, SentMove, validated
from dashboards.classroom.server.context import open_house
from dashboards.classroom.server.routes import routes
from dashboards.classroom.views import role_cards as cards
from dashboards.classroom.views.exports import lesson_file, link_of, moves, played_again, table_of
from dashboards.classroom.views.message_keys import KEYS
from dashboards.classroom.views.student import view
from dashboards.cli.classroom import opened
from dashboards.cli.main import app
from dashboards.link import LARGEST_SEED, read_link, scenario_of
from dashboards.web.server import listen
from model.columns import COLUMNS
from model.errors import ScenarioError
from model.loading import load, shipped
from model.measures import digest
from model.rules.lookups import burden
from model.scenario import Doctrine

HOSTILE = "<script>alert(1)</script> \u202e=1+1"
SURE = dict.fromkeys(OUTCOMES, 0) | {"breakdown": 100}


@pytest.fixture
def house(tmp_path):
    opened = open_house(tmp_path / "classroom.sqlite", "127.0.0.1", 8765)
    yield opened
    opened.rooms.close()


@contextmanager
def served(house):
    """Serve the API alone, over real connections; gives a maker of clients."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(Starlette(routes=routes(house)), log_level="error", lifespan="off")
    server, made = uvicorn.Server(config), []
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def client(authorization=""):
        made.append(ClassClient(base, authorization))
        return made[-1]

    yield client
    for each in made:
        each.close()
    server.should_exit = True
    thread.join(10)
    listener.close()


def a_lesson(house, scenario="two-states", **settings):
    room = house.rooms.make_room("A class")
    made = {"rounds": 12, "seed": 3, "seconds": 0, "waits": False}
    return room, house.rooms.make_lesson(room, validated(Settings, {"scenario": scenario, **made, **settings}))


def forget(house):
    """Let the house forget all lessons, as a restart does: they are played again from the store."""
    house.rooms._lessons.clear()
    house.rooms._used.clear()


def sit_down(house, room, seat, name="Mina"):
    _, person, taken = house.rooms.join(house.rooms.room(room["code"]), name, seat)
    assert taken == seat
    return person


def order(lesson, person, seat, choices, base=0, done=True):
    return move(lesson, person, seat, SentMove(turn=lesson.turn, base=base, choices=choices, done=done))


def played(house, scenario="two-states", turns=8, **settings):
    """Play a lesson in which every seat orders something in every turn."""
    room, lesson = a_lesson(house, scenario, **settings)
    people = {seat: sit_down(house, room, seat) for seat in lesson.seats()}
    lesson.go("playing", turn=1)
    for turn in range(turns):
        for number, (seat, person) in enumerate(people.items()):
            verbs = open_verbs(lesson.table, seat, lesson.months)
            choices = {verb.id: verb.options[(turn + number) % len(verb.options)] for verb in verbs}
            for limit in limits(lesson.table, seat, lesson.months):
                for verb in limit.verbs[limit.most :]:
                    choices.pop(verb, None)
            order(lesson, person, seat, choices)
        lesson.resolve()
    return room, lesson, people


def test_a_lesson_in_which_nobody_moves_is_the_run_of_the_agents_alone(house):
    room, lesson = a_lesson(house, "us-iran-2026", months=5)
    sit_down(house, room, "us")
    lesson.go("playing", turn=1)
    lesson.resolve()
    lesson.end(play_on=True)
    alone = Assembly(load("us-iran-2026", {"rounds": 12}), rng=3).run()
    assert digest(lesson.table.trajectory) == digest(alone.trajectory)
    assert lesson.table.ledger.digest() == alone.ledger.digest()


@pytest.mark.parametrize("scenario", ["two-states", "us-iran-2026"])
def test_a_lesson_plays_again_from_its_file_its_link_and_the_store(house, scenario, tmp_path):
    _, lesson, _ = played(house, scenario, turns=6, months=2)
    assert lesson.phase == "ended"
    wanted = lesson.table.ledger.digest()
    path = tmp_path / "lesson.json"
    path.write_text(lesson_file(lesson), "utf-8")
    again, plain = played_again(path)
    assert plain["ledger_digest"] == wanted == again.ledger.digest()
    assert "Mina" not in path.read_text("utf-8")
    told = CliRunner().invoke(app, ["lesson", str(path), "--json"])
    assert (told.exit_code, json.loads(told.stdout)["same"]) == (0, True)
    assert json.loads(told.stdout)["link"] == link_of(lesson, "explore")
    link, notes = read_link(link_of(lesson, "watch"))
    assert (notes, link.page) == ([], "watch")
    opened = Assembly(scenario_of(link.setting), rng=link.setting.seed, overrides=link.setting.events).run()
    assert digest(opened.trajectory) == digest(lesson.table.trajectory)
    forget(house)
    opened = house.rooms.open_lesson(lesson.id, "")
    assert opened is not lesson
    assert opened.table.ledger.digest() == wanted


def test_the_largest_seed_of_a_lesson_is_the_largest_that_its_link_holds(house):
    _, lesson = a_lesson(house, seed=LARGEST_SEED)
    lesson.end(play_on=True)
    link, notes = read_link(link_of(lesson, "watch"))
    assert (notes, link.setting.seed) == ([], LARGEST_SEED)
    with pytest.raises(RefusedError, match="seed"):
        validated(Settings, {"scenario": "two-states", "seed": LARGEST_SEED + 1})


def test_a_file_that_is_no_lesson_is_refused_in_plain_words(tmp_path):
    path = tmp_path / "lesson.json"
    for content in ("", "[]", "{}", '{"format": "detente-lesson-1"}', '{"format": "detente-lesson-1", "scenario": 3}'):
        path.write_text(content)
        told = CliRunner().invoke(app, ["lesson", str(path)])
        assert told.exit_code == 2
        assert "Traceback" not in told.output


def test_orders_bite_only_where_there_is_an_occasion():
    scenario = load("two-states", {"rounds": 24})
    verbs = {
        "accuse:border": "accuse",
        "table:border": "propose",
        "seek:border": "stay_away",
        "conduct:borea": "hostile",
    }
    table = Simulation(scenario, 3)
    came = {each.verb: each for each in table.turn({"alba": verbs}, 1)}
    assert not came["accuse:border"].took  # no inspector has reported anything
    assert not came["table:border"].took  # who stays away from talks can table nothing there
    assert table.world.contact[0] == 0
    assert came["conduct:borea"].took
    assert table.world.conduct[0, 1] == 0
    assert came["conduct:borea"].agent in ("friendly", "hostile", "step")
    pressure = float(table.world.pressure[0, 1])
    table.turn({"alba": {"press:borea": "raise"}}, 1)
    assert table.world.pressure[0, 1] == pytest.approx(min(pressure + table.world.pressure_speed, 1.0))


def test_a_body_that_reports_what_it_finds_is_told_in_which_turns_it_found_anything():
    table, told = Simulation(load("us-iran-2026", {"rounds": 30}), 3), []
    honest = {verb: "as_found" for verb in table.verbs["iaea"] if verb.startswith("report:")}
    for _ in range(30):
        came = table.turn({"iaea": honest}, 1)
        looked = bool(table.world.inspected.any())
        assert [(each.took, each.agent) for each in came] == [(looked, "as_found" if looked else None)] * len(honest)
        assert not any(each.differed for each in came)
        told.append(looked)
    assert {*told} == {True, False}
    assert table.overrides == []
    alone = Assembly(load("us-iran-2026", {"rounds": 30}), rng=3).run()
    assert table.ledger.digest() == alone.ledger.digest()


def test_what_the_two_parties_share_goes_as_the_more_careful_one_wants():
    table = Simulation(load("two-states"), 3)
    both = {"alba": {"channel:border": "direct"}, "borea": {"channel:border": "facilitator"}}
    for _ in range(6):
        table.turn(both, 1)
        if table.world.contact[0] and table.world.effort[0, 0].any():
            assert table.world.channel[0] == 1
            return
    pytest.fail("no talks in six months")


def test_a_facilitator_can_take_on_no_more_than_it_has_time_for(house):
    room, lesson = a_lesson(house, "us-iran-2026")
    lesson.go("playing", turn=1)
    seat = next(name for name, kind in lesson.kinds().items() if kind == "facilitator")
    person = sit_down(house, room, seat)
    limit = limits(lesson.table, seat, 1)[0]
    assert 0 < limit.most < len(limit.verbs)
    with pytest.raises(RefusedError, match=f"At most {limit.most}"):
        order(lesson, person, seat, dict.fromkeys(limit.verbs, "take"))
    order(lesson, person, seat, {limit.verbs[-1]: "take"})
    lesson.resolve()
    assert lesson.table.world.effort[lesson.table.world.names.facilitator.index(seat)].sum() == 1


def test_of_two_moves_for_one_seat_one_wins_and_the_other_is_told(house):
    room, lesson = a_lesson(house)
    people = [sit_down(house, room, "alba", name) for name in ("Mina", "Omid")]
    lesson.go("playing", turn=1)
    told, ready = [], threading.Barrier(2)

    def send(person, option):
        ready.wait()
        try:
            told.append(order(lesson, person, "alba", {"conduct:borea": option}))
        except RefusedError as refused:
            told.append(refused.plain())

    both = [threading.Thread(target=send, args=each) for each in zip(people, ("friendly", "hostile"), strict=True)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    won = next(each for each in told if "version" in each)
    lost = next(each for each in told if "error" in each)
    assert lost["error"]["code"] == "move.newer"
    assert lost["move"]["choices"] == won["choices"] == json.loads(lesson.sheets()["alba"]["choices"])


def test_no_seat_sees_what_it_may_not_know(house):
    """Whatever is hidden from a seat is changed, a column at a time: not one character of its view may follow."""
    _, lesson, people = played(house, "us-iran-2026", turns=9)
    lesson.phase = "playing"
    world, seen = lesson.table.world, 0

    def shown(seat):
        lesson._kept.clear()
        return json.dumps(view(lesson, people[seat], "Mina", seat, False))

    for seat in ("us", "iran", *(name for name, kind in lesson.kinds().items() if kind != "state")):
        eyes, before = Eyes(world, lesson.scenario, seat), shown(seat)
        for column in COLUMNS:
            cells = getattr(world, column.name)
            hidden = [at for at in np.ndindex(cells.shape) if not eyes.may(column.name, *at)]
            if not hidden:
                continue
            kept = cells.copy()
            for at in hidden:
                cells[at] = 1 - cells[at] if column.kind == "whole" else 0.37 + 0.5 * cells[at]
            after = shown(seat)
            cells[...] = kept
            seen += len(hidden)
            assert after == before, f"{seat} sees {column.name}"
    assert seen > 300
    with pytest.raises(HiddenError):
        Eyes(world, lesson.scenario, "us")("trust", 1, 0)


def test_a_doctrine_that_somebody_added_is_named_on_the_card(house, monkeypatch):
    assert get_args(Doctrine) == cards.DOCTRINES
    _, lesson, people = played(house, turns=1)
    monkeypatch.setattr(cards, "DOCTRINES", (*cards.DOCTRINES, "forbearance"))
    lesson.table.world.doctrine[0] = 4
    lesson._kept.clear()
    card = view(lesson, people["alba"], "Mina", "alba", False)["card"]
    (habit,) = [each for each in card["interests"] if "doctrine" in each["key"]]
    assert (habit["key"], habit["names"]) == ("card.doctrine.other", {"doctrine": "forbearance"})


def test_a_card_says_how_heavy_each_step_is_for_the_party_that_reads_it_and_for_no_other(house):
    _, lesson, people = played(house, "us-iran-2026", turns=1)
    heavy = {}
    for seat in ("us", "iran", "oman"):
        card = view(lesson, people[seat], "Mina", seat, False)["card"]
        heavy[seat] = [each["burden"] and each["burden"]["numbers"]["percent"] for each in card["rungs"]]
    world = lesson.table.world
    for seat in ("us", "iran"):
        side = lesson.scenario.negotiations["nuclear"].parties.index(seat)
        wanted = [100 * float(burden(world.handle, 0, side, r)) for r in range(len(heavy[seat]))]
        assert heavy[seat] == pytest.approx(wanted, abs=0.51)
    assert heavy["us"] != heavy["iran"]
    assert {*heavy["oman"]} == {None}


def test_a_seat_hears_what_was_said_as_it_understood_it_and_nothing_between_others(house):
    _, lesson, people = played(house, "us-iran-2026", turns=9)
    lesson.phase = "playing"
    lesson._kept.clear()
    us, mediator = (view(lesson, people[seat], "Mina", seat, False) for seat in ("us", "oman"))
    mine = [each for each in us["signals"] if each["kind"] in ("threat", "public statement", "initiative")]
    assert {each["reading"] is None for each in mine if each["mine"]} == {True}
    assert {each["reading"] for each in mine if not each["mine"]} <= {"friendly", "hostile"}
    assert not [each for each in mediator["signals"] if each["kind"] in ("threat", "public statement", "proposal")]
    assert us["charts"]["own"]["trust"].keys() == {"iran"}
    assert mediator["charts"]["own"] is None
    assert "trust" not in us["charts"]


def test_the_wall_shows_neither_names_nor_private_facts(house):
    room, *_ = played(house, turns=3)
    with served(house) as clients:
        told = clients().get(f"projector?code={room['code']}")
    assert "Mina" not in json.dumps(told)
    assert set(told["charts"]["talks"]["border"]) == {"tension", "deal_progress", "pressure", "programme", "contact"}
    assert "trust" not in told["charts"]
    assert told["charts"]["own"] is None
    assert told["qr"].startswith("<svg")
    assert told["link"].endswith(room["code"])


def test_every_word_that_a_view_asks_for_is_known(house):
    def facts(part):
        if isinstance(part, dict):
            if "key" in part and "names" in part:
                yield part["key"], {*part["numbers"], *part["names"]}
            for each in part.values():
                yield from facts(each)
        elif isinstance(part, list):
            for each in part:
                yield from facts(each)

    found = set()
    for scenario in shipped():
        _, lesson, people = played(house, scenario, turns=4, rounds=12)
        for seat, person in people.items():
            shown = view(lesson, person, "Mina", seat, False)
            for key, placeholders in facts(shown):
                assert set(KEYS[key]) == placeholders
                found.add(key)
            for verb in shown["verbs"]:
                assert set(KEYS[f"verb.{verb['act']}"]) <= set(verb["names"])
                assert {f"option.{verb['act']}.{each['option']}" for each in verb["options"]} <= set(KEYS)
    assert len(found) > 60


def test_a_seat_left_goes_to_its_agent_and_comes_back_and_a_handed_one_does_not(house):
    room, lesson = a_lesson(house, waits=True, absent=20)
    alba, borea = sit_down(house, room, "alba"), sit_down(house, room, "borea")
    lesson.go("playing", turn=1)
    lesson.seen[borea] = (time.time() - 21, "play")
    order(lesson, alba, "alba", {"conduct:borea": "friendly"})
    lesson.tick()
    assert (lesson.seats()["borea"]["agent"], lesson.turn) == ("absent", 2)
    note(lesson, borea)
    take_back(lesson, "borea")
    order(lesson, borea, "borea", {})
    lesson.tick()
    assert lesson.turn == 2  # Alba is awaited
    with served(house) as clients:
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        console.post(f"rooms/{room['code']}/do", {"action": "hand", "seat": "alba", "agent": True})
    lesson.tick()  # nobody is awaited any more; the server's own clock may have been quicker
    assert lesson.turn == 3
    with pytest.raises(RefusedError, match="agent has this seat"):
        order(lesson, alba, "alba", {})
    with pytest.raises(RefusedError, match="handed"):
        take_back(lesson, "alba")


def test_a_turn_closes_when_its_time_is_over_and_late_moves_are_told(house):
    room, lesson = a_lesson(house, seconds=1)
    person = sit_down(house, room, "alba")
    lesson.go("playing", turn=1, left=0.05)
    order(lesson, person, "alba", {"conduct:borea": "hostile"}, done=False)
    sent = SentMove(turn=1, base=1, choices={}, done=True)
    time.sleep(0.1)
    lesson.tick()
    assert lesson.turn == 2
    assert lesson.played[0][0]["option"] == "hostile"
    with pytest.raises(RefusedError, match="turn is over"):
        move(lesson, person, "alba", sent)


def test_the_clock_can_be_stopped_and_prolonged_and_the_slowest_moved_on(house):
    room, lesson = a_lesson(house, seconds=60, waits=True)
    alba, _ = sit_down(house, room, "alba"), sit_down(house, room, "borea")
    with served(house) as clients:
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")

        def do(**sent):
            return console.ask("POST", f"rooms/{room['code']}/do", sent)[0]

        assert do(action="pause") == 409
        assert do(action="start") == 200
        assert do(action="extend", seconds=30) == 200
        assert 80 < lesson.left <= 90
        assert do(action="pause") == 200
        lesson.tick()
        assert (lesson.phase, lesson.deadline, lesson.turn) == ("paused", None, 1)
        assert do(action="resume") == 200
        order(lesson, alba, "alba", {})
        assert do(action="slowest") == 200
        assert (lesson.turn, lesson.seats()["borea"]["agent"], lesson.seats()["alba"]["agent"]) == (2, "slow", None)
        assert do(action="move_person", person=alba, seat="corvia") == 200
        assert do(action="remove", person=alba) == 200
        assert [row["seat"] for row in lesson.people()] == ["borea"]
        assert do(action="stop") == 200
        assert (lesson.phase, lesson.table.round) == ("ended", 1)
        assert do(action="next") == 409


def test_a_lesson_stopped_before_its_first_turn_has_a_debrief_all_the_same(house):
    _, lesson = a_lesson(house)
    lesson.end(play_on=False)
    found = debriefed(lesson, [])
    assert (found["chances"]["months"], len(found["chances"]["deal"]), found["ghosts"]) == ([0], 1, [])


def test_injected_events_befall_the_next_month_and_belong_to_the_lesson(house):
    room, lesson = a_lesson(house, "us-iran-2026")
    lesson.go("playing", turn=1)
    with served(house) as clients:
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        at = f"rooms/{room['code']}/do"
        console.post(at, {"action": "inject", "event": {"kind": "oil_shock", "value": 0.9}})
        assert console.ask("POST", at, {"action": "inject", "event": {"kind": "meteor"}})[0] == 400
        assert [each["label"] for each in console.get(f"rooms/{room['code']}/console")["pending"]] == ["Oil shock"]
        console.post(at, {"action": "next"})
        story = console.get(f"rooms/{room['code']}/console")["story"]
    assert float(lesson.table.world.oil[0]) == 0.9
    assert any("oil price" in row["sentence"] for row in story)
    assert [each.act for each in lesson.table.overrides] == ["drift_oil"]


def broken_once(monkeypatch, month):
    """Make a state's choice of conduct raise in a month, once for each thing in the list that is given back."""
    plays, armed = State.choose_conduct, []

    @wraps(plays)
    def choose(actor, *rest):
        if armed and actor.model.round == month:
            armed.pop()
            raise ArithmeticError("broken in the middle of a step")
        return plays(actor, *rest)

    choose.asks = plays.asks
    monkeypatch.setattr(State, "choose_conduct", choose)
    return armed


@pytest.mark.parametrize("ends", [False, True])
def test_a_step_that_fails_once_leaves_the_lesson_as_it_was_and_it_goes_on(house, monkeypatch, ends):
    armed = broken_once(monkeypatch, month=6)
    _, lesson, people = played(house, turns=2, months=2)
    month, rows, noted = lesson.table.round, lesson.table.ledger.digest(), len(lesson.played)
    order(lesson, people["alba"], "alba", {"conduct:borea": "hostile"})
    armed.append(True)
    with pytest.raises(ArithmeticError):
        lesson.resolve()
    assert (
        (lesson.table.round, lesson.table.ledger.digest(), len(lesson.played)) == (month, rows, noted) == (4, rows, 2)
    )
    assert lesson.store.row("SELECT COUNT(*) AS n FROM turn WHERE lesson = ?", lesson.id)["n"] == 2
    if ends:
        armed.append(True)
        with pytest.raises(ArithmeticError):
            lesson.end(play_on=True)
    else:
        lesson.resolve()
        assert (lesson.table.round, lesson.played[-1][0]["option"]) == (6, "hostile")
    lesson.end(play_on=True)
    assert (lesson.phase, lesson.table.round) == ("ended", 12)
    wanted = lesson.table.ledger.digest()
    house.rooms._lessons.clear()
    again = house.rooms.open_lesson(lesson.id, "")
    assert (again.table.ledger.digest(), again.begins) == (wanted, lesson.begins)


def test_a_turn_that_plays_no_month_is_not_written_down(house, monkeypatch):
    _, lesson = a_lesson(house)
    lesson.go("playing", turn=1)
    monkeypatch.setattr(Simulation, "turn", lambda *_: [])
    for play in (lesson.resolve, lambda: lesson.end(play_on=True)):
        with pytest.raises(RuntimeError, match="months were to be played"):
            play()
    assert lesson.store.row("SELECT COUNT(*) AS n FROM turn")["n"] == 0


def test_codes_cannot_be_guessed_and_a_wrong_key_opens_nothing(house):
    room, _ = a_lesson(house)
    with served(house) as clients:
        guesser = clients()
        key = house.rooms.instructor_key(True)
        statuses = [guesser.ask("POST", "look", {"code": f"AAAA{at:02}"})[0] for at in range(40)]
        assert statuses[:30] == [404] * 30
        assert statuses[-1] == 429
        for authorization in ("", "Instructor", "Instructor wrong", f"Bearer {key}", "Instructor é"):
            wrong = clients(authorization.encode().decode("latin-1"))
            for method, path in (("GET", "rooms"), ("GET", f"rooms/{room['code']}/console"), ("POST", "rooms")):
                assert wrong.ask(method, path)[0] in (401, 429)
        house.wrong._left.clear()
        assert clients(f"Instructor {key}").get("key")["ok"]
        assert clients().post("look", {"code": f" {room['code'].lower()[:3]}-{room['code'][3:]}"})["open"]
        assert key not in json.dumps([dict(row) for row in house.rooms.store.rows("SELECT * FROM house")])


def test_looking_takes_no_seat_and_names_are_kept_as_text(house):
    room, lesson = a_lesson(house, seats={"alba": 1})
    with served(house) as clients:
        for _ in range(3):
            assert clients().post("look", {"code": room["code"]})["seats"][0]["people"] == 0
        joined = clients().post("join", {"code": room["code"], "name": HOSTILE, "seat": None})
        assert joined["seat"] == "alba"
        assert clients().ask("POST", "join", {"code": room["code"], "name": "Late", "seat": None})[0] == 409
        student = clients(f"Bearer {joined['token']}")
        assert student.get("me")["name"] == HOSTILE.replace("\u202e", "").replace("  ", " ")
        for name in ("", "   ", "\x00\x07", "n" * 41, 7, None):
            sent = {"code": room["code"], "name": name, "seat": None}
            assert clients().ask("POST", "join", sent)[1]["error"]["code"] == "name.bad"
    lesson.go("playing", turn=1)
    order(lesson, joined["person"], "alba", {"conduct:borea": "friendly"})
    assert table_of(["name"], [["=1+1"]]) == "name\n'=1+1\n"
    assert "<script>" in moves(lesson)


def test_no_request_makes_the_server_fail(house):
    room, lesson = a_lesson(house)
    lesson.go("playing", turn=1)
    junk = [None, True, -1, 1e308, 10**400, "x" * 300, [], {"a": {}}, "\ud800", "'; DROP TABLE move; --"]
    with served(house) as clients:
        token = clients().post("join", {"code": room["code"], "name": "Mina", "seat": "alba"})["token"]
        key = house.rooms.instructor_key(True)
        student, console = clients(f"Bearer {token}"), clients(f"Instructor {key}")
        paths = [
            (student, path, ("turn", "choices", "base", "done", "at", "percent", "to", "text", "page", "seat"))
            for path in ("move", "bet", "message", "here", "seat", "again")
        ]
        paths += [
            (
                console,
                f"rooms/{room['code']}/{path}",
                ("action", "event", "seat", "seconds", "settings", "scenario", "rounds", "seats", "bets"),
            )
            for path in ("do", "lessons")
        ]
        paths += [
            (clients(), path, ("code", "name", "seat", "scenario", "seed", "rounds"))
            for path in ("join", "look", "solo")
        ]
        for client, path, fields in paths:
            for each in junk:
                for sent in (dict.fromkeys(fields, each), {"turn": 1, "choices": {str(each): str(each)}}):
                    house.wrong._left.clear(), house.writing._left.clear(), house.solo._left.clear()
                    status, answer = client.ask("POST", path, sent)
                    assert 200 <= status < 500, (path, each, answer)
                    if status != 200:
                        assert answer["error"]["text"]
        for value in (10**400, 1e308, math.nan, -math.inf):
            sent = [
                (student, "here", {"seconds": value}),
                (student, "bet", {"at": 0, "percent": SURE | {"breakdown": value}}),
                (console, f"rooms/{room['code']}/do", {"action": "remove", "person": value}),
                (
                    console,
                    f"rooms/{room['code']}/do",
                    {"action": "inject", "event": {"kind": "oil_shock", "value": value}},
                ),
                (clients(), "solo", {"scenario": "two-states", "seat": "alba", "changes": {"mechanisms.noise": value}}),
                (
                    clients(),
                    "solo",
                    {"scenario": "two-states", "seat": "alba", "changes": {"states.alba.support": value}},
                ),
            ]
            for client, path, each in sent:
                status, answer = client.ask("POST", path, each)
                assert (status, bool(answer["error"]["text"])) in ((400, True), (409, True)), (path, each, answer)
        assert student.ask("POST", "message", {"to": "all", "text": "y" * 20_000})[0] == 413
        assert student.ask("GET", "nothing/here")[0] == 404


def test_messages_reach_whom_they_are_for_and_only_if_allowed(house):
    room, _ = a_lesson(house)
    with served(house) as clients:
        joined = [
            clients().post("join", {"code": room["code"], "name": seat, "seat": seat})
            for seat in ("alba", "borea", "corvia")
        ]
        alba, borea, corvia = (clients(f"Bearer {each['token']}") for each in joined)
        alba.post("message", {"to": "borea", "text": HOSTILE})
        alba.post("message", {"to": "all", "text": "To everyone"})
        assert len(borea.get("me")["messages"]) == len(alba.get("me")["messages"]) == 2
        assert [each["text"] for each in corvia.get("me")["messages"]] == ["To everyone"]
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        console.post(f"rooms/{room['code']}/do", {"action": "set", "settings": {"messages": False}})
        assert alba.ask("POST", "message", {"to": "all", "text": "Hello"})[1]["error"]["code"] == "message.off"


def test_news_tells_that_something_changed_and_never_what_and_ends_when_the_server_does(house):
    room, lesson = a_lesson(house)
    with served(house) as clients:
        news = clients().news(room["code"])
        assert next(news)["scope"] == "room"
        joined = [
            clients().post("join", {"code": room["code"], "name": seat, "seat": seat})
            for seat in ("alba", "borea", "corvia")
        ]
        assert [next(news)["scope"] for _ in joined] == ["console"] * 3
        people = [clients(f"Bearer {each['token']}") for each in joined]
        own = [each.news("") for each in people]
        begun = [next(each)["version"] for each in own]
        people[0].post("message", {"to": "borea", "text": "Between us"})
        told = [next(news), next(own[2])]
        lesson.go("playing", turn=1)
        order(lesson, joined[0]["person"], "alba", {"conduct:borea": "hostile"})
        told += [next(news), next(own[2])]
        # Who has no part in it hears the same of a private message and of a move: no seat, and no gap that tells of one.
        assert [each["scope"] for each in told] == ["console"] * 4
        assert [each["version"] - begun[2] for each in told] == [1, 1, 2, 2]
        assert [next(own[0])["scope"] for _ in range(4)] == ["seat", "console", "seat", "console"]
        assert [next(own[1])["scope"] for _ in range(3)] == ["seat", "console", "console"]
        house.news.close()
        assert [list(each) for each in (news, *own)] == [[]] * 4
        assert clients().ask("GET", f"news?code={room['code']}")[0] == 503


def test_a_cookie_holds_a_seat_only_for_pages_that_name_their_room(house):
    (room, _), (other, _) = a_lesson(house), a_lesson(house)
    code = room["code"]
    with served(house) as clients:
        token = clients().post("join", {"code": code, "name": "Mina", "seat": "alba"})["token"]
        base, held = clients().base, {"Cookie": f"detente-seat-{code}={token}"}

        def status(path, **headers):
            return requests.get(f"{base}/class/api/{path}", headers=held | headers, timeout=10).status_code

        assert status("me", **{"Detente-Room": code.lower()}) == 200
        assert status("me") == 401  # as another site would make a browser ask
        assert status("me", **{"Detente-Room": other["code"]}) == 401
        said = {"Content-Type": "application/json"}
        entered = requests.post(f"{base}/class/api/enter", data=json.dumps({"token": token}), headers=said, timeout=10)
        kept = entered.headers["set-cookie"].lower()
        assert all(part in kept for part in (token.lower(), "httponly", "samesite=lax", "path=/class"))
        asked = f"{base}/class/api/message"
        sent = {"data": json.dumps({"to": "all", "text": "Hello"}), "headers": held | said, "timeout": 10}
        assert requests.post(asked, **sent).status_code == 401
        sent["headers"] = held | said | {"Detente-Room": code}
        assert requests.post(asked, **sent).status_code == 200


def refused(client, path, sent=None):
    """Post what must be refused; gives status and code."""
    status, answer = client.ask("POST", path, sent)
    return status, answer["error"]["code"]


def test_nobody_changes_sides_once_a_lesson_has_begun(house):
    room, _ = a_lesson(house)
    with served(house) as clients:
        token = clients().post("join", {"code": room["code"], "name": "Mina", "seat": "alba"})["token"]
        student = clients(f"Bearer {token}")
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        assert student.post("seat", {"seat": "corvia"})["seat"] == "corvia"
        assert refused(student, "again", {"seat": "borea"}) == (409, "seat.have")
        console.post(f"rooms/{room['code']}/do", {"action": "set", "settings": {"chooses": False}})
        assert refused(student, "seat", {"seat": "borea"}) == (409, "seat.given")
        console.post(f"rooms/{room['code']}/do", {"action": "start"})
        assert refused(student, "again", {"seat": "borea"}) == (409, "seat.have")
        assert refused(student, "seat", {"seat": "borea"}) == (409, "phase.wrong")
        assert refused(student, "leave") == (404, "not.found")
        assert student.get("me")["seat"] == "corvia"
        console.post(f"rooms/{room['code']}/lessons", {"scenario": "two-states"})
        assert student.post("again", {"seat": "borea"})["seat"] == "borea"
        assert refused(student, "again", {"seat": "alba"}) == (409, "seat.have")


def test_who_was_taken_out_stays_out_until_joining_anew(house):
    room, lesson = a_lesson(house, seats={"alba": 1, "borea": 1})
    sent = {"code": room["code"], "name": "Mina", "seat": "alba"}
    with served(house) as clients:
        joined = clients().post("join", sent)
        student = clients(f"Bearer {joined['token']}")
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        at = f"rooms/{room['code']}/do"
        console.post(at, {"action": "remove", "person": joined["person"]})
        for path in ("again", "seat", "message", "here"):
            assert refused(student, path, {"seat": "borea"}) == (409, "seat.removed")
        assert student.ask("GET", "me")[1]["error"]["code"] == "seat.removed"
        assert refused(console, at, {"action": "move_person", "person": joined["person"], "seat": "borea"})[0] == 404
        assert lesson.people() == []
        anew = clients().post("join", sent)
        assert (anew["seat"], anew["person"] == joined["person"]) == ("alba", False)
        console.post(f"rooms/{room['code']}/lessons", {"scenario": "two-states"})
        assert student.post("again", {"seat": "borea"})["seat"] == "borea"  # it was that lesson, not the room


def test_a_room_is_full_when_its_seats_are_and_joining_again_and_again_is_slowed_down(house):
    room, lesson = a_lesson(house, seats={"alba": 1})
    for _ in range(410):
        person = sit_down(house, room, "alba")
        leading.remove(lesson, Removal(action="remove", person=person))
    with served(house) as clients:
        assert clients().post("join", {"code": room["code"], "name": "Mina", "seat": None})["seat"] == "alba"
        for _ in range(30):  # a class behind one address
            assert refused(clients(), "join", {"code": room["code"], "name": "Mina", "seat": None}) == (
                409,
                "seat.full",
            )
        found = {refused(clients(), "join", {"code": room["code"], "name": "x", "seat": None})[0] for _ in range(90)}
        assert found == {409, 429}


def test_those_who_play_alone_and_are_away_are_held_in_the_store_only(house, monkeypatch):
    monkeypatch.setattr(rooms, "KEPT", 2)
    monkeypatch.setattr(rooms, "MOST_SOLO", 4)
    sent = {"scenario": "two-states", "seat": "alba", "rounds": 2, "seed": 1}
    with served(house) as clients:
        everyone = [clients(f"Bearer {clients().post('solo', sent)['token']}") for _ in range(4)]
        for status, wrong in ((400, {"rounds": 0}), (400, {"seat": "nowhere"}), (400, {"name": ""})):
            assert clients().ask("POST", "solo", sent | wrong)[0] == status
        assert everyone[0].get("me")["phase"] == "playing"  # what is refused takes nobody's place
        assert len(house.rooms._lessons) == 4  # all of them are there
        everyone[0].post("move", {"turn": 1, "base": 0, "choices": {}, "done": True})
        monkeypatch.setattr(rooms, "IDLE", 0.0)
        everyone[3].get("me")
        assert len(house.rooms._lessons) == 2
        assert everyone[1].get("me")["phase"] == "playing"  # played again from the store
        clients().post("solo", sent)
        assert everyone[0].ask("GET", "me")[0] == 401
        ids = {row["id"] for row in house.rooms.store.rows("SELECT id FROM lesson")}
        assert len(ids) == 4
        assert set(house.rooms._lessons) <= ids


def test_while_a_lesson_is_played_again_the_others_go_on(house, monkeypatch):
    (slow_room, slow), (_, quick) = a_lesson(house), a_lesson(house)
    forget(house)
    begun, go_on, made = threading.Event(), threading.Event(), []

    class Slow(Lesson):
        def _play_again(self):
            if self.id == slow.id:
                made.append(self)
                begun.set()
                assert go_on.wait(10)
            super()._play_again()

    monkeypatch.setattr(rooms, "Lesson", Slow)
    found = []
    both = [threading.Thread(target=lambda: found.append(house.rooms.lesson(slow_room))) for _ in range(2)]
    both[0].start()
    assert begun.wait(10)
    both[1].start()
    other = threading.Thread(target=lambda: house.rooms.open_lesson(quick.id, ""))
    other.start()
    other.join(5)
    waited = other.is_alive()
    go_on.set()
    for each in both:
        each.join(10)
    assert not waited
    assert found == [made[0]] * 2  # it was played again once


def test_no_room_is_left_behind_by_a_scenario_that_is_refused(house):
    with pytest.raises(ScenarioError, match="rounds: "):
        opened(house, "two-states", 10_000, False)
    assert house.rooms.rooms() == []
    assert house.rooms.instructor_key(anew=False)  # none was made, so none is lost


def test_bets_are_scored_by_brier_and_calibration():
    even = dict.fromkeys(OUTCOMES, 25.0)
    assert brier(SURE, "breakdown") == 0.0
    assert brier(SURE, "managed_contact") == 2.0
    assert brier(even, "breakdown") == pytest.approx(0.75)
    rows = calibration([SURE, even], "breakdown")
    assert [(row["low"], row["stated"], row["came_true"], row["count"]) for row in rows] == [
        (0, 0, 0, 3),
        (10, 25, 25, 4),
        (90, 100, 100, 1),
    ]


def test_the_debrief_weighs_each_seat_against_its_ghost(house):
    room, lesson = a_lesson(house, "us-iran-2026", rounds=18, months=3, bets=[0, 2])
    us, iran = sit_down(house, room, "us"), sit_down(house, room, "iran", "Omid")
    lesson.go("playing", turn=1)
    for _ in range(6):
        order(lesson, us, "us", {"seek:nuclear": "stay_away", "conduct:iran": "hostile", "press:iran": "raise"})
        order(lesson, iran, "iran", {})
        lesson.resolve()
    assert np.array_equal(history(kept(lesson), 18), lesson.table.trajectory)
    found = debriefed(lesson, [])
    ghost = next(each for each in found["ghosts"] if each["seat"] == "us")
    assert ghost["differed"] >= 6
    assert {point["futures"] for point in ghost["points"]} == {1000}
    best = ghost["points"][0]
    assert best["deal"] < best["deal_ghost"]
    assert best["high"] < 0.0  # staying away from talks costs the deal
    assert best["low"] <= best["deal"] - best["deal_ghost"] <= best["high"]
    for point in ghost["points"]:
        assert sum(point["yours"].values()) == pytest.approx(1.0, abs=1e-3)
    assert not next(each for each in found["ghosts"] if each["seat"] == "iran")["points"]
    assert len(found["chances"]["deal"]) == 7
    assert found["chances"]["deal"][-1] == float(lesson.table.outcome >= 2)
    alone = Assembly(load("us-iran-2026", {"rounds": 18}), rng=3).run()
    assert found["agents"]["outcome"] == alone.outcome.name
    assert found["questions"]


def test_a_debrief_is_computed_once_and_one_that_failed_is_not_begun_at_every_question(house, monkeypatch):
    _, lesson = a_lesson(house)
    lesson.end(play_on=False)
    begun = []

    def compute(lesson, story, progress):
        begun.append(lesson.id)
        if len(begun) == 1:
            raise ValueError("on purpose")
        return {"fine": True}

    monkeypatch.setattr(debrief_module, "debriefed", compute)

    def settled():
        while isinstance(found := house.debriefs.find(lesson, []), tuple):
            time.sleep(0.01)
        return found

    for _ in range(3):
        with pytest.raises(RefusedError, match="could not be computed"):
            settled()
    assert progress(house.debriefs, lesson)["error"]["code"] == "debrief.failed"
    assert len(begun) == 1
    monkeypatch.setattr(debrief_module, "REST", 0.0)
    assert settled() == settled() == {"fine": True}
    assert len(begun) == 2


def test_of_a_debrief_that_was_just_written_none_is_begun_anew(house, monkeypatch):
    """Whoever asks while it is being written waits for it, and finds it."""
    _, lesson = a_lesson(house)
    lesson.end(play_on=False)
    begun = []
    monkeypatch.setattr(debrief_module, "debriefed", lambda *given: begun.append(1) or {"fine": True})
    house.debriefs._lock.acquire()
    asks = threading.Thread(target=lambda: house.debriefs.find(lesson, []))
    asks.start()
    time.sleep(0.1)
    with house.rooms.store.writing() as db:
        db.execute("UPDATE lesson SET debrief = '{}' WHERE id = ?", (lesson.id,))
    house.debriefs._lock.release()
    asks.join(10)
    assert begun == []


def test_a_chance_that_futures_agree_on_is_not_certain_before_the_end(house):
    _, lesson, _ = played(house, turns=3, months=4)
    run = kept(lesson)
    none, every = np.zeros(OUTLOOK, np.int8), np.full(OUTLOOK, 3, np.int8)
    found = chances(run, [none, every, every, every])
    assert found["deal"] == [0.0, 1.0, 1.0, 1.0]
    assert 0.01 < found["high"][0] < 0.03
    assert 0.97 < found["low"][1] < 0.99
    assert (found["low"][0], found["high"][1]) == (0.0, 1.0)
    assert (found["low"][-1], found["high"][-1]) == (1.0, 1.0)  # all months are over


def test_a_lesson_over_the_wire_from_lobby_to_debrief_with_one_who_plays_alone(house):
    with served(house) as clients:
        joined = clients().post("solo", {"scenario": "two-states", "seat": "alba", "rounds": 4, "seed": 1})
        me = clients(f"Bearer {joined['token']}")
        assert clients().ask("POST", "look", {"code": joined["code"]})[0] == 404
        me.post("bet", {"at": 0, "percent": SURE})
        advice = {each["verb"]: each for each in me.get("advice")["advice"]}
        assert advice["conduct:borea"]["option"] in ("friendly", "hostile", "step")
        assert advice["conduct:borea"]["terms"][0]["condition"] == "leaning"
        me.post("move", {"turn": 1, "base": 0, "choices": {"conduct:borea": "hostile"}, "done": True})
        for _ in range(40):
            if me.get("me")["turn"] == 2:
                break
            time.sleep(0.1)
        shown = me.get("me")
        assert shown["move"]["last"][0]["option"] == "hostile"
        me.post("solo/do", {"action": "end"})
        while not (told := me.get("debrief"))["ready"]:
            time.sleep(0.1)
        assert told["bets"]["mine"] == brier(SURE, told["outcome"])
        assert told["ghosts"][0]["seat"] == "alba"
        assert "<html" in me.get("solo/export/report.html")


def test_a_store_in_use_or_of_another_kind_is_told_plainly(house, tmp_path):
    with pytest.raises(ScenarioError, match="in use by another server"):
        LessonStore(house.rooms.store.path)
    (tmp_path / "other.sqlite").write_text("not a database at all, by any means")
    with pytest.raises(ScenarioError, match="cannot be read"):
        LessonStore(tmp_path / "other.sqlite")


def test_a_store_of_the_first_version_opens_and_gives_no_number_twice(tmp_path):
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(f"{MIGRATIONS[0]}; PRAGMA user_version=1")
        old.execute("INSERT INTO room (id, code, title, solo, made) VALUES (1, 'K7M2QX', 'A class', 0, 0)")
        for number in (1, 2):
            row = (number, 1, number, "{}", "two-states", "{}", 3, "ended", 1, None, None, "breakdown", "{}", 0)
            old.execute(f"INSERT INTO lesson VALUES ({','.join('?' * len(row))})", row)
        for person, seat in ((1, "alba"), (2, None)):
            old.execute("INSERT INTO person VALUES (?,1,?,'Mina',0)", (person, f"token {person}"))
            old.execute("INSERT INTO place VALUES (2,?,?,0)", (person, seat))
        old.execute("INSERT INTO seat VALUES (2,'alba',1,NULL)")
        old.commit()
    with closing(LessonStore(path)) as store:
        assert [tuple(row) for row in store.rows("SELECT id, room, outcome, debrief FROM lesson")] == [
            (1, 1, "breakdown", "{}"),
            (2, 1, "breakdown", "{}"),
        ]
        assert [tuple(row) for row in store.rows("SELECT lesson, person, seat FROM place")] == [(2, 1, "alba")]
        assert store.rows("PRAGMA foreign_key_check") == []
    house = open_house(path, "127.0.0.1", 8765)
    house.rooms.delete_room("K7M2QX")
    for table in ("lesson", "place", "seat", "person"):
        assert house.rooms.store.rows(f"SELECT * FROM {table}") == []
    assert a_lesson(house)[1].id == 3
    house.rooms.close()


def serve_alone(path):
    """Serve the API, with a room if there is none, and tell on standard output where; a process of its own."""
    listener = listen("127.0.0.1", 0)
    house = open_house(path, "127.0.0.1", listener.getsockname()[1])
    facts = {"address": house.base, "key": house.rooms.instructor_key(anew=False)}
    if facts["key"]:
        room = house.rooms.make_room("A class")
        house.rooms.make_lesson(room, Settings(scenario="two-states", rounds=6))
        facts["code"] = room["code"]
    print(json.dumps(facts), flush=True)
    config = uvicorn.Config(Starlette(routes=routes(house)), log_level="error", lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


def test_a_killed_server_loses_no_move_that_was_acknowledged(tmp_path):
    command = [sys.executable, __file__, str(tmp_path / "s.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, ExitStack() as stack:
        facts = json.loads(process.stdout.readline())
        base, room = facts["address"], f"rooms/{facts['code']}"
        answers(base)
        console = stack.enter_context(ClassClient(base, f"Instructor {facts['key']}"))
        student = stack.enter_context(ClassClient(base))
        token = student.post("join", {"code": facts["code"], "name": "Mina", "seat": "alba"})["token"]
        student.authorization = f"Bearer {token}"
        console.post(f"{room}/do", {"action": "set", "settings": {"waits": False}})
        console.post(f"{room}/do", {"action": "start"})
        student.post("move", {"turn": 1, "base": 0, "choices": {"conduct:borea": "hostile"}, "done": True})
        console.post(f"{room}/do", {"action": "next"})
        sent = {"seek:border": "stay_away", "conduct:borea": "friendly"}
        student.post("move", {"turn": 2, "base": 0, "choices": sent, "done": True})
        os.kill(process.pid, signal.SIGKILL)
    again = open_house(tmp_path / "s.sqlite", "127.0.0.1", 8765)
    assert again.rooms.instructor_key(anew=False) is None
    with served(again) as clients:
        seen, console = clients(f"Bearer {token}").get("me"), clients(f"Instructor {facts['key']}")
        assert (seen["seat"], seen["turn"], seen["month"], seen["phase"]) == ("alba", 2, 1, "playing")
        assert (seen["move"]["choices"], seen["move"]["done"]) == (sent, True)
        assert seen["move"]["last"][0]["option"] == "hostile"
        console.post(f"{room}/do", {"action": "end"})
        file = tmp_path / "lesson.json"
        file.write_text(json.dumps(console.get(f"{room}/export/lesson.json")))
    again.rooms.close()
    model, plain = played_again(file)
    assert model.ledger.digest() == plain["ledger_digest"]


@pytest.mark.parametrize(
    ("bots", "rounds"), [pytest.param(5, 3, id="five"), pytest.param(40, 24, id="forty", marks=pytest.mark.soak)]
)
def test_bots_play_a_whole_lesson_and_all_its_checks_hold(bots, rounds):
    result = whole_lesson(bots, "us-iran-2026", rounds)
    assert [each for each in result["checks"] if not each["held"]] == []
    assert result["turns"] == rounds
    assert result["server_mb"] < 1500


if __name__ == "__main__":
    serve_alone(Path(sys.argv[1]))
