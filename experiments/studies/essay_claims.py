"""The essay's claims, each as a comparison that can be measured."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from experiments.ensembles.compare import INDICATOR_INDEX
from model.enumerations import Outcome
from model.measures import classify_outcomes
from model.scenario import Scenario

Measure = Callable[[np.ndarray], np.ndarray]  # [world, round, indicator] -> [world]


Changes = Callable[[Scenario], dict[str, Any]]


class ClaimComparison(NamedTuple):
    """One thing a claim says: under ``claimed`` the measure is larger (or smaller) than under ``against``."""

    says: str
    claimed: Changes
    reference: Changes
    measure: Measure
    expect_more: bool = True
    subset: Measure | None = None  # only the worlds of which this is above nought under ``claimed``


class Claim(NamedTuple):
    """A claim of the essay: all its comparisons must hold at a point for the claim to hold there."""

    key: str
    words: str
    comparisons: tuple[ClaimComparison, ...]


def mean_indicator(name: str) -> Measure:
    """Measure the mean of an indicator over the rounds."""
    return lambda seen: seen[:, 1:, INDICATOR_INDEX[name]].mean(axis=1)


def final_indicator(name: str) -> Measure:
    """Measure an indicator at the end."""
    return lambda seen: seen[:, -1, INDICATOR_INDEX[name]]


def deal_at_end(seen: np.ndarray) -> np.ndarray:
    """Measure whether a deal stands at the end."""
    return (classify_outcomes(seen, 0) >= Outcome.partial_arrangement).astype(float)


def longest_silence(seen: np.ndarray) -> np.ndarray:
    """Measure the longest run of rounds without contact."""
    contact, longest = seen[:, 1:, INDICATOR_INDEX["contact"]] > 0, np.zeros(len(seen))
    silent = np.zeros(len(seen))
    for now in range(contact.shape[1]):
        silent = np.where(contact[:, now], 0.0, silent + 1.0)
        longest = np.maximum(longest, silent)
    return longest


def rounds_to_deal(seen: np.ndarray) -> np.ndarray:
    """Measure the round of the first deal; one that never comes counts as the round after the last."""
    progress = seen[:, :, INDICATOR_INDEX["deal_progress"]] > 0.0
    return np.where(progress.any(axis=1), progress.argmax(axis=1), seen.shape[1]).astype(float)


def no_change(_: Scenario) -> dict[str, Any]:
    """Change nothing."""
    return {}


def set_mechanisms(**mechanisms: bool) -> Changes:
    """Switch mechanisms on or off."""
    return lambda _: {f"mechanisms.{name}": on for name, on in mechanisms.items()}


def set_parameters(**parameters: float) -> Changes:
    """Set parameters, written section__name."""
    return lambda _: {name.replace("__", "."): value for name, value in parameters.items()}


def set_facilitators(**skills: float) -> Changes:
    """Set the skills of all facilitators."""
    return lambda s: {f"facilitators.{who}.{name}": x for who in s.facilitators for name, x in skills.items()}


def set_relations(name: str, *values: float) -> Changes:
    """Set how each of the two parties stands to the other: both alike, or the first and the second."""

    def changes(scenario: Scenario) -> dict[str, Any]:
        one, other = next(iter(scenario.negotiations.values())).parties
        return {f"relations.{one}.{other}.{name}": values[0], f"relations.{other}.{one}.{name}": values[-1]}

    return changes


def set_parties(name: str, *values: Any) -> Changes:
    """Set a parameter of the two parties."""

    def changes(scenario: Scenario) -> dict[str, Any]:
        one, other = next(iter(scenario.negotiations.values())).parties
        return {f"states.{one}.{name}": values[0], f"states.{other}.{name}": values[-1]}

    return changes


def set_bundling(rungs: int | None) -> Changes:
    """Tie so many rungs into one step; None ties all of them."""

    def changes(scenario: Scenario) -> dict[str, Any]:
        return {
            f"negotiations.{name}.bundling": rungs or len(talks.rungs) for name, talks in scenario.negotiations.items()
        }

    return changes


def combine(*changes: Changes) -> Changes:
    """Make several changes."""
    return lambda scenario: {path: x for each in changes for path, x in each(scenario).items()}


TALKING, PRESSING = set_parties("dialogue", 0.8), set_relations("campaign", 0.7, 0.0)


SILENT, UNPRESSED = set_parties("dialogue", 0.0), set_relations("campaign", 0.0)


CLAIMS = (
    Claim(
        "scrutiny",
        "Scrutiny slows talks but orders them",
        (
            ClaimComparison(
                "the first deal comes later",
                set_mechanisms(scrutiny=True),
                set_mechanisms(scrutiny=False),
                rounds_to_deal,
            ),
            ClaimComparison(
                "fewer breaches",
                set_mechanisms(scrutiny=True),
                set_mechanisms(scrutiny=False),
                final_indicator("breaches"),
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "every-phase",
        "Trust is built in every phase, not once",
        (
            ClaimComparison(
                "more trust at the end", no_change, set_parameters(belief__rung_evidence=0.0), final_indicator("trust")
            ),
        ),
    ),
    Claim(
        "good-offices",
        "Facilitators keep dialogue from stagnating",
        (
            ClaimComparison(
                "more contact",
                set_facilitators(good_offices=0.6),
                set_facilitators(good_offices=0.0),
                mean_indicator("contact"),
            ),
            ClaimComparison(
                "shorter silences",
                set_facilitators(good_offices=0.6),
                set_facilitators(good_offices=0.0),
                longest_silence,
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "misperception",
        "Facilitators reduce misperception",
        (
            ClaimComparison(
                "fewer acts misread",
                set_facilitators(clarity=0.6),
                set_facilitators(clarity=0.0),
                mean_indicator("misperception"),
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "controlled-engagement",
        "Pressure and dialogue side by side work (controlled engagement)",
        (
            ClaimComparison(
                "more deals than by pressure alone", combine(TALKING, PRESSING), combine(SILENT, PRESSING), deal_at_end
            ),
            ClaimComparison(
                "more deals than by dialogue alone",
                combine(TALKING, PRESSING),
                combine(TALKING, UNPRESSED),
                deal_at_end,
            ),
        ),
    ),
    Claim(
        "contact",
        "Contact has value even without a comprehensive agreement",
        (
            ClaimComparison(
                "less tension than without contact, in the worlds without a comprehensive deal",
                no_change,
                set_parameters(contact__contact_probability=0.0, contact__contact_persistence=0.0),
                mean_indicator("tension"),
                expect_more=False,
                subset=lambda seen: (classify_outcomes(seen, 0) < Outcome.comprehensive_deal).astype(float),
            ),
        ),
    ),
    Claim(
        "small-first",
        "Small technical deals precede big ones",
        (
            ClaimComparison(
                "more of the stake stands at the end",
                set_bundling(1),
                set_bundling(None),
                final_indicator("deal_progress"),
            ),
        ),
    ),
    Claim(
        "uncertainty",
        "Gradual diplomacy reduces uncertainty",
        (
            ClaimComparison(
                "less uncertainty at the end",
                set_bundling(1),
                set_bundling(None),
                final_indicator("uncertainty"),
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "process",
        "Diplomacy is a process, not a destination",
        (
            ClaimComparison(
                "less tension over time, step by step",
                set_bundling(1),
                set_bundling(None),
                mean_indicator("tension"),
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "narratives",
        "Opposed narratives stand in the way",
        (
            ClaimComparison(
                "less of the stake stands than between alike narratives",
                set_parties("security_weight", 0.9, 0.1),
                set_parties("security_weight", 0.5),
                final_indicator("deal_progress"),
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "deficit",
        "An inherited deficit of trust costs deals",
        (
            ClaimComparison(
                "fewer deals than from even trust",
                set_relations("trust", 0.2),
                set_relations("trust", 0.5),
                deal_at_end,
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "home",
        "Compromise is negotiated at home too",
        (
            ClaimComparison(
                "less of the stake stands where deals must be ratified",
                set_mechanisms(ratification=True),
                set_mechanisms(ratification=False),
                final_indicator("deal_progress"),
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "region",
        "The regional setting presses on the talks",
        (
            ClaimComparison(
                "less of the stake stands with alliances at work",
                set_mechanisms(alliances=True),
                set_mechanisms(alliances=False),
                final_indicator("deal_progress"),
                expect_more=False,
            ),
            ClaimComparison(
                "more tension with oil market and region at work",
                set_mechanisms(environment=True),
                set_mechanisms(environment=False),
                mean_indicator("tension"),
            ),
        ),
    ),
    Claim(
        "channels",
        "Indirect messages and technical talks carry the process",
        (
            ClaimComparison(
                "more trust with technical exchanges",
                set_facilitators(hosting=0.6),
                set_facilitators(hosting=0.0),
                mean_indicator("trust"),
            ),
            ClaimComparison(
                "less tension where talks go through others",
                set_parameters(contact__direct_trust=1.0),
                set_parameters(contact__direct_trust=0.0),
                mean_indicator("tension"),
                expect_more=False,
            ),
        ),
    ),
)
