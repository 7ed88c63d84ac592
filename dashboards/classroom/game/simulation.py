"""The run in which orders meet the world: each order is asked for as its act comes, when all before it is settled."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from agents.assembly import Assembly
from dashboards.classroom.game.actions import FORCED_BY, LAST, OPTIONS, Verb, option_of, seats, verbs_of, written
from model.overrides import Override, resolve
from model.protocol import ACT, PROTOCOL
from model.scenario import Scenario
from model.world import Forced

Choices = Mapping[str, str]  # what a seat orders: the id of a verb to an option
Sheets = Mapping[str, Choices]  # the choices of every seat that orders anything


class PlayedOrder(NamedTuple):
    """An order as it met the world: whether there was an occasion in any month, and what the agent would have done.

    option, agent: options of the verb; agent is None where there was no occasion.
    differed: the first month in which the agent would have decided otherwise, or None.
    """

    seat: str
    verb: str
    option: str
    took: bool
    agent: str | None
    differed: int | None


class _Order(NamedTuple):
    verb: Verb
    option: str


class Simulation(Assembly):
    """A watched run at which people sit: ``turn`` plays months under what the seats order.

    played: the overrides of the months played before, to be played again. What is played anew is added to
    ``overrides``, and to ``owners`` whose each is (a seat, or "" of an event); an ``Assembly`` of the same
    scenario and seed under these overrides gives the same ledger.
    """

    def __init__(self, scenario: Scenario, seed: int, played: Sequence[Override] = (), owners: Sequence[str] = ()):
        super().__init__(scenario, rng=seed, overrides=played)
        self.overrides, self.owners = list(played), list(owners)
        self.verbs = {name: {verb.id: verb for verb in verbs_of(scenario, name)} for name in seats(scenario)}
        self._orders: dict[str, list[_Order]] = {}
        self._events: list[Override] = []
        self._met: dict[_Order, dict[int, dict[str, tuple[float, float, float]]]] = {}

    def turn(self, sheets: Sheets, months: int, events: Iterable[Override] = ()) -> list[PlayedOrder]:
        """Play some months under the sheets; the events befall the first of them. Gives what came of each order."""
        orders = sorted(
            (
                _Order(self.verbs[seat][verb], option)
                for seat, choices in sheets.items()
                for verb, option in choices.items()
            ),
            key=lambda order: (order.option in LAST, order.verb.seat, order.verb.id),
        )
        self._met = {order: {} for order in orders}
        self._orders = {}
        for order in orders:
            forces = OPTIONS[order.verb.act][order.option]
            for act in [force.act for force in forces] or FORCED_BY[order.verb.act]:
                self._orders.setdefault(act, []).append(order)
        self._events = [event._replace(round=self.round + 1) for event in events]
        for _ in range(months):
            self.step()
        self._orders, self._events = {}, []
        return [self._came_to(order) for order in orders]

    def forced_now(self, number: int) -> Iterable[Forced]:
        """Give what the scenario, then the seats, then the instructor force at an act; note the last two."""
        act = PROTOCOL[number]
        asked = [(self._ask(order, number), order.verb.seat) for order in self._orders.get(act.name, ())]
        now = [(override, seat) for override, seat in asked if override is not None]
        now += [(event, "") for event in self._events if event.round == self.round and ACT[event.act] == number]
        self.overrides += [override for override, _ in now]
        self.owners += [owner for _, owner in now]
        return [*super().forced_now(number), *(resolve(self.setting, override) for override, _ in now)]

    def _ask(self, order: _Order, number: int) -> Override | None:
        """Turn an order into an override, if there is an occasion, and note what the agent would do instead.

        An order that forces nothing leaves the act as it would go; the verb's other options know its occasion.
        """
        act, options = PROTOCOL[number], OPTIONS[order.verb.act]
        leaves = not options[order.option]
        forces = chain.from_iterable(options.values()) if leaves else options[order.option]
        force = next(each for each in forces if each.act == act.name)
        cell = self.cell(order.verb, act.name)
        if force.occasion is not None and not force.occasion(self.world, cell):
            return None
        before = float(getattr(self.world, act.column)[cell])
        value = agent = float(act.rule(self.world.handle, *cell))
        if not leaves:
            value = force.value if isinstance(force.value, int | float) else force.value(self.world, cell)
        self._met[order].setdefault(self.round, {})[act.name] = float(value), agent, before
        return None if leaves else written(order.verb, act.name, self.round, float(value))

    def cell(self, verb: Verb, act: str) -> tuple[int, ...]:
        """Find the cell of an act that a verb is about."""
        flat = resolve(self.setting, written(verb, act, self.round or 1)).cell
        shape = self.world.shape(PROTOCOL[ACT[act]].column)
        return tuple(int(place) for place in np.unravel_index(flat, shape))

    def _came_to(self, order: _Order) -> PlayedOrder:
        months = self._met[order]
        differed = (
            month
            for month, acts in months.items()
            if any(abs(value - agent) > 1e-9 for value, agent, _ in acts.values())
        )
        agent = None
        first = next(differed, None)
        if months and not OPTIONS[order.verb.act][order.option]:
            agent = order.option
        elif months:
            acts = months[first if first is not None else next(iter(months))]
            before = next(iter(acts.values()))[2]
            agent = option_of(order.verb, {name: would for name, (_, would, _) in acts.items()}, before)
        return PlayedOrder(order.verb.seat, order.verb.id, order.option, bool(months), agent, first)


def order_rows(played: Iterable[PlayedOrder]) -> list[dict[str, Any]]:
    """Write what came of orders as plain data."""
    return [each._asdict() for each in played]
