"""The chronicle and the signals of a watched run, each signal with its decision."""

from typing import NamedTuple

from agents.assembly import Assembly
from agents.ledger import LedgerEntry
from dashboards.injected_events import describe_event, matches_row
from dashboards.page_link import Setting
from dashboards.reports.chronicle import (
    act_meaning,
    included_groups,
    ledger_rows,
    list_index,
    round_significant,
    row_group,
)
from dashboards.web.pages.watch.messages import ChronicleAct, ChronicleRow, WatchMessage
from model.protocol import ACT_INDEX
from model.signals import SIGNAL_KINDS

SOURCE_ACTS = {  # the act of the decision behind a signal
    "cooperative act": "choose_conduct", "hostile act": "choose_conduct", "initiative": "take_initiative",
    "demand": "make_demand", "concession": "concede", "imposition": "carry_out_threat",
    "backing down": "carry_out_threat", "use of force": "use_force", "clarification asked": "ask_clarification",
    "process ended": "end_process", "process opened": "reopen_process",
    "pressure step": "set_pressure", "relief": "set_pressure", "proposal": "propose", "acceptance": "answer_proposal",
    "refusal": "answer_proposal", "technical talk": "host_exchange", "facilitated message": "hold_talks",
    "direct talks": "hold_talks", "inspection report": "report_findings", "accusation": "accuse",
    "withdrawal": "withdraw",
}  # fmt: skip

DecisionKey = tuple[int, str, int, str, str]  # round, act, negotiation, actor, counterpart


class Chronicle(NamedTuple):
    """The rows of a run, the lists that they index, and the index of each decision in its round."""

    rows: list[ChronicleRow]
    acts: list[ChronicleAct]
    names: list[str]
    sentences: list[str]
    places: dict[DecisionKey, int]


def build_chronicle(model: Assembly, setting: Setting) -> Chronicle:
    """Return the rows of a run's ledger that the page shows, without signals."""
    included = included_groups(model)
    talks = {name: place for place, name in enumerate(model.loaded_scenario.negotiations)}
    acts: dict[str, int] = {}
    names = {"": 0}
    sentences: dict[str, int] = {}
    rows: list[ChronicleRow] = []
    places: dict[DecisionKey, int] = {}
    now, count = 0, 0
    for row in ledger_rows(model):
        group = row_group(row)
        if group not in included or row.kind == "signal":
            continue
        now, count = (row.round, count if row.round == now else 0)
        k, actor, other = talks.get(row.negotiation or "", -1), row.actor or "", row.counterpart or ""
        places[row.round, row.act, k, actor, other] = count
        count += 1
        rows.append(
            {
                "round": row.round,
                "group": group,
                "act": list_index(row.act, acts),
                "negotiation": k,
                "actor": list_index(actor, names),
                "counterpart": list_index(other, names),
                "sentence": list_index(sentence_of(row, model, setting), sentences),
                "forced": bool(row.forced),
                "value": int(row.value),
            }
        )
    listed: list[ChronicleAct] = [
        {"act": act, "opens": act in ACT_INDEX and bool(act_meaning(act)["conditions"])} for act in acts
    ]
    return Chronicle(rows, listed, list(names), list(sentences), places)


def sentence_of(row: LedgerEntry, model: Assembly, setting: Setting) -> str:
    """Return the sentence of a row; for an injected event, the sentence of the event."""
    if row.forced:
        for move in setting.events:
            if move.round == row.round and matches_row(move, row.act, (row.actor, row.counterpart, row.negotiation)):
                return f"Injected: {describe_event(model.loaded_scenario, move)}."
    return row.sentence


def messages_of(model: Assembly, actors: list[str], places: dict[DecisionKey, int]) -> list[WatchMessage]:
    """Return the signals of a run; ``places`` has the index of each decision in its round."""
    actor_index = {name: place for place, name in enumerate(actors)}
    talks = {name: place for place, name in enumerate(model.loaded_scenario.negotiations)}
    kinds = {name: place for place, name in enumerate(SIGNAL_KINDS)}
    messages: list[WatchMessage] = []
    for row in ledger_rows(model):
        if row.kind != "signal" or row.actor not in actor_index or row.counterpart not in actor_index:
            continue
        k = talks.get(row.negotiation or "", -1)
        messages.append(
            {
                "round": row.round,
                "kind": kinds[row.act],
                "sender": actor_index[row.actor],
                "receiver": actor_index[row.counterpart],
                "negotiation": k,
                "channel": str(row.channel),
                "meant": round_significant(row.meant or 0.0),
                "perceived": round_significant(row.perceived or 0.0),
                "cost": round_significant(row.cost or 0.0),
                "row": source_row_index(row, k, places),
            }
        )
    return messages


def source_row_index(message: LedgerEntry, k: int, places: dict[DecisionKey, int]) -> int:
    """Return the index in its round of the decision behind a signal, or -1. Search by all names, then by fewer."""
    now, act = message.round, SOURCE_ACTS.get(message.act, "")
    actor, other = message.actor or "", message.counterpart or ""
    for cell in (
        (now, act, k, actor, other),
        (now, act, -1, actor, other),
        (now, act, k, actor, ""),
        (now, act, k, "", ""),
    ):
        if cell in places:
            return places[cell]
    return -1
