"""A classroom with a store of its own: the engine alone, or served by its command."""

import signal
from collections.abc import Iterator

import pytest
from support.class_pages import ServedClassroom

from dashboards.classroom.server.context import open_classroom


@pytest.fixture
def house(tmp_path):
    opened = open_classroom(tmp_path / "classroom.sqlite", "127.0.0.1", 8765)
    yield opened
    opened.rooms.close()


@pytest.fixture(scope="module")
def classroom(tmp_path_factory) -> Iterator[ServedClassroom]:
    room = ServedClassroom(tmp_path_factory.mktemp("classroom"))
    yield room
    assert room.stop(signal.SIGINT) == 0, "Ctrl-C did not stop the classroom cleanly"
