"""The twin of a run with injected events: the same run without them, and where the two first differ."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from dashboards.messages import Columns
from dashboards.reports.chronicle import LEVELS
from dashboards.web.pages.watch.messages import OtherDecision, RunMessage, TwinMessage

DecisionKey = tuple[int, str, int, str, str]  # round, act, negotiation, actor, counterpart


def twin_message(here: RunMessage, there: RunMessage, numbers: int | None) -> TwinMessage:
    """Compare a run with its twin; numbers: the first round in which an indicator differs."""
    decision = first_decision(here, there)
    rounds = numbers, decision and decision["round"], first_message(here, there)
    return {
        "outcome": there["outcome"],
        "talks": [
            {"series": talks["series"], "ladder": [rung["spans"] for rung in talks["ladder"]]}
            for talks in there["talks"]
        ],
        "first": min((each for each in rounds if each is not None), default=None),
        "numbers": numbers,
        "decision": decision,
    }


def first_message(here: RunMessage, there: RunMessage) -> int | None:
    """Return the first round in which a message, its channel, or how it is read differs."""
    for one, other in zip_longest(_sent(here), _sent(there)):
        if one != other:
            return min(each["round"] for each in (one, other) if each is not None)
    return None


def _sent(run: RunMessage) -> Iterator[dict[str, Any]]:
    """Yield the messages of a run without the rows behind them, whose places may differ."""
    for message in Columns(run["messages"]).rows():
        yield {**message, "row": -1}


def first_decision(here: RunMessage, there: RunMessage) -> OtherDecision | None:
    """Return the first decision, not itself forced, that comes out otherwise, as either run tells it."""
    known = _decisions(there)
    for decision, (value, told) in _decisions(here).items():
        if decision in known and known[decision][0] != value:
            return {"round": decision[0], "here": told, "there": known[decision][1]}
    return None


def _decisions(run: RunMessage) -> dict[DecisionKey, tuple[int, str]]:
    """Return the decisions of a run with how they came out and their sentences; what was forced is none."""
    acts, names = [act["act"] for act in run["acts"]], run["names"]
    return {
        (
            row["round"], acts[row["act"]], row["negotiation"], names[row["actor"]], names[row["counterpart"]]
        ): (row["value"], run["sentences"][row["sentence"]])
        for row in Columns(run["rows"]).rows()
        if not row["forced"] and row["group"] < LEVELS and acts[row["act"]] != "rung"
    }  # fmt: skip
