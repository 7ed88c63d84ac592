"""The columns of the world: meaning, axes, neutral value and visibility.

A column is *public* (every actor may read it), *shared* (the two actors of a pair, or the two parties of a
negotiation, may) or *private* (only the actor of the row). Nature's acts may read everything. A *given*
column comes from the scenario and is never decided; every other column starts at its neutral value unless
``initial_state.py`` sets it. A *structural* column follows from names and shapes: worlds that step together share it.
"""

from typing import Literal, NamedTuple

from model.enumerations import InspectionReport

AXES = ("world", "state", "facilitator", "body", "spoiler", "negotiation", "side", "rung", "service", "slot", "die")
SERVICES = ("contact", "clarity", "formulation", "leverage", "hosting")  # in order of precedence
CONDUCT_DRAWS = ("miscarried", "misread", "conduct")  # drawn each round for each ordered pair of states
COMPLIANCE_SLOTS = 13  # rounds of compliance stored, one more than the longest delay
PRIOR_VIOLATION = 0.1  # pi: belief in a violation before an agreement


class Column(NamedTuple):
    """A named array of numbers; the first axis is the actor that decides it."""

    name: str
    axes: tuple[str, ...]
    kind: Literal["float", "integer"]
    visibility: Literal["public", "shared", "private"]
    meaning: str
    neutral: float = 0
    given: bool = False
    structural: bool = False


def structural_column(name: str, axes: str, meaning: str) -> Column:
    """Declare a public column of integers that follows from the names and shapes of a scenario."""
    return Column(name, tuple(axes.split()), "integer", "public", meaning, given=True, structural=True)


def given_column(name: str, axes: str, kind: Literal["float", "integer"], visibility: Literal["public", "shared", "private"], meaning: str) -> Column:  # fmt: skip
    """Declare a column that the scenario fills and no act changes."""
    return Column(name, tuple(axes.split()), kind, visibility, meaning, given=True)


def float_column(name: str, axes: str, visibility: Literal["public", "shared", "private"], meaning: str, neutral: float = 0.0) -> Column:  # fmt: skip
    """Declare a column of floats."""
    return Column(name, tuple(axes.split()), "float", visibility, meaning, neutral)


def integer_column(name: str, axes: str, visibility: Literal["public", "shared", "private"], meaning: str, neutral: int = 0) -> Column:  # fmt: skip
    """Declare a column of integers; booleans are 1 or 0."""
    return Column(name, tuple(axes.split()), "integer", visibility, meaning, neutral)


STATE_PARAMETERS = (  # parameters of a state with a column each, private to the state
    "security_weight", "trustworthiness", "resolve", "discount_factor", "initiative", "initiative_cost", "temptation",
    "reward", "punishment", "sucker", "reaction", "restraint", "dialogue", "ambition", "turnover", "continuity",
    "withdrawal", "suppression",
)  # fmt: skip
HABITS = {
    "cc": "mutual cooperation", "cd": "the other alone defected", "dc": "it alone defected", "dd": "mutual defection",
}  # fmt: skip
PUBLIC_PARAMETERS = ("initiative_cost", "continuity", "dialogue")  # of those, the public ones
SKILLS = ("bias", "capacity", "clarity", "formulation", "leverage", "good_offices", "hosting", "task_cost", "budget")

