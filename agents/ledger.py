"""The ledger: one entry for each decision, signal and event of a watched run.

The entry of a decision has its conditions: named terms, a threshold, and whether the condition held.
``recompute_value`` derives the decision from them. A ledger is saved as Parquet (``ledger.parquet``) and
as JSON lines (``ledger.jsonl``); ``read_ledger`` reads it.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from agents.act_words import words_for
from agents.recorded_condition import RecordedCondition
from model.atomic_files import atomic_replacement, write_atomically
from model.enumerations import ExchangeLevel, Friction, InspectionReport
from model.protocol import ACT_INDEX, PROTOCOL, combine_conditions
from model.signals import SIGNAL_KINDS


class LedgerEntry(NamedTuple):
    """One entry of the ledger. ``kind`` is "decision", "level", "signal" or "event".

    ``changed``: whether the value of a decision differs from that of the round before.
    """

    round: int
    kind: str
    act: str
    actor: str | None
    counterpart: str | None
    negotiation: str | None
    value: float
    sentence: str
    conditions: tuple[RecordedCondition, ...] = ()
    forced: bool = False
    changed: bool = True
    channel: str | None = None
    strength: float | None = None
    cost: float | None = None
    meant: float | None = None
    perceived: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as plain data."""
        return {**self._asdict(), "conditions": [condition._asdict() for condition in self.conditions]}


def recompute_value(entry: LedgerEntry) -> int:
    """Return the decision that follows from the recorded terms of an entry."""
    held = []
    for condition in entry.conditions:
        score = 0.0
        for value in condition.terms.values():
            score += value
        held.append(score >= condition.threshold)
    return combine_conditions(PROTOCOL[ACT_INDEX[entry.act]], held)


# Numbers in digests: never change or reuse one. Acts have ids in the protocol, signals have CAMEO codes.
KIND_IDS = {"decision": 0, "level": 1, "signal": 2, "event": 3}
CHANNEL_IDS = {None: None, "none": 0, "indirect": 1, "public": 2, "technical": 3, "political": 4}
RUNG_ID = 0  # of a change on the ladder, which is not an act


def act_id(entry: LedgerEntry) -> int | str:
    """Return the stable id of the act, signal or event of an entry."""
    if entry.kind == "signal":
        return SIGNAL_KINDS[entry.act].cameo
    return PROTOCOL[ACT_INDEX[entry.act]].id if entry.act in ACT_INDEX else RUNG_ID


def digest_fields(entry: LedgerEntry) -> list[Any]:
    """Return an entry without texts: ids of act, kind and channel, and the numbers of each condition in order."""
    numbers = (entry.strength, entry.cost, entry.meant, entry.perceived)
    return [
        entry.round,
        KIND_IDS[entry.kind],
        act_id(entry),
        *(entry.actor, entry.counterpart, entry.negotiation),
        float(entry.value),
        [[*each.terms.values(), each.score, each.threshold, int(each.holds)] for each in entry.conditions],
        int(entry.forced),
        CHANNEL_IDS[entry.channel],
        *(None if number is None else float(number) for number in numbers),
    ]


# The decisions, most important first, and whether doing it is more informative than not doing it.
DECISION_PRIORITY = {
    "answer_proposal": False,
    "ratify": False,
    "use_force": True,
    "withdraw": True,
    "carry_out_threat": True,
    "concede": True,
    "make_demand": True,
    "comply": False,
    "accuse": True,
    "ask_clarification": True,
    "seek_talks": False,
    "propose": False,
    "accept_mediation": False,
    "choose_conduct": False,
}
ALL_VALUES = frozenset((-1, 0, 1, 2, 3))
ROUTINE_VALUES = {  # acts, and their values, that occur in most rounds or are narrated otherwise
    "take_task": ALL_VALUES,
    "choose_conduct": ALL_VALUES,
    "miscarry": ALL_VALUES,
    "misread_act": ALL_VALUES,
    "seek_talks": ALL_VALUES,
    "inspect": ALL_VALUES,
    "host_exchange": {ExchangeLevel.NONE, ExchangeLevel.TECHNICAL},
    "propose": {0},
    "answer_proposal": {0},
    "ratify": {1},
    "comply": {1},
    "accuse": {0},
    "ask_clarification": {0},
    "end_process": {0},
    "report_findings": {PROTOCOL[ACT_INDEX["report_findings"]].to_recorded(InspectionReport.CLEAN)},
    "resolve_friction": {Friction.CLIMB, Friction.STALL},
}


def is_routine(entry: LedgerEntry) -> bool:
    """Return whether an entry is a decision that occurs in most rounds, or one that did not change a lasting state."""
    if entry.forced or entry.kind != "decision":
        return False
    lasting = bool(words_for(entry.act).change_sentences)
    return (lasting and not entry.changed) or entry.value in ROUTINE_VALUES.get(entry.act, ())


class Ledger:
    """The entries of one run, in the order of events."""

    def __init__(self) -> None:
        self.rows: list[LedgerEntry] = []

    def add(self, entry: LedgerEntry) -> None:
        """Add an entry."""
        self.rows.append(entry)

    def json_lines(self) -> Iterable[str]:
        """Return each entry as one line of JSON, keys in declared order, floats in full precision."""
        return (json.dumps(entry.as_dict(), ensure_ascii=False) for entry in self.rows)

    def digest(self) -> str:
        """Return the SHA-256 of the ids, numbers and scenario names of all entries; texts do not count."""
        hasher = hashlib.sha256()
        for entry in self.rows:
            hasher.update(json.dumps(digest_fields(entry)).encode() + b"\n")
        return hasher.hexdigest()

    def chronicle(self) -> str:
        """Return the run as text: one line for each event and each decision that is not routine."""
        shown = (entry for entry in self.rows if entry.kind in ("decision", "event") and not is_routine(entry))
        return "".join(f"{entry.round}: {entry.sentence}\n" for entry in shown)

    def frame(self) -> pd.DataFrame:
        """Return the ledger as a table, conditions as JSON text."""
        rows = [{**entry.as_dict(), "conditions": json.dumps(entry.as_dict()["conditions"])} for entry in self.rows]
        return pd.DataFrame(rows, columns=list(LedgerEntry._fields))

    def save(self, folder: Path) -> None:
        """Save as Parquet and as JSON lines; each file is written atomically."""
        write_atomically(folder / "ledger.jsonl", "".join(f"{line}\n" for line in self.json_lines()).encode())
        with atomic_replacement(folder / "ledger.parquet") as draft:
            self.frame().to_parquet(draft, index=False)


def read_ledger(folder: str | Path) -> pd.DataFrame:
    """Read a saved ledger as a table, conditions as lists of dicts."""
    frame = pd.read_parquet(Path(folder) / "ledger.parquet")
    frame["conditions"] = frame["conditions"].map(json.loads)
    return frame
