"""A state: its decisions towards other states, in its negotiations, and in domestic politics."""

from typing import ClassVar

from agents.actor import Actor, performs


@performs("state", "party")
class State(Actor):
    """A state. Its methods are the acts of states and of parties in ``model/protocol.py``.

    Override one to change one decision, as in ``choose_conduct(self, other)`` or ``answer_proposal(self, talks)``.
    ``other`` is the number of a state, ``talks`` of a negotiation. Return what the rule returns: a bool or a number.
    """

    axis: ClassVar[str] = "state"
