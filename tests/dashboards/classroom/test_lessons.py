"""Lessons: the run they are, the clock, and that a step that fails leaves them as they were."""

import json
import time
from functools import wraps
from pathlib import Path

import pytest
from support.classroom import join_seat, make_lesson, play_turns, serve_api, submit_choices, unload_lessons
from typer.testing import CliRunner

from agents.assembly import Assembly
from agents.state import State
from dashboards.classroom.debrief.counterfactuals import compute_debrief
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.simulation import ClassSimulation
from dashboards.classroom.lesson.participant import record_contact, submit_move, take_back_seat
from dashboards.classroom.lesson.settings import Settings
from dashboards.classroom.schemas import MoveRequest, validate
from dashboards.classroom.views.exports import dashboard_link, lesson_json, replay_lesson
from dashboards.cli.main import app
from dashboards.page_link import MAX_SEED, parse_link, scenario_of
from model.loading import load_scenario
from model.measures import trajectory_digest


def test_a_lesson_in_which_nobody_moves_is_the_run_of_the_agents_alone(house):
    room, lesson = make_lesson(house, "us-iran-2026", months=5)
    join_seat(house, room, "us")
    lesson.go("playing", turn=1)
    lesson.resolve()
    lesson.end(play_on=True)
    alone = Assembly(load_scenario("us-iran-2026", {"rounds": 12}), rng=3).run()
    assert trajectory_digest(lesson.table.trajectory) == trajectory_digest(alone.trajectory)
    assert lesson.table.ledger.digest() == alone.ledger.digest()


@pytest.mark.parametrize("scenario", ["two-states", "us-iran-2026"])
def test_a_lesson_plays_again_from_its_file_its_link_and_the_store(house, scenario, tmp_path):
    _, lesson, _ = play_turns(house, scenario, turns=6, months=2)
    assert lesson.phase == "ended"
    wanted = lesson.table.ledger.digest()
    path = tmp_path / "lesson.json"
    path.write_text(lesson_json(lesson), "utf-8")
    again, plain = replay_lesson(path)
    assert plain["ledger_digest"] == wanted == again.ledger.digest()
    assert "Mina" not in path.read_text("utf-8")
    told = CliRunner().invoke(app, ["lesson", str(path), "--json"])
    assert (told.exit_code, json.loads(told.stdout)["same"]) == (0, True)
    assert json.loads(told.stdout)["link"] == dashboard_link(lesson, "explore")
    link, notes = parse_link(dashboard_link(lesson, "watch"))
    assert (notes, link.page) == ([], "watch")
    opened = Assembly(scenario_of(link.setting), rng=link.setting.seed, overrides=link.setting.events).run()
    assert trajectory_digest(opened.trajectory) == trajectory_digest(lesson.table.trajectory)
    unload_lessons(house)
    opened = house.rooms.open_lesson(lesson.id, "")
    assert opened is not lesson
    assert opened.table.ledger.digest() == wanted


def test_a_lesson_saved_with_a_digest_of_sentences_replays_as_the_same(tmp_path):
    saved = Path(__file__).parent / "data" / "lesson-1.json"  # written before digests left the words out
    plain = json.loads(saved.read_text("utf-8"))
    model, _ = replay_lesson(saved)
    assert model.ledger.digest() != plain["ledger_digest"]
    told = CliRunner().invoke(app, ["lesson", str(saved), "--json"])
    assert (told.exit_code, json.loads(told.stdout)["same"]) == (0, True)
    other = tmp_path / "lesson.json"
    other.write_text(json.dumps({**plain, "seed": plain["seed"] + 1}))
    told = CliRunner().invoke(app, ["lesson", str(other), "--json"])
    assert (told.exit_code, json.loads(told.stdout)["same"]) == (1, False)


def test_the_largest_seed_of_a_lesson_is_the_largest_that_its_link_holds(house):
    _, lesson = make_lesson(house, seed=MAX_SEED)
    lesson.end(play_on=True)
    link, notes = parse_link(dashboard_link(lesson, "watch"))
    assert (notes, link.setting.seed) == ([], MAX_SEED)
    with pytest.raises(RefusedError, match="seed"):
        validate(Settings, {"scenario": "two-states", "seed": MAX_SEED + 1})


def test_a_file_that_is_no_lesson_is_refused_in_plain_words(tmp_path):
    path = tmp_path / "lesson.json"
    for content in ("", "[]", "{}", '{"format": "detente-lesson-1"}', '{"format": "detente-lesson-1", "scenario": 3}'):
        path.write_text(content)
        told = CliRunner().invoke(app, ["lesson", str(path)])
        assert told.exit_code == 2
        assert "Traceback" not in told.output


