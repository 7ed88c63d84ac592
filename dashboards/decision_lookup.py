"""Decisions of a run, by the names in their rows."""

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
    """Find the cell of a decision from the names in its row."""
    lists, cell, named = axis_names(scenario), [], [row["actor"], row["counterpart"]]
    for axis in PROTOCOL[number].axes:
        if axis == "negotiation":
            cell.append(lists.negotiation.index(row["negotiation"]))
        elif axis == "side":
            cell.append(scenario.negotiations[row["negotiation"]].parties.index(named.pop(0)))
        elif axis == "service":
            cell.append(SERVICES.index(row["counterpart"]))
        else:
            cell.append(getattr(lists, axis).index(named.pop(0)))
    return tuple(cell)


def alternative_sentence(question: ReplayedDecision, row: Mapping[str, Any], value: int) -> str:
    """Say in a sentence what a decision would have been."""
    scenario, talks, rung = question.scenario, row["negotiation"], "the step in play"
    if talks is not None:
        k = axis_names(scenario).negotiation.index(talks)
        place = int(question.world.rung[k])
        rung = scenario.rung_title(talks, axis_names(scenario).rung[k][place]) if place >= 0 else rung
    shown = {
        "actor": scenario.display_name(row["actor"]),
        "counterpart": scenario.display_name(row["counterpart"]),
        "talks": scenario.display_name(talks),
        "rung": rung,
    }
    told = PROTOCOL[question.act_number].to_recorded(value)
    return decision_sentence(row["act"], told, {}, **shown) if told in words_for(row["act"]).sentences else str(told)
