"""Designs: every world of every point equals its watched run, byte by byte."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.designs import (
    FULL,
    assert_a_world_equals_its_watched_run,
    changes_at,
    random_columns,
    random_designs,
    settable_paths,
)
from support.ensembles import single_run

from experiments.engine import batch, kernel, pool
from experiments.ensembles import play_design as playing
from experiments.ensembles.design import Design, Plans, Replications
from experiments.ensembles.metrics import parse_measures
from experiments.ensembles.play_design import estimate_design, measure_points, play_design
from model.enumerations import Outcome
from model.errors import ScenarioError
from model.loading import load_scenario, scenario_names
from model.mechanisms import Mechanisms
from model.plan import StartCells

FEW = settings(FULL, max_examples=100)


@FULL
@given(random_designs(80), st.integers(1, 3), st.booleans(), st.integers(0, 10**6))
def test_worlds_of_random_designs_equal_watched_runs(drawn, worlds, common, chosen):
    assert_a_world_equals_its_watched_run(*drawn, worlds, common, chosen)


@pytest.mark.uncompiled
@FEW
@given(random_designs(6), st.integers(1, 2), st.booleans(), st.integers(0, 10**6))
def test_uncompiled_worlds_of_designs_equal_watched_runs(drawn, worlds, common, chosen):
    assert_a_world_equals_its_watched_run(*drawn, worlds, common, chosen)


@pytest.mark.parametrize("name", scenario_names())
def test_every_world_of_a_wide_design_equals_its_single_run(name):
    """All paths vary, switches and doctrines too: a lane that reads its neighbour's value would differ."""
    scenario = load_scenario(name)
    columns = random_columns(scenario, settable_paths(scenario), 70, seed=4)
    design = Design(Plans(name), columns)
    assert design.reread == ()
    played = play_design(design, Replications(1, 30, False, 20), keep=True).trajectories
    for point in range(0, 70, 3):
        assert played[point, 0].tobytes() == single_run(name, 30 + point, changes_at(design, point), 20).tobytes(), (
            point
        )


def test_a_lane_that_reads_its_neighbours_parameter_is_caught(monkeypatch):
    columns = {"belief.memory": np.linspace(0.6, 0.99, 8)}
    original = batch.WorldBlock.start_from

    def shifted(self, start, seeds, cells: StartCells | None = None):
        original(self, start, seeds, cells and cells._replace(floats=np.roll(cells.floats, 1, axis=1)))

    design = Design(Plans("two-states"), columns)
    right = play_design(design, Replications(1, 1, True, 20), keep=True, threads=1).trajectories
    monkeypatch.setattr(batch.WorldBlock, "start_from", shifted)
    wrong = play_design(design, Replications(1, 1, True, 20), keep=True, threads=1).trajectories
    assert right[3].tobytes() != wrong[3].tobytes()
    assert right[3].tobytes() == wrong[4].tobytes()


def test_results_depend_neither_on_threads_nor_on_jobs(monkeypatch):
    scenario = load_scenario("gulf-region")
    paths = ["belief.memory", "mechanisms.noise", "states.iran.doctrine", "facilitators.oman.arrives"]
    design = Design(Plans(scenario), random_columns(scenario, paths, 90, seed=8))
    how = Replications(7, 3, True, 24, parse_measures({"calm": "share(tension < 0.4)"}, None, scenario.negotiations))
    expected = play_design(design, how, keep=True, threads=1)
    for threads, (size, batches) in product((1, 2, 8), ((1, 1), (64, 3), (2048, 4))):
        monkeypatch.setattr(playing, "JOB_SIZE", max(size, how.worlds))
        monkeypatch.setattr(playing, "JOBS_PER_BATCH", batches)
        with ThreadPoolExecutor(threads) as threads_of_test:
            monkeypatch.setattr(pool, "_pool", [threads_of_test])
            played = play_design(design, how, keep=True)
        for name in ("outcomes", "deals", "deal_rounds", "means", "variances", "ends", "metric_means", "trajectories"):
            assert getattr(played, name).tobytes() == getattr(expected, name).tobytes(), (name, threads, size)


def test_a_point_of_many_worlds_is_played_in_parts(monkeypatch):
    design = Design(Plans("two-states"), {"belief.memory": [0.9, 0.7]})
    whole = play_design(design, Replications(50, 1, False, 10), keep=True)
    monkeypatch.setattr(playing, "JOB_SIZE", 16)
    parts = play_design(design, Replications(50, 1, False, 10), keep=True)
    assert parts.trajectories.tobytes() == whole.trajectories.tobytes()
    assert parts.outcomes.tolist() == whole.outcomes.tolist()
    np.testing.assert_allclose(parts.means, whole.means, rtol=1e-6)


