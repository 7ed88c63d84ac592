"""Screen of the command `advise`."""

import shlex
from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dashboards.labels import format_number
from dashboards.terminal.ensembles import format_set_value
from dashboards.terminal.widgets import plain_table
from experiments.studies.advice import Advice, Answer
from experiments.studies.goals import MeasureGoal

SETS = {1: "one lever", 2: "two levers", 3: "three levers"}


def advice_screen(advice: Advice, scenario: str, changes: Mapping[str, Any]) -> RenderableType:
    """Return the answers to a goal. scenario, changes: as given to the command."""
    goal, base = advice.goal, advice.base
    seeds = f"seeds {advice.seed} to {advice.seed + advice.worlds - 1}"
    parts: list[RenderableType] = [
        Text.assemble((advice.scenario, "bold"), "  goal: ", (goal.text, "bold")),
        Text(f"As it is: {describe_estimate(goal, base)}. {'Reached' if base.reached else 'Not reached'}."),
    ]
    if base.reached:
        parts.append(Text("The goal is reached as the scenario is; no lever needs to change.", style="bold"))
    else:
        parts += [*_verdict(advice), answer_list(advice), Text(""), estimate_table(advice)]
    if base.robustness is not None:
        parts += [Text(""), robustness_table(advice)]
    parts.append(Text(_notes(advice, seeds), style="dim"))
    if not base.reached and advice.rows[1:]:
        settings = {**changes, **advice.rows[1].settings}
        options = " ".join(f"--set {shlex.quote(f'{path}={format_set_value(x)}')}" for path, x in settings.items())
        command = f"detente ensemble {shlex.quote(scenario)} {options} --worlds {advice.worlds} --seed {advice.seed}"
        parts.append(Text(f"To see answer 1: {command}", style="dim"))
    return Group(*parts)


def describe_value(goal: MeasureGoal, value: float) -> str:
    """Return a value of the goal's measure, a share in percent."""
    return f"{value:.1%}" if goal.is_share else format_number(value)


def describe_estimate(goal: MeasureGoal, answer: Answer) -> str:
    """Return an estimate with its 95 % interval."""
    if answer.estimate.mean != answer.estimate.mean:
        return "missing in all worlds"
    mean, low, high = (describe_value(goal, value) for value in answer.estimate[:3])
    return f"{mean} (95 % interval {low} to {high})"


def _verdict(advice: Advice) -> list[Text]:
    """Return what was found, in one or two lines."""
    tried = ", ".join(f"{count:,} with {SETS[size]}" for size, count in advice.tried.items())
    searched = Text(f"Tried settings of {advice.levers} levers, {advice.search_worlds} worlds each: {tried}.")
    if not advice.answers:
        best = advice.best[0]
        short = f"{best.shortfall * 100:.1f} points" if advice.goal.is_share else format_number(best.shortfall)
        text = f"Not reached by changing up to {SETS[max(advice.tried)]}. The best that was found misses it by {short}."
        return [searched, Text(text, style="bold")]
    sizes = {len(each.changes) for each in advice.answers}
    sound = {len(each.changes) for each in advice.answers if not each.perverse}
    text = f"{SETS[min(sizes)].capitalize()} can reach the goal."
    if not sound:
        text += " But every answer is perverse; see below."
    elif min(sound) > min(sizes):
        text += f" But that is perverse; other answers need {SETS[min(sound)]}."
    return [searched, Text(text, style="bold")]


def answer_list(advice: Advice) -> Table:
    """Return the changes of each answer, and why it is perverse, with its number."""
    table = plain_table("", "")
    table.show_header = False
    table.columns[1].no_wrap = False
    for number, answer in enumerate(advice.rows[1:], 1):
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
            misses = [format_number(value) for value in (own.shortfall, own.regret)]
            table.add_row(name_answer(number), share, f"{low} to {high}", *misses)
    return table


def _notes(advice: Advice, seeds: str) -> str:
    """Return what the columns mean."""
    notes = f"Every estimate: {advice.worlds:,} worlds, {seeds}, which the search did not use."
    if advice.rows[1:]:
        notes += (
            " Reached: yes, if the whole interval reaches the goal; perhaps, if only the estimate does. Distance: sum "
            "of the shares of their ranges by which the levers move. Tension: paired effect on mean tension, the "
            "price of the answer."
        )
    if advice.plausible_points:
        notes += (
            f" Plausible worlds: {advice.plausible_points} draws of what is not a lever, "
            f"{advice.plausible_worlds} runs of each. Shortfall: mean distance from the goal. Regret: mean distance "
            "from the best answer of each world. Plausible, not probable."
        )
    return notes + " Results follow from the assumptions; they are not a forecast."
