"""Advice: which levers reach a goal."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from detente.arguments import MAX_WORLDS, changed_scenario, check_integer

if TYPE_CHECKING:
    from detente.arguments import ScenarioSource
    from experiments.studies.advice import Advice, Tradeoffs


@overload
def advise(
    scenario: "ScenarioSource",
    goal: str,
    *,
    may: str | Sequence[str] = (),
    most: int = 3,
    plausible: bool | str | Path = False,
    worlds: int = 1000,
    seed: int = 1,
    rounds: int | None = None,
    set: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> "Advice": ...


@overload
def advise(
    scenario: "ScenarioSource",
    goal: list[str] | tuple[str, ...],
    *,
    may: str | Sequence[str] = (),
    most: int = 3,
    worlds: int = 1000,
    seed: int = 1,
    rounds: int | None = None,
    set: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> "Tradeoffs": ...


def advise(
    scenario: "ScenarioSource",
    goal: str | list[str] | tuple[str, ...],
    *,
    may: str | Sequence[str] = (),
    most: int = 3,
    plausible: bool | str | Path = False,
    worlds: int = 1000,
    seed: int = 1,
    rounds: int | None = None,
    set: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> "Advice | Tradeoffs":
    """Find the smallest set of lever changes that reaches a goal.

    goal: an outcome and its share of worlds, such as ``"comprehensive_deal >= 0.4"``, or a metric and its mean, such as
    ``"mean(tension) <= 0.5"``. may: patterns of the levers that are allowed to move, such as ``"facilitators.*"``; all
    by default. most: largest number of levers to change, 1 to 3. plausible: True also plays the answers in the worlds
    of the shipped sample; a path is that of another sample file. worlds: of every reported estimate, at least 1,000,
    with seeds from ``seed`` on; the search uses others. progress is called with the number of worlds played.

    The result has `reached`, `base`, `answers` (empty if the goal is not reached), `best` (what comes nearest then) and
    `frame()` with one row for each. Two or three goals in a list give trade-offs: `answers` of which none misses every
    goal by more than another (those that are not perverse are compared only with each other), found by NSGA-II.
    """
    from experiments.studies.advise import MIN_WORLDS, MOST_LEVERS
    from experiments.studies.choose_search import choose_search
    from model.errors import InputError, ScenarioError

    check_integer("worlds", worlds, MIN_WORLDS, MAX_WORLDS)
    check_integer("most", most, 1, MOST_LEVERS)
    if not isinstance(may, str | Sequence):
        raise ScenarioError([InputError("may", may, "must be a pattern or a list of patterns")])
    if not isinstance(plausible, bool | str | Path):
        problem = "must be True, False or the path of a sample file"
        raise ScenarioError([InputError("plausible", plausible, problem)])
    changed = changed_scenario(scenario, set, rounds, seed)
    patterns = (may,) if isinstance(may, str) else tuple(may)
    return choose_search(changed, goal, may=patterns, most=most, worlds=worlds, seed=seed, plausible=plausible).run(
        progress
    )
