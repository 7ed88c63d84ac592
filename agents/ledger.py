"""The ledger: every decision, signal and event of a watched run as a row that can be checked.

A decision's row keeps its conditions: each a list of named terms, a threshold, and whether it
held. ``recompute`` derives the choice from them again. Saved as Parquet (``ledger.parquet``) and
as JSON lines (``ledger.jsonl``); read back with ``read_ledger``.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from model.atomic_files import atomic_replacement, write_atomically
from model.enumerations import ExchangeLevel, Friction, InspectionReport
from model.protocol import ACT_INDEX, PROTOCOL, combine_conditions
from model.signals import SIGNAL_KINDS


class RecordedCondition(NamedTuple):
    """A condition as it was weighed: its terms, their sum, the threshold, and whether it held."""

    name: str
    terms: dict[str, float]
    score: float
    threshold: float
    holds: bool


class LedgerEntry(NamedTuple):
    """One line of the ledger. ``kind`` is "decision", "level", "signal" or "event"."""

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
    channel: str | None = None
    strength: float | None = None
    cost: float | None = None
    meant: float | None = None
    perceived: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Write the row as plain data."""
        return {**self._asdict(), "conditions": [condition._asdict() for condition in self.conditions]}


def record_condition(name: str, terms: Any) -> RecordedCondition:
    """Write a condition's tuple of terms as a line of the ledger; the sum is made as the rule makes it."""
    *values, threshold = map(float, terms)
    total = 0.0
    for value in values:
        total += value
    return RecordedCondition(
        name, dict(zip(terms._fields[:-1], values, strict=True)), total, threshold, total >= threshold
    )


def recompute_value(row: LedgerEntry) -> int:
    """Derive a choice from its recorded terms alone."""
    held = []
    for condition in row.conditions:
        total = 0.0
        for value in condition.terms.values():
            total += value
        held.append(total >= condition.threshold)
    return combine_conditions(PROTOCOL[ACT_INDEX[row.act]], held)


# What a digest is made of: never change or reuse a number. Acts have theirs in the protocol, signals a CAMEO code.
KIND_IDS = {"decision": 0, "level": 1, "signal": 2, "event": 3}
CHANNEL_IDS = {None: None, "none": 0, "indirect": 1, "public": 2, "technical": 3, "political": 4}
RUNG_ID = 0  # of an event on the ladder, which no act of its own decides


def act_id(row: LedgerEntry) -> int | str:
    """Return the stable id of what a row is about."""
    if row.kind == "signal":
        return SIGNAL_KINDS[row.act].cameo
    return PROTOCOL[ACT_INDEX[row.act]].id if row.act in ACT_INDEX else RUNG_ID


def digest_fields(row: LedgerEntry) -> list[Any]:
    """Return a row without its words: ids for act, kind and channel, and the numbers of each condition in order."""
    numbers = (row.strength, row.cost, row.meant, row.perceived)
    return [
        row.round,
        KIND_IDS[row.kind],
        act_id(row),
        *(row.actor, row.counterpart, row.negotiation),
        float(row.value),
        [[*each.terms.values(), each.score, each.threshold, int(each.holds)] for each in row.conditions],
        int(row.forced),
        CHANNEL_IDS[row.channel],
        *(None if number is None else float(number) for number in numbers),
    ]


DECISION_PRIORITY = {  # decisions, the most telling first; and whether to do it says more than to leave it
    "answer_proposal": False,
    "ratify": False,
    "withdraw": True,
    "comply": False,
    "accuse": True,
    "seek_talks": False,
    "propose": False,
    "choose_conduct": False,
}
ALL_VALUES = frozenset((-1, 0, 1, 2, 3))
ROUTINE_VALUES = {  # the acts, and their values, that are routine: what goes on in most rounds
    "take_task": ALL_VALUES,
    "choose_conduct": ALL_VALUES,
    "miscarry": ALL_VALUES,
    "misread_act": ALL_VALUES,
    "seek_talks": ALL_VALUES,
    "inspect": ALL_VALUES,
    "hold_talks": {0},
    "host_exchange": {ExchangeLevel.NONE},
    "propose": {0},
    "answer_proposal": {0},
    "comply": {1},
    "report_findings": {PROTOCOL[ACT_INDEX["report_findings"]].to_recorded(InspectionReport.CLEAN)},
    "resolve_friction": {Friction.CLIMB, Friction.STALL},
}


def is_routine(row: LedgerEntry) -> bool:
    """Say whether a decision is one of those that are taken in most rounds."""
    return not row.forced and row.kind == "decision" and row.value in ROUTINE_VALUES.get(row.act, ())


class Ledger:
    """The rows of one run, in the order in which things happened."""

    def __init__(self) -> None:
        self.rows: list[LedgerEntry] = []

    def add(self, row: LedgerEntry) -> None:
        """Write a row."""
        self.rows.append(row)

    def json_lines(self) -> Iterable[str]:
        """Write every row as one line of JSON, keys in declared order, floats in full."""
        return (json.dumps(row.as_dict(), ensure_ascii=False) for row in self.rows)

    def digest(self) -> str:
        """Return the SHA-256 of what happened, whatever the words: of ids, numbers and names of the scenario."""
        hasher = hashlib.sha256()
        for row in self.rows:
            hasher.update(json.dumps(digest_fields(row)).encode() + b"\n")
        return hasher.hexdigest()

    def chronicle(self) -> str:
        """Tell the run: one line for each event and each decision that is not routine."""
        told = (row for row in self.rows if row.kind in ("decision", "event") and not is_routine(row))
        return "".join(f"{row.round}: {row.sentence}\n" for row in told)

    def frame(self) -> pd.DataFrame:
        """Give the ledger as a table; conditions as a JSON text."""
        plain = [{**row.as_dict(), "conditions": json.dumps(row.as_dict()["conditions"])} for row in self.rows]
        return pd.DataFrame(plain, columns=list(LedgerEntry._fields))

    def save(self, folder: Path) -> None:
        """Save as Parquet and as JSON lines, each whole or not at all."""
        write_atomically(folder / "ledger.jsonl", "".join(f"{line}\n" for line in self.json_lines()).encode())
        with atomic_replacement(folder / "ledger.parquet") as draft:
            self.frame().to_parquet(draft, index=False)


def read_ledger(folder: str | Path) -> pd.DataFrame:
    """Read a saved ledger; ``conditions`` become lists of dicts again."""
    frame = pd.read_parquet(Path(folder) / "ledger.parquet")
    frame["conditions"] = frame["conditions"].map(json.loads)
    return frame
