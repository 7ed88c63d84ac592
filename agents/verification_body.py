"""A verification body: it inspects negotiations and reports what it finds."""

from typing import ClassVar

from agents.actor import Actor, performs


@performs("body")
class VerificationBody(Actor):
    """A verification body. Its methods are the acts of bodies in ``model/protocol.py``."""

    axis: ClassVar[str] = "body"
