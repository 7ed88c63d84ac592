"""A verification body: it chooses where to look, and reports what it finds."""

from typing import ClassVar

from agents.actor import Actor, rule_method
from model.rules import verification


class VerificationBody(Actor):
    """A verification body."""

    axis: ClassVar[str] = "body"

    inspect = rule_method(verification.inspect)
    report_findings = rule_method(verification.report_findings)
