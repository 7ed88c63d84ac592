"""The chronicle of a run as data: the rows of its ledger in groups, of which a page holds those that fit."""

from collections import Counter
from typing import TYPE_CHECKING

from agents.ledger import LedgerEntry, is_routine
from dashboards.messages import Columns
from dashboards.reports.messages import (
    ActMeaning,
    ChronicleData,
    ChronicleGroup,
    ConditionMeaning,
    ConditionValues,
    LedgerRow,
    SignalValues,
)
from model.protocol import ACT_INDEX, PROTOCOL
from model.terms import declared_terms

if TYPE_CHECKING:
    from agents.assembly import Assembly

MAX_ROWS = 30_000  # rows of the ledger that a page holds before it leaves the quietest groups out
DECISIONS, MESSAGES, ROUTINE, LEVELS = range(4)  # places in GROUPS
GROUPS: list[ChronicleGroup] = [
    {"key": "events", "label": "decisions and events"},
    {"key": "messages", "label": "messages"},
    {"key": "routine", "label": "routine decisions"},
    {"key": "levels", "label": "levels"},
]


def row_group(row: LedgerEntry) -> int:
    """Return the group of the chronicle that a row belongs to."""
    if row.kind == "signal":
        return MESSAGES
    if row.kind == "level" and not row.forced:
        return LEVELS
    return ROUTINE if is_routine(row) else DECISIONS


def ledger_rows(model: "Assembly") -> list[LedgerEntry]:
    """Return the rows of a run's ledger; none if it kept no ledger."""
    return model.ledger.rows if model.ledger is not None else []


def included_groups(model: "Assembly") -> set[int]:
    """Return the groups that a page can hold, the most telling first; decisions and events are always among them."""
    counts = Counter(map(row_group, ledger_rows(model)))
    kept, room = {DECISIONS}, MAX_ROWS - counts[DECISIONS]
    for group in (MESSAGES, ROUTINE, LEVELS):
        room -= counts[group]
        if room >= 0 or not counts[group]:
            kept.add(group)
    return kept


def omitted_groups(model: "Assembly") -> list[str]:
    """Return the names of the groups that a page does not hold."""
    kept = included_groups(model)
    return [group["label"] for place, group in enumerate(GROUPS) if place not in kept]


def chronicle_data(model: "Assembly") -> ChronicleData:
    """Return the rows of the ledger that a page holds."""
    kept = included_groups(model)
    talks = {name: place for place, name in enumerate(model.loaded_scenario.negotiations)}
    acts: dict[str, int] = {}
    sentences: dict[str, int] = {}
    rows: list[LedgerRow] = [
        {
            "round": row.round,
            "group": row_group(row),
            "act": list_index(row.act, acts),
            "negotiation": talks.get(row.negotiation or "", -1),
            "sentence": list_index(row.sentence, sentences),
            "conditions": condition_values(row),
            "signal": signal_values(row) if row.kind == "signal" else None,
        }
        for row in ledger_rows(model)
        if row_group(row) in kept
    ]
    return {
        "groups": GROUPS,
        "rows": Columns.of(LedgerRow, rows),
        "acts": [act_meaning(act) for act in acts],
        "negotiations": [model.narrator.display_name(name) for name in talks],
        "sentences": list(sentences),
    }


def list_index(text: str, places: dict[str, int]) -> int:
    """Return a text's place in a list of texts, each of which is there once; a new one is added."""
    return places.setdefault(text, len(places))


def condition_values(row: LedgerEntry) -> list[ConditionValues]:
    """Return the conditions of a decision as they were weighed."""
    return [
        {
            "terms": [round_significant(value) for value in held.terms.values()],
            "score": round_significant(held.score),
            "threshold": round_significant(held.threshold),
            "holds": bool(held.holds),
        }
        for held in row.conditions
    ]


def signal_values(row: LedgerEntry) -> SignalValues:
    """Return what a message was sent as, and how it was read."""
    return {
        "channel": str(row.channel or ""),
        "strength": round_significant(row.strength or 0.0),
        "cost": round_significant(row.cost or 0.0),
        "meant": round_significant(row.meant or 0.0),
        "perceived": round_significant(row.perceived or 0.0),
    }


def round_significant(value: float) -> float:
    """Round to five significant digits."""
    return float(f"{value:.5g}")


def act_meaning(act: str) -> ActMeaning:
    """Return the name of an act, with the meaning of its conditions and of their terms."""
    conditions = PROTOCOL[ACT_INDEX[act]].conditions if act in ACT_INDEX else ()
    return {"name": act.replace("_", " "), "conditions": [condition_meaning(each.terms) for each in conditions]}


def condition_meaning(terms: type) -> ConditionMeaning:
    """Return what a condition means, and each of its terms."""
    listed = declared_terms(terms).items()
    return {
        "meaning": (terms.__doc__ or "").strip(),
        "terms": [{"name": name, "meaning": term.meaning} for name, term in listed],
    }
