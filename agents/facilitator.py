"""A regional facilitator: it comes, takes tasks as far as it has time, and tires."""

from typing import ClassVar

from agents.actor import Actor, performs
from model.rules import facilitation


class Facilitator(Actor):
    """A facilitator. Its services work through the tasks it takes."""

    axis: ClassVar[str] = "facilitator"

    be_present = performs(facilitation.be_present)
    tire = performs(facilitation.tire)
    take_task = performs(facilitation.take_task)
    spend = performs(facilitation.spend)
