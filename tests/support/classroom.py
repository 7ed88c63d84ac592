"""A classroom under test: its API over real connections, lessons, people and their moves."""

import threading
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from dashboards.classroom.bots import ClassClient
from dashboards.classroom.game.available_actions import limits, open_verbs
from dashboards.classroom.lesson.participant import move
from dashboards.classroom.lesson.settings import Settings
from dashboards.classroom.schemas import OUTCOMES, SentMove, validated
from dashboards.classroom.server.routes import routes
from dashboards.web.server import listen

HOSTILE = "<script>alert(1)</script> \u202e=1+1"
SURE = dict.fromkeys(OUTCOMES, 0) | {"breakdown": 100}


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


def refused(client, path, sent=None):
    """Post what must be refused; gives status and code."""
    status, answer = client.ask("POST", path, sent)
    return status, answer["error"]["code"]
