"""The essay's claims about facilitators, channels, narratives, trust, home and the region."""

from experiments.studies.claim import Arm, Claim, ClaimComparison
from experiments.studies.claim_measures import ever_a_deal
from experiments.studies.claim_settings import (
    meet_in_public,
    meet_indirectly,
    set_facilitators,
    set_mechanisms,
    set_parameters,
    set_parties,
    set_relations,
)

OFFICES, WEAK_OFFICES, NO_OFFICES = (
    Arm("good offices of 0.6", set_facilitators(good_offices=0.6)),
    Arm("weak good offices of 0.2", set_facilitators(good_offices=0.2)),
    Arm("no good offices", set_facilitators(good_offices=0.0)),
)
CLEAR, UNCLEAR = (
    Arm("clarity of 0.6", set_facilitators(clarity=0.6)),
    Arm("no clarity", set_facilitators(clarity=0.0)),
)
HOSTED, NOT_HOSTED = (
    Arm("technical exchanges", set_facilitators(hosting=0.6)),
    Arm("no exchanges", set_facilitators(hosting=0.0)),
)
RATIFIED, NOT_RATIFIED = (
    Arm("deals must be ratified"),
    Arm("every deal is ratified", set_parameters(home__veto_spread=0.01, home__support_weight=0.0)),
)
STARTS_CONTACT = "By rule good offices add to the probability that the two sides meet, and never take from it."

CLAIMS_OF_SETTING = (
    Claim(
        "good-offices",
        "Facilitators prevent the dialogue from stagnating",
        "Where a deal comes either way, do the talks get further with good offices than with weak ones?",
        (
            ClaimComparison(
                "more verified at the end, where a deal comes either way", OFFICES, WEAK_OFFICES, "end_deal_progress",
                among=ever_a_deal,
                note="Only worlds with a first deal under both: that more of them come is fitted (S1).",
            ),
            ClaimComparison(
                "more deals", OFFICES, NO_OFFICES, "deal_at_end", True, "fitted",
                "S1 is a target of the calibration: with facilitators the odds of an agreement are 6.6 times as high.",
            ),
            ClaimComparison(
                "more contact", OFFICES, NO_OFFICES, "mean_contact", True, "built in", STARTS_CONTACT
            ),
            ClaimComparison(
                "shorter interruptions", OFFICES, NO_OFFICES, "longest_silence", False, "built in", STARTS_CONTACT
            ),
        ),
    ),
    Claim(
        "misperception",
        "Facilitators reduce misperception",
        "Do clear channels lead to less tension and to more trust?",
        (
            ClaimComparison(
                "less tension", CLEAR, UNCLEAR, "mean_tension", False,
                note="Clear channels show hostile acts as hostile, too: the direction is open.",
            ),
            ClaimComparison("more trust at the end", CLEAR, UNCLEAR, "end_trust"),
            ClaimComparison(
                "fewer acts misread", CLEAR, UNCLEAR, "mean_misperception", False, "built in",
                "By rule clarity removes a share of misreadings; only a biased facilitator could add some.",
            ),
        ),
    ),
    Claim(
        "narratives",
        "Opposed narratives are an obstacle",
        "Is less of the ladder verified if the two sides hold opposed narratives?",
        (
            ClaimComparison(
                "less verified than with similar narratives",
                Arm("opposed narratives", set_parties("security_weight", 0.9, 0.1)),
                Arm("similar narratives", set_parties("security_weight", 0.5)), "end_deal_progress", False,
                note="In this scenario each step weighs more in a side's own narrative, so that opposed ones ask for "
                "more: the size is the result. F7, used when the defaults were tuned, asks that narratives move deals "
                "in some scenario, in either direction.",
            ),
        ),
    ),
    Claim(
        "deficit",
        "An inherited lack of trust costs deals",
        "Do two sides that begin with little trust reach fewer deals?",
        (
            ClaimComparison(
                "fewer deals than with even trust", Arm("trust of 0.2", set_relations("trust", 0.2)),
                Arm("trust of 0.5", set_relations("trust", 0.5)), "deal_at_end", False,
                note="Trust enters the worth of a step with a positive sign; whether that costs deals is the result.",
            ),
        ),
    ),
    Claim(
        "home",
        "Compromise is negotiated at home, too",
        "Are agreements that had to be ratified broken less often while they are in force?",
        (
            ClaimComparison(
                "fewer breaches for each year of agreement", RATIFIED, NOT_RATIFIED, "breaches_per_year", False,
                note="Putnam 1988: what is accepted at home is less likely to be given up involuntarily. The switch of "
                "the mechanism would not do: it also stops support at home, and so changes of government.",
            ),
            ClaimComparison(
                "less verified when deals must be ratified", RATIFIED, NOT_RATIFIED, "end_deal_progress", False,
                "built in", "A vote at home can only stop a deal that both governments have accepted.",
            ),
        ),
    ),
    Claim(
        "region",
        "The regional setting affects the talks",
        "Do third states cost progress, and does an unsettled region raise tension?",
        (
            ClaimComparison(
                "less verified with alliances", Arm("third states take sides", set_mechanisms(alliances=True)),
                Arm("they do not", set_mechanisms(alliances=False)), "end_deal_progress", False,
                note="With the attitudes of the scenario: one third state opposes the talks, two support them.",
            ),
            ClaimComparison(
                "more tension with oil market and region",
                Arm("oil price and region vary"),
                Arm("they do not", set_parameters(environment__shock_size=0.0)), "mean_tension",
                note="Shocks have mean zero: their direction is open. The scenario's own incident is in both settings.",
            ),
        ),
    ),
    Claim(
        "channels",
        "Indirect messages and technical talks sustain the process",
        "Do technical exchanges and indirect talks keep the two sides talking, and lower tension?",
        (
            ClaimComparison("more contact with technical exchanges", HOSTED, NOT_HOSTED, "mean_contact"),
            ClaimComparison(
                "less tension with indirect talks", Arm("every meeting is indirect", fixed=meet_indirectly),
                Arm("every meeting is public", fixed=meet_in_public), "mean_tension", False,
                note="The channel itself is fixed in every month. `contact.direct_trust` would not do: it also sets "
                "how open the two sides are to talks, and when exchanges are political.",
            ),
            ClaimComparison(
                "more contact with indirect talks", Arm("every meeting is indirect", fixed=meet_indirectly),
                Arm("every meeting is public", fixed=meet_in_public), "mean_contact",
                note="By rule an indirect meeting only avoids the audience costs of a public one.",
            ),
            ClaimComparison(
                "more trust with technical exchanges", HOSTED, NOT_HOSTED, "mean_trust", True, "built in",
                "By rule every exchange is evidence of good will.",
            ),
        ),
    ),
)  # fmt: skip
