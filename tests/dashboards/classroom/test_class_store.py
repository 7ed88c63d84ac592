"""The store: versions, a killed server, and whole lessons of bots."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing

import pytest
from support import class_server
from support.classroom import make_lesson, serve_api

from dashboards.classroom.bots import ClassClient, play_lesson, wait_for_server
from dashboards.classroom.lesson.store import MIGRATIONS, LessonStore
from dashboards.classroom.server.context import open_classroom
from dashboards.classroom.views.exports import replay_lesson
from model.errors import ScenarioError


def test_store_in_use_or_invalid_is_reported(context, tmp_path):
    with pytest.raises(ScenarioError, match="in use by another server"):
        LessonStore(context.rooms.store.path)
    (tmp_path / "other.sqlite").write_text("not a database at all, by any means")
    with pytest.raises(ScenarioError, match="cannot be read"):
        LessonStore(tmp_path / "other.sqlite")


def test_first_version_store_is_upgraded_without_reusing_ids(tmp_path):
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
    context = open_classroom(path, "127.0.0.1", 8765)
    context.rooms.delete_room("K7M2QX")
    for table in ("lesson", "place", "seat", "person"):
        assert context.rooms.store.rows(f"SELECT * FROM {table}") == []
    assert make_lesson(context)[1].id == 3
    context.rooms.close()


def test_killed_server_loses_no_acknowledged_move(tmp_path):
    command = [sys.executable, class_server.__file__, str(tmp_path / "s.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, ExitStack() as stack:
        facts = json.loads(process.stdout.readline())
        base, room = facts["address"], f"rooms/{facts['code']}"
        wait_for_server(base)
        console = stack.enter_context(ClassClient(base, f"Instructor {facts['key']}"))
        student = stack.enter_context(ClassClient(base))
        token = student.post("join", {"code": facts["code"], "name": "Mina", "seat": "alba"})["token"]
        student.authorization = f"Bearer {token}"
        console.post(f"{room}/do", {"action": "set", "settings": {"waits": False}})
        console.post(f"{room}/do", {"action": "start"})
        student.post("move", {"turn": 1, "base": 0, "choices": {"conduct:borea": "hostile"}, "done": True})
        console.post(f"{room}/do", {"action": "next"})
        choices = {"seek:border": "stay_away", "conduct:borea": "friendly"}
        student.post("move", {"turn": 2, "base": 0, "choices": choices, "done": True})
        os.kill(process.pid, signal.SIGKILL)
    reopened = open_classroom(tmp_path / "s.sqlite", "127.0.0.1", 8765)
    assert reopened.rooms.create_instructor_key(replace=False) is None
    with serve_api(reopened) as clients:
        view, console = clients(f"Bearer {token}").get("me"), clients(f"Instructor {facts['key']}")
        assert (view["seat"], view["turn"], view["month"], view["phase"]) == ("alba", 2, 1, "playing")
        assert (view["move"]["choices"], view["move"]["done"]) == (choices, True)
        assert view["move"]["last"][0]["option"] == "hostile"
        console.post(f"{room}/do", {"action": "end"})
        file = tmp_path / "lesson.json"
        file.write_text(json.dumps(console.get(f"{room}/export/lesson.json")))
    reopened.rooms.close()
    model, data = replay_lesson(file)
    assert model.ledger.digest() == data["ledger_digest"]


@pytest.mark.parametrize(
    ("bots", "rounds"), [pytest.param(5, 3, id="five"), pytest.param(40, 24, id="forty", marks=pytest.mark.soak)]
)
def test_bots_play_a_whole_lesson_and_all_checks_pass(bots, rounds):
    result = play_lesson(bots, "us-iran-2026", rounds)
    assert [each for each in result["checks"] if not each["held"]] == []
    assert result["turns"] == rounds
    assert result["server_mb"] < 1500
