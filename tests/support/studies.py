"""Studies as plain data."""


def study(**more):
    """Write the smallest study as plain data."""
    usual = {
        "name": "small",
        "question": "Does it move?",
        "scenario": "two-states",
        "rounds": 8,
        "replications": 3,
        "levers": {"states.alba.generosity": [0.0, 1.0]},
        "uncertainties": {"belief.betrayal_weight": [1.0, 6.0]},
        "design": {"kind": "latin", "points": 6},
    }
    return {**usual, **more}
