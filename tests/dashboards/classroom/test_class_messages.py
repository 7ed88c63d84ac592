"""What the server answers to the classroom's pages: all of a lesson that is played has the shapes that are declared."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from support.classroom import HOSTILE, SURE, make_lesson, serve_api
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
SENT_TO_PAGES = (
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
OF_NO_MESSAGE = {  # of the browser, of modules, faults and news, of texts by language and numbers by name
    *re.findall(
        r"\w+",
        """
    CLOSED NumberFormat URL assign blob close createObjectURL data delete detLineChart dir drop findLast form format
    hasAttribute hash json lang newLesson message ok origin pathname place random readyState reload removeAttribute removeItem
    replaceAll replaceChildren replaceState returnValue revokeObjectURL scrollHeight search searchParams section
    showModal size visibilityState writeText
    scope en percent deal_progress
    """,
    )
}
UNREAD = {"changes", "resolve_ms", "support"}  # told for those who read the answer themselves


def differing(shape: Any, answer: Any) -> list[str]:
    """Return where an answer differs from its shape."""
    return [*shape_errors(shape, answer, "answer")][:5]


def answers(clients, console, students, code):
    """Yield every answer that the pages of a lesson show, with its shape."""
    yield ConsoleMessage, console.get(f"rooms/{code}/console")
    yield list[RoomRow], console.get("rooms")
    yield CardsMessage, console.get(f"rooms/{code}/cards")
    yield ProjectorMessage, clients().get(f"projector?code={code}")
    yield RoomPreview, clients().post("look", {"code": code})
    for student in students:
        yield StudentMessage, student.get("me")


def play_turn(lesson, student, number):
    """Send a move of the first options through the wire; return what was answered."""
    verbs = student.get("me")["verbs"]
    choices = {verb["verb"]: verb["options"][number % len(verb["options"])]["option"] for verb in verbs}
    limited = {verb for limit in student.get("me")["limits"] for verb in limit["verbs"]}
    kept = {verb: option for verb, option in choices.items() if verb not in limited}
    return student.post("move", {"turn": lesson.turn, "base": 0, "choices": kept, "done": number % 2 == 0})


@pytest.mark.parametrize(("scenario", "sight"), [("two-states", "public"), ("us-iran-2026", "own")])
def test_every_answer_of_a_played_lesson_has_its_declared_shape(house, scenario, sight):
    room, lesson = make_lesson(house, scenario, rounds=6, months=2, sight=sight, bets=[0, 1])
    code = room["code"]
    with serve_api(house) as clients:
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        joined = [clients().post("join", {"code": code, "name": HOSTILE, "seat": seat}) for seat in lesson.seats()]
        students = [clients(f"Bearer {each['token']}") for each in joined]

        def check():
            house.joining._left.clear(), house.reading._left.clear(), house.writing._left.clear()
            for shape, answer in answers(clients, console, students, code):
                assert differing(shape, answer) == []

        assert differing(list[ShippedScenario], clients().get("scenarios")) == []
        check()
        students[0].post("bet", {"at": 0, "percent": SURE})
        students[0].post("message", {"to": "all", "text": "Hello"})
        console.post(f"rooms/{code}/do", {"action": "notice", "text": "Begin"})
        console.post(f"rooms/{code}/do", {"action": "start"})
        assert differing(list[EventOffer], console.get(f"rooms/{code}/events")) == []
        for turn in range(3):
            if turn == 1 and scenario == "us-iran-2026":
                event = {"kind": "oil_shock", "value": 0.5}
                console.post(f"rooms/{code}/do", {"action": "inject", "event": event})
            for number, student in enumerate(students):
                assert differing(AdviceMessage, student.get("advice")) == []
                assert differing(MoveReceipt, play_turn(lesson, student, turn + number)) == []
            check()
            lesson.resolve()
        check()
        for asker, path in ((students[0], "debrief"), (console, f"rooms/{code}/debrief")):
            while not (told := asker.get(path))["ready"]:
                assert differing(DebriefProgress, told) == []
                time.sleep(0.2)
            assert differing(DebriefMessage, told) == []
        check()
        console.post(f"rooms/{code}/lessons", {"scenario": scenario})
        check()
        assert students[0].get("me")["next"]["phase"] == "lobby"


def test_a_room_without_a_lesson_answers_in_its_declared_shapes(house):
    room = house.rooms.make_room("Empty")
    code = room["code"]
    with serve_api(house) as clients:
        console = clients(f"Instructor {house.rooms.instructor_key(True)}")
        for shape, answer in (
            (ConsoleWithoutLesson, console.get(f"rooms/{code}/console")),
            (ProjectorWithoutLesson, clients().get(f"projector?code={code}")),
            (RoomPreview, clients().post("look", {"code": code})),
            (list[RoomRow], console.get("rooms")),
        ):
            assert differing(shape, answer) == []


def test_the_pages_read_what_is_declared_and_nothing_else():
    keys = set().union(*map(field_names, SENT_TO_PAGES))
    scripts = {path.name: f"<script>{path.read_text('utf-8')}" for path in PAGES.glob("*.js")}
    assert len(scripts) > 10
    for name, script in scripts.items():
        parts = {part for part in names_read(script) if part.endswith("_")}  # the beginning of a key in a template text
        unknown = names_read(script) - parts - keys - names_defined(script) - BROWSER_NAMES - OF_NO_MESSAGE
        assert unknown == set(), f"{name} reads what no message holds"
    everywhere = "\n".join(scripts.values())
    ours = keys - field_names(EventOffer) - UNREAD  # the offers are those of Watch, which reads the rest of them
    assert {key for key in ours if not re.search(rf"\b{key}\b", everywhere)} == set()
