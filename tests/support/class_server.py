"""The API of a classroom as a process of its own, which can be killed."""

import json
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from dashboards.classroom.lesson.settings import Settings
from dashboards.classroom.server.context import open_house
from dashboards.classroom.server.routes import routes
from dashboards.web.server import listen


def serve(path):
    """Serve the API, with a room if there is none, and tell on standard output where; a process of its own."""
    listener = listen("127.0.0.1", 0)
    house = open_house(path, "127.0.0.1", listener.getsockname()[1])
    facts = {"address": house.base, "key": house.rooms.instructor_key(anew=False)}
    if facts["key"]:
        room = house.rooms.make_room("A class")
        house.rooms.make_lesson(room, Settings(scenario="two-states", rounds=6))
        facts["code"] = room["code"]
    print(json.dumps(facts), flush=True)
    config = uvicorn.Config(Starlette(routes=routes(house)), log_level="error", lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
