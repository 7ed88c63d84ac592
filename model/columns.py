"""The columns of the world: what each one means, its axes, its neutral value, and who may know it.

A column is *public* (everyone may read it), *shared* (the two actors it lies between, or the two
parties of its negotiation, may) or *private* (only the actor whose row it is). Nature, that is the
acts no actor performs, may read everything. A *given* column is filled from the scenario and never
decided; all others start at their neutral value unless ``world.py`` says otherwise.
"""

from typing import Literal, NamedTuple

from model.enumerations import InspectionReport

AXES = ("world", "state", "facilitator", "body", "spoiler", "negotiation", "side", "rung", "service", "slot", "die")
SERVICES = ("contact", "clarity", "formulation", "leverage", "hosting")  # in order of precedence
DICE = ("slip", "misread", "conduct")  # what is rolled each round between each two states
SLOTS = 13  # how many rounds of compliance are remembered, one more than the longest delay


class Column(NamedTuple):
    """One named table of numbers; its first axis is who decides it."""

    name: str
    axes: tuple[str, ...]
    kind: Literal["real", "whole"]
    sight: Literal["public", "shared", "private"]
    meaning: str
    neutral: float = 0
    given: bool = False


def given(name: str, axes: str, kind: Literal["real", "whole"], sight: Literal["public", "shared", "private"], meaning: str) -> Column:  # fmt: skip
    """Declare a column that the scenario fills and nothing changes."""
    return Column(name, tuple(axes.split()), kind, sight, meaning, given=True)


def real(name: str, axes: str, sight: Literal["public", "shared", "private"], meaning: str, neutral: float = 0.0) -> Column:  # fmt: skip
    """Declare a column of real numbers."""
    return Column(name, tuple(axes.split()), "real", sight, meaning, neutral)


def whole(name: str, axes: str, sight: Literal["public", "shared", "private"], meaning: str, neutral: int = 0) -> Column:  # fmt: skip
    """Declare a column of whole numbers; a yes or no is 1 or 0."""
    return Column(name, tuple(axes.split()), "whole", sight, meaning, neutral)


PERSONAL = (  # one column for each parameter of a state: the state's own, hence private
    "security_weight", "trustworthiness", "resolve", "patience", "after_cc", "after_cd", "after_dc",
    "after_dd", "generosity", "initiative", "initiative_cost", "temptation", "reward", "punishment",
    "sucker", "reaction", "restraint", "dialogue", "ambition", "turnover", "continuity",
    "withdrawal", "suppression",
)  # fmt: skip
OPEN = ("initiative_cost", "continuity", "dialogue")  # what everyone can see of another state
SKILLS = ("bias", "capacity", "clarity", "formulation", "leverage", "good_offices", "hosting", "task_cost", "budget")

