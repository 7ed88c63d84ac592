"""Plausible ensembles and studies: each world plays with its draw, and what is chosen stays."""

import numpy as np
import pandas as pd
import pytest
from support.commands import refused_command, run_detente
from support.ensembles import assert_ensembles_equal
from support.samples import RANGES, synthetic_sample, write_sample
from support.studies import study_data, write_study

import detente
from experiments.ensembles.ensemble import Ensemble, play_ensemble
from experiments.ensembles.plausible import FACTS, PlausibleSample
from experiments.ensembles.plausible_worlds import chosen_paths
from experiments.studies.results import runs_table
from experiments.studies.study import load_study
from experiments.studies.sweep import estimate_seconds, plan_sweep, sweep
from model.errors import ScenarioError
from model.loading import load_scenario
from model.parameter_space import declared_parameters

DEFAULTS = {each.path: each.value for each in declared_parameters()}


def sample_of(points):
    """Return a sample with the given points, as changes."""
    values = np.array([list(point.values()) for point in points])
    weights = np.full(len(points), 1 / len(points))
    return PlausibleSample(tuple(points[0]), values, weights, dict.fromkeys(FACTS, "synthetic"))


def test_a_sample_of_the_defaults_gives_the_plain_ensemble():
    at_defaults = sample_of([{path: DEFAULTS[path] for path in RANGES}])
    drawn = play_ensemble("us-iran-2026", 200, 5, sample=at_defaults, keep=True)
    plain = play_ensemble("us-iran-2026", 200, 5, keep=True)
    assert drawn.trajectories.tobytes() == plain.trajectories.tobytes()
    assert drawn.digests == plain.digests
    np.testing.assert_array_equal(drawn.bands, plain.bands)


@pytest.mark.parametrize("threads", [1, 3])
def test_each_world_plays_at_its_draw(threads):
    sample = synthetic_sample(points=7)
    drawn = play_ensemble("two-states", 150, 3, sample=sample, keep=True, threads=threads)
    assert drawn.points.tolist() == sample.draw_points(150, 3).tolist()
    assert len({*drawn.points.tolist()}) == 7
    for world in (0, 63, 64, 128, 149):
        changes = dict(zip(sample.paths, sample.points[drawn.points[world]], strict=True))
        alone = play_ensemble("two-states", 1, 3 + world, changes=changes, keep=True)
        assert drawn.trajectories[world].tobytes() == alone.trajectories[0].tobytes()


def test_what_scenario_and_user_choose_wins_over_the_sample():
    sample, fixed = synthetic_sample(points=5), {path: low for path, (low, _) in RANGES.items()}
    drawn = play_ensemble("two-states", 40, 1, changes=fixed, sample=sample, keep=True)
    plain = play_ensemble("two-states", 40, 1, changes=fixed, keep=True)
    assert drawn.trajectories.tobytes() == plain.trajectories.tobytes()
    assert chosen_paths(load_scenario("two-states", {"belief.memory": 0.9})) == {"belief.memory"}
    assert chosen_paths("us-ussr-1985") == {"scrutiny.findings_per_round", "bargaining.eagerness"}


def test_a_plausible_ensemble_is_saved_with_its_draws(tmp_path):
    drawn = play_ensemble("two-states", 30, 1, sample=synthetic_sample(points=5))
    drawn.save(tmp_path)
    loaded = Ensemble.load(tmp_path)
    assert_ensembles_equal(loaded, drawn)
    assert loaded.sample == drawn.sample is not None
    assert loaded.points.tolist() == drawn.points.tolist() == drawn.frame()["point"].tolist()
    assert drawn.sample in repr(drawn)


def test_python_takes_a_sample_or_its_file(tmp_path):
    path = write_sample(tmp_path)
    by_path = detente.ensemble("two-states", 20, plausible=path)
    loaded = detente.ensemble("two-states", 20, plausible=synthetic_sample())
    assert by_path.digests == loaded.digests != detente.ensemble("two-states", 20).digests
    with pytest.raises(ScenarioError, match="must be the path of a sample file"):
        detente.ensemble("two-states", 2, plausible=3)


def test_the_command_plays_plausible_worlds(tmp_path):
    write_sample(tmp_path)
    words = ("ensemble", "two-states", "--worlds", 20)
    done = run_detente(*words, "--plausible", "--sample", "sample.json", cwd=tmp_path)
    assert "Plausible, not probable" in " ".join(done.out.split())
    assert "--sample: applies with --plausible only" in refused_command(*words, "--sample", "sample.json", cwd=tmp_path)


STUDY = {"space": "plausible", "sample": "sample.json", "replications": 5}


