"""The API of a classroom in a separate process, which tests can kill."""

import json
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from dashboards.classroom.lesson.settings import Settings
from dashboards.classroom.server.context import open_classroom
from dashboards.classroom.server.routes import api_routes
from dashboards.web.server import bind_address


def serve(path):
    """Serve the API, with a room if there is none; print its facts on standard output."""
    listener = bind_address("127.0.0.1", 0)
    context = open_classroom(path, "127.0.0.1", listener.getsockname()[1])
    facts = {"address": context.base_url, "key": context.rooms.create_instructor_key(replace=False)}
    if facts["key"]:
        room = context.rooms.create_room("A class")
        context.rooms.create_lesson(room, Settings(scenario="two-states", rounds=6))
        facts["code"] = room["code"]
    print(json.dumps(facts), flush=True)
    config = uvicorn.Config(Starlette(routes=api_routes(context)), log_level="error", lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
