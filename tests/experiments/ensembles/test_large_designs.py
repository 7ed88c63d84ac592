"""Designs of many points, and many designs."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.designs import FULL, assert_a_world_equals_its_watched_run, random_designs
from support.ensembles import single_run

PATH, SCENARIO, SEED, ROUNDS, POINTS = "belief.memory", "us-iran-2026", 5, 12, 1_000_000
MILLION_POINTS = f"""
import json
import numpy as np
from benchmarks.memory import peak_memory
from experiments.ensembles.design import Design, Plans, Replications
from experiments.ensembles.play_design import play_design
values = np.linspace(0.6, 0.99, {POINTS})
result = play_design(Design(Plans({SCENARIO!r}), {{{PATH!r}: values}}), Replications(1, {SEED}, False, {ROUNDS}))
points = [*range(100), *range({POINTS} - 100, {POINTS})]
print(json.dumps([peak_memory(), points, *(each[points].tolist() for each in (values, result.ends, result.means))]))
"""


@pytest.mark.soak
def test_a_million_distinct_points_fit_in_a_gigabyte():
    done = subprocess.run([sys.executable, "-c", MILLION_POINTS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    peak_memory, points, values, ends, means = json.loads(done.stdout)
    assert peak_memory < 1000
    for point, value, end, mean in zip(points, values, ends, means, strict=True):
        trajectory = single_run(SCENARIO, SEED + point, {PATH: value}, ROUNDS)
        assert trajectory[-1].astype(np.float32).tolist() == end, point
        np.testing.assert_allclose(trajectory[1:].mean(axis=0), mean, rtol=1e-6, atol=1e-9)


@pytest.mark.soak
@settings(FULL, max_examples=2000)
@given(random_designs(80), st.integers(1, 3), st.booleans(), st.integers(0, 10**6))
def test_worlds_of_2000_designs_equal_watched_runs(drawn, worlds, common, chosen):
    assert_a_world_equals_its_watched_run(*drawn, worlds, common, chosen)
