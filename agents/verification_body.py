"""A verification body: it chooses where to look, and reports what it finds."""

from typing import ClassVar

from agents.actor import Actor, performs
from model.rules import verification


class VerificationBody(Actor):
    """A verification body."""

    axis: ClassVar[str] = "body"

    inspect = performs(verification.inspect)
    report_on = performs(verification.report_on)
