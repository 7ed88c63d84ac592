"""Comparison with independent software: the model's states against the strategies of the `axelrod` library.

A state's conduct before the first round is the library's first move, and each round of the model is the library's
next turn. Deterministic strategies must make the same moves; stochastic ones must have the same distribution.
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

TURNS = {True: 60, False: 200}  # turns of a deterministic match, by `quick`
FIRST, LAST = 20, 120  # turns of a stochastic match over which conduct is averaged
NOISE = 0.05
VECTORS = ("after_cc", "after_cd", "after_dc", "after_dd")
DETERMINISTIC = (  # all deterministic memory-one strategies of the library; a test checks the list
    "Alternator", "AntiTitForTat", "Bully", "Cooperator", "CyclerDC", "Defector", "SuspiciousTitForTat", "TitForTat",
    "WinShiftLoseStay", "WinStayLoseShift",
)  # fmt: skip
OPPONENTS = ("Grudger", "TitFor2Tats", "CyclerCCD", "CyclerCCCD", "Appeaser", "Desperate")  # longer memory
STOCHASTIC = ("GTFT", "FirstByJoss", "SoftJoss", "StochasticCooperator", "StochasticWSLS", "ZDExtort2", "ZDGTFT2")
NOT_INSTALLED = "Not run: `axelrod` is not installed. It is part of the development extra."


class MemoryOne(NamedTuple):
    """A memory-one strategy: name, first move, probabilities of cooperation after CC, CD, DC, DD (own act first)."""

    name: str
    first: bool
    after: tuple[float, ...]


def import_axelrod() -> Any:
    """Import the library, which takes some seconds."""
    import axelrod

    return axelrod


def is_installed() -> bool:
    """Return whether the library is installed."""
    return importlib.util.find_spec("axelrod") is not None


def memory_one_of(axl: Any, name: str) -> MemoryOne:
    """Return a strategy of the library as a memory-one strategy.

    Its response to each pair of acts is tested in isolation and then in a match. The match takes precedence, because
    some strategies count turns instead of using their own last act.
    """
    C, D = axl.Action.C, axl.Action.D  # noqa: N806  # as the library calls them
    player = getattr(axl, name)()
    if isinstance(player, axl.MemoryOnePlayer):
        return MemoryOne(name, player._initial == C, tuple(float(each) for each in player._four_vector.values()))
    after = {}
    for own, others in itertools.product((C, D), repeat=2):
        probed, other = getattr(axl, name)(), axl.MockPlayer([C])
        probed.update_history(own, others)
        other.update_history(others, own)
        after[own, others] = probed.strategy(other)
    match = axl.Match((player, axl.MockPlayer([C, C, D, C, D, D, C, D, D, C])), turns=40).play()
    after |= {before: now[0] for before, now in itertools.pairwise(match)}
    return MemoryOne(name, match[0][0] == C, tuple(float(each == C) for each in after.values()))


def deterministic_doctrines() -> Iterator[MemoryOne]:
    """Yield all deterministic memory-one strategies: sixteen responses, two first moves."""
    for first, after in itertools.product((True, False), itertools.product((1.0, 0.0), repeat=4)):
        letters = "".join("C" if each else "D" for each in (first, *after))
        yield MemoryOne(f"{letters[0]} then {letters[1:]}", first, after)


def axelrod_player(axl: Any, doctrine: MemoryOne) -> Any:
    """Return the library's player of a memory-one strategy."""
    if hasattr(axl, doctrine.name):
        return getattr(axl, doctrine.name)()
    return axl.MemoryOnePlayer(doctrine.after, axl.Action.C if doctrine.first else axl.Action.D)


def doctrine_settings(one: MemoryOne, other: MemoryOne | None, noise: float = 0.0) -> dict[str, Any]:
    """Return the changes that give two states their strategies; a second state of None is left to a script."""
    changes: dict[str, Any] = {f"perception.{name}": 0.0 for name in ("misread_friendly", "misread_hostile")}
    changes["perception.execution_noise"] = noise
    for name, doctrine in (("alba", one), ("borea", other)):
        if doctrine is not None:
            changes[f"states.{name}.cooperates_first"] = doctrine.first
            changes |= {f"states.{name}.{key}": chance for key, chance in zip(VECTORS, doctrine.after, strict=True)}
            changes[f"states.{name}.generosity"] = 0.0
    return changes


