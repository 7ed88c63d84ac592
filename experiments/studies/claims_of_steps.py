"""The essay's claims about steps, scrutiny, contact, and pressure with dialogue."""

from experiments.studies.claim import Arm, Claim, ClaimComparison, Standing
from experiments.studies.claim_measures import no_full_deal
from experiments.studies.claim_settings import (
    combine,
    meet_every_month,
    set_bundling,
    set_mechanisms,
    set_parameters,
    set_parties,
    set_relations,
)

STEPS = Arm("one step at a time", set_bundling(1))
BUNDLES = (
    Arm("steps in pairs", set_bundling(2)),
    Arm("steps in threes", set_bundling(3)),
    Arm("one grand bargain", set_bundling(None)),
)

DIALOGUE, LITTLE_DIALOGUE, NO_DIALOGUE = (set_parties("dialogue", value) for value in (0.8, 0.4, 0.0))
PRESSURE, NO_PRESSURE = set_relations("campaign", 0.7, 0.0), set_relations("campaign", 0.0)
ENGAGEMENT = Arm("pressure and dialogue", combine(DIALOGUE, PRESSURE))
NO_CONTACT_PATHS = {"contact__contact_start": 0.0, "contact__contact_stop": 1.0, "contact__offices_start_contact": 0.0}
SCRUTINY, NO_SCRUTINY = (
    Arm(words, set_mechanisms(scrutiny=on)) for words, on in (("with scrutiny", True), ("without scrutiny", False))
)


def against_bundles(says: str, measure: str, more: bool) -> tuple[ClaimComparison, ...]:
    """Return the comparisons of single steps with pairs, threes and the grand bargain."""
    return tuple(ClaimComparison(f"{says} {each.words}", STEPS, each, measure, more) for each in BUNDLES)


def engagement(
    says: str, rival: Arm, measure: str, more: bool = True, standing: Standing = "tested", note: str = ""
) -> ClaimComparison:
    """Return a comparison of controlled engagement with a rival."""
    return ClaimComparison(says, ENGAGEMENT, rival, measure, more, standing, note)


CLAIMS_OF_STEPS = (
    Claim(
        "scrutiny",
        "Scrutiny slows talks but orders them",
        "Are agreements that were scrutinised broken less often while they are in force?",
        (
            ClaimComparison(
                "fewer breaches for each year of agreement", SCRUTINY, NO_SCRUTINY, "breaches_per_year", False,
                note="For each year with a verified step, since fewer agreements alone would mean fewer breaches.",
            ),
            ClaimComparison(
                "the first deal is later", SCRUTINY, NO_SCRUTINY, "rounds_to_deal", True, "built in",
                "Without scrutiny a proposal is answered at once: an examination can only delay or refuse.",
            ),
        ),
    ),
    Claim(
        "every-phase",
        "Trust is built in every phase, not once",
        "Does the same agreement leave more trust if it comes in steps than if it comes at once?",
        (
            *against_bundles("more trust at the end than with", "end_trust", True),
            ClaimComparison(
                "more trust if honoured steps are evidence", Arm("honoured steps are evidence"),
                Arm("they are not", set_parameters(belief__rung_evidence=0.0)), "end_trust", True, "built in",
                "By rule an honoured step adds to trust, and a broken one takes from it.",
            ),
        ),
    ),
    Claim(
        "controlled-engagement",
        "Pressure and dialogue work in parallel (controlled engagement)",
        "Does pressure with dialogue do better than less of either, and than neither?",
        (
            engagement(
                "more deals than with dialogue alone", Arm("dialogue alone", combine(DIALOGUE, NO_PRESSURE)),
                "deal_at_end",
                note="Without pressure the two sides also meet less: less pain makes them seek talks. F7, used "
                "when the defaults were tuned, asks that pressure moves deals in some scenario, in either direction.",
            ),
            ClaimComparison(
                "more deals than with dialogue alone, at equal talks",
                Arm("pressure and dialogue, meeting every month", combine(DIALOGUE, PRESSURE), meet_every_month),
                Arm("dialogue alone, meeting every month", combine(DIALOGUE, NO_PRESSURE), meet_every_month),
                "deal_at_end",
                note="Talks are held equal: in both, the two sides are made to meet in every month of the run.",
            ),
            engagement(
                "more deals than with pressure and little dialogue",
                Arm("pressure and little dialogue", combine(LITTLE_DIALOGUE, PRESSURE)), "deal_at_end",
            ),
            engagement(
                "less tension than with neither", Arm("neither", combine(NO_DIALOGUE, NO_PRESSURE)), "mean_tension",
                False, note="Pressure provokes and contact calms, both by rule: which is stronger is the result.",
            ),
            engagement(
                "more deals than with pressure alone", Arm("pressure alone", combine(NO_DIALOGUE, PRESSURE)),
                "deal_at_end", True, "built in",
                "Without any dialogue no contact starts, and without contact nothing can be proposed.",
            ),
            engagement(
                "more deals than with neither", Arm("neither", combine(NO_DIALOGUE, NO_PRESSURE)), "deal_at_end", True,
                "built in", "Without any dialogue no contact starts, and without contact nothing can be proposed.",
            ),
        ),
    ),
    Claim(
        "contact",
        "Contact has value even without a comprehensive agreement",
        "Where no comprehensive deal comes, does contact lower tension by more than its own calming effect?",
        (
            ClaimComparison(
                "less tension, though contact itself calms nothing",
                Arm("contact that does not calm", set_parameters(tension__contact_calms=0.0)),
                Arm("no contact", set_parameters(**NO_CONTACT_PATHS, tension__contact_calms=0.0)),
                "mean_tension", False, among=no_full_deal,
                note="The calming effect of a meeting is switched off in both, so that only what talks achieve counts.",
            ),
            ClaimComparison(
                "more trust than without contact", Arm("contact"),
                Arm("no contact", set_parameters(**NO_CONTACT_PATHS)), "mean_trust", among=no_full_deal,
                note="Meeting is no evidence by itself; what is proposed, refused, kept or broken is.",
            ),
            ClaimComparison(
                "less tension than without contact", Arm("contact"),
                Arm("no contact", set_parameters(**NO_CONTACT_PATHS)), "mean_tension", False, "built in",
                "By rule every month with contact lowers posture by a given amount.", among=no_full_deal,
            ),
        ),
    ),
    Claim(
        "small-first",
        "Small technical deals precede large ones",
        "Is more of the ladder verified at the end if it is climbed one step at a time?",
        against_bundles("more verified than with", "end_deal_progress", True),
    ),
    Claim(
        "uncertainty",
        "Gradual diplomacy reduces uncertainty",
        "Is each side surer of the other at the end if the ladder is climbed one step at a time?",
        against_bundles("less uncertainty at the end than with", "end_uncertainty", False),
    ),
    Claim(
        "process",
        "Diplomacy is a process, not a destination",
        "Is there less tension over the whole run if the ladder is climbed one step at a time?",
        against_bundles("less tension over the run than with", "mean_tension", False),
    ),
)  # fmt: skip
