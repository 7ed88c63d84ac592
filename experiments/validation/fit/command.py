"""Errors of the scripts of the fit as messages, and the arguments that they share."""

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from experiments.validation.fit.objective import LEAST_WORLDS
from model.errors import ScenarioError

JUDGING_SEED = 10_001  # first seed of the worlds that judge; tuning uses those below
MOST_WORLDS = JUDGING_SEED - 1


@contextmanager
def exit_with_errors(interrupted: str = "Stopped.") -> Iterator[None]:
    """Print errors of the input and of files as messages, and exit with code 2.

    On Ctrl+C, print ``interrupted`` and exit with code 130.
    """
    try:
        yield
    except ScenarioError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'file'}: {error.strerror or error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.stderr.write(f"{interrupted}\n")
        sys.exit(130)


def number_between(low: float, high: float, whole: bool = False) -> Callable[[str], float]:
    """Return a function that parses a number of an option, for ``argparse``."""

    def parse(text: str) -> float:
        try:
            value = int(text) if whole else float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            kind = "an integer" if whole else "a number"
            raise argparse.ArgumentTypeError(f"{text!r} is not {kind} from {low:g} to {high:g}")
        return value

    return parse


def add_worlds(parser: argparse.ArgumentParser, option: str, default: int, meaning: str) -> None:
    """Add an option with a number of worlds."""
    parse = number_between(LEAST_WORLDS, MOST_WORLDS, whole=True)
    parser.add_argument(option, type=parse, default=default, metavar="N", help=f"{meaning} (default: {default})")
