"""Screen of the command `advise`."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dashboards.labels import format_number
from dashboards.terminal.ensembles import format_set_value
from dashboards.terminal.widgets import plain_table
from experiments.studies.advice import Advice, Answer, Tradeoffs
from experiments.studies.goals import MeasureGoal
from experiments.studies.lever_moves import ChangedLevers

SETS = {1: "one lever", 2: "two levers", 3: "three levers"}

COLUMN_NOTES = (
    "Distance: share of its range by which a lever moves, summed over the levers.",
    "Tension: paired effect of the answer on mean tension, its price (below 0: it lowers tension).",
)
NO_FORECAST = "Results follow from the assumptions; they are not a forecast."


def advice_screen(advice: Advice) -> RenderableType:
    """Return the answers to a goal, or the best changes if there is none."""
    goal, base = advice.goal, advice.base
    parts: list[RenderableType] = [
        Text.assemble((advice.scenario, "bold"), "  goal: ", (goal.text, "bold")),
        Text(f"As it is: {describe_estimate(goal, base)}. {'Reached' if base.reached else 'Not reached'}."),
    ]
    if base.reached:
        parts.append(Text("The scenario reaches the goal as it is; no lever needs to change.", style="bold"))
    else:
        parts += [*_verdict(advice), answer_list(advice.rows[1:]), Text(""), estimate_table(advice)]
    if base.robustness is not None:
        parts += [Text(""), robustness_table(advice)]
    parts += [Text(""), *(Text(note, style="dim") for note in _notes(advice))]
    return Group(*parts)


def ensemble_command(advice: Advice | Tradeoffs, scenario: str, changes: Mapping[str, Any]) -> str:
    """Return the command that plays the first answer in the same worlds. scenario, changes: as given by the user."""
    settings = [f"{path}={format_set_value(value)}" for path, value in changes.items()]
    settings += [f"{path}={value:g}" for path, value in advice.rows[1].settings.items()]
    options = " ".join(f"--set {shlex.quote(each)}" for each in settings)
    return f"detente ensemble {shlex.quote(scenario)} {options} --worlds {advice.worlds} --seed {advice.seed}"


def describe_value(goal: MeasureGoal, value: float) -> str:
    """Return a value of the goal's measure, a share in percent."""
    if goal.is_share:
        return f"{value:.1%}"
    text = format_number(value)
    return "0" if text == "-0" else text


def describe_estimate(goal: MeasureGoal, answer: Answer) -> str:
    """Return an estimate with its 95 % interval."""
    if answer.estimate.mean != answer.estimate.mean:
        return "missing in all worlds"
    mean, low, high = (describe_value(goal, value) for value in answer.estimate[:3])
    return f"{mean} (95 % interval {low} to {high})"


def describe_shortfall(goal: MeasureGoal, value: float) -> str:
    """Return how much a goal is missed, for a share in percentage points."""
    return f"{value * 100:.1f} points" if goal.is_share else format_number(value)


def _verdict(advice: Advice) -> list[Text]:
    """Return what was searched and what was found."""
    tried = ", ".join(f"{count:,} of {SETS[size]}" for size, count in advice.tried.items())
    searched = Text(f"Tried settings: {tried}. {advice.levers} levers may move; {advice.search_worlds} worlds each.")
    if not advice.answers:
        text = f"Not reached by changing up to {SETS[max(advice.tried)]}."
        if advice.best:
            text += f" The best that was found misses it by {describe_shortfall(advice.goal, advice.best[0].shortfall)}"
            sound = next((each for each in advice.best if not each.perverse), None)
            if sound not in (None, advice.best[0]):
                text += f"; without perverse changes, by {describe_shortfall(advice.goal, sound.shortfall)}"
            text += "."
        return [searched, Text(text, style="bold")]
    fewest = min(len(each.changes) for each in advice.answers)
    fewest_sound = min((len(each.changes) for each in advice.answers if not each.perverse), default=0)
    text = f"The goal can be reached by changing {SETS[fewest]}."
    if not fewest_sound:
        text += " But every answer that was found is perverse."
    elif fewest_sound > fewest:
        text += f" But that is perverse; other answers need {SETS[fewest_sound]}."
    return [searched, Text(text, style="bold")]


def answer_list(answers: Sequence[ChangedLevers]) -> Table:
    """Return the changes of each answer, and why it is perverse, with its number."""
    table = plain_table("", "")
    table.show_header = False
    table.columns[1].no_wrap = False
    for number, answer in enumerate(answers, 1):
        lines = "\n".join(f"{each.path} {each.before:g} -> {each.after:g}" for each in answer.changes)
        why = "\n".join(f"perverse advice: {each.path}, {each.perverse}" for each in answer.changes if each.perverse)
        table.add_row(str(number), Text.assemble(lines, "\n" * bool(why), (why, "yellow")))
    return table


