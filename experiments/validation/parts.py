"""The parts of the validation, in the order in which they are told."""

from experiments.validation import closed_forms, others_strategies

PARTS = (closed_forms, others_strategies)  # modules, each with measure(quick, progress) -> Part
MUST_HOLD = ("closed-forms", "axelrod")  # parts about the code; the others are about the world, and may fail
