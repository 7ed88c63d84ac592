"""Calibrations: reproducible, resumable, and true to their targets."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.commands import invoke

from experiments.calibration.estimators import estimate_with_variance
from experiments.calibration.evaluation import evaluate_point, point_changes
from experiments.calibration.moves import propose_moves, resample, sobol_points, wave_cutoffs
from experiments.calibration.run import calibrate
from experiments.calibration.summary import conflict_rows, weighted_quantiles
from experiments.calibration.targets import PriorRange, load_targets
from experiments.calibration.waves import CalibrationSettings
from experiments.ensembles.plausible import load_sample
from experiments.validation.pattern import share_statistic
from experiments.validation.traces import ScenarioSample, record_trace
from model.errors import ScenarioError

SQUARE = (PriorRange("x", 0.0, 1.0), PriorRange("y", 0.0, 1.0))
SMALL = CalibrationSettings(points=64, waves=3, walkers=32, candidates=40, worlds=(20, 40))
DATA = {
    "parameters": {"conduct.trust_moves_conduct": [0.5, 4.0], "contact.contact_stop": [0.01, 0.1]},
    "targets": [
        {"name": "contact", "measure": "mean_contact", "scenario": "two-states", "value": 0.55, "tolerance": 0.04},
        {"name": "trust", "measure": "mean_trust", "scenario": "two-states", "value": 0.5, "tolerance": 0.05},
        {"name": "deal", "measure": "some_deal", "scenario": "two-states", "value": 0.5, "tolerance": 0.1,
         "use": "prediction"},
    ],
}  # fmt: skip
numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers, st.floats(0, 100), st.floats(0, 100), st.floats(0.01, 100))
def test_implausibility_is_distance_in_standard_deviations(value, low, width, variance, tolerance):
    target = load_targets(DATA).targets[0]._replace(low=low, high=low + width, tolerance=tolerance)
    found = target.implausibility(value, variance)
    outside = value - (low + width) if value > low + width else low - value if value < low else 0.0
    assert found == pytest.approx(outside / math.sqrt(variance + tolerance**2))
    assert (found == 0.0) == (outside == 0.0)
    assert target.implausibility(value, variance + 1.0) <= found


def test_an_undefined_estimate_is_ruled_out():
    assert load_targets(DATA).targets[0].implausibility(float("nan"), 0.0) == float("inf")


@settings(max_examples=30)
@given(st.lists(st.floats(0.001, 1.0), min_size=1, max_size=30), st.integers(1, 200), st.integers(0, 99))
def test_resampling_rounds_expected_counts(weights, count, seed):
    shares = np.array(weights) / sum(weights)
    counts = np.bincount(resample(np.array(weights), count, np.random.default_rng(seed)), minlength=len(weights))
    assert counts.sum() == count
    assert (np.abs(counts - count * shares) < 1.0 + 1e-6).all()


def test_moves_sample_what_is_left_uniformly():
    """Of an L-shaped region, whose arm and foot have the same area, each gets half of the walkers."""

    def is_left(points):
        x, y = points.T
        return ((x < 0.2) | (y < 0.2)) & ~((x < 0.2) & (y < 0.2))

    rng, points = np.random.default_rng(1), sobol_points(SQUARE, 4096, 1)
    points = points[is_left(points)][:200]
    points = points[points[:, 0] < 0.2][:20].repeat(10, axis=0)  # all begin in the arm
    half, seen = len(points) // 2, []
    for sweep in range(3000):
        for moving, others in ((slice(0, half), points[half:]), (slice(half, None), points[:half])):
            moved = propose_moves(points[moving], others, SQUARE, rng)
            points[moving] = np.where(is_left(moved)[:, None], moved, points[moving])
        if sweep >= 500:
            seen.append((points[:, 0] < 0.2).mean())
    assert np.mean(seen) == pytest.approx(0.5, abs=0.05)


def test_cutoffs_fall_to_three():
    assert wave_cutoffs(1, 12.0, 3.0) == [3.0]
    assert wave_cutoffs(3, 12.0, 3.0) == pytest.approx([12.0, 6.0, 3.0])


def test_variance_of_a_mean_is_that_of_its_worlds():
    values = np.random.default_rng(3).normal(size=5000)
    table = np.stack([np.ones(5000), values], axis=1)
    ours = np.mean([estimate_with_variance([part], share_statistic(0, 1))[1] for part in np.split(table, 50)])
    assert ours == pytest.approx(1.0 / 100, rel=0.15)


def test_patterns_share_the_runs_of_a_sample():
    alone = record_trace("two-states", 30, ["status"], rounds=20)
    sample = ScenarioSample("two-states", {})
    longer = record_trace(sample, 30, ["trust"], rounds=40)
    again = record_trace(sample, 30, ["status"], rounds=20)
    assert np.array_equal(alone["status"], again["status"])
    assert longer["trust"].shape[1] == 41
    assert (
        record_trace(ScenarioSample("two-states", {}, 7), 30, ["status"], rounds=20)["status"].tobytes()
        != again["status"].tobytes()
    )


def test_values_that_a_scenario_sets_itself_stay():
    assert point_changes("us-ussr-1985", {"bargaining.eagerness": 0.9, "belief.memory": 0.95}) == {
        "belief.memory": 0.95
    }


def test_a_point_is_tested_no_further_once_it_is_ruled_out():
    targets = load_targets(DATA).targets
    far = [targets[0]._replace(low=9.0, high=9.0), targets[1]]
    found = evaluate_point({"contact.contact_stop": 0.05}, far, 20, 3.0)
    assert found.worst > 3.0
    assert np.isnan(found.values[1])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibration") / "one"
    return calibrate(DATA, folder, SMALL, 2)


def test_every_point_of_the_sample_meets_the_targets(finished):
    assert len(finished.sample.points) >= 8
    assert finished.sample.weights.sum() == pytest.approx(1.0)
    targets = load_targets(DATA).fitted
    for point in finished.sample.points[:3]:
        values = dict(zip(finished.sample.paths, point.tolist(), strict=True))
        assert evaluate_point(values, targets, SMALL.worlds[-1], 3.0).worst <= 3.0
    assert [each.met for each in finished.targets[:2]] == pytest.approx([1.0, 1.0])
    assert not finished.targets[2].is_fitted


def test_a_killed_calibration_resumes_to_the_same_sample(finished, tmp_path):
    folder = tmp_path / "two"
    with pytest.raises(KeyboardInterrupt):
        calibrate(DATA, folder, SMALL, 2, progress=stop_in("wave-2"))
    assert not (folder / "sample.json").exists()
    (folder / "wave-1-00000.parquet").write_bytes(b"damaged")
    calibrate(DATA, folder, SMALL, 1)
    assert (folder / "sample.json").read_bytes() == (finished.folder / "sample.json").read_bytes()
    assert load_sample(folder / "sample.json").paths == finished.sample.paths


def stop_in(step):
    """Return a progress function that interrupts at a step."""

    def progress(now):
        if now.step.startswith(step):
            raise KeyboardInterrupt

    return progress


def test_a_folder_holds_one_calibration(finished):
    with pytest.raises(ScenarioError, match="differs from this calibration"):
        calibrate(DATA, finished.folder, SMALL._replace(seed=2), 1)


def test_targets_that_cannot_be_met_leave_no_sample(tmp_path):
    data = {**DATA, "targets": [{**DATA["targets"][0], "value": 5.0}]}
    result = calibrate(data, tmp_path / "none", SMALL._replace(points=32, waves=1), 1)
    assert result.sample is None
    assert result.waves[0].left > 0  # kept to move on
    assert result.waves[-1].left == 0


def test_conflicting_targets_are_found():
    passed = np.random.default_rng(1).random((400, 3)) < 0.5
    passed[:, 1] = ~passed[:, 0]
    targets = load_targets(DATA).targets
    rows = conflict_rows(targets, passed)
    assert [(row.one, row.other) for row in rows] == [("contact", "trust")]
    assert rows[0].both == 0.0


def test_weighted_quantiles_count_weights():
    assert weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([1.0, 8.0, 1.0]), (0.5, 0.85, 1.0)) == (1.0, 2.0, 3.0)


def test_command_reports_and_writes(tmp_path):
    path = tmp_path / "mine.toml"
    lines = [f'"{name}" = {limits}' for name, limits in DATA["parameters"].items()]
    for target in DATA["targets"]:
        lines += ["[[targets]]", *(f"{key} = {json.dumps(value)}" for key, value in target.items())]
    path.write_text("[parameters]\n" + "\n".join(lines))
    words = ["calibrate", path, "--out", tmp_path / "out", "--points", 32, "--waves", 1, "--worlds", "20,40"]
    result = invoke(*words, "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "They are plausible" in result.output
    assert "Next: detente claims" in result.output
    facts = json.loads((tmp_path / "out" / "calibration.json").read_text())
    assert facts["waves"][0]["tried"] == 32
    assert "Which worlds are plausible?" in (tmp_path / "out" / "calibration.html").read_text()
    assert json.loads(invoke(*words, "--workers", 1, "--json").stdout)["waves"] == facts["waves"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--points", 3], "--points"),
        (["--waves", 0], "--waves"),
        (["--worlds", "40,20"], "--worlds"),
        (["no-such.toml"], "no-such.toml"),
    ],
)
def test_bad_input_is_one_message(words, named, tmp_path):
    result = invoke("calibrate", *words, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert named in result.output
    assert "Traceback" not in result.output


@pytest.mark.soak
def test_known_parameters_are_recovered(tmp_path):
    """Synthetic data from known values of three parameters: 90 % intervals cover them (pooled over 12 cases)."""
    names = ("conduct.trust_moves_conduct", "contact.contact_stop", "scrutiny.loss_weight")
    ranges = {names[0]: [0.5, 4.0], names[1]: [0.01, 0.1], names[2]: [0.8, 3.0]}
    measures = ("mean_trust", "mean_contact", "some_deal", "mean_tension", "mean_deal_progress")
    rng, covered = np.random.default_rng(5), []
    for case in range(12):
        truth = {name: float(rng.uniform(*limits)) for name, limits in ranges.items()}
        asked = [{"name": m, "measure": m, "scenario": "two-states", "value": 0.0, "tolerance": 0.02} for m in measures]
        found = evaluate_point(truth, load_targets({"parameters": ranges, "targets": asked}).fitted, 2000, np.inf, 9001)
        for target, value in zip(asked, found.values, strict=True):
            target["value"] = float(value)
        run = CalibrationSettings(points=256, waves=3, walkers=64, candidates=300, worlds=(100, 400))
        result = calibrate({"parameters": ranges, "targets": asked}, tmp_path / str(case), run)
        assert result.sample is not None
        for row in result.parameters:
            covered.append(row.quantiles[0] <= truth[row.path] <= row.quantiles[2])
    assert np.mean(covered) >= 0.85
