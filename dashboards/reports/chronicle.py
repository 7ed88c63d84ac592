"""The chronicle of a run as data: the rows of its ledger in groups, as many as a page can contain."""

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

MAX_ROWS = 30_000  # per page; above it, the least informative groups are omitted
DECISIONS, MESSAGES, ROUTINE, LEVELS = range(4)  # indices of GROUPS
GROUPS: list[ChronicleGroup] = [
    {"key": "events", "label": "decisions and events"},
    {"key": "messages", "label": "messages"},
    {"key": "routine", "label": "routine decisions"},
    {"key": "levels", "label": "levels"},
]


def row_group(row: LedgerEntry) -> int:
    """Return the group of a ledger row, as an index of GROUPS."""
    if row.kind == "signal":
        return MESSAGES
    if row.kind == "level" and not row.forced:
        return LEVELS
    return ROUTINE if is_routine(row) else DECISIONS


def ledger_rows(model: "Assembly") -> list[LedgerEntry]:
    """Return the rows of a run's ledger; empty if the run has no ledger."""
    return model.ledger.rows if model.ledger is not None else []


def included_groups(model: "Assembly") -> set[int]:
    """Return the groups that fit into a page; decisions and events are always included."""
    counts = Counter(map(row_group, ledger_rows(model)))
    included, room = {DECISIONS}, MAX_ROWS - counts[DECISIONS]
    for group in (MESSAGES, ROUTINE, LEVELS):
        room -= counts[group]
        if room >= 0 or not counts[group]:
            included.add(group)
    return included


def omitted_groups(model: "Assembly") -> list[str]:
    """Return the labels of the groups that a page omits."""
    included = included_groups(model)
    return [group["label"] for index, group in enumerate(GROUPS) if index not in included]


def chronicle_data(model: "Assembly") -> ChronicleData:
    """Return the ledger rows of a page, and the lists that they refer to."""
    included = included_groups(model)
    talks = {name: index for index, name in enumerate(model.loaded_scenario.negotiations)}
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
        if row_group(row) in included
    ]
    return {
        "groups": GROUPS,
        "rows": Columns.of(LedgerRow, rows),
        "acts": [act_meaning(act) for act in acts],
        "negotiations": [model.narrator.display_name(name) for name in talks],
        "sentences": list(sentences),
    }


def list_index(text: str, indices: dict[str, int]) -> int:
    """Return the index of a text in a list of distinct texts; add a new text."""
    return indices.setdefault(text, len(indices))


def condition_values(row: LedgerEntry) -> list[ConditionValues]:
    """Return the evaluated conditions of a decision."""
    return [
        {
            "terms": [round_significant(value) for value in condition.terms.values()],
            "score": round_significant(condition.score),
            "threshold": round_significant(condition.threshold),
            "holds": bool(condition.holds),
        }
        for condition in row.conditions
    ]


def signal_values(row: LedgerEntry) -> SignalValues:
    """Return how a message was sent and perceived."""
    return {
        "channel": str(row.channel or ""),
        "strength": round_significant(row.strength or 0.0),
        "cost": round_significant(row.cost or 0.0),
        "meant": round_significant(row.meant or 0.0),
        "perceived": round_significant(row.perceived or 0.0),
    }


def round_significant(value: float) -> float:
    """Return a value rounded to five significant digits."""
    return float(f"{value:.5g}")


def act_meaning(act: str) -> ActMeaning:
    """Return the name of an act and the meanings of its conditions and terms."""
    conditions = PROTOCOL[ACT_INDEX[act]].conditions if act in ACT_INDEX else ()
    return {"name": act.replace("_", " "), "conditions": [condition_meaning(each.terms) for each in conditions]}


def condition_meaning(terms: type) -> ConditionMeaning:
    """Return the meanings of a condition and of its terms."""
    declared = declared_terms(terms).items()
    return {
        "meaning": (terms.__doc__ or "").strip(),
        "terms": [{"name": name, "meaning": term.meaning} for name, term in declared],
    }
