"""Small studies as plain data and as files."""

from pathlib import Path

import tomli_w

from experiments.studies.chunk import failed_point
from experiments.studies.store import StudyStore
from experiments.studies.study import load_study
from experiments.studies.sweep import sweep
from model.design_columns import path_domain
from model.errors import InputError, ScenarioError
from model.loading import load_scenario
from model.parameter_space import every_parameter

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


def wide_study(factors: int):
    """Return keys of a large study in which many parameters of a scenario vary over their whole ranges."""
    scenario = load_scenario("us-iran-2026")
    known = [each for each in every_parameter(scenario) if path_domain(scenario, each.path) is not None]
    ranges = {each.path: [each.low, each.high] for each in known[-factors:]}
    return {**LARGE_STUDY, "scenario": scenario.name, "levers": {}, "uncertainties": ranges}


def write_study(folder: Path, **more) -> Path:
    """Write the smallest study to a file and return its path."""
    path = folder / "small.toml"
    path.write_text(tomli_w.dumps(study_data(**more)))
    return path


def sweep_failing(data: dict, folder: Path, first: int) -> None:
    """Sweep the points before ``first``, and store the rest as points that failed."""
    study = load_study(data)
    sweep(study, folder, points=first)
    with StudyStore(folder, study) as store:
        for point in range(first, study.size):
            error = ScenarioError([InputError("states.alba.doctrine", "fair", "no such choice")])
            store.add(point, point + 1, *failed_point(study, point, error))
