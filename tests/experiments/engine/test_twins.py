"""Watched and measured runs are identical, byte by byte."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from support.worlds import random_scenarios

from agents.assembly import Assembly
from experiments.engine.kernel import advance, run_trajectory
from model.columns import COLUMN_BY_NAME
from model.loading import load_scenario, scenario_names
from model.measures import trajectory_digest
from model.overrides import Override, collect_overrides
from model.world import World

RECORDED = Path(__file__).parent / "digests.json"


@pytest.mark.parametrize("name", scenario_names())
def test_watched_and_measured_trajectories_are_identical(name):
    scenario = load_scenario(name)
    for seed in (1, 2**33 + 5):
        watched = Assembly(scenario, rng=seed, ledger=False).run()
        assert trajectory_digest(watched.trajectory) == trajectory_digest(
            run_trajectory(World(scenario, seed, collect_overrides(scenario)), scenario.rounds)
        )


@pytest.mark.uncompiled
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random_scenarios())
def test_all_columns_are_identical_after_every_round(scenario):
    overrides = collect_overrides(scenario)
    watched, measured = Assembly(scenario, rng=3), World(scenario, 3, overrides)
    for _ in range(min(scenario.rounds, 12)):
        watched.step()
        advance(measured, 1)
        assert watched.world.snapshot() == measured.snapshot(), differing(watched.world, measured)


def differing(one: World, other: World) -> list[str]:
    """Return the names of the columns in which two worlds differ."""
    return [name for name in COLUMN_BY_NAME if not np.array_equal(getattr(one, name), getattr(other, name))]


@pytest.mark.parametrize("name", scenario_names())
def test_trajectories_match_the_recorded_digests(name):
    """If the model changes on purpose, describe the change in CHANGELOG.md and run `make digests`."""
    scenario, recorded = load_scenario(name), json.loads(RECORDED.read_text())
    assert (
        trajectory_digest(run_trajectory(World(scenario, 1, collect_overrides(scenario)), scenario.rounds))
        == recorded[name]
    )


SCRIPT = """
from agents.assembly import Assembly
from model.measures import trajectory_digest
for name in ("us-iran-2026", "gulf-region"):
    model = Assembly(name, rng=11).run(24)
    print(model.ledger.digest(), trajectory_digest(model.trajectory))
"""


def test_ledger_is_identical_with_and_without_compilation():
    printed = set()
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        printed.add(done.stdout)
    assert len(printed) == 1
    assert len(hashlib.sha256(printed.pop().encode()).hexdigest()) == 64


def test_overrides_give_identical_watched_and_measured_runs():
    scenario = load_scenario("us-iran-2026")
    overrides = (
        Override(9, "choose_conduct", None, "iran", "us", 0),
        Override(10, "hold_talks", "nuclear", None, None, 1),
        Override(12, "answer_proposal", "nuclear", "us", None, -1),
        Override(20, "pressure", None, "us", "iran", 0.25),
    )
    watched = Assembly(scenario, rng=4, overrides=overrides).run()
    measured = run_trajectory(World(scenario, 4, collect_overrides(scenario, overrides)), scenario.rounds)
    assert trajectory_digest(watched.trajectory) == trajectory_digest(measured)
    assert trajectory_digest(measured) != trajectory_digest(
        run_trajectory(World(scenario, 4, collect_overrides(scenario)), scenario.rounds)
    )


def test_force_gives_identical_watched_and_measured_runs():
    hot = {
        "mechanisms.force": True,
        "threats.force_threshold": 0.3,
        "threats.force_hazard": 0.5,
        "threats.threat_hazard": 0.5,
    }
    for name in ("us-iran-2026", "gulf-region"):
        scenario = load_scenario(name, hot)
        watched = Assembly(scenario, rng=2, ledger=False).run()
        measured = run_trajectory(World(scenario, 2, collect_overrides(scenario)), scenario.rounds)
        assert trajectory_digest(watched.trajectory) == trajectory_digest(measured)
        peace = load_scenario(scenario, {"mechanisms.force": False})
        assert not np.array_equal(measured, run_trajectory(World(peace, 2, collect_overrides(peace)), peace.rounds))


def test_ledger_does_not_change_the_run():
    with_ledger, without_ledger = (
        Assembly("gulf-region", rng=5).run(),
        Assembly("gulf-region", rng=5, ledger=False).run(),
    )
    assert with_ledger.trajectory.tobytes() == without_ledger.trajectory.tobytes()
