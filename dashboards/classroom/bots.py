"""Scripted students and their instructor, over real connections: a whole lesson that checks itself.

The server is a process of its own, started as the command is; the bots speak to it as pages do.
"""

import contextlib
import json
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from dashboards.classroom.views.exports import is_same_run, replay_lesson
from dashboards.page_link import shipped_names
from model.errors import InputError, ScenarioError

COMMAND = [str(Path(sys.executable).with_name("detente")), "class"]
LESSON_TIMEOUT = 180.0  # seconds that a lesson may take before the bots give up
OUTCOMES = ("breakdown", "managed_contact", "partial_arrangement", "comprehensive_deal")


class ClassClient:
    """One browser's connection: JSON in, JSON out, and how long each answer took."""

    def __init__(self, base: str, authorization: str = ""):
        self.base, self.authorization = base, authorization
        self._session = requests.Session()
        self._session.trust_env = False  # neither a proxy nor a password file has a part in this
        self.durations: list[tuple[str, float]] = []

    def _headers(self) -> dict[str, str]:
        return {"Authorization": self.authorization} if self.authorization else {}

    def request(self, method: str, path: str, sent: Any = None) -> tuple[int, Any]:
        """Ask, and return status and answer; what is not JSON comes as text."""
        begun = time.perf_counter()
        headers = self._headers() | ({"Content-Type": "application/json"} if method == "POST" else {})
        body = json.dumps(sent if sent is not None else {}) if method == "POST" else None
        answer = self._session.request(method, f"{self.base}/class/api/{path}", data=body, headers=headers, timeout=60)
        answer.encoding = "utf-8"
        self.durations.append((path.split("?")[0], time.perf_counter() - begun))
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.status_code, answer.json() if is_json else answer.text

    def get(self, path: str) -> Any:
        """Get what must be there. Raises RuntimeError if it is refused."""
        return self._request_ok("GET", path)

    def post(self, path: str, sent: Any = None) -> Any:
        """Post what must be taken. Raises RuntimeError if it is refused."""
        return self._request_ok("POST", path, sent)

    def _request_ok(self, method: str, path: str, sent: Any = None) -> Any:
        status, answer = self.request(method, path, sent)
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def listen(self, code: str) -> Iterator[dict[str, Any]]:
        """Listen to a room's news on a connection of their own, as whom the client is."""
        address = f"{self.base}/class/api/news?code={code}"
        with self._session.get(address, headers=self._headers(), stream=True, timeout=60) as answer:
            for line in answer.iter_lines():
                if line.startswith(b"data: ") and (change := json.loads(line[6:])):  # a sign of life is empty
                    yield change

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def __enter__(self) -> "ClassClient":
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()


class BotStudent(threading.Thread):
    """A student who joins, bets, and moves in every turn as soon as it opens."""

    def __init__(self, base: str, code: str, number: int):
        super().__init__(daemon=True, name=f"student {number}")
        self.base, self.code, self.number = base, code, number
        self.rng = random.Random(number)
        self.client = ClassClient(base)
        self.seat, self.joined = "", threading.Event()
        self.moves: dict[int, list[int]] = {}  # versions acknowledged, by turn
        self.lost_races, self.leaks = 0, 0
        self.error = ""

    def run(self) -> None:
        """Play until the lesson has ended."""
        try:
            self._join()
            for change in self.client.listen(self.code):
                if change["scope"] in ("room", "seat") and self._play() == "ended":
                    return
        except Exception as error:
            self.error = f"{type(error).__name__}: {error}"
        finally:
            self.joined.set()
            self.client.close()

    def _join(self) -> None:
        self.client.post("look", {"code": self.code})
        sent = {"code": self.code, "name": f"Bot {self.number}", "seat": None}
        status, answer = self.client.request("POST", "join", sent)
        while status == 429:  # more bots than one address may send at once
            time.sleep(answer["error"]["params"]["seconds"])
            status, answer = self.client.request("POST", "join", sent)
        if status != 200:
            raise RuntimeError(f"a seat was refused: {answer}")
        self.seat = answer["seat"]
        self.client.authorization = f"Bearer {answer['token']}"
        self.joined.set()

    def _play(self) -> str:
        view = self.client.get("me")
        self.leaks += count_leaks(view)
        if view["bets"]["open"] and str(view["bets"]["at"]) not in view["bets"]["mine"]:
            self._forecast(view["bets"]["at"])
        if view["phase"] == "playing" and view["turn"] not in self.moves and view["agent"] is None:
            self._move(view)
        return view["phase"]

    def _forecast(self, at: int) -> None:
        first = self.rng.randrange(0, 101)
        percent = dict.fromkeys(OUTCOMES, 0.0) | {OUTCOMES[0]: first, OUTCOMES[3]: 100 - first}
        self.client.request("POST", "bet", {"at": at, "percent": percent})

    def _move(self, view: dict[str, Any]) -> None:
        choices = {verb["verb"]: self._option(verb) for verb in view["verbs"] if self.rng.random() < 0.6}
        for limit in view["limits"]:
            taken = [verb for verb in limit["verbs"] if choices.get(verb) == limit["option"]]
            for verb in taken[limit["most"] :]:
                del choices[verb]
        sent = {"turn": view["turn"], "base": view["move"]["version"], "choices": choices, "done": True}
        status, answer = self.client.request("POST", "move", sent)
        if status == 200:
            self.moves.setdefault(view["turn"], []).append(answer["version"])
        elif answer["error"]["code"] in ("move.newer", "turn.over", "phase.wrong"):
            self.moves.setdefault(view["turn"], [])
            self.lost_races += 1
        else:
            raise RuntimeError(f"a move was refused: {answer}")

    def _option(self, verb: dict[str, Any]) -> str:
        return self.rng.choice(verb["options"])["option"]


