"""Lessons: replay, clock, agents, and recovery from a failed step."""

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
from dashboards.classroom.lesson.settings import Settings, lesson_changes
from dashboards.classroom.schemas import MoveRequest, validate
from dashboards.classroom.views.exports import dashboard_link, lesson_json, replay_lesson
from dashboards.classroom.views.instructor import console_view, projector_view
from dashboards.classroom.views.student import shared_view, student_view
from dashboards.cli.main import app
from dashboards.page_link import MAX_SEED, parse_link, scenario_of
from model.loading import load_scenario
from model.measures import trajectory_digest
from model.version import VERSION


def test_lesson_without_moves_equals_the_agents_only_run(context):
    room, lesson = make_lesson(context, "us-iran-2026", months=5)
    join_seat(context, room, "us")
    lesson.set_phase("playing", turn=1)
    lesson.resolve_turn()
    lesson.end(play_on=True)
    agents_run = Assembly(load_scenario("us-iran-2026", {"rounds": 12}), rng=3).run()
    assert trajectory_digest(lesson.simulation.trajectory) == trajectory_digest(agents_run.trajectory)
    assert lesson.simulation.ledger.digest() == agents_run.ledger.digest()


@pytest.mark.parametrize(
    ("switch", "changes", "expected"),
    [
        (True, {}, {"mechanisms.force": False}),
        (True, {"mechanisms.force": True}, {"mechanisms.force": True}),
        (False, {}, {}),
    ],
)
def test_force_is_off_unless_the_instructor_allows_it(switch, changes, expected):
    assert lesson_changes({"mechanisms": {"force": switch}}, changes) == expected


@pytest.mark.parametrize("scenario", ["two-states", "us-iran-2026"])
def test_lesson_replays_from_file_link_and_store(context, scenario, tmp_path):
    _, lesson, _ = play_turns(context, scenario, turns=6, months=2)
    assert lesson.phase == "ended"
    expected = lesson.simulation.ledger.digest()
    path = tmp_path / "lesson.json"
    path.write_text(lesson_json(lesson), "utf-8")
    replayed, data = replay_lesson(path)
    assert data["ledger_digest"] == expected == replayed.ledger.digest()
    assert "Mina" not in path.read_text("utf-8")
    result = CliRunner().invoke(app, ["lesson", str(path), "--json"])
    assert (result.exit_code, json.loads(result.stdout)["same"]) == (0, True)
    assert json.loads(result.stdout)["link"] == dashboard_link(lesson, "explore")
    link, notes = parse_link(dashboard_link(lesson, "watch"))
    assert (notes, link.page) == ([], "watch")
    opened = Assembly(scenario_of(link.setting), rng=link.setting.seed, overrides=link.setting.events).run()
    assert trajectory_digest(opened.trajectory) == trajectory_digest(lesson.simulation.trajectory)
    unload_lessons(context)
    opened = context.rooms.load_lesson(lesson.id, "")
    assert opened is not lesson
    assert opened.simulation.ledger.digest() == expected


def test_lesson_file_of_format_1_replays_as_the_same(tmp_path):
    saved = Path(__file__).parent / "data" / "lesson-1.json"  # its ledger digest includes sentences
    data = json.loads(saved.read_text("utf-8"))
    model, _ = replay_lesson(saved)
    assert model.ledger.digest() != data["ledger_digest"]
    other = tmp_path / "lesson.json"
    data["trajectory_digest"] = trajectory_digest(model.trajectory)  # as if recorded by the rules of this version
    other.write_text(json.dumps(data))
    result = CliRunner().invoke(app, ["lesson", str(other), "--json"])
    assert (result.exit_code, json.loads(result.stdout)["same"]) == (0, True)
    other.write_text(json.dumps({**data, "seed": data["seed"] + 1}))
    result = CliRunner().invoke(app, ["lesson", str(other), "--json"])
    facts = json.loads(result.stdout)
    assert (result.exit_code, facts["same"], facts["version"]) == (1, False, "0.1.0")
    result = CliRunner().invoke(app, ["lesson", str(other)])
    assert "Made with the model of Detente 0.1.0; this version plays it by other rules" in result.stdout
    other.write_text(json.dumps({**data, "seed": data["seed"] + 1, "version": VERSION}))
    assert "Made with" not in CliRunner().invoke(app, ["lesson", str(other)]).stdout


