"""The essay's fourteen claims, in the order of the essay (docs/odd.md, section 11)."""

from experiments.studies.claims_of_setting import CLAIMS_OF_SETTING
from experiments.studies.claims_of_steps import CLAIMS_OF_STEPS

ORDER = (
    "small-first", "every-phase", "uncertainty", "process", "scrutiny", "controlled-engagement", "contact",
    "good-offices", "misperception", "channels", "narratives", "deficit", "home", "region",
)  # fmt: skip
CLAIMS = tuple(sorted((*CLAIMS_OF_STEPS, *CLAIMS_OF_SETTING), key=lambda claim: ORDER.index(claim.key)))
