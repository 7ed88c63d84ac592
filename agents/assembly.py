"""The Mesa model: creates the actors, runs the protocol, writes the ledger and collects the indicators."""

import copy
from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from numbers import Integral
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import mesa
import numpy as np
from mesa.time import Priority, Schedule

from agents.decision_cells import Actors, DecisionCell, decision_cells
from agents.facilitator import Facilitator
from agents.ledger import Ledger
from agents.narrator import Narrator
from agents.state import State
from agents.verification_body import VerificationBody
from model.acts import Act
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError
from model.loading import load_scenario
from model.measures import classify_outcome, indicator_names, indicator_row, overall_outcome
from model.overrides import Override, collect_overrides
from model.protocol import PROTOCOL
from model.rules.event_conditions import condition_holds
from model.scenario import Scenario
from model.world import ResolvedOverride, World

if TYPE_CHECKING:
    import pandas as pd


def indicator_value(name: str, model: "Assembly") -> float:
    """Return the current value of an indicator."""
    return float(model.current_indicators[model.indicator_index[name]])


class Checkpoint(NamedTuple):
    """The state of a run: a snapshot of its world, the length of its ledger, the length of its history."""

    world: tuple[int, bytes, bytes]
    rows: int
    rounds: int


def _checked_seed(rng: Any) -> int:
    """Return a seed as an int. Raises ScenarioError if it is not a whole number from 0 to 2**63 - 1."""
    try:
        seed = int(rng)
        if (isinstance(rng, Integral) or seed == float(rng)) and 0 <= seed < 2**63:
            return seed
    except (TypeError, ValueError, OverflowError):
        pass
    raise ScenarioError([InputError("rng", rng, "must be an integer between 0 and 2**63 - 1")])