def test_stored_lesson_of_the_first_model_says_so_to_all(context):
    """Lessons that were stored before the version was, come from 0.1.0; their columns had no version."""
    room, lesson, people = play_turns(context, turns=2)
    with serve_api(context) as clients:
        assert clients().get(f"projector?code={room['code']}")["other_model"] is None
    with context.rooms.store.transaction() as db:
        db.execute("ALTER TABLE lesson DROP COLUMN version")
        db.execute("PRAGMA user_version = 3")
    context.rooms.store._migrate()
    unload_lessons(context)
    opened = context.rooms.load_lesson(lesson.id, "")
    assert opened.simulation.ledger.digest() == lesson.simulation.ledger.digest()
    assert shared_view(opened)["other_model"] == "0.1.0"
    assert student_view(opened, people["alba"], "Mina", "alba", False)["other_model"] == "0.1.0"
    assert projector_view(opened)["other_model"] == console_view(opened)["other_model"] == "0.1.0"


def test_largest_lesson_seed_fits_its_link(context):
    _, lesson = make_lesson(context, seed=MAX_SEED)
    lesson.end(play_on=True)
    link, notes = parse_link(dashboard_link(lesson, "watch"))
    assert (notes, link.setting.seed) == ([], MAX_SEED)
    with pytest.raises(RefusedError, match="seed"):
        validate(Settings, {"scenario": "two-states", "seed": MAX_SEED + 1})


def test_invalid_lesson_file_is_refused_with_a_message(tmp_path):
    path = tmp_path / "lesson.json"
    for content in ("", "[]", "{}", '{"format": "detente-lesson-1"}', '{"format": "detente-lesson-1", "scenario": 3}'):
        path.write_text(content)
        result = CliRunner().invoke(app, ["lesson", str(path)])
        assert result.exit_code == 2
        assert "Traceback" not in result.output


def test_absent_seat_can_be_taken_back_but_not_a_handed_one(context):
    room, lesson = make_lesson(context, waits=True, absent=20)
    alba, borea = join_seat(context, room, "alba"), join_seat(context, room, "borea")
    lesson.set_phase("playing", turn=1)
    lesson.last_seen[borea] = (time.time() - 21, "play")
    submit_choices(lesson, alba, "alba", {"conduct:borea": "friendly"})
    lesson.tick()
    assert (lesson.seats()["borea"]["agent"], lesson.turn) == ("absent", 2)
    record_contact(lesson, borea)
    take_back_seat(lesson, "borea")
    submit_choices(lesson, borea, "borea", {})
    lesson.tick()
    assert lesson.turn == 2  # Alba is awaited
    with serve_api(context) as clients:
        console = clients(f"Instructor {context.rooms.create_instructor_key(True)}")
        console.post(f"rooms/{room['code']}/do", {"action": "hand", "seat": "alba", "agent": True})
    lesson.tick()  # no seat is awaited; the server's clock may have resolved the turn already
    assert lesson.turn == 3
    with pytest.raises(RefusedError, match="agent plays this seat"):
        submit_choices(lesson, alba, "alba", {})
    with pytest.raises(RefusedError, match="handed"):
        take_back_seat(lesson, "alba")


def test_turn_closes_on_time_and_late_moves_are_refused(context):
    room, lesson = make_lesson(context, seconds=1)
    person = join_seat(context, room, "alba")
    lesson.set_phase("playing", turn=1, seconds_left=0.05)
    submit_choices(lesson, person, "alba", {"conduct:borea": "hostile"}, done=False)
    request = MoveRequest(turn=1, base=1, choices={}, done=True)
    time.sleep(0.1)
    lesson.tick()
    assert lesson.turn == 2
    assert lesson.order_results[0][0]["option"] == "hostile"
    with pytest.raises(RefusedError, match="turn is over"):
        submit_move(lesson, person, "alba", request)


def test_clock_can_be_paused_and_extended_and_seats_skipped(context):
    room, lesson = make_lesson(context, seconds=60, waits=True)
    alba, _ = join_seat(context, room, "alba"), join_seat(context, room, "borea")
    with serve_api(context) as clients:
        console = clients(f"Instructor {context.rooms.create_instructor_key(True)}")

        def do(**request):
            return console.request("POST", f"rooms/{room['code']}/do", request)[0]

        assert do(action="pause") == 409
        assert do(action="start") == 200
        assert do(action="extend", seconds=30) == 200
        assert 80 < lesson.seconds_left <= 90
        assert do(action="pause") == 200
        lesson.tick()
        assert (lesson.phase, lesson.deadline, lesson.turn) == ("paused", None, 1)
        assert do(action="resume") == 200
        submit_choices(lesson, alba, "alba", {})
        assert do(action="slowest") == 200
        assert (lesson.turn, lesson.seats()["borea"]["agent"], lesson.seats()["alba"]["agent"]) == (2, "slow", None)
        assert do(action="move_person", person=alba, seat="corvia") == 200
        assert do(action="remove", person=alba) == 200
        assert [row["seat"] for row in lesson.participants()] == ["borea"]
        assert do(action="stop") == 200
        assert (lesson.phase, lesson.simulation.round) == ("ended", 1)
        assert do(action="next") == 409


