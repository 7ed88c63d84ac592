"""Metrics and stopping conditions of studies: stored, missing as NULL, and usable wherever an outcome is."""

import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from support.commands import invoke
from support.studies import study_data, sweep_failing, write_study

from experiments.ensembles.ensemble import play_ensemble
from experiments.ensembles.expression_functions import ROUND_FUNCTIONS
from experiments.studies.discover import discover
from experiments.studies.results import outcome_names, query_results, runs_table, summary_by_point, sweep_summary
from experiments.studies.sensitivity import sweep_sensitivity
from experiments.studies.store import part_paths
from experiments.studies.study import load_study
from experiments.studies.sweep import plan_sweep, sweep
from model.errors import ScenarioError

METRICS = {"calm": "share(border.tension < 0.4)", "deal": "when(border.deal_progress > 0)", "never": "when(oil > 99)"}
STOP = "border.deal_progress > 0 or longest(contact == 0) >= 3"
MEASURED = {"rounds": 24, "replications": 6, "metrics": METRICS, "stop_when": STOP}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("measured")
    design = {"kind": "sobol", "points": 8}
    sweep(study_data(**MEASURED, design=design), where, workers=1)
    return where


def test_each_run_has_the_metrics_of_its_world(folder):
    table, points = (
        runs_table(folder),
        load_study(study_data(**MEASURED, design={"kind": "sobol", "points": 8})).points(),
    )
    for point, values in enumerate(points.to_dict("records")):
        alone = play_ensemble("two-states", 6, 1, rounds=24, changes=values, metrics=METRICS, stop_when=STOP)
        rows = table[table["point"] == point]
        np.testing.assert_array_equal(rows[[*METRICS]].to_numpy(float), alone.metric_values)
        assert rows["rounds"].tolist() == alone.last_rounds.tolist()
        np.testing.assert_array_equal(rows["mean_trust"], alone.means[:, 0])


def test_a_missing_value_is_null(folder):
    table = pq.read_table(part_paths(folder, "runs")[0])
    assert table.column("never").null_count == len(table)
    assert 0 < table.column("deal").null_count < len(table)
    answer = query_results(folder, "select count(*) as runs, count(deal) as deals, avg(deal) as mean from runs")
    deals = runs_table(folder)["deal"]
    assert answer.loc[0].tolist() == [len(deals), deals.notna().sum(), pytest.approx(deals.mean())]


def test_summary_by_point_has_means_and_missing_shares(folder):
    points, table = summary_by_point(folder), runs_table(folder).groupby("point")
    np.testing.assert_allclose(points["deal"], table["deal"].mean(), equal_nan=True)
    np.testing.assert_allclose(points["missing_deal"], table["deal"].apply(lambda each: each.isna().mean()))
    np.testing.assert_allclose(points["rounds"], table["rounds"].mean())
    names = outcome_names(load_study(study_data(**MEASURED)), points)
    assert names[-4:] == ["rounds", *METRICS]


def test_sensitivity_of_a_metric(folder):
    assert set(sweep_sensitivity(folder, "calm").indices["factor"]) == {
        "states.alba.generosity",
        "belief.betrayal_weight",
    }
    assert sweep_sensitivity(folder, "rounds").noise is not None
    with pytest.raises(ScenarioError, match=r"--outcome: is missing in all runs of 32 points.*found 'never'"):
        sweep_sensitivity(folder, "never")


def test_sensitivity_reports_the_runs_without_a_value(tmp_path):
    metrics = {"deal": "when(border.deal_progress > 0)"}
    more = {"rounds": 30, "replications": 12, "metrics": metrics, "design": {"kind": "morris", "points": 3}}
    sweep(study_data(**more), tmp_path, workers=1)
    found = sweep_sensitivity(tmp_path, "deal")
    assert found.noise is None
    assert any("of runs have no value and are left out" in remark for remark in found.remarks)


def test_discovery_uses_a_metric(tmp_path):
    sweep(study_data(**MEASURED, design={"kind": "latin", "points": 40}), tmp_path, workers=1)
    calm = summary_by_point(tmp_path)["calm"]
    assert discover(tmp_path, "calm", float(calm.median())).cases == (calm >= calm.median()).sum()
    with pytest.raises(ScenarioError, match="is missing in all runs of 40 points"):
        discover(tmp_path, "never", 1)


