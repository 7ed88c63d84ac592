"""Sensitivity indices, compared with published values."""

import json

import numpy as np
import pytest
from support.studies import study_data

from dashboards.reports.study import describe_sensitivity, sensitivity_page
from experiments.studies.sensitivity import sensitivity_data, sensitivity_indices
from experiments.studies.study import Study, load_study
from model.errors import ScenarioError


def unit_study(names: list[str], design: dict) -> Study:
    """Return a study whose factors range from 0 to 1, to be analysed with the test's own values."""
    data = study_data(levers={}, uncertainties={name: [0.0, 1.0] for name in names}, design=design)
    return load_study(data)


THREE = ["states.alba.generosity", "states.borea.generosity", "states.alba.initiative"]


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