GIVEN = (
    structural_column("state_id", "state", "stable id, part of the address of its draws"),
    structural_column("facilitator_id", "facilitator", "stable id"),
    structural_column("body_id", "body", "stable id"),
    structural_column("spoiler_id", "spoiler", "stable id"),
    structural_column("negotiation_id", "negotiation", "stable id"),
    structural_column("rung_id", "negotiation rung", "stable id"),
    structural_column("party", "negotiation side", "the state on this side"),
    structural_column("negotiation_between", "state state", "the negotiation between the two states, or -1"),
    structural_column("rungs", "negotiation", "number of rungs after bundling"),
    structural_column("mediates", "facilitator negotiation", "whether the facilitator mediates in this negotiation"),
    given_column("doctrine", "state", "integer", "private", "how it chooses its conduct"),
    given_column("veto_players", "state", "integer", "private", "domestic players who must all approve a deal"),
    *(
        given_column(f"own_{name}", "state", "float", "public" if name in PUBLIC_PARAMETERS else "private", f"the state's {name}")
        for name in STATE_PARAMETERS
    ),
    *(
        given_column(f"habit_{name}", "state", "float", "private", f"log odds of cooperating after {acts}")
        for name, acts in HABITS.items()
    ),
    given_column("forgiveness_cd", "state", "float", "private", "log odds that generosity adds after the other alone defected"),
    given_column("forgiveness_dd", "state", "float", "private", "log odds that generosity adds after mutual defection"),
    given_column("usual_support", "state", "float", "private", "level to which domestic support returns"),
    *(given_column(f"skill_{name}", "facilitator", "float", "public", f"the facilitator's {name}") for name in SKILLS),
    given_column("arrives", "facilitator", "integer", "public", "round of arrival"),
    given_column("detection", "body", "float", "public", "d: detection probability at full access"),
    given_column("false_alarm", "body", "float", "public", "f: false-alarm probability"),
    given_column("delay", "body", "integer", "public", "rounds from act to report"),
    given_column("inspections", "body", "integer", "public", "negotiations it can inspect in a round"),
    structural_column("target", "spoiler", "the negotiation it attacks"),
    structural_column("blamed", "spoiler", "the side blamed for its attacks"),
    given_column("hazard", "spoiler", "float", "public", "probability of an attack in any round"),
    given_column("grievance", "state state", "float", "private", "constant drive of the row's posture"),
    given_column("campaign", "state state", "float", "private", "target pressure without an agreement"),
    given_column("alliance", "state state", "float", "public", "strength of the alliance; below 0 is rivalry"),
    given_column("prior_good_evidence", "state state", "float", "private", "good evidence at the start"),
    given_column("prior_bad_evidence", "state state", "float", "private", "bad evidence at the start"),
    given_column("attitude", "state negotiation", "float", "private", "a third state's attitude to the talks"),
    given_column("initial_access", "negotiation", "float", "public", "inspectors' access before any rung"),
    given_column("stake", "negotiation rung", "float", "public", "share of the ladder's total stake"),
    given_column("verifiability", "negotiation rung", "float", "public", "how well compliance can be verified"),
    given_column("reversibility", "negotiation rung", "float", "public", "how far it can be reversed"),
    given_column("access_granted", "negotiation rung", "float", "public", "inspectors' access granted"),
    given_column("duration", "negotiation rung", "integer", "public", "rounds of implementation"),
    structural_column("verifier", "negotiation rung", "the body that verifies it, or -1"),
    given_column("security_burden", "negotiation side rung", "float", "public", "cost in terms of security"),
    given_column("sovereignty_burden", "negotiation side rung", "float", "public", "cost in terms of sovereignty"),
    given_column("programme_cut", "negotiation side rung", "float", "public", "share of the side's programme given up"),
    given_column("pressure_relief", "negotiation side rung", "float", "public", "share of the side's pressure lifted"),
)  # fmt: skip

