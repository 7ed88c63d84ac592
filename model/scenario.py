"""A scenario: one TOML file with actors, negotiations, mechanisms, parameters, events and texts.

``model.loading`` reads, changes and checks scenarios.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from model import parameters
from model.enumerations import Doctrine, EventCondition
from model.mechanisms import Mechanisms
from model.parameters import Section
from model.parameters import case_parameter as parameter


def require_english(text: dict[str, Any]) -> dict[str, Any]:
    """Check that a text has an English version, the fallback language."""
    if "en" not in text:
        raise PydanticCustomError("no_english", "needs an English text, under `en`")
    return text


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
PlainText = Annotated[str, StringConstraints(max_length=4000)]
RungName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9+-]{0,1999}$")]  # a bundle is named `a+b`
TranslatedText = Annotated[
    dict[Name, PlainText],
    AfterValidator(require_english),
    Field(description="text by language; `en` is required", json_schema_extra={"required": ["en"]}),
]
StartingStatus = Literal["idle", "ratified", "implementing", "verified"]
if TYPE_CHECKING:
    DoctrineName = ConditionName = str
else:
    DoctrineName = Literal[tuple(Doctrine.__members__)]
    ConditionName = Literal[tuple(name for name, number in EventCondition.__members__.items() if number)]


class StateSpec(Section):
    """A state: narrative, hidden type, resolve and domestic politics."""

    name: TranslatedText
    narrative: TranslatedText = Field(default_factory=dict, description="the state's own view of the conflict")
    doctrine: DoctrineName = Field("reciprocity", description="how it chooses its monthly conduct")
    cooperates_first: bool = Field(True, description="whether it cooperates before the first round")
    security_weight: float = parameter(0.5, 0, 1, "weight of external security against sovereignty in its narrative")
    trustworthiness: float = parameter(0.8, 0, 1, "probability that its government intends to comply")
    resolve: float = parameter(0.5, 0, 1, "how much it demands in bargaining; 0.5: medium resolve")
    discount_factor: float = parameter(0.95, 0, 1, "delta: weight of a gain next round relative to one now", unit="per round")  # fmt: skip
    after_cc: float = parameter(0.93, 0, 1, "probability of cooperating after mutual cooperation", source="memory-one; B01-B03")  # fmt: skip
    after_cd: float = parameter(0.74, 0, 1, "probability of cooperating after the other alone defected", source="memory-one; B01-B03")  # fmt: skip
    after_dc: float = parameter(0.56, 0, 1, "probability of cooperating after it alone defected", source="memory-one; B01-B03")  # fmt: skip
    after_dd: float = parameter(0.4, 0, 1, "probability of cooperating after mutual defection", source="memory-one; B01-B03")  # fmt: skip
    generosity: float = parameter(0.0, 0, 1, "g: probability of responding to a hostile act with cooperation", source="Nowak & Sigmund 1992", lever=True)  # fmt: skip
    initiative: float = parameter(0.10, 0, 1, "probability of an announced conciliatory step after a hostile act", source="Osgood 1962", lever=True)  # fmt: skip
    initiative_cost: float = parameter(0.3, 0, 5, "cost of such a step to the state itself", source="Kydd 2000", lever=True)  # fmt: skip
    temptation: float = parameter(0.9, -10, 10, "T: payoff for defecting on a cooperator", source="B06: R > T for a security seeker")  # fmt: skip
    reward: float = parameter(1.0, -10, 10, "R: payoff of mutual cooperation", source="B06")
    punishment: float = parameter(0.3, -10, 10, "P: payoff of mutual defection", source="B06")
    sucker: float = parameter(0.0, -10, 10, "S: payoff for cooperating with a defector", source="B06")
    reaction: float = parameter(0.30, 0, 2, "k: rise in posture per unit of the other's posture", source="Richardson 1960")  # fmt: skip
    restraint: float = parameter(0.55, 0, 2, "a: fall in posture per unit of one's own", source="Richardson 1960")
    dialogue: float = parameter(0.8, 0, 1, "dialogue track: openness to hold talks", lever=True)
    programme: float = parameter(0.0, 0, 1, "initial programme level")
    ambition: float = parameter(0.0, 0, 1, "target programme level without restraint or pressure")
    veto_players: int = parameter(2, 0, 5, "domestic players who must all approve a deal", unit="players", source="Putnam 1988")  # fmt: skip
    support: float = parameter(0.55, 0, 1, "domestic support for the talks, initial and usual level")
    turnover: float = parameter(0.010, 0, 1, "probability of a change of government", unit="per round", source="1/96 to 1/36")  # fmt: skip
    continuity: float = parameter(0.6, 0, 1, "psi: probability that a new government has the old one's type, and share of evidence that survives the change")  # fmt: skip
    withdrawal: float = parameter(0.25, 0, 1, "probability that a new government withdraws from the agreement in force")
    suppression: float = parameter(0.3, 0, 1, "share of spoiler attacks from its side that it prevents", lever=True)


class FacilitatorSpec(Section):
    """A regional facilitator: four services and hosting, with bias, capacity and credibility."""

    name: TranslatedText
    bias: float = parameter(0.0, -1, 1, "+1: favours the first party of each negotiation, -1: favours the second")
    capacity: float = parameter(2.0, 0, 20, "tasks it can do in a round", unit="tasks", lever=True)
    credibility: float = parameter(0.6, 0, 1, "initial credibility with the states", source="Kydd 2006")
    clarity: float = parameter(0.5, 0, 1, "h: share of misreadings it prevents", source="0-.8", lever=True)
    formulation: float = parameter(0.5, 0, 1, "q: probability that its text falls in the bargaining range", source=".3-.9", lever=True)  # fmt: skip
    leverage: float = parameter(0.05, 0, 1, "mu: reduction of a reservation value that it can pay for", source="0-.3", lever=True)  # fmt: skip
    good_offices: float = parameter(0.4, 0, 1, "increase of the probability of contact under tension", lever=True)
    hosting: float = parameter(0.3, 0, 1, "probability that it hosts a small exchange outside the ladder", lever=True)
    task_cost: float = parameter(1.0, 0, 1000, "cost of one task", unit="budget units")
    budget: float = parameter(1000.0, 0, 1e6, "budget for the run", unit="budget units", lever=True)
    arrives: int = parameter(0, 0, 1200, "round of arrival; 0: present from the start", unit="round", lever=True)


class BodySpec(Section):
    """A verification body: detection, false alarms, delay and capacity."""

    name: TranslatedText
    detection: float = parameter(0.6, 0, 1, "d: probability that an inspection with full access detects a violation", unit="per inspection", lever=True)  # fmt: skip
    false_alarm: float = parameter(0.03, 0, 1, "f: probability of a false alarm", unit="per inspection", source=".002-.05")  # fmt: skip
    delay: int = parameter(1, 0, 12, "rounds between an act and the report on it", unit="rounds")
    inspections: int = parameter(2, 0, 12, "negotiations it can inspect in a round", unit="per round", lever=True)


class SpoilerSpec(Section):
    """A group that attacks a negotiation from outside; one party is blamed."""

    name: TranslatedText
    negotiation: Name
    blamed_on: Name
    hazard: float = parameter(0.01, 0, 1, "probability of an attack in any round", unit="per round")


class Relation(Section):
    """The initial relation of one state to another (one direction; alliance applies in both)."""

    trust: float = parameter(0.5, 0.02, 0.98, "initial trust, including any inherited deficit")
    evidence: float = parameter(4.0, 0, 100, "amount of evidence behind that trust", unit="counts")
    tension: float = parameter(0.2, 0, 1, "initial hostile posture", unit="posture")
    grievance: float = parameter(0.0, -1, 1, "constant drive of posture", unit="posture per round", source="Richardson 1960")  # fmt: skip
    pressure: float = parameter(0.0, 0, 1, "initial pressure exerted")
    campaign: float = parameter(0.0, 0, 1, "pressure track: target level without an agreement", lever=True)
    alliance: float = parameter(0.0, -1, 1, "strength of the alliance; below 0 is rivalry")


class RungShare(Section):
    """One party's concession in a rung, and its cost in either narrative."""

    gives: TranslatedText = Field(default_factory=dict)
    security: float = parameter(0.2, 0, 1, "burden in terms of external security")
    sovereignty: float = parameter(0.2, 0, 1, "burden in terms of sovereignty")
    restraint: float = parameter(0.0, 0, 1, "share of its programme that it gives up")
    relief: float = parameter(0.0, 0, 1, "share of its pressure that it lifts once the rung is verified")