def estimate_table(advice: Advice) -> Table:
    """Return the estimates of the scenario as it is and of each answer."""
    goal = advice.goal
    measured = "share" if goal.is_share else "mean"
    table = plain_table("answer", measured, "95 % interval", "reached", "distance", "tension", "95 % interval")
    for number, answer in enumerate(advice.rows):
        reached = ("yes" if answer.certain else "perhaps") if answer.reached else "no"
        mean, low, high = (describe_value(goal, value) for value in answer.estimate[:3])
        row = [name_answer(number), mean, f"{low} to {high}", reached]
        if number:
            effect = answer.tension
            row += [f"{answer.distance:.0%}", f"{effect.difference:+.2f}", f"{effect.low:+.2f} to {effect.high:+.2f}"]
        table.add_row(*row)
    return table


def name_answer(number: int) -> str:
    """Return the name of a row: the number of an answer, or that of the scenario as it is."""
    return str(number) if number else "as it is"


def robustness_table(advice: Advice) -> Table:
    """Return the robustness of each answer over the plausible worlds."""
    table = plain_table("answer", "reached in plausible worlds", "95 % interval", "shortfall", "regret")
    for number, answer in enumerate(advice.rows):
        if (own := answer.robustness) is not None:
            share, low, high = (f"{value:.0%}" for value in own.satisficing)
            misses = [describe_shortfall(advice.goal, value) for value in (own.shortfall, own.regret)]
            table.add_row(name_answer(number), share, f"{low} to {high}", *misses)
    return table


def _notes(advice: Advice) -> list[str]:
    """Return what the columns mean, a sentence or two each."""
    notes = [_seeds_note(advice)]
    if advice.rows[1:]:
        notes += [
            "Reached: yes, if the whole interval reaches the goal; perhaps, if only the estimate does.",
            *COLUMN_NOTES,
        ]
    if advice.plausible_points:
        notes += [
            f"Plausible worlds: {advice.plausible_points} draws of the calibrated parameters, "
            f"{advice.plausible_worlds} runs of each. Plausible, not probable.",
            "Shortfall: how much the goal is missed, mean over plausible worlds. Regret: how much more the best row "
            "attains in the same plausible world, mean.",
        ]
    return [*notes, NO_FORECAST]


def _seeds_note(advice: Advice | Tradeoffs) -> str:
    last = advice.seed + advice.worlds - 1
    return f"Estimates: {advice.worlds:,} worlds, seeds {advice.seed} to {last}, which the search did not use."


def tradeoffs_screen(tradeoffs: Tradeoffs) -> RenderableType:
    """Return the answers to several goals."""
    goals = [f"{number}. {goal.text}" for number, goal in enumerate(tradeoffs.goals, 1)]
    every = "both goals" if len(goals) == 2 else f"all {len(goals)} goals"
    together = [str(number) for number, each in enumerate(tradeoffs.answers, 1) if each.reached]
    if tradeoffs.base.reached:
        verdict = f"The scenario reaches {every} as it is."
    elif together:
        verdict = f"{every.capitalize()} are reached by answer{'s' * (len(together) > 1)} {', '.join(together)}."
    else:
        verdict = f"No change that was found reaches {every}."
    headings = (f"goal {number}" for number in range(1, len(goals) + 1))
    table = plain_table("answer", *headings, "reached", "distance", "tension")
    for number, answer in enumerate(tradeoffs.rows):
        cells = []
        for goal, estimate in zip(tradeoffs.goals, answer.estimates, strict=True):
            mean, low, high = (describe_value(goal, value) for value in estimate[:3])
            cells.append(f"{mean}\n{low} to {high}")
        count = sum(shortfall <= 0.0 for shortfall in answer.shortfalls)
        reached = "all" if count == len(goals) else f"{count} of {len(goals)}"
        row = [name_answer(number), *cells, reached]
        table.add_row(*row, *([f"{answer.distance:.0%}", f"{answer.tension.difference:+.2f}"] if number else []))
    return Group(
        Text.assemble((tradeoffs.scenario, "bold"), "  goals: ", ("; ".join(goals), "bold")),
        Text(
            f"Tried {tradeoffs.tried:,} settings of {tradeoffs.levers} levers, {tradeoffs.search_worlds} worlds each, "
            "chosen by NSGA-II. What misses every goal by more than another answer is left out; perverse answers do "
            "not rule out others."
        ),
        Text(verdict, style="bold"),
        answer_list(tradeoffs.answers),
        Text(""),
        table,
        Text(""),
        *(Text(note, style="dim") for note in (_seeds_note(tradeoffs), *COLUMN_NOTES, NO_FORECAST)),
    )