def test_unknown_outcome_lists_metrics(folder):
    with pytest.raises(ScenarioError, match="no such outcome, indicator or metric of this study; did you mean `calm`"):
        sweep_sensitivity(folder, "clam")


def test_results_show_the_metrics(folder, tmp_path):
    summary = sweep_summary(folder)["metrics"]
    assert summary["never"] == {"mean": None, "missing": 192}
    done = invoke("results", folder, "--csv", tmp_path / "runs.csv")
    assert done.exit_code == 0
    assert all(name in done.stdout for name in METRICS)
    header = (tmp_path / "runs.csv").read_text().splitlines()[0].split(",")
    assert {*METRICS, "rounds"} <= {*header}
    assert json.loads(invoke("results", folder, "--json").stdout)["metrics"]["calm"]["missing"] == 0


def test_all_errors_of_a_study_come_at_once():
    wrong = {
        "calm": "share(tenson < 0.4)",
        "Deal": "mean(oil)",
        "outcome": "mean(oil)",
        "hormuz": "mean(nuclear.tension)",
    }
    with pytest.raises(ScenarioError) as caught:
        load_study(study_data(metrics=wrong, stop_when="tension", levers={"states.alba.nonsense": [0.0, 1.0]}))
    paths = [error.path for error in caught.value.errors]
    assert paths == ["levers.states.alba.nonsense", "metrics.calm", "metrics.Deal", "metrics.outcome", "metrics.hormuz", "stop_when"]  # fmt: skip
    assert "no such indicator" in caught.value.errors[4].problem


@pytest.mark.parametrize("wrong", [{"metrics": {"calm": 5}}, {"metrics": "mean(oil)"}, {"stop_when": True}])
def test_values_other_than_text_are_refused(wrong, tmp_path):
    with pytest.raises(ScenarioError, match=r"^(metrics(\.calm)?|stop_when): "):
        load_study(study_data(**wrong))


def test_another_metric_is_another_study(folder):
    design = {"kind": "sobol", "points": 8}
    with pytest.raises(ScenarioError, match=r"study\.metrics"):
        sweep(study_data(**{**MEASURED, "metrics": {"calm": "share(border.tension < 0.2)"}}, design=design), folder)
    with pytest.raises(ScenarioError, match=r"study\.stop_when"):
        sweep(study_data(**{**MEASURED, "stop_when": None}, design=design), folder)


def test_a_failed_point_has_no_metrics(tmp_path):
    sweep_failing(study_data(metrics=METRICS, stop_when=STOP), tmp_path, first=5)
    failed = runs_table(tmp_path).query("error.notna()")
    assert failed[["rounds", *METRICS]].isna().all(axis=None)
    assert sweep_summary(tmp_path)["metrics"]["calm"]["missing"] == 0


def test_kept_trajectories_keep_the_last_round(tmp_path):
    sweep(study_data(**MEASURED, keep="trajectories"), tmp_path, workers=1)
    kept = query_results(tmp_path, "select * from kept join runs using (point, replication) where round >= rounds")
    assert kept.groupby(["point", "replication"])[["trust", "tension"]].nunique().max(axis=None) == 1


def test_the_estimated_size_counts_the_metrics(tmp_path):
    design = {"kind": "latin", "points": 400}
    with_metrics, without = (
        plan_sweep(load_study(study_data(design=design, metrics=each)), tmp_path) for each in (METRICS, {})
    )
    assert with_metrics.size - without.size > 400 * 3 * len(METRICS)


def test_a_study_file_holds_metrics(tmp_path):
    path = write_study(tmp_path, metrics={"calm": "share(tension < 0.4)"}, stop_when="tension > 0.9")
    done = invoke("sweep", path, "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert invoke("sensitivity", tmp_path / "out", "--outcome", "calm").exit_code == 2  # too few points


def test_the_document_on_studies_is_current():
    text = (Path(__file__).parents[3] / "docs" / "studies.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)\(x\)` \| a (\w+) \| (.*) \|$", text, re.MULTILINE)
    assert {name: rest for name, *rest in rows} == {
        name: [each.takes, each.meaning] for name, each in ROUND_FUNCTIONS.items()
    }
    data = tomllib.loads(text.partition("```toml\n")[2].partition("```")[0])
    study = load_study({**data, "name": "documented"})
    assert study.value_columns == ["mean_trust", "end_deal_progress", "rounds", "calm", "first_deal_round"]
