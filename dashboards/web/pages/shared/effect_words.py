"""Paired effects on shares, in words."""

from experiments.ensembles.statistics import Effect


def effect_text(paired: Effect) -> str:
    """Return a paired effect on a share in percentage points: `+12 points, 95 % 9 to 15`."""
    if paired.share_of_worlds_changed == 0.0:
        return "no world differs"
    digits = 0 if paired.high - paired.low >= 0.02 else 1
    points, low, high = (signed_number(100 * each, digits) for each in (paired.difference, paired.low, paired.high))
    plus = "+" if paired.difference > 0 and points.strip("0.") else ""
    return f"{plus}{points} points, 95 % {low} to {high}"


def signed_number(value: float, digits: int) -> str:
    """Return a number with a typographic minus sign, and without a sign for zero."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", "\N{MINUS SIGN}")