def test_a_seat_left_goes_to_its_agent_and_comes_back_and_a_handed_one_does_not(house):
    room, lesson = make_lesson(house, waits=True, absent=20)
    alba, borea = join_seat(house, room, "alba"), join_seat(house, room, "borea")
    lesson.go("playing", turn=1)
    lesson.seen[borea] = (time.time() - 21, "play")
    submit_choices(lesson, alba, "alba", {"conduct:borea": "friendly"})
    lesson.tick()
    assert (lesson.seats()["borea"]["agent"], lesson.turn) == ("absent", 2)
    record_contact(lesson, borea)
    take_back_seat(lesson, "borea")
    submit_choices(lesson, borea, "borea", {})
    lesson.tick()
    assert lesson.turn == 2  # Alba is awaited
    with serve_api(house) as clients:
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        console.post(f"rooms/{room['code']}/do", {"action": "hand", "seat": "alba", "agent": True})
    lesson.tick()  # nobody is awaited any more; the server's own clock may have been quicker
    assert lesson.turn == 3
    with pytest.raises(RefusedError, match="agent has this seat"):
        submit_choices(lesson, alba, "alba", {})
    with pytest.raises(RefusedError, match="handed"):
        take_back_seat(lesson, "alba")


def test_a_turn_closes_when_its_time_is_over_and_late_moves_are_told(house):
    room, lesson = make_lesson(house, seconds=1)
    person = join_seat(house, room, "alba")
    lesson.go("playing", turn=1, left=0.05)
    submit_choices(lesson, person, "alba", {"conduct:borea": "hostile"}, done=False)
    sent = MoveRequest(turn=1, base=1, choices={}, done=True)
    time.sleep(0.1)
    lesson.tick()
    assert lesson.turn == 2
    assert lesson.played[0][0]["option"] == "hostile"
    with pytest.raises(RefusedError, match="turn is over"):
        submit_move(lesson, person, "alba", sent)


def test_the_clock_can_be_stopped_and_prolonged_and_the_slowest_moved_on(house):
    room, lesson = make_lesson(house, seconds=60, waits=True)
    alba, _ = join_seat(house, room, "alba"), join_seat(house, room, "borea")
    with serve_api(house) as clients:
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
        submit_choices(lesson, alba, "alba", {})
        assert do(action="slowest") == 200
        assert (lesson.turn, lesson.seats()["borea"]["agent"], lesson.seats()["alba"]["agent"]) == (2, "slow", None)
        assert do(action="move_person", person=alba, seat="corvia") == 200
        assert do(action="remove", person=alba) == 200
        assert [row["seat"] for row in lesson.people()] == ["borea"]
        assert do(action="stop") == 200
        assert (lesson.phase, lesson.table.round) == ("ended", 1)
        assert do(action="next") == 409


def test_a_lesson_stopped_before_its_first_turn_has_a_debrief_all_the_same(house):
    _, lesson = make_lesson(house)
    lesson.end(play_on=False)
    found = compute_debrief(lesson, [])
    assert (found["chances"]["months"], len(found["chances"]["deal"]), found["ghosts"]) == ([0], 1, [])


def test_injected_events_befall_the_next_month_and_belong_to_the_lesson(house):
    room, lesson = make_lesson(house, "us-iran-2026")
    lesson.go("playing", turn=1)
    with serve_api(house) as clients:
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

    choose.rule = plays.rule
    monkeypatch.setattr(State, "choose_conduct", choose)
    return armed


@pytest.mark.parametrize("ends", [False, True])
def test_a_step_that_fails_once_leaves_the_lesson_as_it_was_and_it_goes_on(house, monkeypatch, ends):
    armed = broken_once(monkeypatch, month=6)
    _, lesson, people = play_turns(house, turns=2, months=2)
    month, rows, noted = lesson.table.round, lesson.table.ledger.digest(), len(lesson.played)
    submit_choices(lesson, people["alba"], "alba", {"conduct:borea": "hostile"})
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
    _, lesson = make_lesson(house)
    lesson.go("playing", turn=1)
    monkeypatch.setattr(ClassSimulation, "play_turn", lambda *_: [])
    for play in (lesson.resolve, lambda: lesson.end(play_on=True)):
        with pytest.raises(RuntimeError, match="months were to be played"):
            play()
    assert lesson.store.row("SELECT COUNT(*) AS n FROM turn")["n"] == 0