GIVEN = (
    given("state_id", "state", "whole", "public", "stable id, the address of its draws"),
    given("facilitator_id", "facilitator", "whole", "public", "stable id"),
    given("body_id", "body", "whole", "public", "stable id"),
    given("spoiler_id", "spoiler", "whole", "public", "stable id"),
    given("negotiation_id", "negotiation", "whole", "public", "stable id"),
    given("rung_id", "negotiation rung", "whole", "public", "stable id"),
    given("party", "negotiation side", "whole", "public", "which state sits on this side"),
    given("between", "state state", "whole", "public", "the negotiation between the two, or -1"),
    given("rungs", "negotiation", "whole", "public", "number of rungs after bundling"),
    given("mediates", "facilitator negotiation", "whole", "public", "whether it helps in these talks"),
    given("doctrine", "state", "whole", "private", "how it chooses its conduct"),
    given("veto_players", "state", "whole", "private", "players at home who must all agree"),
    *(
        given(f"own_{name}", "state", "real", "public" if name in OPEN else "private", f"the state's {name}")
        for name in PERSONAL
    ),
    given("usual_support", "state", "real", "private", "support at home to which it returns"),
    *(given(f"skill_{name}", "facilitator", "real", "public", f"the facilitator's {name}") for name in SKILLS),
    given("arrives", "facilitator", "whole", "public", "round from which it is there"),
    given("detection", "body", "real", "public", "d, at full access"),
    given("false_alarm", "body", "real", "public", "f"),
    given("delay", "body", "whole", "public", "rounds from act to report"),
    given("inspections", "body", "whole", "public", "negotiations it can inspect in a round"),
    given("target", "spoiler", "whole", "public", "the negotiation it attacks"),
    given("blamed", "spoiler", "whole", "public", "the side blamed for it"),
    given("hazard", "spoiler", "real", "public", "its chance of attack in any round"),
    given("grievance", "state state", "real", "private", "standing drive of the row's posture"),
    given("campaign", "state state", "real", "private", "pressure the row aims at while nothing is agreed"),
    given("alliance", "state state", "real", "public", "pull between the two"),
    given("prior_kept", "state state", "real", "private", "good evidence inherited"),
    given("prior_broken", "state state", "real", "private", "bad evidence inherited"),
    given("attitude", "state negotiation", "real", "private", "what a third state thinks of the talks"),
    given("access_before", "negotiation", "real", "public", "inspectors' access before any rung"),
    given("stake", "negotiation rung", "real", "public", "share of the whole ladder"),
    given("verifiability", "negotiation rung", "real", "public", "how well compliance shows"),
    given("reversibility", "negotiation rung", "real", "public", "how far it can be undone"),
    given("grants", "negotiation rung", "real", "public", "access it grants"),
    given("duration", "negotiation rung", "whole", "public", "rounds of implementation"),
    given("verifier", "negotiation rung", "whole", "public", "the body that verifies it, or -1"),
    given("security_burden", "negotiation side rung", "real", "public", "cost in terms of security"),
    given("sovereignty_burden", "negotiation side rung", "real", "public", "cost in terms of sovereignty"),
    given("binds", "negotiation side rung", "real", "public", "share of the side's programme given up"),
    given("relieves", "negotiation side rung", "real", "public", "share of the side's pressure lifted"),
)  # fmt: skip

