"""The Mesa model: it seats the actors, plays the protocol, keeps the ledger and collects."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import mesa
import numpy as np

from agents.actor import Actor
from agents.facilitator import Facilitator
from agents.ledger import Ledger, Row, weigh
from agents.state import State
from agents.verification_body import VerificationBody
from agents.words import FORCED, OWN_RULE, READ_AS, SET, SIGNALS, STATUS, sentence
from model.columns import SERVICES
from model.measures import indicator_names, look, outcome_of, overall_outcome
from model.overrides import Override, forced, from_event, resolve
from model.protocol import PROTOCOL, Act
from model.scenario import Scenario, load
from model.signals import Signal, signals
from model.statuses import Outcome, Status
from model.world import Forced, World

Cell = tuple[int, ...]


def reading(name: str, model: "Assembly") -> float:
    """Read one indicator of the round."""
    return float(model.seen[model.places[name]])


def reading_of(message: Signal) -> str:
    """Say what a message was taken for."""
    if message.kind == "inspection report":
        return "a violation" if message.perceived < 0 else "clean"
    return "friendly" if message.perceived > 0 else "hostile"


class Asked(NamedTuple):
    """One cell of an act: who decides it, and whether by the act's own rule."""

    ask: Callable[..., Any]
    rest: Cell
    cell: Cell
    by_rule: bool


class Mark(NamedTuple):
    """Where a run stood: its world, the rows of its ledger, the rows of its history."""

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
            self._tell_messages()
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

    def _seat(self, act: Act) -> list[Asked]:
        """Find who decides each cell of an act."""
        asked = []
        for cell in product(*(range(self.world.size[axis]) for axis in act.axes)):
            actor, rest = self._actor(act, cell)
            if actor is None:
                asked.append(Asked(act.rule, (self.world.handle, *cell), cell, True))
            else:
                ask = getattr(actor, act.name)
                asked.append(Asked(ask, rest, cell, getattr(ask, "asks", None) is act.rule))
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
            self._tell(number, act, page, set_from_outside)
        column.flat = page

    def _tell(self, number: int, act: Act, page: list[Any], outside: set[int]) -> None:
        """Write the decisions of an act into the ledger, and what has changed on the ladder."""
        handle = self.world.handle
        for place, (each, value) in enumerate(zip(self.asked[number], page, strict=True)):
            if act.column == "status":
                self._tell_rung(each.cell, int(value))
            if not act.conditions and place not in outside:
                continue
            live = act.when is None or bool(act.when(handle, *each.cell))
            if place not in outside and (not live or (act.rare and not value)):
                continue
            weighed = live and each.by_rule
            held = tuple(weigh(c.name, c.rule(handle, *each.cell)) for c in act.conditions) if weighed else ()
            self._write(act, each, float(value), held, place in outside)

    def _write(self, act: Act, each: Asked, value: float, held: tuple[Any, ...], outside: bool) -> None:
        names = self.name_cell(act, each.cell)
        shown = self.show(names)
        told = value - 1 if act.column == "report" else value
        if outside and (act.name, each.cell) in self._event_words():
            words = self._event_words()[act.name, each.cell]
        elif outside and not act.conditions:
            words = SET.format(act=act.name, value=value)
        elif act.conditions and (held or outside):
            words = sentence(act.name, told, {c.name: c.holds for c in held}, **shown)
        else:
            words = OWN_RULE.format(act=act.name, value=value, **shown)
        kind = "level" if act.sums else "decision"
        row = Row(self.round, kind, act.name, *names, told, words + FORCED * outside, held, outside)
        self.ledger.add(row)  # type: ignore[union-attr]

    def _event_words(self) -> dict[tuple[str, Cell], str]:
        """Find the texts of the events scheduled for this round, by act and cell."""
        found = {}
        for event in self.setting.events:
            if event.text and event.round <= self.round <= (event.until or event.round):
                for override in from_event(event):
                    move = resolve(self.setting, override)
                    act = PROTOCOL[move.act]
                    cell = np.unravel_index(move.cell, self.world.shape(act.column))
                    found[act.name, tuple(map(int, cell))] = event.text["en"]
        return found

    def name_cell(self, act: Act, cell: Cell) -> tuple[str | None, str | None, str | None]:
        """Name a cell: actor, counterpart, negotiation."""
        names, actor, counterpart, talks = self.world.names, None, None, None
        for axis, place in zip(act.axes, cell, strict=True):
            if axis == "negotiation":
                talks = names.negotiation[place]
                continue
            if axis == "spoiler":
                talks = names.negotiation[int(self.world.target[place])]
            name = self._name(axis, place, cell)
            if axis in ("rung", "service") or actor is not None:
                counterpart = name
            else:
                actor = name
        return actor, counterpart, talks

    def _name(self, axis: str, place: int, cell: Cell) -> str | None:
        names = self.world.names
        if axis == "side":
            return names.state[int(self.world.party[cell[-2], place])]
        if axis == "rung":
            return names.rung[cell[0]][place] if place < len(names.rung[cell[0]]) else None
        if axis == "service":
            return SERVICES[place]
        return getattr(names, axis)[place] if axis in names._fields else None

    def show(self, names: tuple[str | None, str | None, str | None]) -> dict[str, Any]:
        """Give the names of a cell as they are written in a sentence, with the rung in play."""
        actor, counterpart, talks = names
        rung = None
        if talks is not None:
            k = self.world.names.negotiation.index(talks)
            rung = int(self.world.rung[k])
            rung = self.title(talks, self.world.names.rung[k][rung]) if rung >= 0 else "the ladder"
        return {
            "actor": self.title(actor),
            "counterpart": self.title(counterpart),
            "talks": self.title(talks),
            "rung": rung,
        }

    def title(self, name: str | None, rung: str | None = None) -> str:
        """Give the written name of an actor, a negotiation, or a rung of it."""
        return self.setting.written(name) if rung is None or name is None else self.setting.written_rung(name, rung)

    def mark(self) -> Mark:
        """Remember where the run stands, to come back to it."""
        told = len(self.ledger.rows) if self.ledger is not None else 0
        return Mark(self.world.snapshot(), told, len(self.history))

    def rewind(self, mark: Mark) -> None:
        """Go back to where the run stood."""
        self.world.restore(mark.world)
        del self.history[mark.rounds :]
        self.seen = self.history[-1]
        if self.ledger is not None:
            del self.ledger.rows[mark.rows :]

    def _tell_rung(self, cell: Cell, value: int) -> None:
        k, r = cell
        if r >= self.world.rungs[k] or value == self.world.stood[cell]:
            return
        talks = self.world.names.negotiation[k]
        rung = self.world.names.rung[k][r]
        words = STATUS[Status(value).name].format(rung=self.title(talks, rung))
        self.ledger.add(Row(self.round, "event", "rung", None, rung, talks, value, words))  # type: ignore[union-attr]

    def _tell_messages(self) -> None:
        for message in signals(self.world):
            names = {"actor": self.title(message.sender), "counterpart": self.title(message.receiver)}
            words = SIGNALS if message.meant == message.perceived else READ_AS
            told = words.format(kind=message.kind, channel=message.channel, reading=reading_of(message), **names)
            how = {name: getattr(message, name) for name in ("channel", "strength", "cost", "meant", "perceived")}
            places = message.sender, message.receiver, message.negotiation
            row = Row(self.round, "signal", message.kind, *places, message.strength, told, **how)
            self.ledger.add(row)  # type: ignore[union-attr]
