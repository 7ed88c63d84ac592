"""The studies of the benchmarks, as plain data."""

from typing import Any

from benchmarks.compiled import SCENARIO

ROUNDS, REPLICATIONS = 60, 20

SOBOL_BASE = 1024  # base sample: with 14 factors and second-order indices, 30,720 points


FACTORS = (
    "belief.betrayal_weight", "belief.memory", "perception.misread_friendly", "perception.misread_hostile",
    "tension.provocation", "verification.betrayal_gain", "contact.contact_probability", "scrutiny.loss_weight",
    "states.us.generosity", "states.iran.generosity", "states.us.dialogue", "states.iran.dialogue",
    "bodies.iaea.detection", "bodies.iaea.false_alarm",
)  # fmt: skip


def factor_range(path: str) -> tuple[float, float]:
    """Return the lowest and the highest value of a factor."""
    return {"belief.memory": (0.6, 0.99), "belief.betrayal_weight": (1.0, 6.0)}.get(path, (0.0, 1.0))


def benchmark_study(design: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a study with fourteen factors as plain data."""
    base = {"name": "measured", "question": "How fast?", "scenario": SCENARIO, "rounds": ROUNDS}
    ranges = {path: list(factor_range(path)) for path in FACTORS}
    return {**base, "replications": REPLICATIONS, "uncertainties": ranges, "design": design, **more}
