"""A regional facilitator: it comes, takes tasks as far as it has time, and tires."""

from typing import ClassVar

from agents.actor import Actor, rule_method
from model.rules import facilitation


class Facilitator(Actor):
    """A facilitator. Its services work through the tasks it takes."""

    axis: ClassVar[str] = "facilitator"

    update_presence = rule_method(facilitation.update_presence)
    update_fatigue = rule_method(facilitation.update_fatigue)
    take_task = rule_method(facilitation.take_task)
    pay_for_tasks = rule_method(facilitation.pay_for_tasks)
