"""Small studies as plain data and as files."""

from pathlib import Path

import tomli_w

POINTS = 960  # 128 points per chunk at this number of replications: eight chunks
LARGE_STUDY = {"replications": 32, "rounds": 12, "design": {"kind": "latin", "points": POINTS}}


def study_data(**more):
    """Return the smallest study as plain data."""
    defaults = {
        "name": "small",
        "question": "Does it move?",
        "scenario": "two-states",
        "rounds": 8,
        "replications": 3,
        "levers": {"states.alba.generosity": [0.0, 1.0]},
        "uncertainties": {"belief.betrayal_weight": [1.0, 6.0]},
        "design": {"kind": "latin", "points": 6},
    }
    return {**defaults, **more}


def write_study(folder: Path, **more) -> Path:
    """Write the smallest study to a file and return its path."""
    path = folder / "small.toml"
    path.write_text(tomli_w.dumps(study_data(**more)))
    return path
