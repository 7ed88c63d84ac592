"""Support for tests of the classroom: its API over real connections, lessons, participants and moves."""

import threading
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from dashboards.classroom.bots import ClassClient
from dashboards.classroom.game.available_actions import available_verbs, choice_limits
from dashboards.classroom.lesson.participant import submit_move
from dashboards.classroom.lesson.settings import Settings
from dashboards.classroom.schemas import OUTCOMES, MoveRequest, validate
from dashboards.classroom.server.routes import api_routes
from dashboards.web.server import bind_address

HOSTILE = "<script>alert(1)</script> \u202e=1+1"
CERTAIN_BREAKDOWN = dict.fromkeys(OUTCOMES, 0) | {"breakdown": 100}


@contextmanager
def serve_api(context):
    """Serve the API over real connections; yields a function that creates clients."""
    listener = bind_address("127.0.0.1", 0)
    config = uvicorn.Config(Starlette(routes=api_routes(context)), log_level="error", lifespan="off")
    server, created = uvicorn.Server(config), []
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def client(authorization=""):
        created.append(ClassClient(base, authorization))
        return created[-1]

    yield client
    for each in created:
        each.close()
    server.should_exit = True
    thread.join(10)
    listener.close()


def make_lesson(context, scenario="two-states", **settings):
    room = context.rooms.create_room("A class")
    defaults = {"rounds": 12, "seed": 3, "seconds": 0, "waits": False}
    return room, context.rooms.create_lesson(room, validate(Settings, {"scenario": scenario, **defaults, **settings}))


def unload_lessons(context):
    """Unload all lessons, as a restart does; they are replayed from the store."""
    context.rooms._lessons.clear()
    context.rooms._referenced.clear()


def join_seat(context, room, seat, name="Mina"):
    _, person, assigned = context.rooms.join(context.rooms.find_room(room["code"]), name, seat)
    assert assigned == seat
    return person


def submit_choices(lesson, person, seat, choices, base=0, done=True):
    return submit_move(lesson, person, seat, MoveRequest(turn=lesson.turn, base=base, choices=choices, done=done))


def play_turns(context, scenario="two-states", turns=8, **settings):
    """Play a lesson in which every seat has orders in every turn."""
    room, lesson = make_lesson(context, scenario, **settings)
    people = {seat: join_seat(context, room, seat) for seat in lesson.seats()}
    lesson.set_phase("playing", turn=1)
    for turn in range(turns):
        for number, (seat, person) in enumerate(people.items()):
            verbs = available_verbs(lesson.simulation, seat, lesson.months_per_turn)
            choices = {verb.id: verb.options[(turn + number) % len(verb.options)] for verb in verbs}
            for limit in choice_limits(lesson.simulation, seat, lesson.months_per_turn):
                for verb in limit.verbs[limit.most :]:
                    choices.pop(verb, None)
            submit_choices(lesson, person, seat, choices)
        lesson.resolve_turn()
    return room, lesson, people


def refused_status(client, path, sent=None):
    """Send a request that must be refused; return status and error code."""
    status, answer = client.request("POST", path, sent)
    return status, answer["error"]["code"]
