"""All that a running classroom is made of: its rooms, its news, its limits, the address that its links carry."""

from pathlib import Path
from typing import NamedTuple

from dashboards.classroom.debrief.counterfactuals import Debriefs
from dashboards.classroom.lesson.rooms import Rooms
from dashboards.classroom.lesson.store import LessonStore
from dashboards.classroom.server.address import is_loopback, network_address, qr
from dashboards.classroom.server.events import EventBroker
from dashboards.classroom.server.rate_limit import Bucket
from dashboards.classroom.views.messages import RoomLink


class House(NamedTuple):
    """A running classroom."""

    rooms: Rooms
    news: EventBroker
    debriefs: Debriefs
    base: str  # what links begin with
    on_network: bool
    wrong: Bucket  # wrong codes and keys, of each address
    writing: Bucket  # requests that write, of each person
    reading: Bucket  # all others
    solo: Bucket  # new solo rooms, of each address
    joining: Bucket  # people who join, of each address: a class may share one

    def link(self, code: str) -> str:
        """Give the address of a room."""
        return f"{self.base}/class/r/{code}"

    def shown(self, code: str) -> RoomLink:
        """Give a room's link and its QR code."""
        return {"code": code, "link": self.link(code), "qr": qr(self.link(code))}


def open_house(store: Path | None, host: str, port: int) -> House:
    """Open the classroom's store, and let time pass in its lessons. Raises ScenarioError or OSError."""
    news = EventBroker()
    rooms = Rooms(LessonStore(store), news.tell)
    base = f"http://{network_address(host)}:{port}"
    buckets = Bucket(30, 10.0), Bucket(40, 0.25), Bucket(100, 0.1), Bucket(30, 5.0), Bucket(100, 1.0)
    house = House(rooms, news, Debriefs(), base, not is_loopback(host), *buckets)
    rooms.start_clocks()
    return house
