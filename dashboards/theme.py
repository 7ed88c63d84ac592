"""Labels, colours and symbols of indicators, outcomes, messages and statuses on all pages and charts.

The colours are those of Okabe and Ito, safe for colour-blind readers, adjusted for contrast with the page. A dash, a
label or a position always serves as a second cue.
"""

from typing import Literal, NamedTuple

from dashboards.labels import OUTCOME_LABELS
from model.enumerations import Outcome, RungStatus


class LineStyle(NamedTuple):
    """Label, unit, colours in the light and the dark theme, and dash pattern of a line."""

    label: str
    unit: str
    light: str
    dark: str
    dash: str = "solid"  # or lengths of dash and gap, in the syntax of Plotly and SVG


INDICATOR_STYLES: dict[str, LineStyle] = {
    "trust_first": LineStyle("{first} in {second}", "trust, 0 to 1", "#0072B2", "#56B4E9"),
    "trust_second": LineStyle("{second} in {first}", "trust, 0 to 1", "#A8447E", "#E79AC7", "5px 3px"),
    "tension": LineStyle("Tension", "posture, 0 to {ceiling:g}", "#C44E00", "#F0984A", "10px 2px"),
    "deal_progress": LineStyle("Deal progress", "share of stake, 0 to 1", "#007A5A", "#2FC79A", "2px 2px"),
    "pressure": LineStyle("Pressure", "level, 0 to 1", "#8F5F00", "#E6B450", "7px 3px"),
    "programme": LineStyle("Programme", "level, 0 to 1", "#5B6470", "#A3ADB8"),
    "support_first": LineStyle("{first}", "support at home, 0 to 1", "#0072B2", "#56B4E9"),
    "support_second": LineStyle("{second}", "support at home, 0 to 1", "#A8447E", "#E79AC7", "5px 3px"),
    "contact": LineStyle("Contact", "talks held, 0 or 1", "#2F7FB0", "#56B4E9"),
    "misperception": LineStyle("Misread acts", "share of acts", "#7A4E2D", "#D3A67C", "3px 3px"),
    "uncertainty": LineStyle("Uncertainty of trust", "standard deviation", "#5F4B9E", "#B4A4E8", "8px 2px 2px 2px"),
}

OUTCOME_STYLES: dict[Outcome, LineStyle] = {
    outcome: LineStyle(OUTCOME_LABELS[outcome.name].capitalize(), "share of worlds", light, dark)
    for outcome, light, dark in (
        (Outcome.comprehensive_deal, "#007A5A", "#2FC79A"),
        (Outcome.partial_arrangement, "#3A8FC4", "#56B4E9"),
        (Outcome.managed_contact, "#B87A00", "#E69F00"),
        (Outcome.breakdown, "#5B6470", "#A3ADB8"),
    )
}


class Chart(NamedTuple):
    """A chart of many worlds: key, title, meaning, indicators, and upper limit of its axis.

    mean: draw the mean of the worlds instead of a band, as for an indicator that is 0 or 1 in each world.
    """

    key: str
    title: str
    meaning: str
    indicators: tuple[str, ...]
    top: float = 1.0
    mean: bool = False


CHARTS = (
    Chart("trust_first", "{first} trusts {second}", "belief that it keeps its promises", ("trust_first",)),
    Chart("trust_second", "{second} trusts {first}", "belief that it keeps its promises", ("trust_second",)),
    Chart("tension", "Tension", "mean posture of the two parties", ("tension",)),
    Chart("progress", "Deal progress", "stake of the verified rungs", ("deal_progress",)),
)
EXTRA_CHARTS = (
    Chart(
        "pressure",
        "Pressure and programme",
        "pressure applied, and the programme it targets",
        ("pressure", "programme"),
    ),
    Chart("support", "Support at home", "for the talks, in each party", ("support_first", "support_second")),
    Chart("contact", "Contact", "share of worlds in which talks are held", ("contact",), mean=True),
    Chart(
        "misperception",
        "Misperception",
        "share of acts that the other party misread",
        ("misperception",),
        mean=True,
    ),
    Chart("uncertainty", "Uncertainty", "of the parties' trust in each other", ("uncertainty",), top=0.3),
)


