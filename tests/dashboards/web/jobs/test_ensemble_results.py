"""The results that the pages show, and the worker that computes them."""

import threading
import time

import numpy as np
import pytest
from cachetools import LRUCache

import dashboards.web.jobs.explore_worker
from agents.assembly import Assembly
from dashboards.model_warmup import ModelWarmup
from dashboards.page_link import Setting, sort_events
from dashboards.web.jobs import ensemble_results
from dashboards.web.jobs.ensemble_results import EnsembleResult, cached_result, complete_result, stream_results
from dashboards.web.jobs.explore_worker import ExploreRequest, ExploreView, ExploreWorker
from experiments.ensembles.ensemble import play_ensemble
from experiments.ensembles.statistics import PERCENTILES, wilson
from model.errors import ScenarioError
from model.measures import negotiation_series
from model.overrides import Override

COMPILE_SECONDS = 240  # seconds: the first request may wait until the model is compiled


def wait_until(happened, seconds: float = COMPILE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("name", ["us-iran-2026", "gulf-region"])
def test_a_result_equals_the_ensemble(name):
    shown = complete_result(Setting(name, seed=7, worlds=70))
    ensemble = play_ensemble(name, 70, 7)
    for talks in ensemble.negotiations:
        for indicator in ("trust_first", "tension", "deal_progress", "breaches"):
            at = shown.indicator_index(talks, indicator)
            edges = [ensemble.band(f"{talks}.{indicator}", percent) for percent in PERCENTILES]
            np.testing.assert_allclose(shown.bands[:5, :, at], edges, atol=1e-6)
        shares = [wilson(int((shown.outcomes_in(talks) == each).sum()), 70) for each in (3, 2, 1, 0)]
        assert shares == list(ensemble.shares(talks).values())
        assert shown.first_deals_in(talks).median == ensemble.first_deals(talks).median


def test_the_watched_run_includes_injected_events():
    shock = Override(9, "update_posture", None, "us", "iran", 1.0)
    events = sort_events([shock, Override(4, "hold_talks", "nuclear", value=0.0)])
    shown = complete_result(Setting(events=events, seed=3, worlds=20))
    watched = Assembly("us-iran-2026", rng=3, ledger=False, overrides=events).run().trajectory
    for name, line in negotiation_series(watched, 0).items():
        np.testing.assert_array_equal(shown.run[:, shown.indicator_index("nuclear", name)], line.astype(np.float32))
    calm = complete_result(Setting(seed=3, worlds=20))
    assert (calm.run != shown.run).any()


def test_a_partial_result_has_the_first_worlds_and_stop_works():
    setting = Setting("two-states", seed=11, worlds=1000)
    stopped = list(stream_results(setting, stop=lambda: True))
    assert [result.is_complete for result in stopped] == [False]
    early = stopped[0]
    assert 32 <= early.worlds <= 200
    again = complete_result(setting._replace(worlds=early.worlds))
    np.testing.assert_array_equal(again.bands, early.bands)
    assert cached_result(setting) is None


def test_browsers_share_results_and_the_oldest_is_dropped(monkeypatch):
    setting = Setting("two-states", seed=21, worlds=40)
    first = complete_result(setting)
    assert first is complete_result(Setting("two-states", seed=21, worlds=40))
    monkeypatch.setattr(
        ensemble_results,
        "_results",
        LRUCache[Setting, EnsembleResult](2 * first.byte_size, getsizeof=lambda each: each.byte_size),
    )
    for seed in (21, 22, 23):
        complete_result(setting._replace(seed=seed))
    assert cached_result(setting) is None
    assert cached_result(setting._replace(seed=23)).setting.seed == 23


def test_concurrent_requests_for_one_setting_run_it_once():
    setting, found = Setting("two-states", seed=31, worlds=200), []
    threads = [threading.Thread(target=lambda: found.append(complete_result(setting))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert found[0] is found[1] is found[2]


def test_too_many_worlds_are_refused_with_a_message():
    with pytest.raises(ScenarioError, match="worlds: at most 2775 worlds"):
        complete_result(Setting(changes=(("rounds", 1200),), worlds=5000))


def test_a_newer_request_replaces_an_older_one():
    published: list[ExploreView] = []
    player = ExploreWorker(published.append)
    newest = Setting("two-states", seed=2, worlds=60)
    player.request(ExploreRequest(Setting("two-states", worlds=5000)))
    wait_until(lambda: published)
    player.request(ExploreRequest(newest))
    wait_until(lambda: published[-1].result and published[-1].result.setting == newest and not published[-1].busy)
    player.close()
    assert published[-1].result.is_complete
    assert all(shown.result.worlds < 5000 for shown in published if shown.result)


def test_a_moving_slider_shows_intermediate_results():
    published: list[ExploreView] = []
    player = ExploreWorker(published.append)
    player.request(ExploreRequest(Setting("two-states", worlds=20)))
    wait_until(lambda: published and published[-1].result)
    begin = len(published)
    for step in range(400):  # two seconds on a fast machine, longer on a slow one
        player.request(
            ExploreRequest(Setting("two-states", (("states.alba.resolve", 0.3 + step % 60 / 100),), worlds=5000))
        )
        time.sleep(0.05)
        moved = {shown.result.setting for shown in published[begin:]}
        if step >= 39 and len(moved) >= 10:
            break
    player.close()
    assert len(moved) >= 10
    assert all(shown.result.worlds < 5000 for shown in published[begin:-1])


def test_a_page_closed_during_compilation_runs_nothing(monkeypatch):
    cold = ModelWarmup()
    cold._started = time.monotonic()  # as if started: it never becomes ready
    monkeypatch.setattr(dashboards.web.jobs.explore_worker, "MODEL_WARMUP", cold)
    published, setting = [], Setting("two-states", seed=4711, worlds=32)
    player = ExploreWorker(published.append)
    player.request(ExploreRequest(setting))
    wait_until(lambda: any("Compiling" in shown.busy for shown in published))
    player.close()
    time.sleep(2.5)
    assert cached_result(setting) is None


def test_the_baseline_runs_after_the_setting():
    published: list[ExploreView] = []
    player = ExploreWorker(published.append)
    setting, baseline = Setting("two-states", seed=41, worlds=50), Setting("two-states", seed=42, worlds=50)
    player.request(ExploreRequest(setting, baseline))
    wait_until(lambda: published and published[-1].base is not None and not published[-1].busy)
    player.close()
    assert (published[-1].result.setting, published[-1].base.setting) == (setting, baseline)


def test_stopping_keeps_the_results_so_far():
    published: list[ExploreView] = []
    player = ExploreWorker(published.append)
    player.request(ExploreRequest(Setting("us-iran-2026", seed=51, worlds=5000)))
    wait_until(lambda: published and published[-1].result)
    player.stop()
    wait_until(lambda: published[-1].stopped)
    player.close()
    assert 0 < published[-1].result.worlds < 5000
    assert not published[-1].busy


def test_the_worker_survives_an_invalid_change():
    published: list[ExploreView] = []
    player = ExploreWorker(published.append)
    player.request(ExploreRequest(Setting("two-states", (("states.alba.resolve", 9.0),), worlds=20)))
    wait_until(lambda: published and published[-1].error)
    assert published[-1].error.startswith("states.alba.resolve")
    assert not published[-1].busy
    player.request(ExploreRequest(Setting("two-states", worlds=20)))
    wait_until(lambda: published[-1].result)
    player.close()
    assert published[-1].result.worlds == 20
    assert not published[-1].error


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 10, 0.0, 0.277533), (10, 100, 0.055229, 0.174366), (200, 200, 0.981154, 1.0)],
)
def test_wilson_intervals_match_published_values(count, total, low, high):
    found = wilson(count, total)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-5)