class Assembly(mesa.Model):
    """One watched run of a scenario; ``step`` plays one round, which is a month.

    scenario: the name of a shipped scenario, a path, or a loaded Scenario. changes: dotted path to value.
    rng: the seed; None draws one. overrides: forced moves in addition to those of the scenario.
    ledger: whether to write one; it does not change the run. state: the class of the states, or a
    mapping from a state's name to its class. Raises ScenarioError if the scenario has errors.
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
        seed = int(np.random.SeedSequence().generate_state(1)[0]) if rng is None else _checked_seed(rng)
        super().__init__(rng=seed)
        self.seed = seed
        self.loaded_scenario = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, changes)
        self.overrides = tuple(overrides)
        moves = collect_overrides(self.loaded_scenario, self.overrides)
        self.world = World(self.loaded_scenario, seed, moves)
        self.forced_moves: dict[tuple[int, int], list[ResolvedOverride]] = {}
        for move in moves:
            self.forced_moves.setdefault((move.round, move.act), []).append(move)
        self.failed_moves: list[ResolvedOverride] = []  # their condition did not hold
        self.ledger = Ledger() if ledger else None
        self.narrator = Narrator(self.world, self.loaded_scenario)
        classes = state if isinstance(state, Mapping) else dict.fromkeys(self.loaded_scenario.states, state)
        self.states = [
            classes.get(name, State)(self, index, name) for index, name in enumerate(self.loaded_scenario.states)
        ]
        self.facilitators = [
            Facilitator(self, index, name) for index, name in enumerate(self.loaded_scenario.facilitators)
        ]
        self.bodies = [VerificationBody(self, index, name) for index, name in enumerate(self.loaded_scenario.bodies)]
        self.indicator_index = {name: at for at, name in enumerate(indicator_names(self.world.names.negotiation))}
        self.current_indicators = indicator_row(self.world)
        self.history = [self.current_indicators]
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(indicator_value, name) for name in self.indicator_index},
            agenttype_reporters={
                State: {name: attrgetter(name) for name in ("support", "audience_cost", "programme")},
                Facilitator: {"fatigue": attrgetter("fatigue")},
                VerificationBody: {"inspections": attrgetter("inspections")},
            },
        )
        self.datacollector.collect(self)

    @cached_property
    def decision_cells(self) -> list[list[DecisionCell]]:
        """Return the cells of each act, in the order of the protocol."""
        actors = Actors(self.states, self.facilitators, self.bodies)
        return [decision_cells(act, self.world, actors) for act in PROTOCOL]

    @property
    def scenario(self) -> None:
        """Hide Mesa's own scenario object, which Reset of SolaraViz would pass back instead of the name."""
        return

    @scenario.setter
    def scenario(self, scenario: Any) -> None:
        self._scenario = scenario

    def step(self) -> None:
        """Play one round: every act of the protocol whose mechanism is switched on."""
        self.world.clock[0] += 1
        for number, act in enumerate(PROTOCOL):
            if not act.mechanism or getattr(self.world, f"with_{act.mechanism}"):
                self._play(number, act)
        if self.ledger is not None:
            self.narrator.describe_messages(self.ledger)
        self.current_indicators = indicator_row(self.world)
        self.history.append(self.current_indicators)
        self.datacollector.collect(self)
        self.running = self.round < self.loaded_scenario.rounds

    def run(self, rounds: int | None = None) -> "Assembly":
        """Play ``rounds`` rounds, by default all of the scenario. Returns the model."""
        for _ in range(self.loaded_scenario.rounds if rounds is None else rounds):
            self.step()
        return self

    def current_forced_moves(self, act_number: int) -> Iterable[ResolvedOverride]:
        """Return the overrides of an act in this round. Called when all earlier acts of the round are decided."""
        return self.forced_moves.get((self.round, act_number), ())

    @property
    def round(self) -> int:
        """Return the number of rounds played."""
        return int(self.world.clock[0])

    @property
    def trajectory(self) -> np.ndarray:
        """Return all indicators so far: float64 [round, indicator], the start first."""
        return np.array(self.history)

    @property
    def outcome(self) -> Outcome:
        """Return the outcome of the run so far."""
        return overall_outcome(self.trajectory, self.world.size["negotiation"])

    def outcome_of(self, negotiation: str) -> Outcome:
        """Return the outcome of one negotiation so far."""
        return classify_outcome(self.trajectory, self.world.names.negotiation.index(negotiation))

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """Return the outcome of each negotiation after the rounds played so far."""
        return {name: self.outcome_of(name) for name in self.world.names.negotiation}

    def frame(self) -> "pd.DataFrame":
        """Return all indicators as a table: one row for each round played, by ``round``; round 0 is the start."""
        import pandas as pd

        return pd.DataFrame(self.trajectory, columns=list(self.indicator_index)).rename_axis("round")

    def chronicle(self) -> str:
        """Return the chronicle of the run as text, one line for each event. Raises ValueError without a ledger."""
        if self.ledger is None:
            raise ValueError("this run keeps no ledger, so there is no chronicle")
        return self.ledger.chronicle()

    def __repr__(self) -> str:
        outcomes = ", ".join(f"{name}: {outcome.name}" for name, outcome in self.outcomes.items())
        scenario = self.loaded_scenario
        return f"<{scenario.name}, seed {self.seed}, round {self.round} of {scenario.rounds}; {outcomes}>"

    def _play(self, number: int, act: Act) -> None:
        """Decide every cell of an act, apply the overrides, describe the act in the ledger, commit the values."""
        values = [each.decide(*each.arguments) for each in self.decision_cells[number]]
        forced = {}
        for move in self.current_forced_moves(number):
            if not move.condition or condition_holds(self.world.compiled, move.condition, move.negotiation):
                values[move.cell] = move.value
                forced[move.cell] = move
            else:
                self.failed_moves.append(move)
        if self.ledger is not None:
            self.narrator.describe_act(self.ledger, act, self.decision_cells[number], values, forced)
        getattr(self.world, act.column).flat = values

    # Copies and checkpoints

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle contains: all but the cells, which refer to the world's memory.

        Raises TypeError if functions observe the run, for they would observe the copy too.
        """
        if any(self.subscribers.values()):
            raise TypeError("an observed run cannot be copied or pickled: end its observation with `unobserve` first")
        return {name: value for name, value in vars(self).items() if name != "decision_cells"}

    def __copy__(self) -> "Assembly":
        """Return an independent copy: a shallow one would play on in the world of the original."""
        return copy.deepcopy(self)

    def take_checkpoint(self) -> Checkpoint:
        """Return the current state of the run, for ``rewind``."""
        rows = len(self.ledger.rows) if self.ledger is not None else 0
        return Checkpoint(self.world.snapshot(), rows, len(self.history))

    def rewind(self, checkpoint: Checkpoint) -> None:
        """Restore a state of the run, with Mesa's tables and clock; works after a step that raised, too."""
        self.world.restore(checkpoint.world)
        del self.history[checkpoint.rounds :]
        self.failed_moves = [move for move in self.failed_moves if move.round < checkpoint.rounds]
        self.current_indicators = self.history[-1]
        if self.ledger is not None:
            del self.ledger.rows[checkpoint.rows :]
        for values in self.datacollector.model_vars.values():
            del values[checkpoint.rounds :]
        records = self.datacollector._agenttype_records
        for time in list(records)[checkpoint.rounds :]:
            del records[time]
        self._set_clock(checkpoint.rounds - 1)

    def _set_clock(self, rounds: int) -> None:
        """Set Mesa's clock: Mesa cannot set it back, and its schedule stops after a step that raised."""
        self._default_schedule.stop()
        self.steps, self.time, self.running = rounds, float(rounds), rounds < self.loaded_scenario.rounds
        schedule = Schedule(interval=1.0, start=rounds + 1.0)
        self._default_schedule = self.schedule_recurring(self._do_step, schedule, Priority.HIGH)