class MessageStyle(NamedTuple):
    """The family of a kind of message, which determines its colour, its symbol, and its short label."""

    family: str
    shape: str
    short: str


SIGNAL_FAMILIES: dict[str, LineStyle] = {
    "friendly": LineStyle("friendly statements and steps", "", "#005F94", "#6CC6FF"),
    "hostile": LineStyle("hostile statements and acts", "", "#B23A00", "#FF8A4C"),
    "talks": LineStyle("talks", "", "#2F7FB0", "#56B4E9"),
    "deal": LineStyle("the deal", "", "#007A5A", "#2FC79A"),
    "pressure": LineStyle("pressure", "", "#8F5F00", "#E6B450"),
    "watch": LineStyle("verification", "", "#5B6470", "#A3ADB8"),
}
SIGNAL_STYLES: dict[str, MessageStyle] = {
    "cooperative act": MessageStyle("friendly", "circle", "cooperative act"),
    "hostile act": MessageStyle("hostile", "triangle", "hostile act"),
    "initiative": MessageStyle("friendly", "star", "initiative"),
    "demand": MessageStyle("hostile", "flag", "demand with a threat"),
    "concession": MessageStyle("friendly", "bow", "gives way"),
    "imposition": MessageStyle("pressure", "hammer", "threat carried out"),
    "backing down": MessageStyle("friendly", "back", "backs down"),
    "use of force": MessageStyle("hostile", "burst", "use of force"),
    "pressure step": MessageStyle("pressure", "up", "pressure raised"),
    "relief": MessageStyle("pressure", "down", "pressure reduced"),
    "proposal": MessageStyle("deal", "page", "proposal"),
    "acceptance": MessageStyle("deal", "tick", "acceptance"),
    "refusal": MessageStyle("hostile", "cross", "refusal"),
    "technical talk": MessageStyle("talks", "square", "exchange"),
    "facilitated message": MessageStyle("talks", "letter", "relayed message"),
    "direct talks": MessageStyle("talks", "bubble", "direct talks"),
    "notice of implementation": MessageStyle("deal", "diamond", "implementation"),
    "inspection report": MessageStyle("watch", "lens", "inspection report"),
    "clarification asked": MessageStyle("watch", "question", "asks for clarification"),
    "clarification given": MessageStyle("watch", "sealed", "clarified"),
    "accusation": MessageStyle("hostile", "exclamation", "accusation"),
    "suspension": MessageStyle("hostile", "bars", "suspension"),
    "withdrawal": MessageStyle("hostile", "arrow", "withdrawal"),
    "process ended": MessageStyle("talks", "closed", "process ends"),
    "process opened": MessageStyle("talks", "half", "process opens"),
}
SYMBOL_PATHS: dict[str, str] = {  # SVG paths in a box of 16 around the origin
    "circle": "M0-6.5a6.5 6.5 0 1 0 .01 0z",
    "triangle": "M0-7.5L7.5 6H-7.5z",
    "star": "M0.0 -8.0L2.0 -2.8L7.6 -2.5L3.2 1.1L4.7 6.5L0.0 3.4L-4.7 6.5L-3.2 1.1L-7.6 -2.5L-2.0 -2.8z",
    "burst": "M0-9L2-4L7-6L4.5-1.5L9 1.5L4 2.5L5 8L0 4.6L-5 8L-4 2.5L-9 1.5L-4.5-1.5L-7-6L-2-4z",
    "up": "M0-7.5L6.5-.5H2.8V7H-2.8V-.5H-6.5z",
    "down": "M0 7.5L6.5 .5H2.8V-7H-2.8V.5H-6.5z",
    "page": "M-5.5-7.5H2L5.5-4V7.5H-5.5zM-3-3V-1.6H3V-3zM-3 0V1.4H3V0zM-3 3V4.4H3V3z",
    "tick": "M-7.5 0L-4.7-2.8L-2-.1L4.7-6.5L7.5-3.7L-2 5.8z",
    "sealed": "M0-7.5a7.5 7.5 0 1 0 .01 0zM-4.6 0L-3.1-1.5L-1.2 .4L3.1-3.9L4.6-2.4L-1.2 3.4z",
    "cross": "M-6.5-4L-4-6.5L0-2.5L4-6.5L6.5-4L2.5 0L6.5 4L4 6.5L0 2.5L-4 6.5L-6.5 4L-2.5 0z",
    "square": "M-5.5-5.5H5.5V5.5H-5.5z",
    "letter": "M-7.5-5.5H7.5L0 .8zM-7.5-3.6V5.5H7.5V-3.6L0 2.8z",
    "bubble": "M-7.5-6.5H7.5V3H1L-3.5 7.5V3H-7.5z",
    "diamond": "M0-7.5L7.5 0L0 7.5L-7.5 0z",
    "half": "M0-6.5a6.5 6.5 0 1 0 .01 0zM0-4.2a4.2 4.2 0 0 0 0 8.4z",
    "lens": "M-1.5-7.5a5.8 5.8 0 1 0 .01 0zM-1.5-5.3a3.6 3.6 0 1 1-.01 0zM2 2.6L3.6 1L7.6 5L6 6.6z",
    "exclamation": "M-2.2-7.5H2.2L1.4 2H-1.4zM-2 3.8H2V7.5H-2z",
    "flag": "M-5.5-7.5H-3.5V-6.5H6.5L3.5-3L6.5 .5H-3.5V7.5H-5.5z",
    "bow": "M-7.5-2L0-6.5L7.5-2V1.5L0-3L-7.5 1.5zM-5.5 4H5.5V7H-5.5z",
    "hammer": "M-7-7H4V-1.5H0.5V7.5H-3V-1.5H-7z",
    "question": "M-5-3.4A5 4.6 0 1 1 1.6 .8V2.4H-1.6V-1.6A2 1.9 0 1 0 -2-3.4zM-1.7 4H1.7V7.5H-1.7z",
    "closed": "M0-7.5a7.5 7.5 0 1 0 .01 0zM-4.6-1.5H4.6V1.5H-4.6z",
    "bars": "M-5.5-6.5H-1.6V6.5H-5.5zM1.6-6.5H5.5V6.5H1.6z",
    "arrow": "M-7.5-2.5H0V-6.5L7.5 0L0 6.5V2.5H-7.5z",
    "back": "M7.5-2.5H0V-6.5L-7.5 0L0 6.5V2.5H7.5z",
}
CHANNEL_DASHES = {"public": "", "indirect": "6 4", "technical": "2 3", "political": "2 3", "none": "1 4"}