DECIDED = (
    float_column("random_draws", "die state state", "public", "draw for the row's act towards the column, or its reading of the column", 1.0),
    float_column("stance", "state", "private", "what this government holds out for, beyond the state's resolve"),
    float_column("oil", "world", "public", "log oil price deviation"),
    float_column("regional_tension", "world", "public", "regional tension, deviation from its mean"),
    integer_column("trustworthy", "state", "private", "whether the government intends to comply"),
    integer_column("present", "facilitator", "public", "whether the facilitator is present"),
    integer_column("accepts_mediation", "negotiation side", "public", "whether the side accepts facilitators"),
    float_column("need", "negotiation service", "public", "how urgently the negotiation needs the service"),
    float_column("fatigue", "facilitator", "public", "share of capacity lost to fatigue"),
    float_column("spent", "facilitator", "public", "spending so far"),
    integer_column("effort", "facilitator negotiation service", "public", "whether the facilitator does this task this round"),
    float_column("clarity", "state state", "shared", "share of misreadings removed when the row reads the column"),
    float_column("message_bias", "state state", "private", "bias of messages to the row about the column: above 0 in its favour, below 0 against"),
    integer_column("silent", "state state", "public", "whether the row does nothing towards the column this month"),
    float_column("mood", "state state", "private", "mood of the row towards the column: above 0 friendlier than usual"),
    float_column("act_size", "state state", "public", "size of the row's acts towards the column this month; the median is 1", 1.0),
    integer_column("misread", "state state", "private", "whether the row misreads the column's act"),
    integer_column("perceived", "state state", "private", "whether the row perceived the column as cooperative", 1),
    integer_column("previous_standing", "state state", "private", "the row's own standing before this round's acts", 1),
    integer_column("standing", "state state", "private", "whether the row holds itself in good standing with the column", 1),
    integer_column("perceived_standing", "state state", "private", "whether the row holds the column in good standing", 1),
    float_column("reassurance", "state state", "private", "factor by which costly signals raise the odds of trust", 1.0),
    float_column("violence_factor", "state state", "private", "factor by which violence lowers the odds of trust", 1.0),
    float_column("good_evidence", "state state", "private", "good evidence: count plus 1", 1.0),
    float_column("bad_evidence", "state state", "private", "bad evidence: count plus 1", 1.0),
    float_column("trust", "state state", "private", "trust of the row in the column", 0.5),
    float_column("posture", "state state", "public", "hostile posture of the row towards the column"),
    float_column("conduct_record", "state state", "public", "moving average of the row's actual acts towards the column: 1 all cooperative", 0.5),
    integer_column("demands", "state state", "public", "whether the row makes a demand backed by a threat"),
    integer_column("concedes", "state state", "public", "whether the row gives way to the column's demand"),
    integer_column("carries_out", "state state", "public", "whether the row carries out its threat"),
    integer_column("backs_down", "state state", "public", "whether the row backs down from its threat"),
    integer_column("uses_force", "state state", "public", "whether the row uses force against the column"),
    float_column("imposed", "state state", "public", "pressure that the row added by carrying out threats"),
    float_column("threat_credibility", "state", "public", "credibility of the state's threats", 0.5),
    float_column("alignment", "state negotiation", "public", "position of a third state: -1 opposes the talks, +1 supports them"),
    integer_column("rung", "negotiation", "public", "the rung in play, or -1 when all are verified"),
    integer_column("seeks_talks", "negotiation side", "public", "whether the side seeks talks", 1),
    integer_column("contact", "negotiation", "public", "whether the two sides met this round"),
    integer_column("channel", "negotiation", "public", "0 none, 1 indirect, 2 direct and public"),
    integer_column("exchange", "negotiation", "public", "small exchange outside the ladder: 0 none, 1 technical, 2 political"),
    float_column("impatience", "negotiation side", "private", "concession of the side from waiting"),
    float_column("estimate", "negotiation side", "private", "the side's estimate of the other's reservation value", 0.5),
    float_column("reservation_value", "negotiation side", "private", "least share of the rung's gains that the side can accept", 0.5),
    integer_column("proposed", "negotiation side", "shared", "whether the side proposes the rung in play"),
    integer_column("author", "negotiation", "shared", "author of the text: 0 first party, 1 second, 2 a facilitator, -1 none", -1),
    float_column("offer", "negotiation", "shared", "share of the gains offered to the first party", 0.5),
    float_column("doubt", "negotiation side", "private", "log odds that the other side is deceitful; -50 without a proposal", -50.0),
    integer_column("answer", "negotiation side", "shared", "1 accept, -1 refuse, 0 not yet"),
    integer_column("ratified", "negotiation side", "public", "whether the deal is approved at home", 1),
    integer_column("conduct", "state state", "private", "intended conduct: 1 cooperative, 0 hostile", 1),
    integer_column("miscarried", "state state", "private", "whether the act turns out as its opposite"),
    integer_column("initiative", "state state", "public", "whether the act is an announced unilateral step"),
    float_column("prospect", "negotiation", "public", "next stake that could be betrayed"),
    integer_column("complies", "negotiation side", "private", "whether the side complies with the agreement in force", 1),
    integer_column("past_compliance", "negotiation side slot", "private", "compliance in past rounds, by round modulo the number of slots", 1),
    float_column("violation", "negotiation side", "private", "share of its obligations that the side secretly evades"),
    integer_column("clarification", "negotiation side", "public", "months left in which the side waits for the clarification that it asked for"),
    integer_column("asks_clarification", "negotiation side", "public", "whether the side asks the other for clarification"),
    integer_column("sighted", "negotiation side", "private", "whether the side sees a violation by its own means"),
    integer_column("inspected", "body negotiation", "public", "whether the body inspects in the negotiation this round"),
    integer_column("report", "body negotiation side", "public", "report on the side: 0 none, 1 clean, 2 violation", int(InspectionReport.CLEAN)),
    float_column("suspicion", "negotiation side", "private", "the side's belief that the other violates", 0.0),
    integer_column("accuses", "negotiation side", "public", "whether the side declares the other in breach"),
    integer_column("friction", "negotiation", "public", "0 climbs, 1 stalls, 2 slips"),
    integer_column("withdraws", "negotiation side", "public", "whether the side withdraws from the agreement in force"),
    integer_column("rounds_withdrawn", "negotiation side", "public", "rounds since the side withdrew, from 1; 0 if it has not"),
    integer_column("forgiven", "negotiation", "public", "whether a declared breach is forgiven"),
    integer_column("process_ends", "negotiation", "public", "whether the process ends this round"),
    integer_column("process_opens", "negotiation", "public", "whether the process opens again this round"),
    integer_column("process", "negotiation", "public", "whether the process is open", 1),
    integer_column("failures", "negotiation", "public", "failures since a rung was last verified; a new start forgets half of them"),
    integer_column("status", "negotiation rung", "public", "status of the rung (model/enumerations.py)"),
    integer_column("previous_status", "negotiation rung", "public", "status of the rung at the start of the round"),
    integer_column("status_age", "negotiation rung", "public", "rounds since its status last changed"),
    float_column("honoured_stake", "negotiation side", "public", "stake that the side honoured this round"),
    float_column("betrayed_stake", "negotiation side", "public", "stake that the side betrayed this round"),
    integer_column("inspectors_barred", "negotiation", "public", "whether inspectors are barred"),
    float_column("access", "negotiation", "public", "inspectors' access"),
    float_column("pressure", "state state", "public", "pressure exerted by the row on the column"),
    float_column("previous_pressure", "state state", "public", "pressure exerted by the row on the column in the previous round"),
    float_column("programme", "state", "public", "programme level"),
    integer_column("attack", "spoiler", "public", "whether the spoiler attacks this round"),
    integer_column("turnover", "state", "public", "whether the government changes this round"),
    float_column("support", "state", "private", "domestic support for the talks", 0.5),
    float_column("audience_cost", "state", "private", "accumulated audience cost"),
    float_column("credibility", "facilitator state", "shared", "credibility of the facilitator with the state", 0.5),
    integer_column("breaches", "negotiation", "public", "breaches declared so far"),
    integer_column("refusals", "negotiation", "public", "proposals refused so far"),
    integer_column("unratified", "negotiation", "public", "deals rejected at home so far"),
)  # fmt: skip

COLUMNS = GIVEN + DECIDED
COLUMN_BY_NAME = {column.name: column for column in COLUMNS}