class Rung(Section):
    """One rung of a deal ladder."""

    title: TranslatedText
    stake: float = parameter(
        1.0, 0.001, 100, "size of the rung, in any unit; the model uses its share of the ladder's total", lever=True
    )
    verifiability: float = parameter(0.8, 0, 1, "how well an inspector can verify compliance")
    reversibility: float = parameter(0.7, 0, 1, "how far it can be reversed if the other side betrays it")
    access: float = parameter(0.2, 0, 1, "inspectors' access granted once implemented")
    duration: int = parameter(2, 1, 60, "rounds of implementation", unit="rounds")
    needs_verification: bool = Field(True, description="whether the rung must name a verifier")
    verifier: Name | None = Field(None, description="the body that verifies it")
    status: StartingStatus = Field("idle", description="initial status")
    parties: dict[Name, RungShare] = Field(description="what each party gives")


class Negotiation(Section):
    """Two parties, a ladder of rungs, and facilitators."""

    title: TranslatedText
    parties: list[Name] = Field(min_length=2, max_length=2, description="the two principals, first and second")
    facilitators: list[Name] = Field(default_factory=list)
    talking: bool = Field(False, description="whether talks are under way at the start")
    access: float = parameter(0.2, 0, 1, "inspectors' access before any rung")
    bundling: int = parameter(1, 1, 40, "rungs bundled into one step; 1: step by step, all: a grand bargain", unit="rungs", lever=True)  # fmt: skip
    rungs: dict[Name, Rung] = Field(min_length=1, max_length=40)
    attitudes: dict[Name, Annotated[float, Field(ge=-1, le=1)]] = Field(
        default_factory=dict, description="attitude of third states to the talks: -1 against, +1 for"
    )


