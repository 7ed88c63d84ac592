"""A classroom under test: its API over real connections, lessons, people and their moves."""

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
SURE = dict.fromkeys(OUTCOMES, 0) | {"breakdown": 100}


@contextmanager
def serve_api(house):
    """Serve the API alone, over real connections; gives a maker of clients."""
    listener = bind_address("127.0.0.1", 0)
    config = uvicorn.Config(Starlette(routes=api_routes(house)), log_level="error", lifespan="off")
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


def make_lesson(house, scenario="two-states", **settings):
    room = house.rooms.make_room("A class")
    made = {"rounds": 12, "seed": 3, "seconds": 0, "waits": False}
    return room, house.rooms.make_lesson(room, validate(Settings, {"scenario": scenario, **made, **settings}))


def unload_lessons(house):
    """Let the house forget all lessons, as a restart does: they are played again from the store."""
    house.rooms._lessons.clear()
    house.rooms._used.clear()


def join_seat(house, room, seat, name="Mina"):
    _, person, taken = house.rooms.join(house.rooms.room(room["code"]), name, seat)
    assert taken == seat
    return person


def submit_choices(lesson, person, seat, choices, base=0, done=True):
    return submit_move(lesson, person, seat, MoveRequest(turn=lesson.turn, base=base, choices=choices, done=done))


def play_turns(house, scenario="two-states", turns=8, **settings):
    """Play a lesson in which every seat orders something in every turn."""
    room, lesson = make_lesson(house, scenario, **settings)
    people = {seat: join_seat(house, room, seat) for seat in lesson.seats()}
    lesson.go("playing", turn=1)
    for turn in range(turns):
        for number, (seat, person) in enumerate(people.items()):
            verbs = available_verbs(lesson.table, seat, lesson.months)
            choices = {verb.id: verb.options[(turn + number) % len(verb.options)] for verb in verbs}
            for limit in choice_limits(lesson.table, seat, lesson.months):
                for verb in limit.verbs[limit.most :]:
                    choices.pop(verb, None)
            submit_choices(lesson, person, seat, choices)
        lesson.resolve()
    return room, lesson, people


def refused_status(client, path, sent=None):
    """Post what must be refused; gives status and code."""
    status, answer = client.ask("POST", path, sent)
    return status, answer["error"]["code"]