DECIDED = (
    real("dice", "die state state", "public", "the draw behind the row's act towards, or reading of, the column", 1.0),
    real("oil", "world", "public", "log oil price deviation"),
    real("region", "world", "public", "regional tension, deviation from its mean"),
    whole("trustworthy", "state", "private", "whether its government means to keep its word"),
    whole("present", "facilitator", "public", "whether it is there"),
    real("fatigue", "facilitator", "public", "share of its capacity that is worn out"),
    real("spent", "facilitator", "public", "what its tasks have cost so far"),
    whole("effort", "facilitator negotiation service", "public", "whether it does this task this round"),
    real("clarity", "state state", "shared", "share of misreadings removed when the row reads the column"),
    real("slant", "state state", "private", "chance that the row is told a kinder story about the column than is true; below 0 a harsher one"),
    whole("misread", "state state", "private", "whether the row misreads the column's act"),
    whole("perceived", "state state", "private", "whether the row saw the column cooperate", 1),
    whole("standing_before", "state state", "private", "the row's own standing before this round's acts", 1),
    whole("standing", "state state", "private", "whether the row holds itself in good standing with the column", 1),
    whole("esteem", "state state", "private", "whether the row holds the column in good standing", 1),
    real("reassurance", "state state", "private", "factor by which costly signals raise the odds of trust", 1.0),
    real("dismay", "state state", "private", "factor by which violence lowers the odds of trust", 1.0),
    real("kept", "state state", "private", "good evidence, one more than the count", 1.0),
    real("broken", "state state", "private", "bad evidence, one more than the count", 1.0),
    real("trust", "state state", "private", "how far the row trusts the column", 0.5),
    real("posture", "state state", "public", "hostile posture of the row towards the column"),
    real("alignment", "state negotiation", "public", "a third state: -1 presses against the talks, +1 backs them"),
    whole("rung", "negotiation", "public", "the rung in play, or -1 when all are verified"),
    whole("seeks", "negotiation side", "public", "whether the side seeks talks", 1),
    whole("contact", "negotiation", "public", "whether a round of talks was held"),
    whole("channel", "negotiation", "public", "0 none, 1 indirect, 2 direct and public"),
    whole("exchange", "negotiation", "public", "small exchange outside the ladder: 0 none, 1 technical, 2 political"),
    real("impatience", "negotiation side", "private", "how far waiting has softened the side"),
    real("reservation", "negotiation side", "private", "least share of the rung's gains it can take", 0.5),
    whole("tabled", "negotiation side", "shared", "whether the side tables the rung in play"),
    real("offer", "negotiation", "shared", "share of the gains offered to the first party", 0.5),
    real("doubt", "negotiation side", "private", "log odds that the other side deceives; -50 when nothing is asked", -50.0),
    whole("answer", "negotiation side", "shared", "1 accept, -1 refuse, 0 not yet"),
    whole("ratified", "negotiation side", "public", "whether home agrees", 1),
    whole("conduct", "state state", "private", "conduct meant: 1 cooperative, 0 hostile", 1),
    whole("slip", "state state", "private", "whether the act miscarries"),
    whole("initiative", "state state", "public", "whether it is an announced unilateral step"),
    real("prospect", "negotiation", "public", "next stake that could be betrayed"),
    whole("complies", "negotiation side", "private", "whether the side keeps what stands", 1),
    whole("remembered", "negotiation side slot", "private", "compliance in past rounds, by round modulo the slots", 1),
    whole("inspected", "body negotiation", "public", "whether it inspects there this round"),
    whole("report", "body negotiation side", "public", "on what the side did: 0 none, 1 clean, 2 violation found", int(InspectionReport.CLEAN)),
    real("suspicion", "negotiation side", "private", "the side's belief that the other violates", 0.0),
    whole("accuses", "negotiation side", "public", "whether the side calls the other in breach"),
    whole("friction", "negotiation", "public", "0 climbs, 1 stalls, 2 slips, 3 collapses"),
    whole("withdraws", "negotiation side", "public", "whether the side leaves what stands"),
    whole("left", "negotiation side", "public", "rounds since the side left, counting from 1; 0 is not left"),
    whole("forgiven", "negotiation", "public", "whether a called breach is forgiven"),
    whole("status", "negotiation rung", "public", "where the rung stands (model/enumerations.py)"),
    whole("stood", "negotiation rung", "public", "its status when the round began"),
    whole("age", "negotiation rung", "public", "rounds since its status last changed"),
    real("earned", "negotiation side", "public", "stake the side has just proved to keep"),
    real("betrayed", "negotiation side", "public", "stake the side has just been shown to break"),
    whole("barred", "negotiation", "public", "whether inspectors are shut out"),
    real("access", "negotiation", "public", "what inspectors may see"),
    real("pressure", "state state", "public", "pressure exerted by the row on the column"),
    real("pressure_before", "state state", "public", "pressure exerted when the round's pressure was decided"),
    real("programme", "state", "public", "programme level"),
    whole("attack", "spoiler", "public", "whether it attacked this round"),
    whole("turnover", "state", "public", "whether the government changes this round"),
    real("support", "state", "private", "support at home for the talks", 0.5),
    real("audience", "state", "private", "audience cost accumulated"),
    real("credit", "facilitator state", "shared", "how far the state believes the facilitator", 0.5),
    whole("breaches", "negotiation", "public", "breaches called so far"),
    whole("refusals", "negotiation", "public", "proposals refused so far"),
    whole("unratified", "negotiation", "public", "deals that failed at home so far"),
)  # fmt: skip

COLUMNS = GIVEN + DECIDED
COLUMN = {column.name: column for column in COLUMNS}
