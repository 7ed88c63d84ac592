"""Labels of outcomes, and the format of numbers, on pages and on the terminal."""

import math

from model.enumerations import Outcome

OUTCOME_LABELS = {
    "comprehensive_deal": "comprehensive deal",
    "partial_arrangement": "partial arrangement",
    "managed_contact": "managed contact",
    "breakdown": "breakdown",
}

GOAL_LABELS = {"some_deal": "some deal", **OUTCOME_LABELS}  # what a page asks the chance of


def percent_text(share: float) -> str:
    """Return a share as a whole percentage, rounded as browsers round: halves up."""
    return f"{math.floor(100 * share + 0.5)} %"


def format_number(value: float) -> str:
    """Format a number with at most three decimals or three significant digits."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 1e4 else f"{value:.3g}"


OUTCOME_MEANINGS: dict[Outcome, str] = {
    Outcome.comprehensive_deal: "all rungs are verified at the end",
    Outcome.partial_arrangement: "some rungs are verified, but not all",
    Outcome.managed_contact: "no rung is verified, but talks continue and tension is limited",
    Outcome.breakdown: "no rung is verified, and contact is lost or tension is high",
}
