"""A verification body: chooses where to inspect, and reports its findings."""

from typing import ClassVar

from agents.actor import Actor, performs


@performs("body")
class VerificationBody(Actor):
    """A verification body. Its methods are the acts of bodies in ``model/protocol.py``."""

    axis: ClassVar[str] = "body"
