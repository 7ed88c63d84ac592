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
CONDUCT_DRAWS = ("miscarried", "misread", "conduct")  # what is rolled each round between each two states
COMPLIANCE_SLOTS = 13  # how many rounds of compliance are remembered, one more than the longest delay


class Column(NamedTuple):
    """One named table of numbers; its first axis is who decides it."""

    name: str
    axes: tuple[str, ...]
    kind: Literal["float", "integer"]
    visibility: Literal["public", "shared", "private"]
    meaning: str
    neutral: float = 0
    given: bool = False


def given_column(name: str, axes: str, kind: Literal["float", "integer"], visibility: Literal["public", "shared", "private"], meaning: str) -> Column:  # fmt: skip
    """Declare a column that the scenario fills and nothing changes."""
    return Column(name, tuple(axes.split()), kind, visibility, meaning, given=True)


def float_column(name: str, axes: str, visibility: Literal["public", "shared", "private"], meaning: str, neutral: float = 0.0) -> Column:  # fmt: skip
    """Declare a column of real numbers."""
    return Column(name, tuple(axes.split()), "float", visibility, meaning, neutral)


def integer_column(name: str, axes: str, visibility: Literal["public", "shared", "private"], meaning: str, neutral: int = 0) -> Column:  # fmt: skip
    """Declare a column of whole numbers; a yes or no is 1 or 0."""
    return Column(name, tuple(axes.split()), "integer", visibility, meaning, neutral)


STATE_PARAMETERS = (  # one column for each parameter of a state: the state's own, hence private
    "security_weight", "trustworthiness", "resolve", "discount_factor", "after_cc", "after_cd", "after_dc",
    "after_dd", "generosity", "initiative", "initiative_cost", "temptation", "reward", "punishment",
    "sucker", "reaction", "restraint", "dialogue", "ambition", "turnover", "continuity",
    "withdrawal", "suppression",
)  # fmt: skip
PUBLIC_PARAMETERS = ("initiative_cost", "continuity", "dialogue")  # what everyone can see of another state
SKILLS = ("bias", "capacity", "clarity", "formulation", "leverage", "good_offices", "hosting", "task_cost", "budget")

GIVEN = (
    given_column("state_id", "state", "integer", "public", "stable id, the address of its draws"),
    given_column("facilitator_id", "facilitator", "integer", "public", "stable id"),
    given_column("body_id", "body", "integer", "public", "stable id"),
    given_column("spoiler_id", "spoiler", "integer", "public", "stable id"),
    given_column("negotiation_id", "negotiation", "integer", "public", "stable id"),
    given_column("rung_id", "negotiation rung", "integer", "public", "stable id"),
    given_column("party", "negotiation side", "integer", "public", "which state sits on this side"),
    given_column("negotiation_between", "state state", "integer", "public", "the negotiation between the two, or -1"),
    given_column("rungs", "negotiation", "integer", "public", "number of rungs after bundling"),
    given_column("mediates", "facilitator negotiation", "integer", "public", "whether it helps in these talks"),
    given_column("doctrine", "state", "integer", "private", "how it chooses its conduct"),
    given_column("veto_players", "state", "integer", "private", "players at home who must all agree"),
    *(
        given_column(f"own_{name}", "state", "float", "public" if name in PUBLIC_PARAMETERS else "private", f"the state's {name}")
        for name in STATE_PARAMETERS
    ),
    given_column("usual_support", "state", "float", "private", "support at home to which it returns"),
    *(given_column(f"skill_{name}", "facilitator", "float", "public", f"the facilitator's {name}") for name in SKILLS),
    given_column("arrives", "facilitator", "integer", "public", "round from which it is there"),
    given_column("detection", "body", "float", "public", "d, at full access"),
    given_column("false_alarm", "body", "float", "public", "f"),
    given_column("delay", "body", "integer", "public", "rounds from act to report"),
    given_column("inspections", "body", "integer", "public", "negotiations it can inspect in a round"),
    given_column("target", "spoiler", "integer", "public", "the negotiation it attacks"),
    given_column("blamed", "spoiler", "integer", "public", "the side blamed for it"),
    given_column("hazard", "spoiler", "float", "public", "its chance of attack in any round"),
    given_column("grievance", "state state", "float", "private", "standing drive of the row's posture"),
    given_column("campaign", "state state", "float", "private", "pressure the row aims at while nothing is agreed"),
    given_column("alliance", "state state", "float", "public", "pull between the two"),
    given_column("prior_good_evidence", "state state", "float", "private", "good evidence inherited"),
    given_column("prior_bad_evidence", "state state", "float", "private", "bad evidence inherited"),
    given_column("attitude", "state negotiation", "float", "private", "what a third state thinks of the talks"),
    given_column("initial_access", "negotiation", "float", "public", "inspectors' access before any rung"),
    given_column("stake", "negotiation rung", "float", "public", "share of the whole ladder"),
    given_column("verifiability", "negotiation rung", "float", "public", "how well compliance shows"),
    given_column("reversibility", "negotiation rung", "float", "public", "how far it can be undone"),
    given_column("access_granted", "negotiation rung", "float", "public", "access it grants"),
    given_column("duration", "negotiation rung", "integer", "public", "rounds of implementation"),
    given_column("verifier", "negotiation rung", "integer", "public", "the body that verifies it, or -1"),
    given_column("security_burden", "negotiation side rung", "float", "public", "cost in terms of security"),
    given_column("sovereignty_burden", "negotiation side rung", "float", "public", "cost in terms of sovereignty"),
    given_column("programme_cut", "negotiation side rung", "float", "public", "share of the side's programme given up"),
    given_column("pressure_relief", "negotiation side rung", "float", "public", "share of the side's pressure lifted"),
)  # fmt: skip

