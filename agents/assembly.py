"""The Mesa model: it seats the actors, plays the protocol, keeps the ledger and collects."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import mesa
import numpy as np
from mesa.time import Priority, Schedule

from agents.actor import Actor
from agents.facilitator import Facilitator
from agents.ledger import Ledger
from agents.narrator import Teller
from agents.seating import Cell, Names
from agents.state import State
from agents.verification_body import VerificationBody
from model.loading import load
from model.measures import indicator_names, look, outcome_of, overall_outcome
from model.overrides import Override, forced
from model.protocol import PROTOCOL, Act
from model.scenario import Scenario
from model.statuses import Outcome
from model.world import Forced, World


def reading(name: str, model: "Assembly") -> float:
    """Read one indicator of the round."""
    return float(model.seen[model.places[name]])


class SeatedCell(NamedTuple):
    """One cell of an act: who decides it, and whether by the act's own rule."""

    ask: Callable[..., Any]
    rest: Cell
    cell: Cell
    by_rule: bool


class Checkpoint(NamedTuple):
    """Where a run stood: its world, the rows of its ledger, the rounds of its history with the start."""

    world: tuple[int, bytes, bytes]
    rows: int
    rounds: int


class Assembly(mesa.Model):
    """One watched run of a scenario; ``step`` plays one round, a month.

    scenario: a shipped name, a path, or a loaded Scenario. changes: dotted path to value.
    rng: the seed, an int (None draws one). overrides: forced moves besides the scenario's own.
    ledger: whether to keep one; it changes no number. state: the class of the states, or a
    mapping from a state's name to its class. Raises ScenarioError if the scenario has faults.
    """

    def __init__(
        self,
        scenario: str | Scenario = "us-iran-2026",
        changes: Mapping[str, Any] | None = None,
        rng: int | None = None,
        *,
        overrides: Iterable[Override] = (),
        ledger: bool = True,
        state: type[State] | Mapping[str, type[State]] = State,
    ):
        seed = int(np.random.SeedSequence().generate_state(1)[0]) if rng is None else int(rng)
        super().__init__(rng=seed)
        self.seed = seed
        self.setting = scenario if isinstance(scenario, Scenario) else load(scenario, changes)
        moves = forced(self.setting, overrides)
        self.world = World(self.setting, seed, moves)
        self.moves: dict[tuple[int, int], list[Forced]] = {}
        for move in moves:
            self.moves.setdefault((move.round, move.act), []).append(move)
        self.ledger = Ledger() if ledger else None
        self.teller = Teller(self)
        classes = state if isinstance(state, Mapping) else dict.fromkeys(self.setting.states, state)
        self.states = [classes.get(name, State)(self, seat, name) for seat, name in enumerate(self.setting.states)]
        self.facilitators = [Facilitator(self, seat, name) for seat, name in enumerate(self.setting.facilitators)]
        self.bodies = [VerificationBody(self, seat, name) for seat, name in enumerate(self.setting.bodies)]
        self.asked = [self._seat(act) for act in PROTOCOL]
        self.places = {name: at for at, name in enumerate(indicator_names(self.world.names.negotiation))}
        self.seen = look(self.world)
        self.history = [self.seen]
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(reading, name) for name in self.places},
            agenttype_reporters={
                State: {name: name for name in ("support", "audience", "programme")},
                Facilitator: {"fatigue": "fatigue"},
                VerificationBody: {"inspections": "inspections"},
            },
        )
        self.datacollector.collect(self)

    @property
    def scenario(self) -> None:
        """Hide Mesa's own scenario object: SolaraViz's Reset would pass it back in place of the name."""
        return

    @scenario.setter
    def scenario(self, scenario: Any) -> None:
        self._scenario = scenario

    def step(self) -> None:
        """Play one round: every act of the protocol whose mechanism is on."""
        self.world.clock[0] += 1
        for number, act in enumerate(PROTOCOL):
            if not act.mechanism or getattr(self.world, f"with_{act.mechanism}"):
                self._play(number, act)
        if self.ledger is not None:
            self.teller.tell_messages(self.ledger)
        self.seen = look(self.world)
        self.history.append(self.seen)
        self.datacollector.collect(self)
        self.running = self.round < self.setting.rounds

    def run(self, rounds: int | None = None) -> "Assembly":
        """Play all rounds of the scenario, or so many; give the model back."""
        for _ in range(self.setting.rounds if rounds is None else rounds):
            self.step()
        return self

    def forced_now(self, number: int) -> Iterable[Forced]:
        """Give the overrides of an act in this round; asked as the act comes, when all before it are settled."""
        return self.moves.get((self.round, number), ())

    @property
    def round(self) -> int:
        """Give the number of rounds played."""
        return int(self.world.clock[0])

    @property
    def trajectory(self) -> np.ndarray:
        """Give all indicators so far, [round, indicator], the start first."""
        return np.array(self.history)

    @property
    def outcome(self) -> Outcome:
        """Say how the run stands."""
        return overall_outcome(self.trajectory, self.world.size["negotiation"])

    def outcome_of(self, negotiation: str) -> Outcome:
        """Say how one negotiation stands."""
        return outcome_of(self.trajectory, self.world.names.negotiation.index(negotiation))

    def _seat(self, act: Act) -> list[SeatedCell]:
        """Find who decides each cell of an act."""
        asked = []
        for cell in product(*(range(self.world.size[axis]) for axis in act.axes)):
            actor, rest = self._actor(act, cell)
            if actor is None:
                asked.append(SeatedCell(act.rule, (self.world.handle, *cell), cell, True))
            else:
                ask = getattr(actor, act.name)
                asked.append(SeatedCell(ask, rest, cell, getattr(ask, "asks", None) is act.rule))
        return asked

    def _actor(self, act: Act, cell: Cell) -> tuple[Actor | None, Cell]:
        if act.role == "state":
            return self.states[cell[0]], cell[1:]
        if act.role == "party":
            return self.states[int(self.world.party[cell[:2]])], cell[:1]
        if act.role == "facilitator":
            return self.facilitators[cell[0]], cell[1:]
        if act.role == "body":
            return self.bodies[cell[0]], cell[1:]
        return None, cell

    def _play(self, number: int, act: Act) -> None:
        """Decide every cell of an act, apply overrides, keep the ledger, turn the page."""
        column = getattr(self.world, act.column)
        page = [each.ask(*each.rest) for each in self.asked[number]]
        set_from_outside = set()
        for move in self.forced_now(number):
            page[move.cell] = move.value
            set_from_outside.add(move.cell)
        if self.ledger is not None:
            self.teller.tell(self.ledger, act, self.asked[number], page, set_from_outside)
        column.flat = page

    # Words, as the teller has them

    def name_cell(self, act: Act, cell: Cell) -> Names:
        """Name a cell: actor, counterpart, negotiation."""
        return self.teller.name_cell(act, cell)

    def show(self, names: Names) -> dict[str, Any]:
        """Give the names of a cell as they are written in a sentence, with the rung in play."""
        return self.teller.show(names)

    def title(self, name: str | None, rung: str | None = None) -> str:
        """Give the written name of an actor, a negotiation, or a rung of it."""
        return self.teller.title(name, rung)

    # There and back

    def mark(self) -> Checkpoint:
        """Remember where the run stands, to come back to it."""
        told = len(self.ledger.rows) if self.ledger is not None else 0
        return Checkpoint(self.world.snapshot(), told, len(self.history))

    def rewind(self, mark: Checkpoint) -> None:
        """Go back to where the run stood, with Mesa's tables and clock; good after a step that broke off as well."""
        self.world.restore(mark.world)
        del self.history[mark.rounds :]
        self.seen = self.history[-1]
        if self.ledger is not None:
            del self.ledger.rows[mark.rows :]
        for values in self.datacollector.model_vars.values():
            del values[mark.rounds :]
        records = self.datacollector._agenttype_records
        for time in list(records)[mark.rounds :]:
            del records[time]
        self._set_clock(mark.rounds - 1)

    def _set_clock(self, rounds: int) -> None:
        """Set Mesa's clock back: it has no way to, and does not go on at all after a step that broke off."""
        self._default_schedule.stop()
        self.steps, self.time, self.running = rounds, float(rounds), rounds < self.setting.rounds
        schedule = Schedule(interval=1.0, start=rounds + 1.0)
        self._default_schedule = self.schedule_recurring(self._do_step, schedule, Priority.HIGH)
