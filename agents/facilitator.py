"""A regional facilitator: it arrives, takes on tasks within its capacity and budget, and becomes fatigued."""

from typing import ClassVar

from agents.actor import Actor, performs


@performs("facilitator")
class Facilitator(Actor):
    """A facilitator. Its methods are the acts of facilitators in ``model/protocol.py``."""

    axis: ClassVar[str] = "facilitator"
