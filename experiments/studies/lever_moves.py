"""Moves: a lever of a scenario in one direction, its values nearest first, and which directions are perverse."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from model.errors import InputError, ScenarioError
from model.parameter_space import DeclaredParameter, every_parameter, list_levers
from model.scenario import Scenario

STEPS = 10  # of the grid, over the whole range of a lever
WIDE = 50.0  # a range of real numbers wider than this is measured as log(1 + x): stakes and budgets

# Directions that a diplomat would not accept as advice, whatever they do to the measure: lever, direction, reason.
PERVERSE: tuple[tuple[str, int, str], ...] = (
    ("bodies.*.detection", -1, "less verification: inspections detect fewer violations"),
    ("bodies.*.inspections", -1, "less verification: fewer inspections"),
    ("verification.proof_standard", 1, "less verification: a violation needs more proof before it is declared"),
    ("verification.forgiveness", 1, "weaker enforcement: more breaches are forgiven"),
    ("scrutiny.false_acceptance", 1, "less scrutiny: more deceitful proposals pass"),
    ("scrutiny.findings_per_round", -1, "less scrutiny: fewer findings are examined"),
    ("scrutiny.false_rejection", 1, "worse scrutiny: more honest proposals are rejected"),
    ("pressure.pressure_speed", 1, "more pressure: it rises faster"),
    ("pressure.relief_speed", -1, "more pressure: it is lifted more slowly"),
    ("pressure.escalation", 1, "more pressure: a stronger response to a breach"),
    ("relations.*.campaign", 1, "more pressure: a higher target without an agreement"),
    ("states.*.dialogue", -1, "less dialogue: less openness to talks"),
    ("states.*.generosity", -1, "less conciliation: hostile acts are more often answered in kind"),
    ("states.*.initiative", -1, "less conciliation: fewer announced conciliatory steps"),
    ("states.*.suppression", -1, "freer spoilers: fewer attacks are prevented"),
    *(
        ("negotiations.*.stake", sign, "relabelled steps: changes what a step is worth, not how it is negotiated")
        for sign in (-1, 1)
    ),
    ("facilitators.*.arrives", 1, "less facilitation: the facilitator arrives later"),
    *(
        (f"facilitators.*.{name}", -1, f"less facilitation: less {words}")
        for name, words in (
            ("capacity", "capacity"),
            ("clarity", "clarity of messages"),
            ("formulation", "skill in formulating texts"),
            ("leverage", "leverage"),
            ("good_offices", "use of good offices"),
            ("hosting", "hosting of small exchanges"),
            ("budget", "money"),
        )
    ),
)


def perverse_reason(path: str, direction: int) -> str:
    """Return why raising (direction 1) or lowering (-1) a lever is perverse advice; empty if it is not."""
    return next((why for pattern, sign, why in PERVERSE if sign == direction and fnmatchcase(path, pattern)), "")


class LeverChange(NamedTuple):
    """A new value of a lever.

    before: the value in the scenario. distance: share of the lever's range between the two values. perverse: why the
    direction is perverse advice; empty if it is not.
    """

    path: str
    before: float
    after: float
    distance: float
    perverse: str

    @property
    def move(self) -> tuple[str, bool]:
        """Return the lever, and whether it rises."""
        return self.path, self.after > self.before


@dataclass(frozen=True)
class ChangedLevers:
    """Changes of some levers; none for the scenario as it is."""

    changes: tuple[LeverChange, ...]

    @property
    def distance(self) -> float:
        """Return the sum of the shares of their ranges by which levers move."""
        return sum(each.distance for each in self.changes)

    @property
    def perverse(self) -> list[str]:
        """Return why the changes are perverse advice; empty if they are not."""
        return [f"{each.path}: {each.perverse}" for each in self.changes if each.perverse]

    @property
    def settings(self) -> dict[str, float]:
        """Return the new values by dotted path."""
        return {each.path: each.after for each in self.changes}

    @property
    def words(self) -> str:
        """Return the changes on one line."""
        return ", ".join(f"{each.path} {each.before:g} -> {each.after:g}" for each in self.changes) or "no change"


class LeverMove(NamedTuple):
    """The changes of one lever in one direction, nearest first."""

    path: str
    changes: tuple[LeverChange, ...]

    @property
    def perverse(self) -> str:
        """Return why the direction is perverse advice; empty if it is not."""
        return self.changes[0].perverse


def allowed_levers(scenario: Scenario, patterns: Sequence[str]) -> list[DeclaredParameter]:
    """Return the levers that match a shell pattern, such as ``facilitators.*``; all levers without patterns.

    Raises ScenarioError for each pattern that matches no lever.
    """
    levers = list_levers(scenario)
    matches = {pattern: [each for each in levers if fnmatchcase(each.path, str(pattern))] for pattern in patterns}
    if errors := [_pattern_error(scenario, pattern) for pattern, found in matches.items() if not found]:
        raise ScenarioError(errors)
    matched = {each.path for found in matches.values() for each in found}
    return [each for each in levers if not patterns or each.path in matched]


def _pattern_error(scenario: Scenario, pattern: str) -> InputError:
    """Return the error of a pattern that matches no lever, with the closest lever or pattern that does."""
    paths = [each.path for each in list_levers(scenario)]
    if any(fnmatchcase(each.path, str(pattern)) for each in every_parameter(scenario)):
        problem = "matches no lever of this scenario: a lever is a value that a participant can choose and that matters"
        return InputError("may", pattern, problem)
    groups = {f"{path.split('.')[0]}.*" for path in paths} | {f"*.{path.split('.')[-1]}" for path in paths}
    return InputError.unknown_name("may", pattern, [*paths, *groups], "lever")


def lever_moves(scenario: Scenario, levers: Sequence[DeclaredParameter]) -> list[LeverMove]:
    """Return the moves of some levers: upwards and downwards, where there is a value."""
    return [move for lever in levers for direction in (1, -1) if (move := _move(scenario, lever, direction)).changes]


def lever_range(scenario: Scenario, lever: DeclaredParameter) -> tuple[float, float]:
    """Return the range in which a lever makes a difference: arrival within the run, steps of the rungs there are."""
    high = lever.high
    role, name = lever.path.split(".")[0], lever.path.split(".")[-1]
    if role == "facilitators" and name == "arrives":
        high = scenario.rounds
    if role == "negotiations" and name == "bundling":
        high = len(scenario.negotiations[lever.path.split(".")[1]].rungs)
    return lever.low, max(min(high, lever.high), lever.value)


def _move(scenario: Scenario, lever: DeclaredParameter, direction: int) -> LeverMove:
    low, high = lever_range(scenario, lever)
    is_wide = not lever.whole and high - low > WIDE

    def position(value: float) -> float:
        """Return where in the range a value is, 0 to 1."""
        scale = math.log1p if is_wide else float
        return (scale(value) - scale(low)) / (scale(high) - scale(low)) if high > low else 0.0

    def value_at(share: float) -> float:
        """Return the value at a share of the range, an integer or rounded to three digits."""
        if is_wide:
            value = math.expm1(math.log1p(low) + share * (math.log1p(high) - math.log1p(low)))
        else:
            value = low + share * (high - low)
        return min(max(round(value) if lever.whole else float(f"{value:.3g}"), low), high)

    start, end = position(lever.value), 1.0 if direction > 0 else 0.0
    count = math.ceil(round(abs(end - start) * STEPS, 6))
    shares = [start + direction * step / STEPS for step in range(1, count)] + [end] * (count > 0)
    values = dict.fromkeys(int(x) if lever.whole else x for share in shares for x in [value_at(share)])
    why = perverse_reason(lever.path, direction)
    return LeverMove(
        lever.path,
        tuple(
            LeverChange(lever.path, lever.value, value, abs(position(value) - start), why)
            for value in values
            if (value - lever.value) * direction > 0
        ),
    )