class StatusStyle(NamedTuple):
    """Label, colours and symbol of the status of a rung.

    height: of its bar on Turning points, in pixels. pattern: of its bar in a report, a Plotly pattern.
    pale: whether text on its colour needs the text colour of the page.
    """

    label: str
    light: str
    dark: str
    stage: Literal["idle", "under way", "verified", "broken"]
    shape: str
    height: int
    pattern: str = ""
    pale: bool = False


STATUS_STYLES: dict[RungStatus, StatusStyle] = {  # reports/run.css has the same colours
    RungStatus.IDLE: StatusStyle("not yet proposed", "#E3E8ED", "#333B43", "idle", "circle", 0, pale=True),
    RungStatus.PROPOSED: StatusStyle("proposed", "#B9D7EC", "#2C4A5E", "under way", "page", 4, ".", pale=True),
    RungStatus.SCRUTINISED: StatusStyle("accepted", "#7DB7DD", "#35708F", "under way", "tick", 6, "/", pale=True),
    RungStatus.RATIFIED: StatusStyle("ratified", "#3A8FC4", "#3F92C2", "under way", "diamond", 8, "\\"),
    RungStatus.IMPLEMENTING: StatusStyle("being implemented", "#0072B2", "#7CC4F0", "under way", "half", 11, "-"),
    RungStatus.VERIFIED: StatusStyle("verified", "#007A5A", "#2FC79A", "verified", "sealed", 13),
    RungStatus.BREACHED: StatusStyle("breached", "#C44E00", "#F0984A", "broken", "exclamation", 13, "x"),
    RungStatus.SUSPENDED: StatusStyle("suspended", "#E69F00", "#E6C24F", "broken", "bars", 13, "|"),
    RungStatus.SNAPPED: StatusStyle("snapped back", "#A8447E", "#E79AC7", "broken", "back", 13, "+"),
    RungStatus.COLLAPSED: StatusStyle("collapsed", "#3C4650", "#C3CAD1", "broken", "cross", 13),
}
