"""Event statistics of rivals: series with known coefficients are in or out of the published ranges."""

import json

import numpy as np

from experiments.cases.forecasters import RIVALS, Linear, Persistence
from experiments.validation.rival_series import rival_sums, run_part, simulate_pairs, statistics_row

NOISE = np.random.default_rng(3).normal(0, 1, 4_000)
WORLDS = 200


def row_of(rival):
    """Return the row of a rival, with short keys: pattern and quantity."""
    row = statistics_row("rival", rival_sums(rival, WORLDS))
    return {key.partition(",")[0]: value for key, value in row.items()}


def test_vector_autoregression_reproduces_inertia():
    row = row_of(Linear(0.0, 0.55, 0.25, False, NOISE))
    assert row["E1: own"].endswith(", in")
    assert row["E1: other"].endswith(", in")
    assert abs(float(row["E1: own"].partition(",")[0]) - 0.55) < 0.05
    assert abs(float(row["E1: other"].partition(",")[0]) - 0.25) < 0.05
    assert row["verdict"].startswith("reproduces E1")


def test_sides_that_ignore_each_other_do_not_move_together():
    row = row_of(Linear(0.0, 0.6, 0.0, False, NOISE))
    assert row["E1: own"].endswith(", in")
    assert row["E2: lag 1"].endswith(", in")
    assert row["E1: other"].endswith(", out")
    assert row["E4: correlation"].endswith(", out")
    assert abs(float(row["E2: lag 3"].partition(",")[0]) - 0.6**3) < 0.05
    assert row["verdict"] == "reproduces none"


def test_constant_series_reproduce_nothing():
    row = row_of(Persistence())
    assert row.pop("verdict") == "reproduces none"
    assert row.pop("forecaster") == "rival"
    assert set(row.values()) == {"undefined, out"}


def test_simulated_pairs_begin_after_a_warm_up():
    falling = Linear(0.0, 0.5, 0.0, False, np.zeros(1))
    series = simulate_pairs(falling, np.full((3, 2), 8.0), 5, np.random.default_rng(1))
    assert series.shape == (3, 5, 2)
    assert np.allclose(series[:, 0], 8.0 * 0.5**25)


def test_part_has_a_row_for_the_model_and_each_rival():
    part = run_part(True, lambda _: None)
    json.dumps(part._asdict())
    assert [row["forecaster"] for row in part.rows] == ["model", *RIVALS]
    assert len({tuple(row) for row in part.rows}) == 1
    assert "E2: lag 1, 0.5 to 0.85" in part.rows[0]
    assert part.failed == 0
