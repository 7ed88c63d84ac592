"""Docking to software that others wrote: our states against the strategies of the `axelrod` library, move for move.

A state's conduct before the first round is the library's first move, and each round of ours the next turn of
theirs. Without chance both must make the same moves; with chance, moves must be distributed alike.
"""

import importlib.util
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from experiments.engine.worlds import Worlds
from experiments.validation.check import MAX_STANDARD_ERRORS, SimulatedValue, mean_over_worlds
from experiments.validation.degenerate import isolated_scenario
from experiments.validation.part import ValidationPart
from model.overrides import Override

TURNS = {True: 60, False: 200}  # of a match without chance, quick or not
FIRST, LAST = 20, 120  # turns of a match with chance over which conduct is averaged
NOISE = 0.05
VECTORS = ("after_cc", "after_cd", "after_dc", "after_dd")
DETERMINISTIC = (  # all strategies of the library without chance that recall no more than one turn; a test counts them
    "Alternator", "AntiTitForTat", "Bully", "Cooperator", "CyclerDC", "Defector", "SuspiciousTitForTat", "TitForTat",
    "WinShiftLoseStay", "WinStayLoseShift",
)  # fmt: skip
OPPONENTS = ("Grudger", "TitFor2Tats", "CyclerCCD", "CyclerCCCD", "Appeaser", "Desperate")  # recall more, use no chance
STOCHASTIC = ("GTFT", "FirstByJoss", "SoftJoss", "StochasticCooperator", "StochasticWSLS", "ZDExtort2", "ZDGTFT2")
LACKING = "Not run: the development extra is not installed, so there is no `axelrod` to play against."


class MemoryOne(NamedTuple):
    """A memory-one strategy: its name, what it does first, and its chances to cooperate, own act before the other's."""

    name: str
    first: bool
    after: tuple[float, ...]


def import_axelrod() -> Any:
    """Import the library; it takes seconds."""
    import axelrod

    return axelrod


def is_installed() -> bool:
    """Say whether the library is there."""
    return importlib.util.find_spec("axelrod") is not None


def memory_one_of(axl: Any, name: str) -> MemoryOne:
    """Ask a strategy of the library what it does in each case.

    It is played one turn on from each pair of acts, and then a match, which has the last word: some strategies
    count turns rather than look at their own last act.
    """
    C, D = axl.Action.C, axl.Action.D  # noqa: N806  # as the library calls them
    player = getattr(axl, name)()
    if isinstance(player, axl.MemoryOnePlayer):
        return MemoryOne(name, player._initial == C, tuple(float(each) for each in player._four_vector.values()))
    after = {}
    for mine, others in itertools.product((C, D), repeat=2):
        asked, other = getattr(axl, name)(), axl.MockPlayer([C])
        asked.update_history(mine, others)
        other.update_history(others, mine)
        after[mine, others] = asked.strategy(other)
    match = axl.Match((player, axl.MockPlayer([C, C, D, C, D, D, C, D, D, C])), turns=40).play()
    after |= {before: now[0] for before, now in itertools.pairwise(match)}
    return MemoryOne(name, match[0][0] == C, tuple(float(each == C) for each in after.values()))


def deterministic_doctrines() -> Iterator[MemoryOne]:
    """List all memory-one strategies without chance: sixteen answers, two first moves."""
    for first, after in itertools.product((True, False), itertools.product((1.0, 0.0), repeat=4)):
        letters = "".join("C" if each else "D" for each in (first, *after))
        yield MemoryOne(f"{letters[0]} then {letters[1:]}", first, after)


def axelrod_player(axl: Any, doctrine: MemoryOne) -> Any:
    """Make the library's own player of a doctrine."""
    if hasattr(axl, doctrine.name):
        return getattr(axl, doctrine.name)()
    return axl.MemoryOnePlayer(doctrine.after, axl.Action.C if doctrine.first else axl.Action.D)


