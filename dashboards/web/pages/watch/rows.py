"""The chronicle and the messages of a watched run, each message with the decision behind it."""

from typing import NamedTuple

from agents.assembly import Assembly
from agents.ledger import Row
from dashboards.interventions import event_words, is_of
from dashboards.link import Setting
from dashboards.reports.chronicle import act_meaning, group_of, kept_groups, place_of, rows_of, short
from dashboards.web.pages.watch.messages import ChronicleAct, ChronicleRow, WatchMessage
from model.protocol import ACT
from model.signals import KINDS

BEHIND = {  # the decision that a message comes from
    "public statement": "choose_conduct", "threat": "choose_conduct", "initiative": "step_forward",
    "pressure step": "press", "relief": "press", "proposal": "table", "acceptance": "give_answer",
    "refusal": "give_answer", "technical talk": "host", "facilitated message": "hold_talks",
    "direct talks": "hold_talks", "inspection report": "report_on", "accusation": "accuse", "withdrawal": "withdraw",
}  # fmt: skip

Cell = tuple[int, str, int, str, str]  # round, act, negotiation, actor, counterpart


class Chronicle(NamedTuple):
    """The rows of a run, the lists that they point into, and the place of each decision in its round."""

    rows: list[ChronicleRow]
    acts: list[ChronicleAct]
    names: list[str]
    sentences: list[str]
    places: dict[Cell, int]


def chronicle_of(model: Assembly, setting: Setting) -> Chronicle:
    """Return the rows of a run's ledger that the page holds, messages aside."""
    kept = kept_groups(model)
    talks = {name: place for place, name in enumerate(model.setting.negotiations)}
    acts: dict[str, int] = {}
    names = {"": 0}
    sentences: dict[str, int] = {}
    rows: list[ChronicleRow] = []
    places: dict[Cell, int] = {}
    now, count = 0, 0
    for row in rows_of(model):
        group = group_of(row)
        if group not in kept or row.kind == "signal":
            continue
        now, count = (row.round, count if row.round == now else 0)
        k, actor, other = talks.get(row.negotiation or "", -1), row.actor or "", row.counterpart or ""
        places[row.round, row.act, k, actor, other] = count
        count += 1
        rows.append(
            {
                "round": row.round,
                "group": group,
                "act": place_of(row.act, acts),
                "negotiation": k,
                "actor": place_of(actor, names),
                "counterpart": place_of(other, names),
                "sentence": place_of(sentence_of(row, model, setting), sentences),
                "forced": bool(row.forced),
                "value": int(row.value),
            }
        )
    listed: list[ChronicleAct] = [
        {"act": act, "opens": act in ACT and bool(act_meaning(act)["conditions"])} for act in acts
    ]
    return Chronicle(rows, listed, list(names), list(sentences), places)


def sentence_of(row: Row, model: Assembly, setting: Setting) -> str:
    """Return the sentence of a row; what was injected is told as the event it is."""
    if row.forced:
        for move in setting.events:
            if move.round == row.round and is_of(move, row.act, (row.actor, row.counterpart, row.negotiation)):
                return f"Injected: {event_words(model.setting, move)}."
    return row.sentence


def messages_of(model: Assembly, actors: list[str], places: dict[Cell, int]) -> list[WatchMessage]:
    """Return the messages of a run; places: of the decisions, in the chronicle."""
    seats = {name: place for place, name in enumerate(actors)}
    talks = {name: place for place, name in enumerate(model.setting.negotiations)}
    kinds = {name: place for place, name in enumerate(KINDS)}
    found: list[WatchMessage] = []
    for row in rows_of(model):
        if row.kind != "signal" or row.actor not in seats or row.counterpart not in seats:
            continue
        k = talks.get(row.negotiation or "", -1)
        found.append(
            {
                "round": row.round,
                "kind": kinds[row.act],
                "sender": seats[row.actor],
                "receiver": seats[row.counterpart],
                "negotiation": k,
                "channel": str(row.channel),
                "meant": short(row.meant or 0.0),
                "perceived": short(row.perceived or 0.0),
                "cost": short(row.cost or 0.0),
                "row": place_behind(row, k, places),
            }
        )
    return found


def place_behind(message: Row, k: int, places: dict[Cell, int]) -> int:
    """Return the place in its round of the decision behind a message, by all its names or by those that it has."""
    now, act = message.round, BEHIND.get(message.act, "")
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
