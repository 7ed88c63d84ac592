"""Lookup of decisions by the names in their ledger rows."""

from collections.abc import Mapping
from typing import Any

from agents.act_words import words_for
from agents.sentences import decision_sentence
from experiments.counterfactuals.flips import ReplayedDecision
from model.columns import SERVICES
from model.protocol import PROTOCOL
from model.scenario import Scenario
from model.world import axis_names


def decision_cell(scenario: Scenario, number: int, row: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the cell of a decision, as indices along the axes of its act, from the names in its ledger row."""
    names, cell, remaining = axis_names(scenario), [], [row["actor"], row["counterpart"]]
    for axis in PROTOCOL[number].axes:
        if axis == "negotiation":
            cell.append(names.negotiation.index(row["negotiation"]))
        elif axis == "side":
            cell.append(scenario.negotiations[row["negotiation"]].parties.index(remaining.pop(0)))
        elif axis == "service":
            cell.append(SERVICES.index(row["counterpart"]))
        else:
            cell.append(getattr(names, axis).index(remaining.pop(0)))
    return tuple(cell)


def alternative_sentence(question: ReplayedDecision, row: Mapping[str, Any], value: int) -> str:
    """Return the sentence of a decision if its value had been `value`."""
    scenario, talks, rung = question.scenario, row["negotiation"], "the current step"
    if talks is not None:
        k = axis_names(scenario).negotiation.index(talks)
        r = int(question.world.rung[k])
        rung = scenario.rung_title(talks, axis_names(scenario).rung[k][r]) if r >= 0 else rung
    names = {
        "actor": scenario.display_name(row["actor"]),
        "counterpart": scenario.display_name(row["counterpart"]),
        "talks": scenario.display_name(talks),
        "rung": rung,
    }
    recorded = PROTOCOL[question.act_number].to_recorded(value)
    if recorded in words_for(row["act"]).sentences:
        return decision_sentence(row["act"], recorded, **names)
    return str(recorded)