def doctrine_settings(one: MemoryOne, other: MemoryOne | None, noise: float = 0.0) -> dict[str, Any]:
    """Write the settings that give two states their doctrines; the second may be left as it is, to be scripted."""
    changes: dict[str, Any] = {f"perception.{name}": 0.0 for name in ("misread_friendly", "misread_hostile")}
    changes["perception.execution_noise"] = noise
    for name, doctrine in (("alba", one), ("borea", other)):
        if doctrine is not None:
            changes[f"states.{name}.cooperates_first"] = doctrine.first
            changes |= {f"states.{name}.{key}": chance for key, chance in zip(VECTORS, doctrine.after, strict=True)}
            changes[f"states.{name}.generosity"] = 0.0
    return changes


def play_states(one: MemoryOne, other: MemoryOne | Sequence[int], turns: int, seed: int = 1) -> np.ndarray:
    """Play our states without noise, the second by a doctrine or a script: 1 cooperative, int64 [turn, side]."""
    scripted = not isinstance(other, MemoryOne)
    changes = doctrine_settings(one, None if scripted else other)
    moves: list[Override] = []
    if scripted:
        changes["states.borea.cooperates_first"] = bool(other[0])
        moves = [
            Override(turn, "choose_conduct", None, "borea", "alba", float(other[turn])) for turn in range(1, turns)
        ]
    played = Worlds(isolated_scenario(("reciprocity",), changes), 1, seed, moves)
    seen = [played.pair_cooperation()[0].copy()]
    for _ in range(turns - 1):
        played.step()
        seen.append(played.pair_cooperation()[0].copy())
    return np.array(seen)


def play_axelrod(axl: Any, one: Any, other: Any, turns: int) -> np.ndarray:
    """Play the library's players without noise: 1 cooperative, int64 [turn, side]."""
    moves = axl.Match((one, other), turns=turns).play()
    return np.array([[int(move == axl.Action.C) for move in pair] for pair in moves])


def count_same_moves(axl: Any, one: MemoryOne, other: MemoryOne | str, turns: int) -> int:
    """Count the turns that both implementations play alike from the start on.

    A strategy of the library given by name is scripted: what it did against their player is put against ours.
    """
    against = axelrod_player(axl, other) if isinstance(other, MemoryOne) else getattr(axl, other)()
    expected = play_axelrod(axl, axelrod_player(axl, one), against, turns)
    found = play_states(one, other if isinstance(other, MemoryOne) else expected[:, 1].tolist(), turns)
    differing = np.flatnonzero((expected != found).any(axis=1))
    return int(differing[0]) if len(differing) else turns


class CooperationComparison(NamedTuple):
    """The cooperation of two strategies in chance: theirs, ours, and how far apart, by side."""

    library: SimulatedValue
    states: SimulatedValue

    @property
    def standard_errors_apart(self) -> float:
        """Give the difference in standard errors of the two together."""
        error = math.hypot(self.library.error, self.states.error)
        return abs(self.library.value - self.states.value) / error if error else 0.0


def compare_in_noise(
    axl: Any, one: MemoryOne, other: MemoryOne, noise: float, matches: int, worlds: int, seed: int = 1
) -> list[CooperationComparison]:
    """Play many matches in noise on either side, and take each side's cooperation over the same turns."""
    shares = np.empty((matches, 2))
    for number in range(matches):
        match = axl.Match(
            (axelrod_player(axl, one), axelrod_player(axl, other)), turns=LAST, noise=noise, seed=seed + number
        )
        moves = match.play()[FIRST:]
        shares[number] = [np.mean([pair[side] == axl.Action.C for pair in moves]) for side in (0, 1)]
    played = Worlds(isolated_scenario(("reciprocity", "noise"), doctrine_settings(one, other, noise)), worlds, seed)
    played.step(FIRST - 1)
    total = np.zeros((worlds, 2))
    for _ in range(FIRST, LAST):
        played.step()
        total += played.pair_cooperation()
    unit = 1.0 / (LAST - FIRST)
    return [
        CooperationComparison(
            mean_over_worlds(shares[:, side], unit), mean_over_worlds(total[:, side] / (LAST - FIRST), unit)
        )
        for side in (0, 1)
    ]


def comparison_row(
    name: str, other: str, what: str, expected: Any, found: Any, error: float, holds: bool
) -> dict[str, Any]:
    """Write a row of the table."""
    head = {"strategy": name, "against": other, "compared": what, "library": expected, "states": found}
    return {**head, "standard_error": error, "verdict": "holds" if holds else "fails"}


