"""Bots: scripted students and an instructor play a whole lesson over real connections, and check it.

The server runs in a separate process, started by its command; the bots use its API as the pages do.
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
LESSON_TIMEOUT = 180.0  # seconds
OUTCOMES = ("breakdown", "managed_contact", "partial_arrangement", "comprehensive_deal")


class ClassClient:
    """A client of the API: sends and receives JSON, and records the duration of each request."""

    def __init__(self, base: str, authorization: str = ""):
        self.base, self.authorization = base, authorization
        self._session = requests.Session()
        self._session.trust_env = False  # ignores proxies and .netrc
        self.durations: list[tuple[str, float]] = []

    def _headers(self) -> dict[str, str]:
        return {"Authorization": self.authorization} if self.authorization else {}

    def request(self, method: str, path: str, data: Any = None) -> tuple[int, Any]:
        """Send a request; return status and answer, as text if it is not JSON."""
        started = time.perf_counter()
        headers = self._headers() | ({"Content-Type": "application/json"} if method == "POST" else {})
        body = json.dumps(data if data is not None else {}) if method == "POST" else None
        response = self._session.request(
            method, f"{self.base}/class/api/{path}", data=body, headers=headers, timeout=60
        )
        response.encoding = "utf-8"
        self.durations.append((path.split("?")[0], time.perf_counter() - started))
        is_json = "json" in response.headers.get("content-type", "")
        return response.status_code, response.json() if is_json else response.text

    def get(self, path: str) -> Any:
        """Send a GET request. Raises RuntimeError unless its status is 200."""
        return self._request_ok("GET", path)

    def post(self, path: str, data: Any = None) -> Any:
        """Send a POST request. Raises RuntimeError unless its status is 200."""
        return self._request_ok("POST", path, data)

    def _request_ok(self, method: str, path: str, data: Any = None) -> Any:
        status, response = self.request(method, path, data)
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {response}")
        return response

    def listen(self, code: str) -> Iterator[dict[str, Any]]:
        """Yield the events of a room, with the client's authorization."""
        address = f"{self.base}/class/api/news?code={code}"
        with self._session.get(address, headers=self._headers(), stream=True, timeout=60) as response:
            for line in response.iter_lines():
                if line.startswith(b"data: ") and (change := json.loads(line[6:])):  # pings are empty
                    yield change

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def __enter__(self) -> "ClassClient":
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()


class BotStudent(threading.Thread):
    """A student who joins, makes every forecast, and moves in every turn as soon as it opens."""

    def __init__(self, base: str, code: str, number: int):
        super().__init__(daemon=True, name=f"student {number}")
        self.base, self.code, self.number = base, code, number
        self.rng = random.Random(number)
        self.client = ClassClient(base)
        self.seat, self.joined = "", threading.Event()
        self.moves: dict[int, list[int]] = {}  # acknowledged versions by turn
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
        data = {"code": self.code, "name": f"Bot {self.number}", "seat": None}
        status, response = self.client.request("POST", "join", data)
        while status == 429:  # more bots than the rate limit of one address allows at once
            time.sleep(response["error"]["params"]["seconds"])
            status, response = self.client.request("POST", "join", data)
        if status != 200:
            raise RuntimeError(f"joining was refused: {response}")
        self.seat = response["seat"]
        self.client.authorization = f"Bearer {response['token']}"
        self.joined.set()

    def _play(self) -> str:
        view = self.client.get("me")
        self.leaks += count_leaks(view)
        if view["forecasts"]["open"] and str(view["forecasts"]["at"]) not in view["forecasts"]["mine"]:
            self._forecast(view["forecasts"]["at"])
        if view["phase"] == "playing" and view["turn"] not in self.moves and view["agent"] is None:
            self._move(view)
        return view["phase"]

    def _forecast(self, at: int) -> None:
        first = self.rng.randrange(0, 101)
        percent = dict.fromkeys(OUTCOMES, 0.0) | {OUTCOMES[0]: first, OUTCOMES[3]: 100 - first}
        self.client.request("POST", "forecast", {"at": at, "percent": percent})

    def _move(self, view: dict[str, Any]) -> None:
        choices = {verb["verb"]: self._option(verb) for verb in view["verbs"] if self.rng.random() < 0.6}
        for limit in view["limits"]:
            chosen = [verb for verb in limit["verbs"] if choices.get(verb) == limit["option"]]
            for verb in chosen[limit["most"] :]:
                del choices[verb]
        data = {"turn": view["turn"], "base": view["move"]["version"], "choices": choices, "done": True}
        status, response = self.client.request("POST", "move", data)
        if status == 200:
            self.moves.setdefault(view["turn"], []).append(response["version"])
        elif response["error"]["code"] in ("move.newer", "turn.over", "phase.wrong"):
            self.moves.setdefault(view["turn"], [])
            self.lost_races += 1
        else:
            raise RuntimeError(f"a move was refused: {response}")

    def _option(self, verb: dict[str, Any]) -> str:
        return self.rng.choice(verb["options"])["option"]


def count_leaks(view: dict[str, Any]) -> int:
    """Count private facts of other seats in a student's view, and the trust of all actors."""
    if view["phase"] == "ended":
        return 0
    own = [each["names"]["actor"] for each in view["known"] if each["group"] == "own"]
    return int("trust" in view["charts"]) + sum(actor != view["seat"] for actor in own)


