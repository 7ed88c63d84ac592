"""Explanation of a decision: find it in a saved run, replay it, and search for what would have changed it."""

from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from rich.console import Console, Group, RenderableType
from rich.progress import Progress, SpinnerColumn, TextColumn

from agents.assembly import Assembly
from agents.ledger import DECISION_PRIORITY, Ledger, read_ledger
from dashboards import saved_runs as runs
from dashboards.decision_lookup import alternative_sentence, decision_cell
from dashboards.terminal.decision import decision_screen, lever_screen, opposite_screen
from experiments.counterfactuals.branch import Branch
from experiments.counterfactuals.flips import LeverFlip, ReplayedDecision, TermFlip
from experiments.counterfactuals.pivot import opposite_value, outcome_shares_by_arm
from model.compiler import source_digest
from model.errors import InputError, ScenarioError
from model.former_names import current_act, warn
from model.loading import load_scenario, scenario_data
from model.overrides import Override
from model.parameter_space import list_levers as all_levers
from model.protocol import ACT_INDEX, PROTOCOL


class DecisionExplanation(NamedTuple):
    """A decision of a saved run, and what would have changed it.

    terms, levers: the values at which the decision changes. other_acts: the actor's other acts in that round.
    continuation_shares: outcome shares after the decision and after its opposite. alternatives: the counterparts and
    negotiations of the actor's other decisions of the same act in that round.
    """

    run: runs.SavedRun
    row: dict[str, Any]
    question: ReplayedDecision
    terms: list[TermFlip]
    levers: list[LeverFlip]
    other_acts: list[str]
    continuation_shares: dict[str, float]
    alternatives: dict[str, list[str]]
    opposite: int

    def __repr__(self) -> str:
        screen = Console(width=100, file=StringIO(), color_system=None, highlight=False)
        with screen.capture() as written:
            screen.print(explanation_screen(self))
        return "\n".join(line.rstrip() for line in written.get().splitlines())


def explain_decision(
    saved: runs.SavedRun,
    ledger: pd.DataFrame,
    round_number: int,
    actor: str,
    act: str | None = None,
    counterpart: str | None = None,
    negotiation: str | None = None,
    levers: bool = True,
    quiet: bool = False,
) -> DecisionExplanation:
    """Explain a decision in a ledger. Raises ScenarioError if there is no such decision."""
    if act is not None and current_act(act) != act:
        warn([(act, current_act(act))])
        act = current_act(act)
    row, other_acts, alternatives = find_decision(ledger, saved, round_number, actor, act, counterpart, negotiation)
    number = ACT_INDEX[row["act"]]
    cell = decision_cell(load_scenario(saved.scenario), number, row)
    question = ReplayedDecision(saved.scenario, saved.seed, round_number, number, cell)
    replayed = PROTOCOL[number].to_recorded(question.value)
    if replayed != row["value"] and not row["forced"]:
        cause = "; the model has changed since this run" if saved.model_digest != source_digest() else ""
        raise ScenarioError(
            [InputError(str(saved.folder), row["value"], f"the replayed decision is {replayed}{cause}")]
        )
    terms = list(question.term_flips())
    flips = search_levers(question, quiet) if levers else []
    shares = compare_with_opposite(saved, row, question) if levers else {}
    opposite = opposite_value(row["act"], question.value)
    return DecisionExplanation(saved, row, question, terms, flips, other_acts, shares, alternatives, opposite)


def explain_run(model: Assembly, round_number: int, actor: str, **named: Any) -> DecisionExplanation:
    """Explain a decision of a run that is not saved. Raises ScenarioError if there is no such decision."""
    data = scenario_data(model.loaded_scenario)
    moves = [{name: value for name, value in each._asdict().items() if value is not None} for each in model.overrides]
    data["moves"] = [*data.get("moves", []), *moves]
    saved = runs.SavedRun(Path("not saved"), data, model.seed, model.round, source_digest())
    ledger = model.ledger or Ledger()
    return explain_decision(saved, ledger.frame(), round_number, actor, **named, quiet=True)


def compare_with_opposite(saved: runs.SavedRun, row: dict[str, Any], question: ReplayedDecision) -> dict[str, float]:
    """Return the outcome shares of 1,000 resampled continuations after a decision and after its opposite."""
    opposite = float(opposite_value(row["act"], question.value))
    move = Override(row["round"], row["act"], row["negotiation"], row["actor"], row["counterpart"], opposite)
    return outcome_shares_by_arm(Branch(saved.scenario, saved.seed, row["round"], overrides=[move]))


