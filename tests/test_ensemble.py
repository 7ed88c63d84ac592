"""The ensembles that the dashboard shows, and the player that plays them."""

import time

import numpy as np
import pytest

from agents.assembly import Assembly
from dashboards.ensemble import Request, play_worlds, wilson
from dashboards.player import Player, Shown
from experiments.kernel import measure
from model.measures import outcome_of, series
from model.overrides import forced
from model.scenario import load
from model.statuses import Outcome
from model.world import World

COLD = 240  # seconds: the first request may wait until the model is compiled


def wait_until(happened, seconds: float = COLD) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_line_is_the_watched_run_and_every_world_a_run_of_its_own_seed():
    ensemble = play_worlds(Request("us-iran-2026", seed=3, worlds=5))
    watched = series(Assembly("us-iran-2026", rng=3, ledger=False).run().trajectory, 0)
    for name, line in ensemble.run.items():
        assert line.tobytes() == watched[name].tobytes()
    setting = load("us-iran-2026")
    alone = [measure(World(setting, seed, forced(setting)), setting.rounds) for seed in range(3, 8)]
    medians = np.median([series(trajectory, 0)["tension"] for trajectory in alone], axis=0)
    np.testing.assert_array_equal(ensemble.bands["tension"][2], medians)
    outcomes = [outcome_of(trajectory, 0) for trajectory in alone]
    assert ensemble.outcomes == {outcome: outcomes.count(outcome) for outcome in Outcome}


def test_a_newer_request_replaces_an_older_one():
    published: list[Shown] = []
    player = Player(published.append)
    newest = Request("two-states", seed=2, worlds=60)
    player.ask(Request("two-states", worlds=2000))
    player.ask(newest)
    wait_until(lambda: published and published[-1].ensemble and published[-1].ensemble.request == newest)
    player.close()
    assert published[-1].ensemble.worlds == 60
    assert all(shown.ensemble.worlds < 2000 for shown in published if shown.ensemble)


def test_an_invalid_change_becomes_a_sentence_and_the_player_lives_on():
    published: list[Shown] = []
    player = Player(published.append)
    player.ask(Request("two-states", (("states.alba.resolve", 9.0),), worlds=20))
    wait_until(lambda: published and published[-1].fault)
    assert published[-1].fault.startswith("states.alba.resolve")
    assert not published[-1].busy
    player.ask(Request("two-states", worlds=20))
    wait_until(lambda: published[-1].ensemble)
    player.close()
    assert published[-1].ensemble.worlds == 20
    assert not published[-1].fault


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 10, 0.0, 0.277533), (10, 100, 0.055229, 0.174366), (200, 200, 0.981154, 1.0)],
)
def test_wilson_intervals_are_the_published_ones(count, total, low, high):
    assert wilson(count, total) == pytest.approx((low, high), abs=1e-5)