@contextmanager
def run_server(folder: Path) -> Iterator[dict[str, Any]]:
    """Run the classroom in a separate process; yields the facts that it prints at its start."""
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
    """Wait until a server answers. Raises ScenarioError after a minute."""
    for _ in range(600):
        with contextlib.suppress(OSError), ClassClient(base) as client:
            if client.request("GET", "scenarios")[0] == 200:
                return
        time.sleep(0.1)
    raise ScenarioError([InputError("class", base, "the server does not answer")])


def play_lesson(bots: int, scenario: str, rounds: int | None = None) -> dict[str, Any]:
    """Play a whole lesson with bots: create a room, join, move, forecast; returns times and checks.

    Raises ScenarioError if there is no such scenario.
    """
    if scenario not in shipped_names():
        raise ScenarioError([InputError.unknown_name("scenario", scenario, shipped_names(), "scenario")])
    with tempfile.TemporaryDirectory() as folder, run_server(Path(folder)) as facts:
        result = _play_on_server(facts, bots, scenario, rounds or 12, Path(folder))
    result["server_mb"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)
    return result


def _play_on_server(facts: dict[str, Any], bots: int, scenario: str, rounds: int, folder: Path) -> dict[str, Any]:
    base = facts["address"]
    with ClassClient(base, f"Instructor {facts['key']}") as console, ClassClient(base) as projector:
        return _run_lesson(console, projector, bots, scenario, rounds, folder)


def _run_lesson(
    console: ClassClient, projector: ClassClient, bots: int, scenario: str, rounds: int, folder: Path
) -> dict[str, Any]:
    code = console.post("rooms", {"title": "Bots"})["code"]
    seats = [each["seat"] for row in console.get("scenarios") if row["id"] == scenario for each in row["seats"]]
    settings = {"scenario": scenario, "rounds": rounds, "seconds": 60, "bets": [0, rounds // 2], "seed": 1}
    capacity = min(-(-bots // len(seats)), 20)
    console.post(f"rooms/{code}/lessons", settings | {"seats": dict.fromkeys(seats, capacity)})
    students = [BotStudent(console.base, code, number) for number in range(bots)]
    started = time.monotonic()
    for student in students:
        student.start()
    for student in students:
        student.joined.wait(30)
    console.post(f"rooms/{code}/do", {"action": "start"})
    resolve_times, view = [], console.get(f"rooms/{code}/console")
    while view["phase"] != "ended" and time.monotonic() - started < LESSON_TIMEOUT:
        time.sleep(0.25)
        projector.get(f"projector?code={code}")
        view = console.get(f"rooms/{code}/console")
        resolve_times.append(view["load"]["resolve_ms"])
    for student in students:
        student.join(20)
    seconds = time.monotonic() - started
    path = folder / "lesson.json"
    path.write_text(json.dumps(console.get(f"rooms/{code}/export/lesson.json")), "utf-8")
    moves = sorted(
        1000 * duration for student in students for name, duration in student.client.durations if name == "move"
    )
    views = sorted(
        1000 * duration for student in students for name, duration in student.client.durations if name == "me"
    )
    return {
        "bots": bots,
        "scenario": scenario,
        "turns": view["turns"],
        "seconds": round(seconds, 1),
        "moves": len(moves),
        "move_ms_p95": round(moves[int(0.95 * (len(moves) - 1))], 1) if moves else 0.0,
        "move_ms_median": round(statistics.median(moves), 1) if moves else 0.0,
        "view_ms_p95": round(views[int(0.95 * (len(views) - 1))], 1) if views else 0.0,
        "resolve_ms_most": max(resolve_times, default=0),
        "checks": _checks(students, view, path, console.get(f"rooms/{code}/export/moves.csv")),
    }


def _checks(students: list[BotStudent], view: dict[str, Any], path: Path, moves_csv: str) -> list[dict[str, Any]]:
    """Check that no bot and no move was lost, that nothing leaked, and that the lesson can be replayed."""
    model, saved = replay_lesson(path)
    stored = Counter(tuple(line.split(",")[:3]) for line in moves_csv.splitlines()[1:])
    acknowledged = Counter((str(turn), s.seat, str(v)) for s in students for turn, vs in s.moves.items() for v in vs)
    accepted_twice = [each for each, count in acknowledged.items() if count > 1]
    ledger = model.ledger.digest() if model.ledger is not None else ""
    errors = [student.error for student in students if student.error]
    rows = [
        ("every bot took a seat and played to the end", not errors, "; ".join(errors[:3])),
        ("the lesson ended", view["phase"] == "ended" and saved["rounds"] == view["rounds"], view["phase"]),
        (
            "every acknowledged move is stored",
            set(acknowledged) <= set(stored),
            str(sorted(set(acknowledged) - set(stored))[:3]),
        ),
        ("of two simultaneous moves for one seat one was accepted", not accepted_twice, str(accepted_twice[:3])),
        ("no view contained private facts of another seat", not any(s.leaks for s in students), ""),
        ("a replay of the lesson file gives the same ledger", is_same_run(model, saved), ledger),
    ]
    return [{"check": check, "held": bool(held), "detail": detail} for check, held, detail in rows]
