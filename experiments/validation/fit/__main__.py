"""Fit the weights: ``python -m experiments.validation.fit --minutes 30 --start FILE --out FILE``."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from experiments.validation.fit.command import add_worlds, exit_with_errors, number_between
from experiments.validation.fit.files import RunFacts, append_candidate, log_path, read_values, run_facts, write_values
from experiments.validation.fit.objective import Objective, fitted_pattern, weighted_total
from experiments.validation.fit.search import Candidate, local_search
from experiments.validation.fit.weights import FITTED_WEIGHTS, check_values, check_weights, weights_set_by_files
from model.errors import InputError, ScenarioError


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.validation.fit",
        description="Fit the weights of the model to the patterns that are not held back. Ctrl+C ends the search; the "
        "best candidate so far is in the file. If that file exists, the search resumes from the better of it and "
        "--start.",
    )
    parser.add_argument("--minutes", type=number_between(0.0, 100_000.0), default=30.0, help="length of the search")
    add_worlds(parser, "--worlds", 100, "worlds in each arm of each scenario")
    parser.add_argument("--start", type=Path, metavar="FILE", help="JSON object of paths and values to start from")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="file for the best values")
    parser.add_argument("--seed", type=number_between(0, 2**63 - 1, whole=True), default=1, help="seed of the search")
    parser.add_argument(
        "--factor", action="append", default=[], metavar="PATTERN=FACTOR",
        help="multiply the loss of a pattern, to find other compromises; repeatable",
    )  # fmt: skip
    return parser


def parse_factors(texts: Sequence[str], known: Iterable[str]) -> dict[str, float]:
    """Parse PATTERN=FACTOR. Raises ScenarioError for all that are invalid or held back."""
    factors, errors, known = {}, [], list(known)
    for text in texts:
        key, _, number = text.partition("=")
        try:
            fitted_pattern(key)
            if key not in known:
                raise ScenarioError([InputError.unknown_name("pattern", key, known, "pattern in the objective")])
            factors[key] = float(number_between(0.0, 1000.0)(number))
        except ScenarioError as error:
            errors += [each._replace(path="--factor") for each in error.errors]
        except argparse.ArgumentTypeError as error:
            errors.append(InputError("--factor", text, str(error)))
    if errors:
        raise ScenarioError(errors)
    return factors


def read_starts(start: Path | None, out: Path, scenarios: Iterable[str]) -> list[dict[str, Any]]:
    """Return the values to start from: those of both files that exist, or none. Raises ScenarioError if invalid."""
    paths = [path for path in dict.fromkeys((start, out)) if path is not None and (path == start or path.exists())]
    starts = [read_values(path) for path in paths]
    for path, values in zip(paths, starts, strict=True):
        check_values(values, FITTED_WEIGHTS, scenarios, str(path))
    return starts or [{}]


def run_search(
    candidates: Iterable[Candidate], out: Path, facts: RunFacts, seconds: float, show: Callable[[str], None]
) -> Candidate | None:
    """Save each improvement, show it, and log every candidate, until the time is over. Returns the best.

    Raises OSError if a file cannot be written.
    """
    begun, best = time.monotonic(), None
    for number, candidate in enumerate(candidates, 1):
        if candidate.improves:
            write_values(out, candidate.values)
            show(progress_text(number, time.monotonic() - begun, candidate, best))
            best = candidate
        append_candidate(log_path(out), facts, candidate)
        if time.monotonic() - begun >= seconds:
            break
    return best


def progress_text(number: int, seconds: float, candidate: Candidate, before: Candidate | None) -> str:
    """Return a line about an improvement: candidate, time, loss, the losses that remain, and the changed weights."""
    remaining = sorted(((loss, key) for key, loss in candidate.losses.items() if loss > 0.005), reverse=True)
    losses = ", ".join(f"{key} {loss:.2f}" for loss, key in remaining) or "none"
    old: Mapping[str, Any] = {} if before is None else before.values
    changed = [path for path, value in candidate.values.items() if old.get(path) != value] if old else []
    text = f"{number:5d} {seconds / 60:6.1f} min  loss {candidate.total:.3f} ({losses})"
    return f"{text}  {', '.join(f'{path} {candidate.values[path]}' for path in changed)}".rstrip()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a search with the given arguments."""
    given = make_parser().parse_args(arguments)
    with exit_with_errors(interrupted=f"Stopped. The best values so far are in {given.out}, if any was evaluated."):
        check_weights(FITTED_WEIGHTS)
        objective = Objective(given.worlds)
        factors = parse_factors(given.factor, objective.goals)
        starts = read_starts(given.start, given.out, objective.scenarios)
        given.out.parent.mkdir(parents=True, exist_ok=True)
        for path, names in weights_set_by_files(FITTED_WEIGHTS, objective.scenarios).items():
            print(f"{path}: kept as the file sets it in {', '.join(names)}", file=sys.stderr)
        total = partial(weighted_total, factors=factors)
        candidates = local_search(objective, total, starts, FITTED_WEIGHTS, np.random.default_rng(given.seed))
        facts = run_facts(given.worlds, objective.first_seed, objective.aims_digest)
        best = run_search(candidates, given.out, facts, 60.0 * given.minutes, partial(print, flush=True))
        assert best is not None  # the first candidate is the best of one
        print(f"Best loss {best.total:.3f}. Values: {given.out}; all candidates: {log_path(given.out)}")


if __name__ == "__main__":
    main()
