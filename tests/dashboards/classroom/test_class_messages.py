"""API responses for the classroom's pages have their declared types, and the pages read exactly these."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from support.classroom import CERTAIN_BREAKDOWN, HOSTILE, make_lesson, serve_api
from support.page_reads import BROWSER_NAMES, names_defined, names_read

from dashboards.classroom.debrief.messages import ConsoleMessage, DebriefMessage, DebriefProgress
from dashboards.classroom.lesson.participant import MoveReceipt
from dashboards.classroom.server import frontend
from dashboards.classroom.views.instructor_messages import CardsMessage, ConsoleWithoutLesson, RoomRow
from dashboards.classroom.views.messages import ProjectorMessage, ProjectorWithoutLesson, RoomPreview, ShippedScenario
from dashboards.classroom.views.student_messages import AdviceMessage, StudentMessage
from dashboards.injected_events import EventOffer
from dashboards.web.pages.shared.shapes import field_names, shape_errors

PAGES = Path(frontend.__file__).parents[1] / "pages"
RESPONSES = (
    StudentMessage
    | AdviceMessage
    | MoveReceipt
    | RoomPreview
    | ProjectorMessage
    | ProjectorWithoutLesson
    | ConsoleMessage,
    ConsoleWithoutLesson | list[RoomRow] | CardsMessage | list[ShippedScenario] | list[EventOffer] | DebriefMessage,
    DebriefProgress,
)
OTHER_NAMES = {  # names of the browser, of modules, errors, events, languages and numbers
    *re.findall(
        r"\w+",
        """
    CLOSED NumberFormat URL assign blob close createObjectURL data delete detLineChart dir drop findLast form format
    hasAttribute hash json lang drawLessonForm message ok origin pathname place random readyState reload removeAttribute removeItem
    replaceAll replaceChildren replaceState returnValue revokeObjectURL scrollHeight search searchParams section
    showModal size visibilityState writeText
    scope en percent deal_progress
    """,
    )
}
NOT_READ = {"changes", "due", "resolve_ms", "support"}  # for clients other than the pages


def type_errors(declared: Any, answer: Any) -> list[str]:
    """Return up to five places where an answer differs from its declared type."""
    return [*shape_errors(declared, answer, "answer")][:5]


def page_responses(clients, console, students, code):
    """Yield the responses for all pages of a lesson with their declared types."""
    yield ConsoleMessage, console.get(f"rooms/{code}/console")
    yield list[RoomRow], console.get("rooms")
    yield CardsMessage, console.get(f"rooms/{code}/cards")
    yield ProjectorMessage, clients().get(f"projector?code={code}")
    yield RoomPreview, clients().post("look", {"code": code})
    for student in students:
        yield StudentMessage, student.get("me")


def play_turn(lesson, student, number):
    """Send a move over the API; return the response."""
    verbs = student.get("me")["verbs"]
    choices = {verb["verb"]: verb["options"][number % len(verb["options"])]["option"] for verb in verbs}
    limited = {verb for limit in student.get("me")["limits"] for verb in limit["verbs"]}
    free_choices = {verb: option for verb, option in choices.items() if verb not in limited}
    return student.post("move", {"turn": lesson.turn, "base": 0, "choices": free_choices, "done": number % 2 == 0})


@pytest.mark.parametrize(("scenario", "sight"), [("two-states", "public"), ("us-iran-2026", "own")])
def test_responses_of_a_played_lesson_match_their_types(context, scenario, sight):
    room, lesson = make_lesson(context, scenario, rounds=6, months=2, sight=sight, bets=[0, 1])
    code = room["code"]
    with serve_api(context) as clients:
        console = clients(f"Instructor {context.rooms.create_instructor_key(True)}")
        joined = [clients().post("join", {"code": code, "name": HOSTILE, "seat": seat}) for seat in lesson.seats()]
        students = [clients(f"Bearer {each['token']}") for each in joined]

        def check():
            context.join_limit._left.clear(), context.read_limit._left.clear(), context.write_limit._left.clear()
            for declared, answer in page_responses(clients, console, students, code):
                assert type_errors(declared, answer) == []

        assert type_errors(list[ShippedScenario], clients().get("scenarios")) == []
        check()
        students[0].post("forecast", {"at": 0, "percent": CERTAIN_BREAKDOWN})
        students[0].post("message", {"to": "all", "text": "Hello"})
        console.post(f"rooms/{code}/do", {"action": "notice", "text": "Begin"})
        console.post(f"rooms/{code}/do", {"action": "start"})
        assert type_errors(list[EventOffer], console.get(f"rooms/{code}/events")) == []
        for turn in range(3):
            if turn == 1 and scenario == "us-iran-2026":
                event = {"kind": "oil_shock", "value": 0.5}
                console.post(f"rooms/{code}/do", {"action": "inject", "event": event})
            for number, student in enumerate(students):
                assert type_errors(AdviceMessage, student.get("advice")) == []
                assert type_errors(MoveReceipt, play_turn(lesson, student, turn + number)) == []
            check()
            lesson.resolve_turn()
        check()
        for client, path in ((students[0], "debrief"), (console, f"rooms/{code}/debrief")):
            while not (response := client.get(path))["ready"]:
                assert type_errors(DebriefProgress, response) == []
                time.sleep(0.2)
            assert type_errors(DebriefMessage, response) == []
        check()
        console.post(f"rooms/{code}/lessons", {"scenario": scenario})
        check()
        assert students[0].get("me")["next"]["phase"] == "lobby"


def test_responses_without_a_lesson_match_their_types(context):
    room = context.rooms.create_room("Empty")
    code = room["code"]
    with serve_api(context) as clients:
        console = clients(f"Instructor {context.rooms.create_instructor_key(True)}")
        for declared, answer in (
            (ConsoleWithoutLesson, console.get(f"rooms/{code}/console")),
            (ProjectorWithoutLesson, clients().get(f"projector?code={code}")),
            (RoomPreview, clients().post("look", {"code": code})),
            (list[RoomRow], console.get("rooms")),
        ):
            assert type_errors(declared, answer) == []


def test_pages_read_exactly_the_declared_fields():
    keys = set().union(*map(field_names, RESPONSES))
    scripts = {path.name: f"<script>{path.read_text('utf-8')}" for path in PAGES.glob("*.js")}
    assert len(scripts) > 10
    for name, script in scripts.items():
        parts = {
            part for part in names_read(script) if part.endswith("_")
        }  # the beginning of a text key in a template literal
        unknown = names_read(script) - parts - keys - names_defined(script) - BROWSER_NAMES - OTHER_NAMES
        assert unknown == set(), f"{name} reads undeclared fields"
    everywhere = "\n".join(scripts.values())
    declared = keys - field_names(EventOffer) - NOT_READ  # Watch reads the rest of the offers
    assert {key for key in declared if not re.search(rf"\b{key}\b", everywhere)} == set()
