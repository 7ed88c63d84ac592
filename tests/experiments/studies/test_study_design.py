"""Designs: levels of grids, even samples, distributions, the order of points, and settings without effect."""

import numpy as np
import pytest
from scipy import stats
from support.studies import study_data

from experiments.studies.design import grid_order
from experiments.studies.factor import Factor
from experiments.studies.study import load_study
from experiments.studies.sweep import sweep
from model.errors import ScenarioError
from model.loading import load_scenario
from model.parameter_space import every_parameter

TRUST, WEIGHT = "states.alba.generosity", "belief.betrayal_weight"
FOUR = [TRUST, "states.borea.generosity", "states.alba.initiative", "states.borea.initiative"]


def continuous(low, high, steps=5, distribution="uniform", shape=()):
    return Factor("x", True, False, low, high, None, steps, distribution, shape)


def column(values: dict, design: dict, path: str = TRUST) -> np.ndarray:
    """Return a factor's column in a design of two factors."""
    study = load_study(study_data(levers={path: values}, uncertainties={WEIGHT: [1.0, 6.0]}, design=design))
    return study.points()[path].to_numpy()


def test_end_levels_of_every_grid_are_exactly_the_bounds():
    for parameter in every_parameter(load_scenario("two-states")):
        if parameter.low == parameter.high:
            continue
        for steps in (*range(2, 31), 51, 101):
            factor = Factor(parameter.path, True, parameter.whole, parameter.low, parameter.high, None, steps)
            levels = factor.grid_values()
            assert (levels[0], levels[-1]) == (parameter.low, parameter.high), (parameter.path, steps)
            assert all(parameter.low <= each <= parameter.high for each in levels), (parameter.path, steps)
            if not parameter.whole:
                spacing = np.diff(levels)
                np.testing.assert_allclose(spacing, spacing[0], rtol=1e-9)


def test_levels_between_the_bounds_are_short_decimals():
    assert continuous(0.0, 1.0, 11).grid_values() == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    assert continuous(-1e-9, 1e-9, 3).grid_values() == (-1e-9, 0.0, 1e-9)
    assert continuous(0.0, 1e6, 4).grid_values()[1] == pytest.approx(1e6 / 3, rel=1e-12)


def test_every_level_of_a_grid_can_be_played(tmp_path):
    levers = {"relations.alba.borea.trust": {"low": 0.02, "high": 0.98, "steps": 10}}
    study = study_data(levers=levers, uncertainties={}, replications=1, design={"kind": "grid"})
    assert sweep(study, tmp_path).failed == 0


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 12])
@pytest.mark.parametrize("kind", ["latin", "sobol", "morris"])
def test_listed_values_are_sampled_evenly(kind, count):
    values = [round(0.05 * at, 2) for at in range(count)]
    points = {"latin": 600, "sobol": 128, "morris": 600}[kind]
    found = column({"values": values}, {"kind": kind, "points": points})
    shares = np.array([np.mean(found == value) for value in values])
    np.testing.assert_allclose(shares, 1 / count, atol=0.05 if kind == "morris" else 0.02)


def test_short_integer_ranges_are_sampled_evenly_by_morris():
    found = column({"low": 0, "high": 4}, {"kind": "morris", "points": 600}, "states.alba.veto_players")
    np.testing.assert_allclose(np.bincount(found) / len(found), 0.2, atol=0.03)


def test_morris_effects_of_a_list_use_the_right_step():
    """The effect of a step over half of the range is measured in shares of the range."""
    levers = {TRUST: {"values": [0.0, 0.5, 1.0]}}
    study = load_study(study_data(levers=levers, design={"kind": "morris", "points": 400}))
    moves = np.abs(np.diff(study.points()[TRUST]))
    assert set(moves[moves > 0]) == {0.5, 1.0}  # a step of the factor always changes its value
    steps = np.abs(np.diff(study.unit_points(), axis=0)).max(axis=1)
    assert np.allclose(steps[np.arange(len(steps)) % 3 != 2], 0.6)  # 3 of 5 steps between 6 levels


def test_lists_too_different_for_morris_are_refused():
    levers = {path: {"values": np.linspace(0, 1, count)} for path, count in zip(FOUR, (11, 13, 17, 19), strict=True)}
    with pytest.raises(ScenarioError, match="11, 13, 17, 19 values evenly; use `latin` or `sobol`"):
        load_study(study_data(levers=levers, design={"kind": "morris", "points": 8}))


