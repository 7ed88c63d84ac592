"""How things look: one table of indicators and one of outcomes, used by every chart and page.

Colours are Okabe and Ito's, safe for the colour blind, darkened or lightened until they stand out
from the page; a dash, a label or a place is always there as a second cue.
"""

from typing import NamedTuple

from model.statuses import Outcome, Status


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
    "pressure": Look("Pressure", "level, 0 to 1", "#8F5F00", "#E6B450", "7px 3px"),
    "programme": Look("Programme", "level, 0 to 1", "#5B6470", "#A3ADB8"),
    "support_first": Look("{first}", "support at home, 0 to 1", "#0072B2", "#56B4E9"),
    "support_second": Look("{second}", "support at home, 0 to 1", "#A8447E", "#E79AC7", "5px 3px"),
    "contact": Look("Contact", "talks held, 0 or 1", "#2F7FB0", "#56B4E9"),
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


class Mark(NamedTuple):
    """How a kind of message is drawn: the family that gives its colour, its shape, and its short name."""

    family: str
    shape: str
    short: str


FAMILIES: dict[str, Look] = {
    "friendly": Look("friendly words and steps", "", "#005F94", "#6CC6FF"),
    "hostile": Look("hostile words and acts", "", "#B23A00", "#FF8A4C"),
    "talks": Look("talks", "", "#2F7FB0", "#56B4E9"),
    "deal": Look("the deal", "", "#007A5A", "#2FC79A"),
    "pressure": Look("pressure", "", "#8F5F00", "#E6B450"),
    "watch": Look("verification", "", "#5B6470", "#A3ADB8"),
}
SIGNALS: dict[str, Mark] = {
    "public statement": Mark("friendly", "circle", "friendly words"),
    "threat": Mark("hostile", "triangle", "threat"),
    "initiative": Mark("friendly", "star", "initiative"),
    "pressure step": Mark("pressure", "up", "pressure raised"),
    "relief": Mark("pressure", "down", "pressure lifted"),
    "proposal": Mark("deal", "page", "proposal"),
    "acceptance": Mark("deal", "tick", "acceptance"),
    "refusal": Mark("hostile", "cross", "refusal"),
    "technical talk": Mark("talks", "square", "exchange"),
    "facilitated message": Mark("talks", "letter", "carried message"),
    "direct talks": Mark("talks", "bubble", "direct talks"),
    "notice of implementation": Mark("deal", "diamond", "implementation"),
    "inspection report": Mark("watch", "lens", "inspection report"),
    "accusation": Mark("hostile", "exclamation", "accusation"),
    "suspension": Mark("hostile", "bars", "suspension"),
    "withdrawal": Mark("hostile", "arrow", "withdrawal"),
}
CHANNEL_DASHES = {"public": "", "indirect": "6 4", "technical": "2 3", "political": "2 3", "none": "1 4"}

STATUSES: dict[Status, Look] = {  # the light colour is the same in the report, which has it in its style sheet
    Status.IDLE: Look("not on the table", "", "#E3E8ED", "#333B43"),
    Status.PROPOSED: Look("on the table", "", "#B9D7EC", "#2C4A5E"),
    Status.SCRUTINISED: Look("accepted", "", "#7DB7DD", "#35708F"),
    Status.RATIFIED: Look("ratified", "", "#3A8FC4", "#3F92C2"),
    Status.IMPLEMENTING: Look("being implemented", "", "#0072B2", "#7CC4F0"),
    Status.VERIFIED: Look("verified", "", "#007A5A", "#2FC79A"),
    Status.BREACHED: Look("breached", "", "#C44E00", "#F0984A"),
    Status.SUSPENDED: Look("suspended", "", "#E69F00", "#E6C24F"),
    Status.SNAPPED: Look("taken back", "", "#A8447E", "#E79AC7"),
    Status.COLLAPSED: Look("collapsed", "", "#3C4650", "#C3CAD1"),
}