def test_lesson_stopped_before_its_first_turn_has_a_debrief(context):
    _, lesson = make_lesson(context)
    lesson.end(play_on=False)
    debrief = compute_debrief(lesson, [])
    assert (debrief["chances"]["months"], len(debrief["chances"]["deal"]), debrief["ghosts"]) == ([0], 1, [])


def test_injected_events_happen_next_month_and_are_saved(context):
    room, lesson = make_lesson(context, "us-iran-2026")
    lesson.set_phase("playing", turn=1)
    with serve_api(context) as clients:
        console = clients(f"Instructor {context.rooms.create_instructor_key(True)}")
        at = f"rooms/{room['code']}/do"
        console.post(at, {"action": "inject", "event": {"kind": "oil_shock", "value": 0.9}})
        assert console.request("POST", at, {"action": "inject", "event": {"kind": "meteor"}})[0] == 400
        assert [each["label"] for each in console.get(f"rooms/{room['code']}/console")["pending"]] == ["Oil shock"]
        console.post(at, {"action": "next"})
        story = console.get(f"rooms/{room['code']}/console")["story"]
    assert float(lesson.simulation.world.oil[0]) == 0.9
    assert any("oil price" in row["sentence"] for row in story)
    assert [each.act for each in lesson.simulation.overrides] == ["drift_oil"]


def fail_once(monkeypatch, month):
    """Make a state's choice of conduct fail in a month, once for each item in the returned list."""
    original, failures = State.choose_conduct, []

    @wraps(original)
    def choose(actor, *rest):
        if failures and actor.model.round == month:
            failures.pop()
            raise ArithmeticError("broken in the middle of a step")
        return original(actor, *rest)

    choose.rule = original.rule
    monkeypatch.setattr(State, "choose_conduct", choose)
    return failures


@pytest.mark.parametrize("ends", [False, True])
def test_failed_step_leaves_the_lesson_unchanged(context, monkeypatch, ends):
    failures = fail_once(monkeypatch, month=6)
    _, lesson, people = play_turns(context, turns=2, months=2)
    month, rows, turns = lesson.simulation.round, lesson.simulation.ledger.digest(), len(lesson.order_results)
    submit_choices(lesson, people["alba"], "alba", {"conduct:borea": "hostile"})
    failures.append(True)
    with pytest.raises(ArithmeticError):
        lesson.resolve_turn()
    assert (
        (lesson.simulation.round, lesson.simulation.ledger.digest(), len(lesson.order_results))
        == (month, rows, turns)
        == (4, rows, 2)
    )
    assert lesson.store.row("SELECT COUNT(*) AS n FROM turn WHERE lesson = ?", lesson.id)["n"] == 2
    if ends:
        failures.append(True)
        with pytest.raises(ArithmeticError):
            lesson.end(play_on=True)
    else:
        lesson.resolve_turn()
        assert (lesson.simulation.round, lesson.order_results[-1][0]["option"]) == (6, "hostile")
    lesson.end(play_on=True)
    assert (lesson.phase, lesson.simulation.round) == ("ended", 12)
    expected = lesson.simulation.ledger.digest()
    context.rooms._lessons.clear()
    replayed = context.rooms.load_lesson(lesson.id, "")
    assert (replayed.simulation.ledger.digest(), replayed.turn_starts) == (expected, lesson.turn_starts)


def test_turn_without_a_played_month_is_not_stored(context, monkeypatch):
    _, lesson = make_lesson(context)
    lesson.set_phase("playing", turn=1)
    monkeypatch.setattr(ClassSimulation, "play_turn", lambda *_: [])
    for play in (lesson.resolve_turn, lambda: lesson.end(play_on=True)):
        with pytest.raises(RuntimeError, match="played to month 0, not 1"):
            play()
    assert lesson.store.row("SELECT COUNT(*) AS n FROM turn")["n"] == 0
