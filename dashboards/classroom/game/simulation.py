"""The run that plays orders: each order is evaluated at its act, when all earlier acts are decided."""

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

Choices = Mapping[str, str]  # of one seat: option by id of the verb
ChoicesBySeat = Mapping[str, Choices]  # by seat


class OrderResult(NamedTuple):
    """The result of an order: whether it took effect in any month, and what the agent would have decided.

    option, agent: options of the verb; agent is None if the order took no effect.
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
    """A run with people in some seats: ``play_turn`` plays months under the orders of the seats.

    played: the overrides of months played before, to be replayed. New ones are added to ``overrides``, and their
    owners (a seat, or "" for an event) to ``owners``. An ``Assembly`` of the same scenario and seed under these
    overrides gives the same ledger.
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
        """Play some months under the choices, with the events in the first month. Returns the result of each order."""
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
            forced = OPTIONS[order.verb.act][order.option]
            for act in [forced_act.act for forced_act in forced] or ACTS_OF_VERB[order.verb.act]:
                self._orders.setdefault(act, []).append(order)
        self._events = [event._replace(round=self.round + 1) for event in events]
        for _ in range(months):
            self.step()
        self._orders, self._events = {}, []
        return [self._result_of(order) for order in orders]

    def current_forced_moves(self, act_number: int) -> Iterable[ResolvedOverride]:
        """Return what scenario, seats and instructor force at an act, in this order; record the last two."""
        act = PROTOCOL[act_number]
        ordered = [
            (self._override_from(order, act_number), order.verb.seat) for order in self._orders.get(act.name, ())
        ]
        now = [(override, seat) for override, seat in ordered if override is not None]
        now += [
            (event, "") for event in self._events if event.round == self.round and ACT_INDEX[event.act] == act_number
        ]
        self.overrides += [override for override, _ in now]
        self.owners += [owner for _, owner in now]
        return [
            *super().current_forced_moves(act_number),
            *(resolve_override(self.loaded_scenario, override) for override, _ in now),
        ]

    def _override_from(self, order: _Order, act_number: int) -> Override | None:
        """Return the override of an order if it applies, and record what the agent would decide.

        An order without forced acts (report as found) leaves the act unchanged; whether it applies is taken from the
        other options of the verb.
        """
        act, options = PROTOCOL[act_number], OPTIONS[order.verb.act]
        unforced = not options[order.option]
        forced = chain.from_iterable(options.values()) if unforced else options[order.option]
        forced_act = next(each for each in forced if each.act == act.name)
        cell = self.cell(order.verb, act.name)
        if forced_act.applies is not None and not forced_act.applies(self.world, cell):
            return None
        before = float(getattr(self.world, act.column)[cell])
        value = agent = float(act.rule(self.world.compiled, *cell))
        if not unforced:
            value = (
                forced_act.value if isinstance(forced_act.value, int | float) else forced_act.value(self.world, cell)
            )
        self._results[order].setdefault(self.round, {})[act.name] = float(value), agent, before
        return None if unforced else override_for(order.verb, act.name, self.round, float(value))

    def cell(self, verb: Verb, act: str) -> tuple[int, ...]:
        """Return the cell of an act that a verb refers to."""
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
            agent = option_from_values(order.verb, {name: decided for name, (_, decided, _) in acts.items()}, before)
        return OrderResult(order.verb.seat, order.verb.id, order.option, bool(months), agent, first)


def result_rows(played: Iterable[OrderResult]) -> list[dict[str, Any]]:
    """Return the results of orders as JSON data."""
    return [each._asdict() for each in played]
