"""Sensitivity indices, compared with published values."""

import json
import re

import numpy as np
import pytest
from support.commands import invoke
from support.studies import study_data

from dashboards.reports.study import describe_sensitivity, sensitivity_page
from experiments.studies.sensitivity import sensitivity_data, sensitivity_indices, sweep_sensitivity
from experiments.studies.study import Study, load_study
from experiments.studies.sweep import sweep
from model.errors import ScenarioError


def unit_study(names: list[str], design: dict) -> Study:
    """Return a study whose factors range from 0 to 1, to be analysed with the test's own values."""
    data = study_data(levers={}, uncertainties={name: [0.0, 1.0] for name in names}, design=design)
    return load_study(data)


THREE = ["states.alba.generosity", "states.borea.generosity", "states.alba.initiative"]
FOURTH = "states.borea.initiative"


def test_sobol_indices_of_ishigami_match_published_values():
    """Ishigami with a = 7, b = 0.1: first order .3139, .4424, 0; total .5576, .4424, .2437 (Sobol 1993; Saltelli 2008)."""
    study = unit_study(THREE, {"kind": "sobol", "points": 4096, "second_order": False})
    x = study.unit_points() * 2 * np.pi - np.pi
    values = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    table = sensitivity_indices(study, values).indices.set_index("factor").loc[THREE]
    np.testing.assert_allclose(table["first"], [0.3139, 0.4424, 0.0], atol=0.02)
    np.testing.assert_allclose(table["total"], [0.5576, 0.4424, 0.2437], atol=0.02)


def test_sobol_indices_of_the_g_function_match_closed_forms():
    """G with a = (0, 1, 4.5): closed forms of Saltelli and Sobol 1995."""
    study = unit_study(THREE, {"kind": "sobol", "points": 4096, "second_order": False})
    a = np.array([0.0, 1.0, 4.5])
    values = np.prod((np.abs(4 * study.unit_points() - 2) + a) / (1 + a), axis=1)
    parts = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + parts) - 1
    table = sensitivity_indices(study, values).indices.set_index("factor").loc[THREE]
    np.testing.assert_allclose(table["first"], parts / whole, atol=0.02)


def test_second_order_indices_find_the_interaction():
    """Ishigami has one interaction: x1 with x3, 0.2437 (Saltelli 2008)."""
    study = unit_study(THREE, {"kind": "sobol", "points": 2048, "second_order": True})
    x = study.unit_points() * 2 * np.pi - np.pi
    values = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    result = sensitivity_indices(study, values)
    assert result.pairs.loc[0, ["factor", "with"]].tolist() == [THREE[0], THREE[2]]
    np.testing.assert_allclose(result.pairs["second"], [0.2437, 0.0, 0.0], atol=0.03)
    assert f"{THREE[0]} with {THREE[2]} (0.2" in " ".join(describe_sensitivity(result))
    assert "Pairs" in [section.title for section in sensitivity_page("Why?", result).sections]
    assert json.loads(json.dumps(sensitivity_data(result)))["pairs"][0]["with"] == THREE[2]