@pytest.mark.parametrize("levels", [(6, 6, 3), (10, 10, 10), (2,) * 8, (40, 25), (7, 3, 11, 4)])
def test_first_points_of_a_grid_cover_all_levels(levels):
    order = grid_order(levels, seed=1)
    size = int(np.prod(levels))
    assert sorted(order) == list(range(size))
    first = np.array(np.unravel_index(order[: max(size // 10, 2 * max(levels))], levels))
    for places, count in zip(first, levels, strict=True):
        assert np.bincount(places, minlength=count).min() >= 0.4 * first.shape[1] / count


def test_interrupted_grid_has_played_every_level(tmp_path):
    study = study_data(
        levers={TRUST: {"low": 0, "high": 1, "steps": 5}},
        uncertainties={WEIGHT: {"low": 1, "high": 6, "steps": 6}},
        replications=1,
        design={"kind": "grid"},
    )
    summary = sweep(study, tmp_path, points=10).by_point()
    assert (summary[TRUST].nunique(), summary[WEIGHT].nunique()) == (5, 6)


def test_grid_order_depends_on_the_seed_of_the_design():
    grids = [load_study(study_data(design={"kind": "grid", "seed": seed})).points() for seed in (1, 1, 2)]
    assert grids[0].equals(grids[1])
    assert not grids[0].equals(grids[2])
    assert sorted(map(tuple, grids[0].to_numpy())) == sorted(map(tuple, grids[2].to_numpy()))


@pytest.mark.parametrize(
    ("design", "factor", "message"),
    [
        ({"kind": "grid", "points": 256}, [0, 1], "design.points: has no effect in a design of kind `grid`"),
        ({"kind": "grid", "second_order": False}, [0, 1], "design.second_order: has no effect"),
        ({"kind": "latin", "second_order": True}, [0, 1], "use the kind `sobol` (found True)"),
        ({"kind": "latin"}, {"low": 0, "high": 1, "steps": 5}, f"levers.{TRUST}.steps: has no effect"),
        ({"kind": "grid"}, {"distribution": "uniform"}, "use the kind `latin`, `sobol` or `morris`"),
        ({}, {"mean": 0.5}, f"levers.{TRUST}.mean: has no effect in the distribution `uniform`"),
        ({}, {"distribution": "normal", "mean": 0.5}, f"levers.{TRUST}.sd: is missing"),
        ({}, {"distribution": "normal", "mean": 0.5, "sd": 0.0}, "greater than 0"),
        ({}, {"distribution": "triangular", "mode": 2.0}, "should be inside the range, 0 to 1 (found 2.0)"),
        ({}, {"distribution": "log"}, "low: should be above 0 for the distribution `log`"),
        ({}, {"distribution": "gamma"}, f"levers.{TRUST}.distribution"),
        ({}, {"values": [0.5], "distribution": "log"}, "not both"),
    ],
)
def test_setting_without_effect_is_refused(design, factor, message):
    with pytest.raises(ScenarioError) as raised:
        load_study(study_data(levers={TRUST: factor}, design=design))
    assert message in str(raised.value)
    assert len(raised.value.errors) == 1


@pytest.mark.parametrize("kind", ["grid", "latin", "sobol", "morris"])
def test_settings_that_a_kind_does_not_use_are_none(kind):
    design = load_study(study_data(design={"kind": kind})).file.design
    unused = [name for name, value in design.model_dump().items() if value is None]
    assert (
        unused
        == {
            "grid": ["points", "second_order", "file"],
            "latin": ["second_order", "file"],
            "sobol": ["file"],
            "morris": ["second_order", "file"],
        }[kind]
    )


@pytest.mark.parametrize(
    ("distribution", "shape", "expected"),
    [
        ("uniform", (), stats.uniform(0.2, 0.6)),
        ("log", (), stats.loguniform(0.2, 0.8)),
        ("normal", (0.3, 0.1), stats.truncnorm(-1, 5, 0.3, 0.1)),
        ("triangular", (0.35,), stats.triang(0.25, 0.2, 0.6)),
    ],
)
def test_quantiles_are_those_of_the_truncated_distribution(distribution, shape, expected):
    shares = np.linspace(0, 1, 1001)
    values = continuous(0.2, 0.8, 5, distribution, shape).values_at(shares)
    np.testing.assert_allclose(values, expected.ppf(shares), rtol=1e-9)
    assert (values.min(), values.max()) == (0.2, 0.8)


def test_integers_follow_a_distribution_too():
    factor = Factor("x", True, True, 1, 9, None, 5, "triangular", (3.0,))
    shares = (np.arange(90_000) + 0.5) / 90_000
    counts = np.bincount(factor.values_at(shares))[1:]
    assert (len(counts), counts.argmax() + 1) == (9, 3)
    assert set(factor.values_at([0.0, 1.0])) == {1, 9}


@pytest.mark.parametrize("kind", ["latin", "sobol", "morris"])
def test_sampled_designs_follow_the_distribution(kind):
    written = {"low": 0.01, "high": 1.0, "distribution": "log"}
    found = column(written, {"kind": kind, "points": 64})
    assert (found.min() >= 0.01, found.max() <= 1.0) == (True, True)
    assert np.median(found) < 0.25  # of a uniform distribution: 0.5
    assert set(load_study(study_data(levers={TRUST: written})).unit_points().shape) == {6, 2}


def test_shares_become_values_in_whole_columns():
    """One value per share, of any shape, without a loop in Python."""
    shares = np.random.default_rng(1).random((1000, 3))
    for factor in (
        continuous(0.0, 2.0, 5, "normal", (1.0, 0.5)),
        Factor("x", True, True, 0, 5, None, 5),
        Factor("x", True, False, 0, 1, ("a", "b", "c"), 2),
    ):
        values = factor.values_at(shares)
        assert values.shape == shares.shape
        assert values.tolist() == [factor.values_at(row).tolist() for row in shares]