@pytest.mark.parametrize("path", ["belief.memory", "mechanisms.noise", "states.us.doctrine", "states.iran.resolve"])
def test_a_column_of_the_scenarios_own_value_changes_nothing(path):
    scenario = load_scenario("us-iran-2026")
    own = {"mechanisms.noise": True, "states.us.doctrine": scenario.states["us"].doctrine}
    value = own.get(
        path,
        {"belief.memory": scenario.belief.memory, "states.iran.resolve": scenario.states["iran"].resolve}.get(path),
    )
    design = Design(Plans(scenario), {path: [value] * 5})
    played = play_design(design, Replications(2, 1, False, 30), keep=True).trajectories
    plain = kernel.run_trajectories(Plans(scenario).base.world, np.arange(1, 11, dtype=np.uint64), 30)
    assert played.tobytes() == plain.tobytes()


def test_random_numbers_stay_while_a_parameter_varies():
    """Worlds with the same seed differ only if the parameter matters; this one never does in this scenario."""
    design = Design(Plans("two-states"), {"states.alba.initiative_cost": [0.1, 0.2, 0.9]})
    common = play_design(design, Replications(4, 1, True, 12), keep=True).trajectories
    separate = play_design(design, Replications(4, 1, False, 12), keep=True).trajectories
    assert common[0].tobytes() == common[1].tobytes() == common[2].tobytes()
    assert separate[0].tobytes() == common[0].tobytes() != separate[1].tobytes()


def test_switches_that_all_differ_are_played_in_runs():
    scenario = load_scenario("us-iran-2026")
    paths = [f"mechanisms.{name}" for name in Mechanisms.model_fields]
    design = Design(Plans(scenario), random_columns(scenario, paths, 130, seed=5))
    played = play_design(design, Replications(1, 2, True, 15), keep=True).trajectories
    for point in range(0, 130, 13):
        expected = single_run("us-iran-2026", 2, changes_at(design, point), 15)
        assert played[point, 0].tobytes() == expected.tobytes()


def test_neighbours_with_equal_values_form_runs():
    assert batch.run_ends(np.array([[1, 1, 0, 0, 0, 1], [2, 2, 2, 2, 3, 3]])).tolist() == [2, 2, 4, 4, 5, 6]
    assert batch.run_ends(np.array([[1, 1]])).tolist() == [2, 2]


# Values that change what the world consists of


def test_structural_values_are_read_again_and_reported():
    design = Design(
        Plans("two-states"), {"negotiations.border.bundling": [1, 2, 1, 2], "belief.memory": [0.9, 0.9, 0.8, 0.8]}
    )
    assert design.reread == ("negotiations.border.bundling",)
    assert sorted(map(len, (group.points for group in design.groups))) == [2, 2]
    result = play_design(design, Replications(1, 4, True, 20), keep=True)
    assert result.reread == design.reread
    for point in range(4):
        expected = single_run("two-states", 4, changes_at(design, point), 20)
        assert result.trajectories[point, 0].tobytes() == expected.tobytes()


def test_inconsistent_points_are_rows_with_their_error():
    """A rung that needs a verifier must name one: an error that neither column has on its own."""
    first, *_ = load_scenario("two-states").negotiations["border"].rungs
    where = f"negotiations.border.rungs.{first}"
    columns = {f"{where}.verifier": ["mission", "mission", None], f"{where}.needs_verification": [False, True, True]}
    result = play_design(Design(Plans("two-states"), columns), Replications(3, 1, True, 8))
    frame = result.frame()
    assert list(result.errors) == [2]
    assert "name a body" in frame["error"][2]
    assert frame["mean_trust"].isna().tolist() == [False, False, True]
    assert frame["breakdown"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"states.alba.resolute": [0.5] * 5}, "resolute"),
        ({"states.albania.resolve": [0.5] * 5}, "albania"),
        ({"negotiations.border.bundling": [1, 0, 99]}, "in row 1"),
        ({"belief.memry": [0.6, 0.7]}, "memry"),
        ({"nope.x": [1, 2], "belief.memory": [0.6, 0.7]}, "nope"),
        ({"relations.alba.bora.trust": [0.5]}, "bora"),
        ({"__dict__.belief.memory": [0.6, 0.9]}, "__dict__"),
        ({"belief.memory": np.ma.masked_array([0.6, 0.9], [0, 1])}, "in row 1"),
        ({"states.alba.resolve": [0.2], "states.alba": [{"name": {"en": "Alba"}}]}, "is inside `states.alba`"),
        ({"summary": ["x"]}, "summary"),
    ],
)
def test_unknown_paths_and_values_are_refused(columns, message):
    with pytest.raises(ScenarioError, match=message):
        Design(Plans("two-states"), columns)


