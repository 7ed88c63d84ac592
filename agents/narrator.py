"""The narrator adds entries to the ledger of a watched run: decisions, changes on the ladder, and messages."""

from functools import cached_property
from typing import Any

from agents.act_words import words_for
from agents.decision_cells import Cell, CellNames, DecisionCell
from agents.ledger import Ledger, LedgerEntry
from agents.recorded_condition import RecordedCondition, record_condition
from agents.sentences import (
    CUSTOM_RULE_SENTENCE,
    FORCED_SENTENCE,
    FORCED_SUFFIX,
    MESSAGE_SENTENCE,
    MISREAD_SENTENCE,
    decision_sentence,
    rung_sentence,
)
from model.acts import Act
from model.columns import SERVICES
from model.overrides import resolve_event
from model.scenario import Scenario
from model.signals import Signal, round_signals
from model.world import ResolvedOverride, World


def perceived_as(message: Signal) -> str:
    """Return how the receiver perceives a message."""
    if message.kind == "inspection report":
        return "a violation" if message.perceived < 0 else "clean"
    return "friendly" if message.perceived > 0 else "hostile"


class Narrator:
    """Describes one run in entries of its ledger."""

    def __init__(self, world: World, scenario: Scenario):
        self.world, self.scenario = world, scenario

    @property
    def round(self) -> int:
        """Return the number of the round in progress."""
        return int(self.world.clock[0])

    def describe_act(
        self,
        ledger: Ledger,
        act: Act,
        cells: list[DecisionCell],
        values: list[Any],
        forced: dict[int, ResolvedOverride],
    ) -> None:
        """Add the decisions of an act, and the changes on the ladder, to the ledger; forced: overrides by flat cell."""
        world = self.world.compiled
        for place, (each, value) in enumerate(zip(cells, values, strict=True)):
            if act.column == "status":
                self._describe_rung(ledger, each.cell, int(value))
            if not act.conditions and place not in forced:
                continue
            arises = act.when is None or bool(act.when(world, *each.cell))
            changed = bool(getattr(self.world, act.column)[each.cell] != value)
            lapses = changed and int(value) in words_for(act.name).change_sentences
            if place not in forced and ((not arises and not lapses) or (act.rare and not value)):
                continue
            conditions = act.conditions if arises and each.by_rule else ()
            recorded = tuple(record_condition(c.name, c.rule(world, *each.cell)) for c in conditions)
            event = self._event_texts.get(forced[place]) if place in forced else None
            ledger.add(self._entry(act, each, float(value), recorded, changed, place in forced, event))

    def _entry(
        self,
        act: Act,
        decision: DecisionCell,
        value: float,
        conditions: tuple[RecordedCondition, ...],
        changed: bool,
        forced: bool,
        event: str | None,
    ) -> LedgerEntry:
        cell = decision.cell
        names = self.cell_names(act, cell)
        shown = self.display_names(names)
        recorded = act.to_recorded(value)
        if event is not None:
            text = event
        elif forced and not act.conditions:
            text = FORCED_SENTENCE.format(act=act.name, value=value)
        elif act.conditions and (decision.by_rule or forced):
            text = decision_sentence(act.name, recorded, conditions, changed, **shown)
        else:
            text = CUSTOM_RULE_SENTENCE.format(act=act.name, value=value, **shown)
        text += FORCED_SUFFIX * forced
        kind = "level" if act.sums else "decision"
        return LedgerEntry(self.round, kind, act.name, *names, recorded, text, conditions, forced, changed)

    @cached_property
    def _event_texts(self) -> dict[ResolvedOverride, str]:
        """Return the text of each scheduled event that has one, by its overrides."""
        with_text = (event for event in self.scenario.events if event.text)
        return {move: event.text["en"] for event in with_text for move in resolve_event(self.scenario, event)}

    def _describe_rung(self, ledger: Ledger, cell: Cell, value: int) -> None:
        k, r = cell
        if r >= self.world.rungs[k] or value == self.world.previous_status[cell]:
            return
        talks = self.world.names.negotiation[k]
        rung, author = self.world.names.rung[k][r], int(self.world.author[k])
        is_party = author in (0, 1)
        reader = self.display_name(self.world.names.state[int(self.world.party[k, 1 - author])]) if is_party else ""
        before = int(self.world.previous_status[cell])
        text = rung_sentence(before, value, self.display_name(talks, rung), reader)
        ledger.add(LedgerEntry(self.round, "event", "rung", None, rung, talks, value, text))

    def describe_messages(self, ledger: Ledger) -> None:
        """Add the messages of the round to the ledger, as intended and as perceived."""
        for message in round_signals(self.world):
            names = {"actor": self.display_name(message.sender), "counterpart": self.display_name(message.receiver)}
            sentence = MESSAGE_SENTENCE if message.meant == message.perceived else MISREAD_SENTENCE
            text = sentence.format(kind=message.kind, channel=message.channel, reading=perceived_as(message), **names)
            fields = {name: getattr(message, name) for name in ("channel", "strength", "cost", "meant", "perceived")}
            ids = message.sender, message.receiver, message.negotiation
            ledger.add(LedgerEntry(self.round, "signal", message.kind, *ids, message.strength, text, **fields))

    # Names

    def cell_names(self, act: Act, cell: Cell) -> CellNames:
        """Return the ids that belong to a cell: actor, counterpart, negotiation."""
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

    def display_names(self, names: CellNames) -> dict[str, Any]:
        """Return the display names that a sentence needs, with the title of the rung in play."""
        actor, counterpart, talks = names
        rung = None
        if talks is not None:
            k = self.world.names.negotiation.index(talks)
            rung = int(self.world.rung[k])
            rung = self.display_name(talks, self.world.names.rung[k][rung]) if rung >= 0 else "the ladder"
        return {
            "actor": self.display_name(actor),
            "counterpart": self.display_name(counterpart),
            "talks": self.display_name(talks),
            "rung": rung,
        }

    def display_name(self, name: str | None, rung: str | None = None) -> str:
        """Return the display name of an actor or a negotiation, or the title of a rung."""
        if rung is None or name is None:
            return self.scenario.display_name(name)
        return self.scenario.rung_title(name, rung)
