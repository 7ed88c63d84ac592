"""The context of a running classroom: rooms, events, debriefs, base URL and rate limits."""

from pathlib import Path
from typing import NamedTuple

from dashboards.classroom.debrief.counterfactuals import Debriefs
from dashboards.classroom.lesson.rooms import Rooms
from dashboards.classroom.lesson.store import LessonStore
from dashboards.classroom.server.address import is_loopback, network_address, qr_svg
from dashboards.classroom.server.events import EventBroker
from dashboards.classroom.server.rate_limit import RateLimit
from dashboards.classroom.views.messages import RoomLink


class ClassroomContext(NamedTuple):
    """A running classroom."""

    rooms: Rooms
    events: EventBroker
    debriefs: Debriefs
    base_url: str  # of links
    on_network: bool
    failed_attempts: RateLimit  # wrong codes and keys, by address
    write_limit: RateLimit  # writing requests, by person
    read_limit: RateLimit  # reading requests, by person
    solo_limit: RateLimit  # new solo rooms, by address
    join_limit: RateLimit  # joins, by address: a class may share one

    def room_url(self, code: str) -> str:
        """Return the URL of a room."""
        return f"{self.base_url}/class/r/{code}"

    def room_link(self, code: str) -> RoomLink:
        """Return a room's link and its QR code."""
        return {"code": code, "link": self.room_url(code), "qr": qr_svg(self.room_url(code))}


def open_classroom(store: Path | None, host: str, port: int) -> ClassroomContext:
    """Open the store of the classroom and start its clocks. Raises ScenarioError or OSError."""
    events = EventBroker()
    rooms = Rooms(LessonStore(store), events.publish)
    base = f"http://{network_address(host)}:{port}"
    limits = RateLimit(30, 10.0), RateLimit(40, 0.25), RateLimit(100, 0.1), RateLimit(30, 5.0), RateLimit(100, 1.0)
    context = ClassroomContext(rooms, events, Debriefs(), base, not is_loopback(host), *limits)
    rooms.start_clocks()
    return context