# Results


def test_summaries_of_points_agree_with_their_worlds():
    scenario = load_scenario("us-iran-2026")
    columns = random_columns(scenario, ["states.iran.resolve", "belief.memory"], 5, seed=3)
    measures = parse_measures(
        {"calm": "share(tension < 0.4)", "deal": "when(deal_progress > 0)"}, None, scenario.negotiations
    )
    result = play_design(Design(Plans(scenario), columns), Replications(40, 1, True, 60, measures), keep=True)
    frame = result.frame()
    assert result.outcomes.sum(axis=1).tolist() == [40] * 5
    np.testing.assert_allclose(frame["mean_trust"], result.trajectories[:, :, 1:, 0].mean(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_allclose(frame["end_tension"], result.trajectories[:, :, -1, 2].mean(axis=1), rtol=1e-5)
    np.testing.assert_allclose(
        frame["var_trust"], result.trajectories[:, :, 1:, 0].mean(axis=2).var(axis=1, ddof=1), rtol=1e-3
    )
    np.testing.assert_allclose(frame["calm"], (result.trajectories[:, :, 1:, 2] < 0.4).mean(axis=(1, 2)), rtol=1e-6)
    dealt = (result.trajectories[:, :, :, 3] > 0).any(axis=2)
    assert frame["nuclear.deals"].tolist() == dealt.mean(axis=1).tolist()
    shares = frame[[each.name for each in Outcome]]
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_worlds_of_a_design_end_when_the_condition_holds():
    scenario = load_scenario("two-states")
    measures = parse_measures({"deal": "when(deal_progress > 0)"}, "deal_progress > 0", scenario.negotiations)
    design = Design(Plans(scenario), {"belief.memory": [0.9, 0.95]})
    stopped = play_design(design, Replications(60, 1, True, 60, measures))
    whole = play_design(design, Replications(60, 1, True, 60), keep=True)
    dealt = whole.trajectories[:, :, :, 3] > 0
    ends = np.where(dealt.any(axis=2), dealt.argmax(axis=2), 60)
    frame = stopped.frame()
    np.testing.assert_allclose(frame["rounds"], ends.mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(frame["missing_deal"], (~dealt.any(axis=2)).mean(axis=1))
    assert "up to 60 rounds" in repr(stopped)


def test_measures_of_points_are_those_of_their_trajectories():
    design = Design(Plans("two-states"), {"belief.memory": [0.6, 0.9, 0.99]})
    kept = play_design(design, Replications(3, 1, True, 12), keep=True).trajectories
    ends = measure_points(design, Replications(3, 1, True, 12), lambda seen: seen[:, -1, 0].tolist())
    assert ends == kept[:, :, -1, 0].tolist()


def test_columns_may_be_arrays_frames_and_single_values():
    values, plans = [0.6, 0.7], Plans("two-states")
    designs = [
        {"belief.memory": values, "mechanisms.noise": [True, True]},
        {"belief.memory": np.array(values), "mechanisms.noise": np.True_},
        {"belief.memory": tuple(values), "mechanisms.noise": True},
        pd.DataFrame({"belief.memory": values, "mechanisms.noise": [True, True]}),
        {"belief.memory": pd.Series(values, index=[5, 6]), "mechanisms.noise": pd.array([True, True], "boolean")},
        {"belief.memory": np.array(values, np.float64), "mechanisms.noise": np.array([True, True])},
    ]
    played = [play_design(Design(plans, each), Replications(1, 1, True, 9), keep=True).trajectories for each in designs]
    assert len({each.tobytes() for each in played}) == 1


def test_design_can_be_cancelled_and_reports_progress():
    design, counts = Design(Plans("two-states"), {"belief.memory": np.linspace(0.6, 0.9, 30_000)}), []
    play_design(design, Replications(1, 1, True, 5), progress=counts.append)
    assert counts == sorted(counts)
    assert counts[-1] == 30_000
    with pytest.raises(pool.CancelledError):
        play_design(design, Replications(1, 1, True, 5), progress=counts.append, stop=lambda: len(counts) > 30)


def test_estimate_grows_with_points_and_kept_trajectories():
    small = Design(Plans("two-states"), {"belief.memory": np.linspace(0.6, 0.9, 64)})
    large = Design(Plans("two-states"), {"belief.memory": np.linspace(0.6, 0.9, 64_000)})
    how = Replications(1, 1, True, 30)
    assert estimate_design(large, how).seconds > 10 * estimate_design(small, how).seconds > 0
    assert estimate_design(large, how).memory > estimate_design(small, how).memory
    assert estimate_design(large, how, keep=True).memory > 64_000 * 31 * 24 * 8
