"""Names of outcomes, and numbers, as every page and screen writes them."""

from model.enumerations import Outcome

OUTCOME_LABELS = {
    "comprehensive_deal": "comprehensive deal",
    "partial_arrangement": "partial arrangement",
    "managed_contact": "managed contact",
    "breakdown": "breakdown",
}


def format_number(value: float) -> str:
    """Write a number shortly."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 1e4 else f"{value:.3g}"


OUTCOME_MEANINGS: dict[Outcome, str] = {
    Outcome.comprehensive_deal: "every rung stands verified at the end",
    Outcome.partial_arrangement: "some rungs stand verified, not all",
    Outcome.managed_contact: "no rung stands, but talks go on and tension is bounded",
    Outcome.breakdown: "no rung stands, and contact is lost or tension is high",
}