@pytest.mark.parametrize("common", [True, False])
def test_each_replication_of_a_study_plays_with_its_draw(common, tmp_path):
    sample = synthetic_sample()
    write_sample(tmp_path)
    path = write_study(tmp_path, **STUDY, common_random_numbers=common)
    done = sweep(path, tmp_path / "out", workers=2)
    table, points = runs_table(tmp_path / "out"), load_study(path).points()
    assert (done.points, done.failed, len(table)) == (6, 0, 30)
    draws = sample.draw_points(5, 1)
    for point, values in enumerate(points.to_dict("records")):
        rows = table[table["point"] == point]
        for row in rows.to_dict("records"):
            drawn = dict(zip(sample.paths, sample.points[draws[row["replication"]]], strict=True))
            alone = play_ensemble("two-states", 1, row["seed"], rounds=8, changes={**drawn, **values})
            assert row["mean_trust"] == alone.means[0, 0]
        assert rows["seed"].tolist() == [1 + k + (0 if common else 5 * point) for k in range(5)]


def test_a_factor_wins_over_the_sample(tmp_path):
    write_sample(tmp_path)
    more = {"uncertainties": {"belief.memory": {"values": [0.6, 0.7]}}, "levers": {}, "design": {"kind": "grid"}}
    sweep(write_study(tmp_path, **STUDY, **more), tmp_path / "out")
    table = runs_table(tmp_path / "out")
    ensemble = play_ensemble("two-states", 5, 1, rounds=8, changes={"belief.memory": 0.7}, sample=synthetic_sample())
    rows = table[table["belief.memory"] == 0.7]
    np.testing.assert_array_equal(rows["mean_trust"], ensemble.means[:, 0])


def test_structural_factors_and_bands_keep_the_replications(tmp_path):
    write_sample(tmp_path)
    more = {
        "levers": {"mechanisms.scrutiny": {"values": [True, False]}, "negotiations.border.bundling": {"values": [1, 2]}},
        "uncertainties": {}, "design": {"kind": "grid"}, "keep": "bands",
    }  # fmt: skip
    study = load_study(write_study(tmp_path, **STUDY, **more))
    sweep(study, tmp_path / "out")
    table = runs_table(tmp_path / "out")
    assert table.groupby("point")["replication"].apply(list).tolist() == [list(range(5))] * study.size
    kept = pd.concat([pd.read_parquet(path) for path in sorted((tmp_path / "out").glob("kept-*.parquet"))])
    for point, values in enumerate(study.points().to_dict("records")):
        ensemble = play_ensemble("two-states", 5, 1, rounds=8, changes=values, sample=synthetic_sample())
        median = kept[(kept["point"] == point) & (kept["percentile"] == 50)]["trust"].to_numpy()
        np.testing.assert_array_equal(median, ensemble.band("trust", 50).astype(np.float32))


def test_a_sweep_with_another_sample_is_refused(tmp_path):
    write_sample(tmp_path)
    path = write_study(tmp_path, **STUDY)
    sweep(path, tmp_path / "out", points=2)
    assert estimate_seconds(load_study(path), plan_sweep(load_study(path), tmp_path / "out")) > 0.0
    write_sample(tmp_path, seed=2)
    with pytest.raises(ScenarioError, match="sample_digest"):
        sweep(path, tmp_path / "out")


def test_a_sample_without_a_plausible_space_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match='has an effect only with space = "plausible"'):
        load_study(study_data(sample="sample.json"))
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_study(write_study(tmp_path, **STUDY))


def test_each_world_of_a_design_plays_with_its_draw():
    design = {
        "belief.memory": [0.91, 0.97],
        "mechanisms.scrutiny": [True, False],
        "negotiations.border.bundling": [2, 1],
    }
    metrics, sample = {"deal": "when(deal_progress > 0)"}, synthetic_sample(points=9)
    result = detente.ensemble("two-states", 70, design=design, metrics=metrics, plausible=sample)
    table = result.frame()
    assert (result.points, result.worlds, list(result.design)) == (2, 70, list(design))
    for point in range(2):
        changes = {path: values[point] for path, values in design.items()}
        alone = play_ensemble("two-states", 70, 1, changes=changes, metrics=metrics, sample=sample)
        assert table["comprehensive_deal"][point] == pytest.approx(alone.shares()["comprehensive_deal"].share)
        assert table["mean_trust"][point] == pytest.approx(alone.means[:, 0].mean(), rel=1e-5)
        assert table["var_trust"][point] == pytest.approx(alone.means[:, 0].var(ddof=1), rel=1e-4)
        assert table["end_deal_progress"][point] == pytest.approx(alone.ends[:, 3].mean(), rel=1e-5)
        first = alone.first_deals("border")
        assert table["border.first_deal"][point] == pytest.approx(first.rounds[~first.censored].mean())
        assert table["deal"][point] == pytest.approx(alone.metric_means()["deal"].mean)
        assert table["missing_deal"][point] == pytest.approx(alone.metric_means()["deal"].missing / 70)


def test_an_inconsistent_point_of_a_plausible_design_is_reported():
    first, *_ = load_scenario("two-states").negotiations["border"].rungs
    where = f"negotiations.border.rungs.{first}"
    design = {f"{where}.verifier": ["mission", None, "mission"], f"{where}.needs_verification": [True, True, False]}
    result = detente.ensemble("two-states", 5, design=design, plausible=synthetic_sample())
    assert result.errors == detente.ensemble("two-states", 5, design=design).errors
    assert result.frame()["mean_trust"].isna().tolist() == [False, True, False]