def test_morris_ranks_factors_by_their_strength():
    study = unit_study(THREE, {"kind": "morris", "points": 50})
    x = study.unit_points()
    table = sensitivity_indices(study, 5 * x[:, 0] - 2 * x[:, 1]).indices
    assert table["factor"].tolist() == THREE
    np.testing.assert_allclose(table["strength"], [5.0, 2.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(table["direction"], [5.0, -2.0, 0.0], atol=1e-9)


def test_truncated_design_is_refused_and_small_one_remarked():
    study = unit_study(THREE, {"kind": "sobol", "points": 16})
    with pytest.raises(ScenarioError, match="a truncated design has no indices"):
        sensitivity_indices(study, np.zeros(study.size - 1))
    with pytest.raises(ScenarioError, match="a truncated design has no indices"):
        sensitivity_indices(study, np.where(np.arange(study.size) == 3, np.nan, 1.0))
    remarks = sensitivity_indices(study, study.unit_points()[:, 0]).remarks
    assert any("small" in remark for remark in remarks)
    assert any("no factor affects it" in remark for remark in sensitivity_indices(study, np.ones(study.size)).remarks)


def ishigami(study: Study) -> np.ndarray:
    """Return the Ishigami function of a study's three factors, from -pi to pi."""
    x = study.points().to_numpy(float) * 2 * np.pi - np.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


@pytest.mark.parametrize("design", [{"kind": "latin", "points": 2048}, {"kind": "sobol", "points": 512}])
def test_rbd_fast_finds_first_order_indices_in_any_sample(design):
    """First order .3139, .4424, 0 (Sobol 1993; Saltelli 2008)."""
    study = unit_study(THREE, design)
    result = sensitivity_indices(study, ishigami(study), method="rbd-fast")
    table = result.indices.set_index("factor").loc[THREE]
    np.testing.assert_allclose(table["first"], [0.3139, 0.4424, 0.0], atol=0.05)
    assert (np.abs(table["first"] - [0.3139, 0.4424, 0.0]) < 2 * table["first_interval"] + 0.01).all()


def test_delta_matches_published_values_of_ishigami():
    """About .21, .35 and .18 (Plischke, Borgonovo and Smith 2013; SALib's own reference)."""
    study = unit_study(THREE, {"kind": "latin", "points": 600})
    state = np.random.get_state()[1].copy()
    result = sensitivity_indices(study, ishigami(study), method="delta")
    table = result.indices.set_index("factor").loc[THREE]
    np.testing.assert_allclose(table["delta"], [0.21, 0.35, 0.18], atol=0.06)
    assert (table["delta_interval"] > 0).all()
    assert (np.random.get_state()[1] == state).all()  # the caller's random numbers are unaffected


@pytest.mark.parametrize("kind", ["latin", "grid"])
def test_pawn_separates_influence_from_noise(kind):
    """The first two factors of Ishigami have large effects; a fourth has none, like a random column."""
    levers = {path: {"low": 0.0, "high": 1.0, **({"steps": 6} if kind == "grid" else {})} for path in (*THREE, FOURTH)}
    design = {"kind": kind, **({"points": 1200} if kind == "latin" else {})}
    study = load_study(study_data(levers=levers, uncertainties={}, design=design))
    result = sensitivity_indices(study, ishigami(study), method="pawn")
    table = result.indices.set_index("factor")["median"]
    noise = float(re.search(r"without any effect has about (\d\.\d+)", " ".join(result.remarks))[1])
    assert min(table[THREE[0]], table[THREE[1]]) > 2 * table[FOURTH]
    assert table[FOURTH] == pytest.approx(noise, abs=0.04)
    assert result.spread == ""


@pytest.mark.parametrize(
    ("kind", "method"), [("latin", "rbd-fast"), ("grid", "pawn"), ("sobol", "sobol"), ("morris", "morris")]
)
def test_method_follows_the_kind_of_design(kind, method):
    design = {"kind": kind, **({} if kind == "grid" else {"points": 64})}
    study = unit_study(THREE, design)
    result = sensitivity_indices(study, ishigami(study))
    assert result.method == method
    assert result.key in result.indices
    assert result.indices[result.key].is_monotonic_decreasing
    sentences = describe_sensitivity(result)
    assert any("Most important factors" in sentence for sentence in sentences)
    assert sensitivity_page("Why?", result).sections[0].rows
    assert json.loads(json.dumps(sensitivity_data(result)))["method"] == method


@pytest.mark.parametrize("method", ["rbd-fast", "pawn"])
def test_given_data_methods_tolerate_failed_points(method):
    study = unit_study(THREE, {"kind": "latin", "points": 1024})
    values = ishigami(study)
    values[::7] = np.nan
    result = sensitivity_indices(study, values, method=method)
    assert result.indices["factor"].tolist()[:2] == [THREE[1], THREE[0]]
    assert "147 of 1,024 points have no result and are left out." in result.remarks


def test_metric_without_a_value_at_some_points_needs_given_data(tmp_path):
    metrics = {"deal": "when(border.deal_progress > 0)"}
    more = {"rounds": 18, "replications": 1, "common_random_numbers": False, "metrics": metrics}
    sweep(study_data(**more, design={"kind": "sobol", "points": 32}), tmp_path)
    with pytest.raises(ScenarioError, match=r"--outcome: is missing in all runs of \d+ points"):
        sweep_sensitivity(tmp_path, "deal")
    result = sweep_sensitivity(tmp_path, "deal", "pawn")
    assert any("of 128 points have no result and are left out." in remark for remark in result.remarks)


def test_order_of_a_grid_does_not_bias_a_factor_of_few_values():
    """Equal values are ordered at random: in the order of the points, the first factor would follow the others."""
    levers = {path: {"low": 0.0, "high": 1.0, "steps": steps} for path, steps in zip(THREE, (2, 9, 9), strict=True)}
    study = load_study(study_data(levers=levers, uncertainties={}, design={"kind": "grid"}))
    points = study.points().sort_values(THREE)
    study = study._replace(table=points.reset_index(drop=True))
    result = sensitivity_indices(study, study.points()[THREE[1]].to_numpy(float), method="rbd-fast")
    table = result.indices.set_index("factor")["first"]
    assert table[THREE[1]] > 0.9
    assert table[THREE[0]] < 0.2


@pytest.mark.parametrize(
    ("kind", "method", "message"),
    [
        ("latin", "sobol", "needs a design of kind `sobol`, this one is `latin`; use `rbd-fast`, `pawn` or `delta`"),
        ("sobol", "morris", "needs a design of kind `morris`"),
        ("latin", "sobl", "did you mean `sobol`"),
    ],
)
def test_method_that_does_not_suit_the_design_is_refused(kind, method, message):
    study = unit_study(THREE, {"kind": kind, "points": 64})
    with pytest.raises(ScenarioError) as raised:
        sensitivity_indices(study, ishigami(study), method=method)
    assert message in str(raised.value)


def test_too_few_points_for_a_given_data_method_are_refused():
    study = unit_study(THREE, {"kind": "latin", "points": 49})
    with pytest.raises(ScenarioError, match=r"at least 50 points with a result are needed .found 49"):
        sensitivity_indices(study, ishigami(study))


def test_constant_outcome_and_constant_factor_are_remarked():
    study = unit_study(THREE, {"kind": "latin", "points": 100})
    points = study.points().assign(**{THREE[0]: 0.5})
    study = study._replace(table=points)
    for method in ("rbd-fast", "pawn"):
        result = sensitivity_indices(study, np.ones(100), method=method)
        assert "no factor affects it" in result.remarks[0]
        assert f"{THREE[0]} has the same value at every point and is not ranked." in result.remarks
        assert sorted(result.indices["factor"]) == sorted(THREE[1:])


def test_points_that_an_earlier_version_placed_need_given_data():
    """A stored design is compared with this version's: indices of other points would be wrong without a warning."""
    study = unit_study(THREE, {"kind": "morris", "points": 30})
    stored = study._replace(table=study.points())
    assert sensitivity_indices(stored, ishigami(study)).method == "morris"
    other = study._replace(table=study.points().iloc[::-1].reset_index(drop=True))
    with pytest.raises(ScenarioError, match="an earlier version placed the points of this design differently"):
        sensitivity_indices(other, ishigami(study))
    assert sensitivity_indices(other, ishigami(other), method="pawn").method == "pawn"


def test_command_names_its_method_and_writes_its_page(tmp_path):
    sweep(study_data(replications=2, design={"kind": "latin", "points": 60}), tmp_path)
    plain = invoke("sensitivity", tmp_path, "--outcome", "mean_trust")
    assert plain.exit_code == 0, plain.stderr
    assert "First-order indices by RBD-FAST." in plain.stdout
    chosen = invoke("sensitivity", tmp_path, "--outcome", "mean_trust", "--method", "pawn", "--json")
    assert json.loads(chosen.stdout)["method"] == "pawn"
    assert "PAWN" in (tmp_path / "sensitivity-mean_trust.html").read_text()
