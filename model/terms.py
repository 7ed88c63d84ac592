"""Conditions of a decision: each a sum of named terms against a threshold.

A condition is a rule that returns a NamedTuple of floats: its terms and, last, ``threshold``. It
holds when the terms, added in declaration order, reach the threshold. For a random event the
threshold is the random draw. The compiled decision (``model.arithmetic.holds``), the ledger and the
search for flips use the same tuple.
"""

import typing
from typing import NamedTuple


class Term(NamedTuple):
    """The range and meaning of a term, declared in ``Annotated``."""

    low: float
    high: float
    meaning: str


def declared_terms(condition: type) -> dict[str, Term]:
    """Return the declared terms of a condition's NamedTuple by name, without the threshold."""
    hints = typing.get_type_hints(condition, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if name != "threshold"}