def play_states(one: MemoryOne, other: MemoryOne | Sequence[int], turns: int, seed: int = 1) -> np.ndarray:
    """Run the model's states without noise, the second by a strategy or a script: 1 cooperative, int64 [turn, side]."""
    scripted = not isinstance(other, MemoryOne)
    changes = doctrine_settings(one, None if scripted else other)
    moves: list[Override] = []
    if scripted:
        changes["states.borea.cooperates_first"] = bool(other[0])
        moves = [
            Override(turn, "choose_conduct", None, "borea", "alba", float(other[turn])) for turn in range(1, turns)
        ]
    simulation = Worlds(isolated_scenario(("reciprocity",), changes), 1, seed, moves)
    seen = [simulation.pair_cooperation()[0].copy()]
    for _ in range(turns - 1):
        simulation.step()
        seen.append(simulation.pair_cooperation()[0].copy())
    return np.array(seen)


def play_axelrod(axl: Any, one: Any, other: Any, turns: int) -> np.ndarray:
    """Run the library's players without noise: 1 cooperative, int64 [turn, side]."""
    moves = axl.Match((one, other), turns=turns).play()
    return np.array([[int(move == axl.Action.C) for move in pair] for pair in moves])


def count_same_moves(axl: Any, one: MemoryOne, other: MemoryOne | str, turns: int) -> int:
    """Return the number of turns before the two implementations first differ.

    A strategy given by name is scripted: its moves against the library's player are replayed against the model's state.
    """
    against = axelrod_player(axl, other) if isinstance(other, MemoryOne) else getattr(axl, other)()
    expected = play_axelrod(axl, axelrod_player(axl, one), against, turns)
    moves = play_states(one, other if isinstance(other, MemoryOne) else expected[:, 1].tolist(), turns)
    differing = np.flatnonzero((expected != moves).any(axis=1))
    return int(differing[0]) if len(differing) else turns


class CooperationComparison(NamedTuple):
    """The cooperation rate of one side in noise: in the library and in the model."""

    library: SimulatedValue
    states: SimulatedValue

    @property
    def standard_errors_apart(self) -> float:
        """Return the difference in combined standard errors."""
        error = math.hypot(self.library.error, self.states.error)
        return abs(self.library.value - self.states.value) / error if error else 0.0


def compare_in_noise(
    axl: Any, one: MemoryOne, other: MemoryOne, noise: float, matches: int, worlds: int, seed: int = 1
) -> list[CooperationComparison]:
    """Run many matches in noise in both implementations, and return each side's cooperation over the same turns."""
    shares = np.empty((matches, 2))
    for number in range(matches):
        match = axl.Match(
            (axelrod_player(axl, one), axelrod_player(axl, other)), turns=LAST, noise=noise, seed=seed + number
        )
        moves = match.play()[FIRST:]
        shares[number] = [np.mean([pair[side] == axl.Action.C for pair in moves]) for side in (0, 1)]
    simulation = Worlds(isolated_scenario(("reciprocity", "noise"), doctrine_settings(one, other, noise)), worlds, seed)
    simulation.step(FIRST - 1)
    total = np.zeros((worlds, 2))
    for _ in range(FIRST, LAST):
        simulation.step()
        total += simulation.pair_cooperation()
    unit = 1.0 / (LAST - FIRST)
    return [
        CooperationComparison(
            mean_over_worlds(shares[:, side], unit), mean_over_worlds(total[:, side] / (LAST - FIRST), unit)
        )
        for side in (0, 1)
    ]


def comparison_row(
    name: str, other: str, compared: str, expected: Any, comparison: Any, error: float, holds: bool
) -> dict[str, Any]:
    """Return a row of the table."""
    head = {"strategy": name, "against": other, "compared": compared, "library": expected, "states": comparison}
    return {**head, "standard_error": error, "verdict": "holds" if holds else "fails"}