def count_leaks(view: dict[str, Any]) -> int:
    """Count what a student's view should not hold: another seat's own facts, or the trust of all."""
    if view["phase"] == "ended":
        return 0
    own = [each["names"]["actor"] for each in view["known"] if each["group"] == "own"]
    return int("trust" in view["charts"]) + sum(actor != view["seat"] for actor in own)


@contextmanager
def run_server(folder: Path) -> Iterator[dict[str, Any]]:
    """Run the classroom as a process of its own; gives what it tells at its start."""
    command = [*COMMAND, "--port", "0", "--store", str(folder / "classroom.sqlite"), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise ScenarioError([InputError("class", "", "the server did not start")])
            facts = json.loads(line)
            wait_for_server(facts["address"])
            yield facts | {"pid": process.pid}
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def wait_for_server(base: str) -> None:
    """Wait until a server answers."""
    for _ in range(600):
        with contextlib.suppress(OSError), ClassClient(base) as client:
            if client.request("GET", "scenarios")[0] == 200:
                return
        time.sleep(0.1)
    raise ScenarioError([InputError("class", base, "the server does not answer")])


def play_lesson(bots: int, scenario: str, rounds: int | None = None) -> dict[str, Any]:
    """Play a whole lesson: the room is opened, bots join, move and bet, and the debrief is asked for; with its checks.

    Raises ScenarioError if there is no such scenario.
    """
    if scenario not in shipped_names():
        raise ScenarioError([InputError.unknown_name("scenario", scenario, shipped_names(), "scenario")])
    with tempfile.TemporaryDirectory() as folder, run_server(Path(folder)) as facts:
        result = _play_on(facts, bots, scenario, rounds or 12, Path(folder))
    result["server_mb"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)
    return result


def _play_on(facts: dict[str, Any], bots: int, scenario: str, rounds: int, folder: Path) -> dict[str, Any]:
    base = facts["address"]
    with ClassClient(base, f"Instructor {facts['key']}") as console, ClassClient(base) as wall:
        return _play_with(console, wall, bots, scenario, rounds, folder)


def _play_with(
    console: ClassClient, wall: ClassClient, bots: int, scenario: str, rounds: int, folder: Path
) -> dict[str, Any]:
    code = console.post("rooms", {"title": "Bots"})["code"]
    seats = [each["seat"] for row in console.get("scenarios") if row["id"] == scenario for each in row["seats"]]
    settings = {"scenario": scenario, "rounds": rounds, "seconds": 60, "bets": [0, rounds // 2], "seed": 1}
    most = min(-(-bots // len(seats)), 20)
    console.post(f"rooms/{code}/lessons", settings | {"seats": dict.fromkeys(seats, most)})
    students = [BotStudent(console.base, code, number) for number in range(bots)]
    begun = time.monotonic()
    for student in students:
        student.start()
    for student in students:
        student.joined.wait(30)
    console.post(f"rooms/{code}/do", {"action": "start"})
    resolved, view = [], console.get(f"rooms/{code}/console")
    while view["phase"] != "ended" and time.monotonic() - begun < LESSON_TIMEOUT:
        time.sleep(0.25)
        wall.get(f"projector?code={code}")
        view = console.get(f"rooms/{code}/console")
        resolved.append(view["load"]["resolve_ms"])
    for student in students:
        student.join(20)
    seconds = time.monotonic() - begun
    path = folder / "lesson.json"
    path.write_text(json.dumps(console.get(f"rooms/{code}/export/lesson.json")), "utf-8")
    moves = sorted(1000 * took for student in students for name, took in student.client.durations if name == "move")
    views = sorted(1000 * took for student in students for name, took in student.client.durations if name == "me")
    return {
        "bots": bots,
        "scenario": scenario,
        "turns": view["turns"],
        "seconds": round(seconds, 1),
        "moves": len(moves),
        "move_ms_p95": round(moves[int(0.95 * (len(moves) - 1))], 1) if moves else 0.0,
        "move_ms_median": round(statistics.median(moves), 1) if moves else 0.0,
        "view_ms_p95": round(views[int(0.95 * (len(views) - 1))], 1) if views else 0.0,
        "resolve_ms_most": max(resolved, default=0),
        "checks": _checks(students, view, path, console.get(f"rooms/{code}/export/moves.csv")),
    }


def _checks(students: list[BotStudent], view: dict[str, Any], path: Path, table: str) -> list[dict[str, Any]]:
    """Check the lesson: nobody was lost, no move was, and it comes out again as it did."""
    model, plain = replay_lesson(path)
    kept = Counter(tuple(line.split(",")[:3]) for line in table.splitlines()[1:])
    sent = Counter((str(turn), s.seat, str(v)) for s in students for turn, vs in s.moves.items() for v in vs)
    twice = [each for each, count in sent.items() if count > 1]
    ledger = model.ledger.digest() if model.ledger is not None else ""
    faults = [student.error for student in students if student.error]
    rows = [
        ("every bot took a seat and played to the end", not faults, "; ".join(faults[:3])),
        ("the lesson ended", view["phase"] == "ended" and plain["rounds"] == view["rounds"], view["phase"]),
        ("every move that was acknowledged is kept", set(sent) <= set(kept), str(sorted(set(sent) - set(kept))[:3])),
        ("of two moves for one seat one won", not twice, str(twice[:3])),
        ("no view held another seat's own facts", not any(s.leaks for s in students), ""),
        ("the lesson's file plays again to the same ledger", is_same_run(model, plain), ledger),
    ]
    return [{"check": check, "held": bool(held), "told": told} for check, held, told in rows]
