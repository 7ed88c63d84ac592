"""Watched and measured are one model: bytes, not tolerances."""

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
def test_watched_and_measured_trajectories_are_the_same_bytes(name):
    setting = load_scenario(name)
    for seed in (1, 2**33 + 5):
        watched = Assembly(setting, rng=seed, ledger=False).run()
        assert trajectory_digest(watched.trajectory) == trajectory_digest(
            run_trajectory(World(setting, seed, collect_overrides(setting)), setting.rounds)
        )


@pytest.mark.uncompiled
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random_scenarios())
def test_after_every_round_every_column_holds_the_same_bytes(setting):
    moves = collect_overrides(setting)
    watched, measured = Assembly(setting, rng=3), World(setting, 3, moves)
    for _ in range(min(setting.rounds, 12)):
        watched.step()
        advance(measured, 1)
        assert watched.world.snapshot() == measured.snapshot(), differing(watched.world, measured)


def differing(one: World, other: World) -> list[str]:
    """Name the columns in which two worlds differ."""
    return [name for name in COLUMN_BY_NAME if not np.array_equal(getattr(one, name), getattr(other, name))]


@pytest.mark.parametrize("name", scenario_names())
def test_trajectories_have_not_changed_since_they_were_recorded(name):
    """A change here is a change of the model: say so in the CHANGELOG and run `make digests`."""
    setting, recorded = load_scenario(name), json.loads(RECORDED.read_text())
    assert (
        trajectory_digest(run_trajectory(World(setting, 1, collect_overrides(setting)), setting.rounds))
        == recorded[name]
    )


SCRIPT = """
from agents.assembly import Assembly
from model.measures import digest
for name in ("us-iran-2026", "gulf-region"):
    model = Assembly(name, rng=11).run(24)
    print(model.ledger.digest(), digest(model.trajectory))
"""


def test_two_processes_with_and_without_compilation_write_the_same_ledger():
    printed = set()
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        printed.add(done.stdout)
    assert len(printed) == 1
    assert len(hashlib.sha256(printed.pop().encode()).hexdigest()) == 64


def test_an_override_gives_the_same_bytes_on_both_sides():
    setting = load_scenario("us-iran-2026")
    moves = (
        Override(9, "choose_conduct", None, "iran", "us", 0),
        Override(10, "hold_talks", "nuclear", None, None, 1),
        Override(12, "answer_proposal", "nuclear", "us", None, -1),
        Override(20, "pressure", None, "us", "iran", 0.25),
    )
    watched = Assembly(setting, rng=4, overrides=moves).run()
    measured = run_trajectory(World(setting, 4, collect_overrides(setting, moves)), setting.rounds)
    assert trajectory_digest(watched.trajectory) == trajectory_digest(measured)
    assert trajectory_digest(measured) != trajectory_digest(
        run_trajectory(World(setting, 4, collect_overrides(setting)), setting.rounds)
    )


def test_turning_the_ledger_off_changes_no_number():
    told, silent = Assembly("gulf-region", rng=5).run(), Assembly("gulf-region", rng=5, ledger=False).run()
    assert told.trajectory.tobytes() == silent.trajectory.tobytes()
