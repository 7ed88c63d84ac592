"""The run in which orders meet the world: each order is asked for as its act comes, when all before it is settled."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from agents.assembly import Assembly
from dashboards.classroom.game.actions import (
    ACTS_OF_VERB,
    OPTIONS,
    PREVAILING_OPTIONS,
    Verb,
    option_from_values,
    override_for,
    playable_seats,
    seat_verbs,
)
from model.overrides import Override, resolve_override
from model.protocol import ACT_INDEX, PROTOCOL
from model.scenario import Scenario
from model.world import ResolvedOverride

Choices = Mapping[str, str]  # what a seat orders: the id of a verb to an option
ChoicesBySeat = Mapping[str, Choices]  # the choices of every seat that orders anything


class OrderResult(NamedTuple):
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


class ClassSimulation(Assembly):
    """A watched run at which people sit: ``turn`` plays months under what the seats order.

    played: the overrides of the months played before, to be played again. What is played anew is added to
    ``overrides``, and to ``owners`` whose each is (a seat, or "" of an event); an ``Assembly`` of the same
    scenario and seed under these overrides gives the same ledger.
    """

    def __init__(self, scenario: Scenario, seed: int, played: Sequence[Override] = (), owners: Sequence[str] = ()):
        super().__init__(scenario, rng=seed, overrides=played)
        self.overrides, self.owners = list(played), list(owners)
        self.verbs = {name: {verb.id: verb for verb in seat_verbs(scenario, name)} for name in playable_seats(scenario)}
        self._orders: dict[str, list[_Order]] = {}
        self._events: list[Override] = []
        self._results: dict[_Order, dict[int, dict[str, tuple[float, float, float]]]] = {}

    def play_turn(
        self, choices_by_seat: ChoicesBySeat, months: int, events: Iterable[Override] = ()
    ) -> list[OrderResult]:
        """Play some months under the sheets; the events befall the first of them. Gives what came of each order."""
        orders = sorted(
            (
                _Order(self.verbs[seat][verb], option)
                for seat, choices in choices_by_seat.items()
                for verb, option in choices.items()
            ),
            key=lambda order: (order.option in PREVAILING_OPTIONS, order.verb.seat, order.verb.id),
        )
        self._results = {order: {} for order in orders}
        self._orders = {}
        for order in orders:
            forces = OPTIONS[order.verb.act][order.option]
            for act in [force.act for force in forces] or ACTS_OF_VERB[order.verb.act]:
                self._orders.setdefault(act, []).append(order)
        self._events = [event._replace(round=self.round + 1) for event in events]
        for _ in range(months):
            self.step()
        self._orders, self._events = {}, []
        return [self._result_of(order) for order in orders]

    def current_forced_moves(self, act_number: int) -> Iterable[ResolvedOverride]:
        """Give what the scenario, then the seats, then the instructor force at an act; note the last two."""
        act = PROTOCOL[act_number]
        asked = [(self._override_from(order, act_number), order.verb.seat) for order in self._orders.get(act.name, ())]
        now = [(override, seat) for override, seat in asked if override is not None]
        now += [
            (event, "") for event in self._events if event.round == self.round and ACT_INDEX[event.act] == act_number
        ]
        self.overrides += [override for override, _ in now]
        self.owners += [owner for _, owner in now]
        return [
            *super().current_forced_moves(act_number),
            *(resolve_override(self.loaded_scenario, override) for override, _ in now),
        ]

    def _override_from(self, order: _Order, number: int) -> Override | None:
        """Turn an order into an override, if there is an occasion, and note what the agent would do instead.

        An order that forces nothing leaves the act as it would go; the verb's other options know its occasion.
        """
        act, options = PROTOCOL[number], OPTIONS[order.verb.act]
        leaves = not options[order.option]
        forces = chain.from_iterable(options.values()) if leaves else options[order.option]
        force = next(each for each in forces if each.act == act.name)
        cell = self.cell(order.verb, act.name)
        if force.applies is not None and not force.applies(self.world, cell):
            return None
        before = float(getattr(self.world, act.column)[cell])
        value = agent = float(act.rule(self.world.compiled, *cell))
        if not leaves:
            value = force.value if isinstance(force.value, int | float) else force.value(self.world, cell)
        self._results[order].setdefault(self.round, {})[act.name] = float(value), agent, before
        return None if leaves else override_for(order.verb, act.name, self.round, float(value))

    def cell(self, verb: Verb, act: str) -> tuple[int, ...]:
        """Find the cell of an act that a verb is about."""
        flat = resolve_override(self.loaded_scenario, override_for(verb, act, self.round or 1)).cell
        shape = self.world.shape(PROTOCOL[ACT_INDEX[act]].column)
        return tuple(int(place) for place in np.unravel_index(flat, shape))

    def _result_of(self, order: _Order) -> OrderResult:
        months = self._results[order]
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
            agent = option_from_values(order.verb, {name: would for name, (_, would, _) in acts.items()}, before)
        return OrderResult(order.verb.seat, order.verb.id, order.option, bool(months), agent, first)


def result_rows(played: Iterable[OrderResult]) -> list[dict[str, Any]]:
    """Write what came of orders as plain data."""
    return [each._asdict() for each in played]
