"""How a decision says why: named conditions, each a sum of named terms against a threshold.

A condition is a rule that returns a NamedTuple of floats: its terms and, last, ``threshold``. It
holds when the terms, added in written order, reach the threshold. Where luck decides, the
threshold is the draw. The same tuple serves the compiled verdict (``model.compiler.holds``), the
ledger, and the question what would have flipped it.
"""

import typing
from typing import NamedTuple


class Term(NamedTuple):
    """The range a term can take and what it means; written in ``Annotated`` beside its type."""

    low: float
    high: float
    meaning: str


def declared_terms(condition: type) -> dict[str, Term]:
    """Read the declared terms of a condition's NamedTuple, the threshold left out."""
    hints = typing.get_type_hints(condition, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if name != "threshold"}
