"""Metrics and stopping conditions of an ensemble: a world that stops equals a run of that many rounds, bit for bit."""

import json

import numpy as np
import pandas as pd
import pytest
from support.ensembles import assert_ensembles_equal, single_run

from experiments.ensembles.ensemble import Ensemble, play_ensemble
from experiments.ensembles.metrics import freeze, parse_metric, parse_stopping_condition
from experiments.ensembles.statistics import Z95, mean_interval, wilson
from model.errors import ScenarioError
from model.measures import trajectory_digest

SCENARIO = "gulf-region"
STOP = "nuclear.deal_progress > 0 or longest(gulf-calm.contact == 0) >= 4"
METRICS = {
    "calm": "share(tension < 0.4)",
    "deal": "when(nuclear.deal_progress > 0)",
    "swing": "max(yemen-peace.tension) - min(yemen-peace.tension)",
    "tense": "max(tension) > 0.6",
}


@pytest.fixture(scope="module")
def stopped():
    return play_ensemble(SCENARIO, 150, metrics=METRICS, stop_when=STOP, keep=True, paired=True)


@pytest.fixture(scope="module")
def whole():
    return play_ensemble(SCENARIO, 150, metrics=METRICS, keep=True, paired=True)


def test_a_stopped_world_equals_a_run_of_that_many_rounds(stopped):
    lengths = np.unique(stopped.last_rounds)
    assert len(lengths) > 12
    assert lengths.min() < 12  # shorter than the rounds that decide on managed contact
    for rounds in lengths:
        alone = play_ensemble(SCENARIO, 150, rounds=int(rounds), metrics=METRICS, keep=True, paired=True)
        worlds = stopped.last_rounds == rounds
        for name in ("outcomes", "first_deal", "means", "ends", "metric_values", "fingerprints"):
            assert getattr(stopped, name)[worlds].tobytes() == getattr(alone, name)[worlds].tobytes(), (name, rounds)
        assert stopped.trajectories[worlds, : rounds + 1].tobytes() == alone.trajectories[worlds].tobytes()


def test_a_world_stops_in_the_first_round_of_the_condition(stopped, whole):
    holds = parse_stopping_condition(STOP, tuple(whole.negotiations)).holds(whole.trajectories)
    for world, last in enumerate(stopped.last_rounds):
        assert not holds[world, 1:last].any()
        assert holds[world, last] or last == 60


def test_the_last_round_stays_in_bands_and_trajectories(stopped, whole):
    frozen = freeze(whole.trajectories, stopped.last_rounds)
    for world, last in enumerate(stopped.last_rounds):
        assert (frozen[world, last:] == whole.trajectories[world, last]).all()
    assert stopped.trajectories.tobytes() == frozen.tobytes()
    np.testing.assert_array_equal(stopped.band("tension", 50), np.median(frozen[:, :, 2], axis=0))


def test_digests_are_those_of_shorter_runs(stopped):
    first, last = single_run(SCENARIO, 1), int(stopped.last_rounds[0])
    assert last < 60
    assert stopped.digests[0] == trajectory_digest(first[: last + 1])


def test_a_condition_that_never_holds_changes_nothing(whole):
    never = play_ensemble(SCENARIO, 150, metrics=METRICS, stop_when="tension > 99", keep=True, paired=True)
    assert (never.last_rounds == 60).all()
    never.last_rounds, never.stop_when = None, None
    assert_ensembles_equal(never, whole)


def test_the_start_does_not_stop_a_world():
    ensemble = play_ensemble("two-states", 5, stop_when="round >= 0")
    assert ensemble.last_rounds.tolist() == [1] * 5


def test_first_deals_are_censored_where_a_world_stops(stopped):
    times = stopped.first_deals("yemen-peace")
    assert times.censored.any()
    assert (times.rounds[times.censored] == stopped.last_rounds[times.censored]).all()


def test_metrics_of_an_ensemble_are_those_of_its_trajectories(whole):
    for at, text in enumerate(METRICS.values()):
        expected = parse_metric(text, tuple(whole.negotiations)).values(whole.trajectories)
        np.testing.assert_array_equal(whole.metric_values[:, at], expected)
    tension, deals = whole.trajectories[:, 1:, 2], whole.first_deal[:, 0].astype(float)
    np.testing.assert_allclose(whole.metric_values[:, 0], (tension < 0.4).mean(axis=1), rtol=1e-15)
    np.testing.assert_array_equal(whole.metric_values[:, 1], np.where(deals < 0, np.nan, deals))
    np.testing.assert_array_equal(whole.metric_values[:, 3], tension.max(axis=1) > 0.6)


def test_a_saved_ensemble_keeps_metrics_and_last_rounds(stopped, tmp_path):
    stopped.save(tmp_path)
    loaded = Ensemble.load(tmp_path)
    assert (loaded.metrics, loaded.stop_when) == (METRICS, STOP)
    assert loaded.metric_values.tobytes() == stopped.metric_values.tobytes()
    assert loaded.last_rounds.tobytes() == stopped.last_rounds.tobytes()
    table = pd.read_parquet(tmp_path / "worlds.parquet")
    assert table["rounds"].tolist() == stopped.last_rounds.tolist()
    assert table["deal"].isna().sum() == stopped.metric_means()["deal"].missing > 0


def test_an_ensemble_saved_before_metrics_existed_loads(tmp_path):
    ensemble = play_ensemble("two-states", 20, rounds=5)
    ensemble.save(tmp_path)
    facts = json.loads((tmp_path / "ensemble.json").read_text())
    (tmp_path / "ensemble.json").write_text(json.dumps({key: facts[key] for key in facts if key not in ("metrics", "stop_when")}))  # fmt: skip
    assert_ensembles_equal(Ensemble.load(tmp_path), ensemble)


def test_the_number_of_threads_changes_no_metric(stopped):
    alone = play_ensemble(SCENARIO, 150, metrics=METRICS, stop_when=STOP, keep=True, paired=True, threads=1)
    assert_ensembles_equal(alone, stopped)


def test_a_mean_leaves_missing_values_out():
    values = np.array([2.0, 4.0, np.nan, 9.0])
    found, half = mean_interval(values), Z95 * np.std([2, 4, 9], ddof=1) / 3**0.5
    assert found == (5.0, pytest.approx(5 - half), pytest.approx(5 + half), 1)
    assert mean_interval(np.array([1.0, 0.0, np.nan]))[:3] == wilson(1, 2)
    np.testing.assert_equal(tuple(mean_interval(np.array([np.nan]))), (np.nan, np.nan, np.nan, 1))
    np.testing.assert_equal(tuple(mean_interval(np.array([3.0]))), (3.0, np.nan, np.nan, 0))


def test_errors_come_before_anything_is_played():
    played = []
    with pytest.raises(ScenarioError, match=r"metrics\.a: character 6.*\n.*stop_when"):
        play_ensemble("two-states", 5, metrics={"a": "mean(x)"}, stop_when="oil", progress=played.append)
    assert played == []
