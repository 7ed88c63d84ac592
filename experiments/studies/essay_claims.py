"""The essay's claims, each as comparisons of measures between two settings."""

from typing import NamedTuple

from experiments.studies.claim_settings import (
    Changes,
    Measure,
    combine,
    deal_at_end,
    final_indicator,
    longest_silence,
    mean_indicator,
    no_change,
    rounds_to_deal,
    set_bundling,
    set_facilitators,
    set_mechanisms,
    set_parameters,
    set_parties,
    set_relations,
)
from model.enumerations import Outcome
from model.measures import classify_outcomes


class ClaimComparison(NamedTuple):
    """One comparison of a claim: the measure is larger (or smaller) under ``claimed`` than under ``reference``."""

    says: str
    claimed: Changes
    reference: Changes
    measure: Measure
    expect_more: bool = True
    subset: Measure | None = None  # compare only the worlds where this is positive under ``claimed``


class Claim(NamedTuple):
    """A claim of the essay. It holds at a point if all its comparisons hold there."""

    key: str
    words: str
    comparisons: tuple[ClaimComparison, ...]


WITH_DIALOGUE, WITH_PRESSURE = set_parties("dialogue", 0.8), set_relations("campaign", 0.7, 0.0)
NO_DIALOGUE, NO_PRESSURE = set_parties("dialogue", 0.0), set_relations("campaign", 0.0)


CLAIMS = (
    Claim(
        "scrutiny",
        "Scrutiny slows talks but orders them",
        (
            ClaimComparison(
                "the first deal is later",
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
        "Facilitators prevent the dialogue from stagnating",
        (
            ClaimComparison(
                "more contact",
                set_facilitators(good_offices=0.6),
                set_facilitators(good_offices=0.0),
                mean_indicator("contact"),
            ),
            ClaimComparison(
                "shorter interruptions",
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
        "Pressure and dialogue work in parallel (controlled engagement)",
        (
            ClaimComparison(
                "more deals than with pressure alone",
                combine(WITH_DIALOGUE, WITH_PRESSURE),
                combine(NO_DIALOGUE, WITH_PRESSURE),
                deal_at_end,
            ),
            ClaimComparison(
                "more deals than with dialogue alone",
                combine(WITH_DIALOGUE, WITH_PRESSURE),
                combine(WITH_DIALOGUE, NO_PRESSURE),
                deal_at_end,
            ),
        ),
    ),
    Claim(
        "contact",
        "Contact has value even without a comprehensive agreement",
        (
            ClaimComparison(
                "less tension than without contact, in worlds without a comprehensive deal",
                no_change,
                set_parameters(
                    contact__contact_start=0.0, contact__contact_stop=1.0, contact__offices_start_contact=0.0
                ),
                mean_indicator("tension"),
                expect_more=False,
                subset=lambda seen: (classify_outcomes(seen, 0) < Outcome.comprehensive_deal).astype(float),
            ),
        ),
    ),
    Claim(
        "small-first",
        "Small technical deals precede large ones",
        (
            ClaimComparison(
                "more progress at the end",
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
        "Opposed narratives are an obstacle",
        (
            ClaimComparison(
                "less progress than with similar narratives",
                set_parties("security_weight", 0.9, 0.1),
                set_parties("security_weight", 0.5),
                final_indicator("deal_progress"),
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "deficit",
        "An inherited lack of trust costs deals",
        (
            ClaimComparison(
                "fewer deals than with even trust",
                set_relations("trust", 0.2),
                set_relations("trust", 0.5),
                deal_at_end,
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "home",
        "Compromise is negotiated at home, too",
        (
            ClaimComparison(
                "less progress when deals must be ratified",
                set_mechanisms(ratification=True),
                set_mechanisms(ratification=False),
                final_indicator("deal_progress"),
                expect_more=False,
            ),
        ),
    ),
    Claim(
        "region",
        "The regional setting affects the talks",
        (
            ClaimComparison(
                "less progress with alliances",
                set_mechanisms(alliances=True),
                set_mechanisms(alliances=False),
                final_indicator("deal_progress"),
                expect_more=False,
            ),
            ClaimComparison(
                "more tension with oil market and region",
                set_mechanisms(environment=True),
                set_mechanisms(environment=False),
                mean_indicator("tension"),
            ),
        ),
    ),
    Claim(
        "channels",
        "Indirect messages and technical talks sustain the process",
        (
            ClaimComparison(
                "more trust with technical exchanges",
                set_facilitators(hosting=0.6),
                set_facilitators(hosting=0.0),
                mean_indicator("trust"),
            ),
            ClaimComparison(
                "less tension with indirect talks",
                set_parameters(contact__direct_trust=1.0),
                set_parameters(contact__direct_trust=0.0),
                mean_indicator("tension"),
                expect_more=False,
            ),
        ),
    ),
)