def read_run_ledger(saved: runs.SavedRun) -> pd.DataFrame:
    """Read the ledger of a saved run. Raises ScenarioError if it is damaged or from an incompatible version."""
    try:
        ledger = read_ledger(saved.folder)
        ledger["act"] = ledger["act"].map(current_act)
        unknown = {*ledger.loc[ledger["kind"] == "decision", "act"]} - {*ACT_INDEX}
    except OSError as error:
        raise ScenarioError(
            [InputError(str(saved.folder), "", f"contains no readable ledger: {error.strerror or error}")]
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise ScenarioError([InputError(str(saved.folder), "", f"contains no readable ledger: {error}")]) from None
    if unknown:
        raise ScenarioError(
            [InputError(str(saved.folder), "", "was saved by another version of the model; run the scenario again")]
        )
    return ledger


def search_levers(question: ReplayedDecision, quiet: bool) -> list[LeverFlip]:
    """Search all levers for values that change the decision; show progress on a terminal."""
    screen = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.completed}/{task.total} levers  {task.description}")
    with Progress(*columns, console=screen, transient=True, disable=quiet or not screen.is_terminal) as progress:
        task = progress.add_task("", total=len(all_levers(question.scenario)))
        return list(question.lever_flips(report=lambda path: progress.update(task, advance=1, description=path)))


def find_decision(
    ledger: pd.DataFrame,
    saved: runs.SavedRun,
    round_number: int,
    actor: str,
    act: str | None,
    counterpart: str | None,
    negotiation: str | None,
) -> tuple[dict[str, Any], list[str], dict[str, list[str]]]:
    """Find a decision of an actor in a round; if several match, take the one of highest priority.

    Returns its ledger row, the other acts that the actor decided in that round, and for each option that
    distinguishes decisions of the same act (counterpart, negotiation) its values. Raises ScenarioError if no
    decision matches.
    """
    if round_number > saved.rounds:
        raise ScenarioError([InputError("round", round_number, f"the run has {saved.rounds} rounds")])
    rows = ledger.loc[ledger["kind"] == "decision"]
    if actor not in set(rows["actor"].dropna()):
        raise ScenarioError(
            [InputError.unknown_name("actor", actor, set(rows["actor"].dropna()), "actor with decisions")]
        )
    rows = rows.loc[(rows["round"] == round_number) & (rows["actor"] == actor)]
    if rows.empty:
        raise ScenarioError([InputError("round", round_number, f"{actor} takes no decision in that round")])
    description = f"decision of {actor} in round {round_number}"
    for column, requested in (("act", act), ("counterpart", counterpart), ("negotiation", negotiation)):
        existing = set(rows[column].dropna())
        if requested is not None and requested not in existing:
            raise ScenarioError(
                [
                    InputError.unknown_name(
                        column, requested, existing, description if column == "act" else f"{column} of a {description}"
                    )
                ]
            )
        rows = rows if requested is None else rows.loc[rows[column] == requested]
    priority = {name: position for position, name in enumerate(DECISION_PRIORITY)}
    best = min(rows.index, key=lambda index: priority.get(rows.loc[index, "act"], len(priority)))  # type: ignore[arg-type]
    row = {name: None if value is None or value != value else value for name, value in rows.loc[best].items()}
    row = {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
    same = rows.loc[rows["act"] == row["act"]]
    values = {name: sorted(set(same[name].dropna())) for name in ("counterpart", "negotiation")}
    alternatives = {name: existing for name, existing in values.items() if len(existing) > 1}
    return row, sorted(set(rows["act"]) - {row["act"]}), alternatives


def explanation_screen(explanation: DecisionExplanation) -> Group:
    """Return an explanation as one screen."""
    run, row, question = explanation.run, explanation.row, explanation.question
    parts: list[RenderableType] = [f"Round {row['round']}, {row['act']}, seed {run.seed} ({run.folder})"]
    if row["forced"]:
        parts.append("This decision was forced. The conditions below show what the actor would have decided.")
    parts.append(decision_screen(question, row["sentence"], explanation.terms))
    if explanation.levers:
        parts.append(lever_screen(explanation.levers, partial(alternative_sentence, question, row)))
    if explanation.continuation_shares:
        opposite = alternative_sentence(question, row, explanation.opposite)
        parts.append(opposite_screen(explanation.continuation_shares, opposite))
    for option, values in explanation.alternatives.items():
        parts.append(f"Decisions of this act in this round (--{option}): {', '.join(values)}; shown: {row[option]}")
    if explanation.other_acts:
        parts.append(f"Other decisions of this actor in this round (--act): {', '.join(explanation.other_acts)}")
    return Group(*parts)


def explanation_data(explanation: DecisionExplanation) -> dict[str, Any]:
    """Return what `why --json` prints."""
    run, row, question = explanation.run, explanation.row, explanation.question
    return {
        "run": str(run.folder),
        "seed": run.seed,
        "round": row["round"],
        "act": row["act"],
        "actor": row["actor"],
        "value": question.value,
        "sentence": row["sentence"],
        "cost": explanation.continuation_shares,
        "opposite": alternative_sentence(question, row, explanation.opposite),
        "alike": explanation.alternatives,
        "conditions": [
            {"name": c.name, "terms": c.terms, "score": c.score, "threshold": c.threshold, "holds": c.holds}
            for c in question.conditions
        ],
        "terms": [flip._asdict() for flip in explanation.terms],
        "levers": [
            {
                "path": f.lever.path,
                "value": f.lever.value,
                "low": f.lever.low,
                "high": f.lever.high,
                "to": f.to,
                "becomes": f.becomes,
            }
            for f in explanation.levers
        ],
    }
