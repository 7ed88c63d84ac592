"""The context in which a seat chooses an option, and the makers of its facts."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from dashboards.classroom.game.actions import Verb
from dashboards.classroom.game.facts import Fact, make_fact
from dashboards.classroom.game.visibility import Observer


class ChoiceContext(NamedTuple):
    """The context of a verb: the seat's observer, and the indices and names of what the verb refers to."""

    observer: Observer
    verb: Verb
    me: int
    other: int
    talks: int
    side: int
    names: dict[str, str]

    @property
    def world(self) -> Any:
        """Return the world that the observer sees."""
        return self.observer.world


FactMaker = Callable[[ChoiceContext], Iterator[Fact]]


def fixed_facts(*keys: str) -> FactMaker:
    """Return a maker of facts without numbers."""
    return lambda ctx: map(make_fact, keys)