class Event(Section):
    """A scheduled event: a shock, an election, a leak, a withdrawal."""

    round: int = Field(ge=1, le=1200)
    kind: str
    actor: Name | None = None
    counterpart: Name | None = None
    negotiation: Name | None = None
    value: float | None = Field(None, ge=-1e6, le=1e6)
    until: int | None = Field(None, ge=1, le=1200, description="last round of the event")
    only_if: ConditionName | None = Field(
        None, description="condition about its negotiation that must hold when the event's act is decided"
    )
    before: Name | None = Field(
        None, description="rung of its negotiation that must not be in force, neither implementing nor verified"
    )
    text: TranslatedText = Field(default_factory=dict)


class Move(Section):
    """A forced move: in a round, one cell of an act's column takes a value in place of the rule's decision."""

    round: int = Field(ge=1, le=1200)
    act: str
    negotiation: Name | None = None
    actor: Name | None = None
    counterpart: RungName | None = None
    value: float = Field(ge=-1e6, le=1e6)


class SuggestedChange(Section):
    """A suggested change: a text and the settings to change."""

    text: TranslatedText
    set: dict[str, float | int | bool | str] = Field(default_factory=dict)


class Scenario(Section):
    """Everything that a run depends on except its seed."""

    format: Literal[1, 2] = 2
    name: Name
    title: TranslatedText
    summary: TranslatedText
    cut_off: PlainText = Field(description="date up to which facts are included, and what is assumed")
    notice: dict[Name, list[PlainText]] = Field(default_factory=dict)
    things_to_try: list[SuggestedChange] = Field(default_factory=list, alias="try")
    sources: list[PlainText] = Field(default_factory=list)
    rounds: int = Field(60, ge=1, le=1200, description="rounds in a run; one is a month")
    mechanisms: Mechanisms = Mechanisms()
    perception: parameters.Perception = parameters.Perception()
    conduct: parameters.Conduct = parameters.Conduct()
    belief: parameters.Belief = parameters.Belief()
    tension: parameters.Tension = parameters.Tension()
    scrutiny: parameters.Scrutiny = parameters.Scrutiny()
    bargaining: parameters.Bargaining = parameters.Bargaining()
    contact: parameters.Contact = parameters.Contact()
    process: parameters.Process = parameters.Process()
    facilitation: parameters.Facilitation = parameters.Facilitation()
    verification: parameters.Verification = parameters.Verification()
    ladder: parameters.Ladder = parameters.Ladder()
    pressure: parameters.Pressure = parameters.Pressure()
    threats: parameters.Threats = parameters.Threats()
    home: parameters.Home = parameters.Home()
    attacks: parameters.Attacks = parameters.Attacks()
    environment: parameters.Environment = parameters.Environment()
    states: dict[Name, StateSpec] = Field(min_length=2)
    facilitators: dict[Name, FacilitatorSpec] = Field(default_factory=dict)
    bodies: dict[Name, BodySpec] = Field(default_factory=dict)
    spoilers: dict[Name, SpoilerSpec] = Field(default_factory=dict, description="spoilers")
    relations: dict[Name, dict[Name, Relation]] = Field(default_factory=dict)
    negotiations: dict[Name, Negotiation] = Field(min_length=1, max_length=12)
    events: list[Event] = Field(default_factory=list, max_length=1000)
    moves: list[Move] = Field(default_factory=list, max_length=100_000)

    def __repr__(self) -> str:
        return (
            f"Scenario({self.name!r}: states {', '.join(self.states)}; negotiations {', '.join(self.negotiations)}; "
            f"{self.rounds} rounds)"
        )

    __str__ = __repr__

    def relation(self, one: str, other: str) -> Relation:
        """Return the relation of one state to another; neutral if the scenario gives none."""
        return self.relations.get(one, {}).get(other, Relation())

    def display_name(self, name: str | None, language: str = "en") -> str:
        """Return the name of an actor or the title of a negotiation in a language, else in English."""
        for role in (self.states, self.facilitators, self.bodies, self.spoilers):
            if name in role:
                return role[str(name)].name.get(language, role[str(name)].name["en"])
        if name in self.negotiations:
            return self.negotiations[str(name)].title.get(language, self.negotiations[str(name)].title["en"])
        return name or ""

    def rung_title(self, negotiation: str, rung: str, language: str = "en") -> str:
        """Return the title of a rung in a language, else in English; of a bundle, the titles of its parts."""
        rungs = self.negotiations[negotiation].rungs
        return " with ".join(rungs[part].title.get(language, rungs[part].title["en"]) for part in rung.split("+"))
