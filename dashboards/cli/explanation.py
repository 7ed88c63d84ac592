"""`detente why`: find the decision in a saved run, weigh it again, search for what would have flipped it."""

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
from model.loading import load_scenario, scenario_data
from model.overrides import Override
from model.parameter_space import list_levers as all_levers
from model.protocol import ACT_INDEX, PROTOCOL


class DecisionExplanation(NamedTuple):
    """What `why` found out."""

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
    folder: Path | None,
    round_number: int,
    actor: str,
    act: str | None = None,
    counterpart: str | None = None,
    negotiation: str | None = None,
    levers: bool = True,
    quiet: bool = False,
) -> DecisionExplanation:
    """Explain a decision of a saved run, the latest by default. Raises ScenarioError if there is no such decision."""
    saved = runs.read_run(folder or runs.latest_run())
    return explain_row(saved, read_run_ledger(saved), round_number, actor, act, counterpart, negotiation, levers, quiet)


def explain_row(
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
    """Explain a decision that is a row of a ledger. Raises ScenarioError if there is no such decision."""
    row, others, alike = find_decision(ledger, saved, round_number, actor, act, counterpart, negotiation)
    number = ACT_INDEX[row["act"]]
    cell = decision_cell(load_scenario(saved.scenario), number, row)
    question = ReplayedDecision(saved.scenario, saved.seed, round_number, number, cell)
    told = PROTOCOL[number].to_recorded(question.value)
    if told != row["value"] and not row["forced"]:
        changed = " The model has changed since this run." if saved.model_digest != source_digest() else ""
        raise ScenarioError(
            [InputError(str(saved.folder), row["value"], f"played again, the decision is {told}.{changed}")]
        )
    terms = list(question.term_flips())
    found = search_levers(question, quiet) if levers else []
    spent = compare_with_opposite(saved, row, question) if levers else {}
    opposite = opposite_value(row["act"], question.value)
    return DecisionExplanation(saved, row, question, terms, found, others, spent, alike, opposite)


def explain_run(model: Assembly, round_number: int, actor: str, **named: Any) -> DecisionExplanation:
    """Explain a decision of a run in memory, as `explain_row` does. Raises ScenarioError if there is no such decision."""
    data = scenario_data(model.loaded_scenario)
    moves = [{name: value for name, value in each._asdict().items() if value is not None} for each in model.overrides]
    data["moves"] = [*data.get("moves", []), *moves]
    saved = runs.SavedRun(Path("not saved"), data, model.seed, model.round, source_digest())
    ledger = model.ledger or Ledger()
    return explain_row(saved, ledger.frame(), round_number, actor, **named, quiet=True)


def compare_with_opposite(saved: runs.SavedRun, row: dict[str, Any], question: ReplayedDecision) -> dict[str, float]:
    """Redraw a thousand futures after the decision as it was taken, and after its opposite."""
    turned = float(opposite_value(row["act"], question.value))
    move = Override(row["round"], row["act"], row["negotiation"], row["actor"], row["counterpart"], turned)
    return outcome_shares_by_arm(Branch(saved.scenario, saved.seed, row["round"], overrides=[move]))


def read_run_ledger(saved: runs.SavedRun) -> pd.DataFrame:
    """Read the ledger of a saved run. Raises ScenarioError if it is damaged, or of another model."""
    try:
        ledger = read_ledger(saved.folder)
        unknown = {*ledger.loc[ledger["kind"] == "decision", "act"]} - {*ACT_INDEX}
    except OSError as error:
        raise ScenarioError(
            [InputError(str(saved.folder), "", f"holds no readable ledger: {error.strerror or error}")]
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise ScenarioError([InputError(str(saved.folder), "", f"holds no readable ledger: {error}")]) from None
    if unknown:
        raise ScenarioError(
            [InputError(str(saved.folder), "", "was saved by another version of the model; run it again")]
        )
    return ledger


def search_levers(question: ReplayedDecision, quiet: bool) -> list[LeverFlip]:
    """Search all levers, telling which one is tried."""
    screen = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.completed}/{task.total} levers  {task.description}")
    with Progress(*columns, console=screen, transient=True, disable=quiet or not screen.is_terminal) as progress:
        line = progress.add_task("", total=len(all_levers(question.scenario)))
        return list(question.lever_flips(report=lambda path: progress.update(line, advance=1, description=path)))


def find_decision(
    ledger: pd.DataFrame,
    saved: runs.SavedRun,
    round_number: int,
    actor: str,
    act: str | None,
    counterpart: str | None,
    negotiation: str | None,
) -> tuple[dict[str, Any], list[str], dict[str, list[str]]]:
    """Find the row of a decision, and name the other decisions of that actor in that round.

    Of those of the same kind, the values that each option tells them apart by.
    """
    if round_number > saved.rounds:
        raise ScenarioError([InputError("round", round_number, f"the run has {saved.rounds} rounds")])
    rows = ledger.loc[ledger["kind"] == "decision"]
    if actor not in set(rows["actor"].dropna()):
        raise ScenarioError([InputError.unknown_name("actor", actor, set(rows["actor"].dropna()), "actor who decides")])
    rows = rows.loc[(rows["round"] == round_number) & (rows["actor"] == actor)]
    if rows.empty:
        raise ScenarioError([InputError("round", round_number, f"{actor} decided nothing in that round")])
    what = f"decision of {actor} in round {round_number}"
    for column, wanted in (("act", act), ("counterpart", counterpart), ("negotiation", negotiation)):
        known = set(rows[column].dropna())
        if wanted is not None and wanted not in known:
            raise ScenarioError(
                [InputError.unknown_name(column, wanted, known, what if column == "act" else f"{column} of a {what}")]
            )
        rows = rows if wanted is None else rows.loc[rows[column] == wanted]
    order = {name: place for place, name in enumerate(DECISION_PRIORITY)}
    best = min(rows.index, key=lambda index: order.get(rows.loc[index, "act"], len(order)))  # type: ignore[arg-type]
    row = {name: None if value is None or value != value else value for name, value in rows.loc[best].items()}
    row = {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
    same = rows.loc[rows["act"] == row["act"]]
    told = {name: sorted(set(same[name].dropna())) for name in ("counterpart", "negotiation")}
    alike = {name: values for name, values in told.items() if len(values) > 1}
    return row, sorted(set(rows["act"]) - {row["act"]}), alike


def explanation_screen(answer: DecisionExplanation) -> Group:
    """Return the answer as one screen."""
    row = answer.row
    parts: list[RenderableType] = [f"Round {row['round']}, {row['act']}, seed {answer.run.seed} ({answer.run.folder})"]
    if row["forced"]:
        parts.append("This move was set from outside; below is how the actor would have decided.")
    parts.append(decision_screen(answer.question, row["sentence"], answer.terms))
    if answer.levers:
        parts.append(lever_screen(answer.levers, partial(alternative_sentence, answer.question, row)))
    if answer.continuation_shares:
        opposite = alternative_sentence(answer.question, row, answer.opposite)
        parts.append(opposite_screen(answer.continuation_shares, opposite))
    for name, values in answer.alternatives.items():
        parts.append(f"Such decisions in this round (--{name}): {', '.join(values)}; above is {row[name]}")
    if answer.other_acts:
        parts.append(f"Other decisions of the same actor in this round (--act): {', '.join(answer.other_acts)}")
    return Group(*parts)


def explanation_data(answer: DecisionExplanation) -> dict[str, Any]:
    """Write the answer as plain data."""
    question = answer.question
    return {
        "run": str(answer.run.folder),
        "seed": answer.run.seed,
        "round": answer.row["round"],
        "act": answer.row["act"],
        "actor": answer.row["actor"],
        "value": question.value,
        "sentence": answer.row["sentence"],
        "cost": answer.continuation_shares,
        "opposite": alternative_sentence(question, answer.row, answer.opposite),
        "alike": answer.alternatives,
        "conditions": [
            {"name": c.name, "terms": c.terms, "score": c.score, "threshold": c.threshold, "holds": c.holds}
            for c in question.conditions
        ],
        "terms": [flip._asdict() for flip in answer.terms],
        "levers": [
            {
                "path": f.lever.path,
                "value": f.lever.value,
                "low": f.lever.low,
                "high": f.lever.high,
                "to": f.to,
                "becomes": f.becomes,
            }
            for f in answer.levers
        ],
    }
