"""Comparison of a run with its twin, the same run without the injected events."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from dashboards.messages import Columns
from dashboards.reports.chronicle import LEVELS
from dashboards.web.pages.watch.messages import OtherDecision, RunMessage, TwinMessage

DecisionKey = tuple[int, str, int, str, str]  # round, act, negotiation, actor, counterpart


def twin_message(run: RunMessage, twin: RunMessage, numbers: int | None) -> TwinMessage:
    """Return the message of a twin; ``numbers`` is the first round in which an indicator differs."""
    decision = first_decision(run, twin)
    rounds = numbers, decision and decision["round"], first_message(run, twin)
    return {
        "outcome": twin["outcome"],
        "talks": [
            {"series": talks["series"], "ladder": [rung["spans"] for rung in talks["ladder"]]}
            for talks in twin["talks"]
        ],
        "first": min((each for each in rounds if each is not None), default=None),
        "numbers": numbers,
        "decision": decision,
    }


def first_message(run: RunMessage, twin: RunMessage) -> int | None:
    """Return the first round in which a signal, its channel, or its reading differs."""
    for one, other in zip_longest(_sent(run), _sent(twin)):
        if one != other:
            return min(each["round"] for each in (one, other) if each is not None)
    return None


def _sent(run: RunMessage) -> Iterator[dict[str, Any]]:
    """Yield the signals of a run without the indices of their decisions, which may differ."""
    for message in Columns(run["messages"]).rows():
        yield {**message, "row": -1}


def first_decision(run: RunMessage, twin: RunMessage) -> OtherDecision | None:
    """Return the first decision that differs and is not forced, as both runs describe it."""
    known = _decisions(twin)
    for decision, (value, sentence) in _decisions(run).items():
        if decision in known and known[decision][0] != value:
            return {"round": decision[0], "here": sentence, "there": known[decision][1]}
    return None


def _decisions(run: RunMessage) -> dict[DecisionKey, tuple[int, str]]:
    """Return the values and sentences of a run's decisions, without forced ones."""
    acts, names = [act["act"] for act in run["acts"]], run["names"]
    return {
        (
            row["round"], acts[row["act"]], row["negotiation"], names[row["actor"]], names[row["counterpart"]]
        ): (row["value"], run["sentences"][row["sentence"]])
        for row in Columns(run["rows"]).rows()
        if not row["forced"] and row["group"] < LEVELS and acts[row["act"]] != "rung"
    }  # fmt: skip