DECIDED = (
    float_column("random_draws", "die state state", "public", "the draw behind the row's act towards, or reading of, the column", 1.0),
    float_column("oil", "world", "public", "log oil price deviation"),
    float_column("regional_tension", "world", "public", "regional tension, deviation from its mean"),
    integer_column("trustworthy", "state", "private", "whether its government means to keep its word"),
    integer_column("present", "facilitator", "public", "whether it is there"),
    float_column("fatigue", "facilitator", "public", "share of its capacity that is worn out"),
    float_column("spent", "facilitator", "public", "what its tasks have cost so far"),
    integer_column("effort", "facilitator negotiation service", "public", "whether it does this task this round"),
    float_column("clarity", "state state", "shared", "share of misreadings removed when the row reads the column"),
    float_column("message_bias", "state state", "private", "chance that the row is told a kinder story about the column than is true; below 0 a harsher one"),
    integer_column("misread", "state state", "private", "whether the row misreads the column's act"),
    integer_column("perceived", "state state", "private", "whether the row saw the column cooperate", 1),
    integer_column("previous_standing", "state state", "private", "the row's own standing before this round's acts", 1),
    integer_column("standing", "state state", "private", "whether the row holds itself in good standing with the column", 1),
    integer_column("perceived_standing", "state state", "private", "whether the row holds the column in good standing", 1),
    float_column("reassurance", "state state", "private", "factor by which costly signals raise the odds of trust", 1.0),
    float_column("violence_factor", "state state", "private", "factor by which violence lowers the odds of trust", 1.0),
    float_column("good_evidence", "state state", "private", "good evidence, one more than the count", 1.0),
    float_column("bad_evidence", "state state", "private", "bad evidence, one more than the count", 1.0),
    float_column("trust", "state state", "private", "how far the row trusts the column", 0.5),
    float_column("posture", "state state", "public", "hostile posture of the row towards the column"),
    float_column("alignment", "state negotiation", "public", "a third state: -1 presses against the talks, +1 backs them"),
    integer_column("rung", "negotiation", "public", "the rung in play, or -1 when all are verified"),
    integer_column("seeks_talks", "negotiation side", "public", "whether the side seeks talks", 1),
    integer_column("contact", "negotiation", "public", "whether a round of talks was held"),
    integer_column("channel", "negotiation", "public", "0 none, 1 indirect, 2 direct and public"),
    integer_column("exchange", "negotiation", "public", "small exchange outside the ladder: 0 none, 1 technical, 2 political"),
    float_column("impatience", "negotiation side", "private", "how far waiting has softened the side"),
    float_column("reservation_value", "negotiation side", "private", "least share of the rung's gains it can take", 0.5),
    integer_column("proposed", "negotiation side", "shared", "whether the side tables the rung in play"),
    float_column("offer", "negotiation", "shared", "share of the gains offered to the first party", 0.5),
    float_column("doubt", "negotiation side", "private", "log odds that the other side deceives; -50 when nothing is asked", -50.0),
    integer_column("answer", "negotiation side", "shared", "1 accept, -1 refuse, 0 not yet"),
    integer_column("ratified", "negotiation side", "public", "whether home agrees", 1),
    integer_column("conduct", "state state", "private", "conduct meant: 1 cooperative, 0 hostile", 1),
    integer_column("miscarried", "state state", "private", "whether the act miscarries"),
    integer_column("initiative", "state state", "public", "whether it is an announced unilateral step"),
    float_column("prospect", "negotiation", "public", "next stake that could be betrayed"),
    integer_column("complies", "negotiation side", "private", "whether the side keeps what stands", 1),
    integer_column("past_compliance", "negotiation side slot", "private", "compliance in past rounds, by round modulo the slots", 1),
    integer_column("inspected", "body negotiation", "public", "whether it inspects there this round"),
    integer_column("report", "body negotiation side", "public", "on what the side did: 0 none, 1 clean, 2 violation found", int(InspectionReport.CLEAN)),
    float_column("suspicion", "negotiation side", "private", "the side's belief that the other violates", 0.0),
    integer_column("accuses", "negotiation side", "public", "whether the side calls the other in breach"),
    integer_column("friction", "negotiation", "public", "0 climbs, 1 stalls, 2 slips, 3 collapses"),
    integer_column("withdraws", "negotiation side", "public", "whether the side leaves what stands"),
    integer_column("rounds_withdrawn", "negotiation side", "public", "rounds since the side left, counting from 1; 0 is not left"),
    integer_column("forgiven", "negotiation", "public", "whether a called breach is forgiven"),
    integer_column("status", "negotiation rung", "public", "where the rung stands (model/enumerations.py)"),
    integer_column("previous_status", "negotiation rung", "public", "its status when the round began"),
    integer_column("status_age", "negotiation rung", "public", "rounds since its status last changed"),
    float_column("honoured_stake", "negotiation side", "public", "stake the side has just proved to keep"),
    float_column("betrayed_stake", "negotiation side", "public", "stake the side has just been shown to break"),
    integer_column("inspectors_barred", "negotiation", "public", "whether inspectors are shut out"),
    float_column("access", "negotiation", "public", "what inspectors may see"),
    float_column("pressure", "state state", "public", "pressure exerted by the row on the column"),
    float_column("previous_pressure", "state state", "public", "pressure exerted when the round's pressure was decided"),
    float_column("programme", "state", "public", "programme level"),
    integer_column("attack", "spoiler", "public", "whether it attacked this round"),
    integer_column("turnover", "state", "public", "whether the government changes this round"),
    float_column("support", "state", "private", "support at home for the talks", 0.5),
    float_column("audience_cost", "state", "private", "audience cost accumulated"),
    float_column("credibility", "facilitator state", "shared", "how far the state believes the facilitator", 0.5),
    integer_column("breaches", "negotiation", "public", "breaches called so far"),
    integer_column("refusals", "negotiation", "public", "proposals refused so far"),
    integer_column("unratified", "negotiation", "public", "deals that failed at home so far"),
)  # fmt: skip

COLUMNS = GIVEN + DECIDED
COLUMN_BY_NAME = {column.name: column for column in COLUMNS}
