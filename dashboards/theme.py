"""How things look: one table of indicators and one of outcomes, used by every chart and page.

Colours are Okabe and Ito's, safe for the colour blind, darkened or lightened until they stand out
from the page; a dash, a label or a place is always there as a second cue.
"""

from typing import NamedTuple

from model.statuses import Outcome


class Look(NamedTuple):
    """How one thing is shown: its label, its unit, its colour in either theme, the dashes of its line."""

    label: str
    unit: str
    light: str
    dark: str
    dash: str = "solid"  # or lengths of dash and gap, as Plotly and SVG both read them


INDICATORS: dict[str, Look] = {
    "trust_first": Look("{first} in {second}", "trust, 0 to 1", "#0072B2", "#56B4E9"),
    "trust_second": Look("{second} in {first}", "trust, 0 to 1", "#A8447E", "#E79AC7", "5px 3px"),
    "tension": Look("Tension", "posture, 0 to {ceiling:g}", "#C44E00", "#F0984A", "10px 2px"),
    "deal_progress": Look("Deal progress", "share of stake, 0 to 1", "#007A5A", "#2FC79A", "2px 2px"),
}

OUTCOMES: dict[Outcome, Look] = {
    Outcome.comprehensive_deal: Look("Comprehensive deal", "share of worlds", "#007A5A", "#2FC79A"),
    Outcome.partial_arrangement: Look("Partial arrangement", "share of worlds", "#3A8FC4", "#56B4E9"),
    Outcome.managed_contact: Look("Managed contact", "share of worlds", "#B87A00", "#E69F00"),
    Outcome.breakdown: Look("Breakdown", "share of worlds", "#5B6470", "#A3ADB8"),
}

OUTCOME_MEANING: dict[Outcome, str] = {
    Outcome.comprehensive_deal: "every rung stands verified at the end",
    Outcome.partial_arrangement: "some rungs stand verified, not all",
    Outcome.managed_contact: "no rung stands, but talks go on and tension is bounded",
    Outcome.breakdown: "no rung stands, and contact is lost or tension is high",
}


class Chart(NamedTuple):
    """One chart: its key, its title, what it shows, and the indicators drawn in it."""

    key: str
    title: str
    meaning: str
    indicators: tuple[str, ...]


CHARTS = (
    Chart("trust", "Trust", "of each party in the other", ("trust_first", "trust_second")),
    Chart("tension", "Tension", "mean posture of the two parties", ("tension",)),
    Chart("progress", "Deal progress", "stake verified so far", ("deal_progress",)),
)
