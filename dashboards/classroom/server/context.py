"""All that a running classroom is made of: its rooms, its news, its limits, the address that its links carry."""

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
    base_url: str  # what links begin with
    on_network: bool
    failed_attempts: RateLimit  # wrong codes and keys, of each address
    write_limit: RateLimit  # requests that write, of each person
    read_limit: RateLimit  # all others
    solo_limit: RateLimit  # new solo rooms, of each address
    join_limit: RateLimit  # people who join, of each address: a class may share one

    def room_url(self, code: str) -> str:
        """Give the address of a room."""
        return f"{self.base_url}/class/r/{code}"

    def room_link(self, code: str) -> RoomLink:
        """Give a room's link and its QR code."""
        return {"code": code, "link": self.room_url(code), "qr": qr_svg(self.room_url(code))}


def open_classroom(store: Path | None, host: str, port: int) -> ClassroomContext:
    """Open the classroom's store, and let time pass in its lessons. Raises ScenarioError or OSError."""
    news = EventBroker()
    rooms = Rooms(LessonStore(store), news.publish)
    base = f"http://{network_address(host)}:{port}"
    buckets = RateLimit(30, 10.0), RateLimit(40, 0.25), RateLimit(100, 0.1), RateLimit(30, 5.0), RateLimit(100, 1.0)
    house = ClassroomContext(rooms, news, Debriefs(), base, not is_loopback(host), *buckets)
    rooms.start_clocks()
    return house
