"""A regional facilitator: it arrives, takes on tasks while it has time and money, and tires."""

from typing import ClassVar

from agents.actor import Actor, performs


@performs("facilitator")
class Facilitator(Actor):
    """A facilitator. Its methods are the acts of facilitators in ``model/protocol.py``."""

    axis: ClassVar[str] = "facilitator"