def move_rows(axl: Any, turns: int, progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """Compare every deterministic memory-one strategy with every named one, and with some of longer memory.

    The thirty-two unnamed strategies share one row; those that fail have their own.
    """
    named = [memory_one_of(axl, name) for name in DETERMINISTIC]
    others: list[MemoryOne | str] = [*named, *OPPONENTS]

    def against(one: MemoryOne) -> dict[str, Any]:
        progress(f"axelrod: {one.name}")
        differing = [other for other in others if count_same_moves(axl, one, other, turns) < turns]
        names = ", ".join(other if isinstance(other, str) else other.name for other in differing)
        expected, same = f"{len(others)} of {len(others)}", f"{len(others) - len(differing)} of {len(others)}"
        compared = f"{turns} moves of both"
        return comparison_row(
            one.name, names or f"{len(others)} strategies", compared, expected, same, 0.0, not differing
        )

    unnamed = [against(one) for one in deterministic_doctrines()]
    failing = [each for each in unnamed if each["verdict"] == "fails"]
    total = len(unnamed) * len(others)
    same_count = len(unnamed) - len(failing)
    texts = (
        f"{same_count} strategies: every response to the last acts, both first moves",
        f"{len(others)} strategies each",
    )
    shared = comparison_row(
        *texts, f"{turns} moves of both", f"{total} of {total}", f"{same_count * len(others)} of {total}", 0.0, True
    )
    return [*map(against, named), *failing, *([shared] if same_count else [])]


def noise_rows(axl: Any, quick: bool, progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """Compare cooperation rates in noise, of deterministic and of stochastic strategies."""
    matches, worlds = (60, 500) if quick else (500, 4000)
    named = {name: memory_one_of(axl, name) for name in (*DETERMINISTIC, *STOCHASTIC)}
    pairs = [(name, name) for name in ("TitForTat", "WinStayLoseShift", "Bully", "GTFT")]
    pairs += [("TitForTat", "Alternator"), ("WinStayLoseShift", "Defector")]
    pairs += [(name, "WinStayLoseShift") for name in STOCHASTIC]
    rows = []
    for one, other in pairs:
        progress(f"axelrod: {one} against {other} in noise")
        comparisons = compare_in_noise(axl, named[one], named[other], NOISE, matches, worlds)
        for side, each in zip(("first", "second"), comparisons, strict=True):
            compared = f"cooperation of the {side}, noise {NOISE:g}"
            error = math.hypot(each.library.error, each.states.error)
            rows.append(
                comparison_row(
                    one,
                    other,
                    compared,
                    each.library.value,
                    each.states.value,
                    error,
                    each.standard_errors_apart <= MAX_STANDARD_ERRORS,
                )
            )
    return rows


def run_part(quick: bool, progress: Callable[[str], None]) -> ValidationPart:
    """Compare the model's states with the library's strategies; without the library, return a part without rows."""
    if not is_installed():
        return ValidationPart("axelrod", "Comparison with axelrod", NOT_INSTALLED, [], 0, notes=(NOT_INSTALLED,))
    progress("axelrod: importing the library")
    axl = import_axelrod()
    rows = move_rows(axl, TURNS[quick], progress) + noise_rows(axl, quick, progress)
    failing = [each for each in rows if each["verdict"] == "fails"]
    pairs = (len(DETERMINISTIC) + 32) * (len(DETERMINISTIC) + len(OPPONENTS))
    lead = (
        f"{len(failing)} of {len(rows)} comparisons with axelrod {axl.__version__} fail"
        if failing
        else f"In {pairs:,} deterministic matches the model's states and the strategies of axelrod {axl.__version__} "
        f"make the same {TURNS[quick]} moves; in noise their cooperation rates agree"
    )
    return ValidationPart(
        "axelrod",
        "Comparison with axelrod",
        f"{lead}.",
        sorted(rows, key=lambda each: each["verdict"] != "fails"),
        len(failing),
        notes=(
            "Strategies with more than one turn of memory cannot be doctrines; they are scripted opponents.",
            "The library has no strategies with the rules of contrition and assurance.",
        ),
    )
