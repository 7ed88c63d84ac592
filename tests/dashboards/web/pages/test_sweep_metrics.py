"""The page Sweeps with metrics: labels, and a map, ranking and box in which values are missing."""

import numpy as np
import pytest
from support.studies import study_data

from dashboards.page_link import SweepView
from dashboards.web.pages.sweeps.box import default_threshold, find_box
from dashboards.web.pages.sweeps.heat_map import factor_map, map_message
from dashboards.web.pages.sweeps.opened import read_folder, sweep_head
from dashboards.web.pages.sweeps.page import complete_choice, updated_choice
from dashboards.web.pages.sweeps.ranking import rank_factors
from experiments.studies.sweep import sweep
from model.errors import ScenarioError

TRUST, WEIGHT = "states.alba.generosity", "belief.betrayal_weight"
METRICS = {
    "calm": "share(border.tension < 0.4)",
    "late_deal": "when(border.deal_progress > 0 and round > 5)",
    "never": "when(oil > 99)",
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    base = tmp_path_factory.mktemp("measured")
    more = {
        "rounds": 24,
        "replications": 1,
        "common_random_numbers": False,
        "metrics": METRICS,
        "design": {"kind": "latin", "points": 60},
    }
    sweep(study_data(**more, stop_when="longest(contact == 0) >= 3"), base / "out", workers=1)
    return base, read_folder(base, "out")


def test_metrics_are_among_the_outcomes(measured):
    _, opened = measured
    labels = {each["name"]: each["label"] for each in sweep_head(opened)["outcomes"]}
    assert labels["rounds"] == "Rounds played"
    assert labels["late_deal"] == "Late deal"
    assert "up to 24 rounds each" in sweep_head(opened)["summary"]
    assert updated_choice(opened, SweepView("out"), {"outcome": "calm"}).outcome == "calm"


def test_a_map_leaves_missing_points_out(measured):
    _, opened = measured
    values = opened.points["late_deal"]
    assert 0 < values.notna().sum() < len(values)
    found = factor_map(opened, "late_deal", TRUST, "")
    assert found.counts.sum() == values.notna().sum()
    assert np.nansum(found.means * found.counts) == pytest.approx(values.sum())
    assert "Late deal" in map_message(opened, "late_deal", found, 100)["text"]
    with pytest.raises(ScenarioError, match="never: is missing at every point"):
        factor_map(opened, "never", TRUST, WEIGHT)


def test_a_ranking_leaves_missing_points_out(measured):
    base, opened = measured
    found = rank_factors(base, opened, "late_deal")
    points = opened.points.dropna(subset="late_deal")
    expected = points[[TRUST, WEIGHT]].corrwith(points["late_deal"], method="spearman")
    assert sorted(row["value"] for row in found["rows"]) == pytest.approx(sorted(expected))
    assert rank_factors(base, opened, "never")["rows"] == []


def test_a_box_of_missing_values_is_refused(measured):
    base, opened = measured
    for outcome in ("never", "late_deal"):
        threshold = complete_choice(SweepView("out", outcome), opened).above
        assert threshold == default_threshold(opened, outcome)
        assert np.isfinite(threshold)
        assert "is missing in all runs of" in find_box(base, opened, outcome, threshold, 100)["error"]
