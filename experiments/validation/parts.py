"""The parts of the validation, in the order in which they are told, and what none of them says."""

from experiments.validation import axelrod_docking, cases, closed_forms, patterns, structure

PARTS = (
    closed_forms,
    axelrod_docking,
    patterns,
    cases,
    structure,
)  # modules, each with run_part(quick, progress) -> Part
MUST_HOLD = ("closed-forms", "axelrod")  # parts about the code; the others are about the world, and may fail

NOT_TESTED = (
    "Several mechanisms together against a closed form: each check isolates one or two, and theory has none for all.",
    "Facilitators, pressure and programmes, ripeness, turnover and alliances against a closed form: theory has none "
    "that the model's rules would be an instance of.",
    "The numbers in the scenarios, and the ranges of parameters: nobody has measured most of them.",
    "Whether experts or students find the runs plausible, and whether they read the pages as they are meant.",
    "The model against another implementation of itself by other people; the two drivers share their rules.",
)
NOT_CLAIMED = (
    "No forecast: no share in this project is a probability that any state will do anything.",
    "No causes in the world: an effect between two arms is an effect in the model, and the figures that patterns are "
    "compared with are associations with heavy selection.",
    "No measurement: that a mechanism does what its equation says does not make the equation true of any state.",
    "No uniqueness: other mechanisms could give the same results, and several in this model could stand in for one "
    "another.",
)
