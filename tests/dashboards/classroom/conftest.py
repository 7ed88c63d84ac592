"""Fixtures: a classroom context with its own store, and a classroom served by its command."""

import signal
from collections.abc import Iterator

import pytest
from support.class_pages import ServedClassroom

from dashboards.classroom.server.context import open_classroom


@pytest.fixture
def context(tmp_path):
    classroom_context = open_classroom(tmp_path / "classroom.sqlite", "127.0.0.1", 8765)
    yield classroom_context
    classroom_context.rooms.close()


@pytest.fixture(scope="module")
def classroom(tmp_path_factory) -> Iterator[ServedClassroom]:
    room = ServedClassroom(tmp_path_factory.mktemp("classroom"))
    yield room
    assert room.stop(signal.SIGINT) == 0, "Ctrl-C did not stop the classroom cleanly"
