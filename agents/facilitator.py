"""A regional facilitator: it comes, takes tasks as far as it has time, and tires."""

from typing import ClassVar

from agents.actor import Actor, rule_method
from model.rules import facilitation


class Facilitator(Actor):
    """A facilitator. Its services work through the tasks it takes."""

    axis: ClassVar[str] = "facilitator"

    be_present = rule_method(facilitation.be_present)
    tire = rule_method(facilitation.tire)
    take_task = rule_method(facilitation.take_task)
    spend = rule_method(facilitation.spend)
