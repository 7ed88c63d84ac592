"""The parts of the validation, in the order of the report, and what they do not cover."""

from experiments.validation import axelrod_docking, cases, closed_forms, forgiveness, patterns, rival_series, structure

PARTS = (
    closed_forms,
    axelrod_docking,
    patterns,
    cases,
    rival_series,
    forgiveness,
    structure,
)  # modules, each with run_part(quick, progress) -> ValidationPart
MUST_HOLD = ("closed-forms", "axelrod")  # parts that test the code; the others may fail

NOT_TESTED = (
    "Several mechanisms together against a closed form: each check isolates one or two, and theory has no closed form "
    "for all of them.",
    "Facilitators, pressure and programmes, ripeness, turnover and alliances against a closed form: theory has none "
    "that covers the model's rules.",
    "The numbers in the scenarios and the ranges of parameters: most of them have never been measured.",
    "Whether experts or students find the runs plausible, and whether they understand the pages as intended.",
    "The model against an independent implementation of it; the two drivers share their rules.",
)
NOT_CLAIMED = (
    "No forecast: no share in this project is a probability that any state will do anything.",
    "No causal claims: an effect between two arms is an effect in the model, and the figures that patterns are "
    "compared with are associations with strong selection.",
    "No measurement: a mechanism that implements its equation does not make the equation true of any state.",
    "No uniqueness: other mechanisms could give the same results, and several in this model could replace one another.",
)
