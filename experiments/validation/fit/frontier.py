"""The frontier of two losses: ``python -m experiments.validation.fit.frontier LOG ONE OTHER``.

Of the candidates in the log of a fit, those for which no other is better in one loss without being worse in the other.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.validation.fit.command import exit_with_errors
from experiments.validation.fit.files import LoggedCandidate, read_log, write_values
from experiments.validation.fit.objective import fitted_pattern
from model.errors import InputError, ScenarioError


def pareto_front(candidates: Sequence[LoggedCandidate], one: str, other: str) -> list[LoggedCandidate]:
    """Return the candidates on the frontier of two losses, by the first loss; one for each pair of losses."""
    front: list[LoggedCandidate] = []
    for each in sorted(candidates, key=lambda each: (each.losses[one], each.losses[other])):
        if not front or each.losses[other] < front[-1].losses[other]:
            front.append(each)
    return front


def frontier_text(front: Sequence[LoggedCandidate], one: str, other: str) -> str:
    """Return the frontier as a table: both losses, the sum of the rest, and whether the two can be had together."""
    lines = [f"{one:>10} {other:>10} {'all others':>12}"]
    for losses, _ in front:
        rest = sum(loss for key, loss in losses.items() if key not in (one, other))
        lines.append(f"{losses[one]:10.3f} {losses[other]:10.3f} {rest:12.3f}")
    if len(front) == 1:
        lines.append(f"One candidate is best in both {one} and {other}.")
    else:
        lines.append(f"None of these {len(front)} candidates is better than another in both {one} and {other}.")
    return "\n".join(lines)


def find_front(log: Path, one: str, other: str) -> tuple[list[LoggedCandidate], int]:
    """Return the frontier of two losses of a log, and the number of candidates that are not comparable.

    Raises ScenarioError if the log cannot be read, or a loss is not one of its patterns or that of one held back.
    """
    if one == other:
        raise ScenarioError([InputError("frontier", one, "needs two different patterns")])
    for key in (one, other):
        fitted_pattern(key)
    candidates, others = read_log(log)
    known = set.intersection(*(set(each.losses) for each in candidates))
    errors = [InputError.unknown_name(str(log), key, known, "loss in this log") for key in (one, other)
              if key not in known]  # fmt: skip
    if errors:
        raise ScenarioError(errors)
    return pareto_front(candidates, one, other), others


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the frontier of two losses, and write the values of its candidates on request."""
    parser = argparse.ArgumentParser(prog="python -m experiments.validation.fit.frontier", description=main.__doc__)
    parser.add_argument("log", type=Path, metavar="LOG", help="log of a fit, FILE.log.jsonl")
    parser.add_argument("one", metavar="ONE", help="pattern, such as S1")
    parser.add_argument("other", metavar="OTHER", help="another pattern, such as F1")
    parser.add_argument("--folder", type=Path, help="write the values of each candidate to FOLDER/1.json, 2.json, ...")
    given = parser.parse_args(arguments)
    with exit_with_errors():
        front, others = find_front(given.log, given.one, given.other)
        if given.folder is not None:
            given.folder.mkdir(parents=True, exist_ok=True)
            for number, each in enumerate(front, 1):
                write_values(given.folder / f"{number}.json", each.values)
    print(frontier_text(front, given.one, given.other))
    if others:
        print(f"Left out: {others} candidates of other models, scenarios, aims or seeds.", file=sys.stderr)


if __name__ == "__main__":
    main()