def move_rows(axl: Any, turns: int, progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """Play every strategy without chance against every named one of its kind, and against some that recall more.

    The thirty-two nameless ones share one row; those that fail have their own.
    """
    named = [memory_one_of(axl, name) for name in DETERMINISTIC]
    others: list[MemoryOne | str] = [*named, *OPPONENTS]

    def against(one: MemoryOne) -> dict[str, Any]:
        progress(f"other people's strategies: {one.name}")
        differing = [other for other in others if count_same_moves(axl, one, other, turns) < turns]
        told = ", ".join(other if isinstance(other, str) else other.name for other in differing)
        played, alike = f"{len(others)} of {len(others)}", f"{len(others) - len(differing)} of {len(others)}"
        words = f"{turns} moves of both"
        return comparison_row(one.name, told or f"{len(others)} strategies", words, played, alike, 0.0, not differing)

    nameless = [against(one) for one in deterministic_doctrines()]
    failing = [each for each in nameless if each["verdict"] == "fails"]
    whole = len(nameless) * len(others)
    alike = len(nameless) - len(failing)
    told = f"{alike} strategies: every answer to the last acts, either first move", f"{len(others)} strategies each"
    shared = comparison_row(
        *told, f"{turns} moves of both", f"{whole} of {whole}", f"{alike * len(others)} of {whole}", 0.0, True
    )
    return [*map(against, named), *failing, *([shared] if alike else [])]


def noise_rows(axl: Any, quick: bool, progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """Compare distributions in noise: of strategies without chance, and of those that draw lots."""
    matches, worlds = (60, 500) if quick else (500, 4000)
    named = {name: memory_one_of(axl, name) for name in (*DETERMINISTIC, *STOCHASTIC)}
    pairs = [(name, name) for name in ("TitForTat", "WinStayLoseShift", "Bully", "GTFT")]
    pairs += [("TitForTat", "Alternator"), ("WinStayLoseShift", "Defector")]
    pairs += [(name, "WinStayLoseShift") for name in STOCHASTIC]
    rows = []
    for one, other in pairs:
        progress(f"other people's strategies: {one} against {other} in noise")
        found = compare_in_noise(axl, named[one], named[other], NOISE, matches, worlds)
        for side, each in zip(("first", "second"), found, strict=True):
            what = f"cooperation of the {side}, noise {NOISE:g}"
            error = math.hypot(each.library.error, each.states.error)
            rows.append(
                comparison_row(
                    one,
                    other,
                    what,
                    each.library.value,
                    each.states.value,
                    error,
                    each.standard_errors_apart <= MAX_STANDARD_ERRORS,
                )
            )
    return rows


def run_part(quick: bool, progress: Callable[[str], None]) -> ValidationPart:
    """Play our states against the library's strategies; say so where the library is missing."""
    if not is_installed():
        return ValidationPart("axelrod", "Other people's software", LACKING, [], 0, notes=(LACKING,))
    progress("other people's strategies: reading the library")
    axl = import_axelrod()
    rows = move_rows(axl, TURNS[quick], progress) + noise_rows(axl, quick, progress)
    failing = [each for each in rows if each["verdict"] == "fails"]
    pairs = (len(DETERMINISTIC) + 32) * (len(DETERMINISTIC) + len(OPPONENTS))
    lead = (
        f"{len(failing)} of {len(rows)} comparisons with axelrod {axl.__version__} fail"
        if failing
        else f"In {pairs:,} matches without chance our states and the strategies of axelrod {axl.__version__} make the "
        f"same {TURNS[quick]} moves; in noise they cooperate as often"
    )
    return ValidationPart(
        "axelrod",
        "Other people's software",
        f"{lead}.",
        sorted(rows, key=lambda each: each["verdict"] != "fails"),
        len(failing),
        notes=(
            "Strategies that recall more than one turn cannot be doctrines here; they enter as scripted opponents.",
            "Contrition and assurance have no strategy of the library with the same rule to be compared with.",
        ),
    )
