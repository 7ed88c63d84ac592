"""Results folders: what they store, queries, and refusals."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from support.commands import invoke, refused_command
from support.studies import LARGE_STUDY, study_data, sweep_failing, write_study

from dashboards.web.pages.sweeps.heat_map import factor_map
from dashboards.web.pages.sweeps.opened import read_folder, sweep_head
from experiments.ensembles.ensemble import play_ensemble
from experiments.studies.results import query_results, runs_table, stored_study, summary_by_point, sweep_summary
from experiments.studies.sensitivity import sweep_sensitivity
from experiments.studies.store import part_paths
from experiments.studies.study import load_study
from experiments.studies.sweep import sweep
from model.errors import ScenarioError
from model.version import VERSION, describe_other_model

LISTED = {"belief.betrayal_weight": {"values": [1.0, 6.0]}}


def test_results_store_their_points_without_the_files(tmp_path):
    (tmp_path / "points.csv").write_text("states.alba.generosity\n0.25\n0.5\n")
    design = {"kind": "table", "file": "points.csv"}
    write_study(tmp_path, levers={"states.alba.generosity": [0.0, 1.0]}, uncertainties={}, design=design)
    sweep(tmp_path / "small.toml", tmp_path / "out")
    (tmp_path / "points.csv").write_text("states.alba.generosity\n0.9\n0.8\n")
    assert sorted(set(runs_table(tmp_path / "out")["states.alba.generosity"])) == [0.25, 0.5]
    with pytest.raises(ScenarioError, match="table_digest"):
        sweep(tmp_path / "small.toml", tmp_path / "out")
    (tmp_path / "points.csv").unlink()
    assert len(runs_table(tmp_path / "out")) == 6


def test_folder_of_an_earlier_version_can_be_read(tmp_path):
    """Manifests held the defaults of settings without effect, grids went row by row, levels were not rounded."""
    levers = {"states.alba.generosity": {"low": 0.0, "high": 1.0, "steps": 11}}
    sweep(study_data(levers=levers, design={"kind": "grid"}, uncertainties=LISTED), tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["study"]["design"] = {"kind": "grid", "points": 256, "seed": 1, "second_order": False, "file": None}
    for group in ("levers", "uncertainties"):
        for path, values in manifest["study"][group].items():
            kept = {key: values[key] for key in ("values", "low", "high")}
            manifest["study"][group][path] = {"steps": 5, **kept, **({"steps": 11} if values["steps"] else {})}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    old = pd.DataFrame([(0.1 * step, value) for step in range(11) for value in (1.0, 6.0)])
    old.columns = [*levers, *LISTED]
    old.to_parquet(tmp_path / "points.parquet", index=False)
    assert stored_study(tmp_path).points().equals(old)
    assert summary_by_point(tmp_path)[[*levers, *LISTED]].equals(old)
    heat = factor_map(read_folder(tmp_path.parent, tmp_path.name), "mean_trust", *levers, *LISTED)
    assert heat.counts.tolist() == [[1] * 11] * 2
    with pytest.raises(ScenarioError, match="choose another folder"):
        sweep(study_data(levers=levers, design={"kind": "grid"}, uncertainties=LISTED), tmp_path)


def test_results_of_the_first_model_say_so(tmp_path):
    sweep(study_data(), tmp_path)
    sentence, path = describe_other_model("0.1.0"), tmp_path / "manifest.json"
    manifest = json.loads(path.read_text())
    assert manifest["versions"]["detente"] == sweep_summary(tmp_path)["version"] == VERSION
    assert "Made with" not in sweep_head(read_folder(tmp_path.parent, tmp_path.name))["summary"]
    assert invoke("results", tmp_path).stderr == ""
    manifest["versions"]["detente"] = "0.1.0"
    path.write_text(json.dumps(manifest))
    assert sweep_head(read_folder(tmp_path.parent, tmp_path.name))["summary"].endswith(f"rounds each. {sentence}")
    done = invoke("results", tmp_path)
    assert (done.exit_code, done.stderr) == (0, f"Note: {sentence}\n")
    assert "comprehensive deal" in done.stdout


def test_foreign_manifest_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "an app"}')
    for words in (("results", tmp_path), ("sweep", write_study(tmp_path), "--out", tmp_path)):
        done = invoke(*words)
        assert done.exit_code == 2
        assert "holds a manifest that is not a sweep's" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "small.toml"]  # no lock is left


def test_other_study_or_code_in_a_folder_is_refused(tmp_path):
    sweep(study_data(), tmp_path)
    with pytest.raises(ScenarioError, match=r"study\.replications: was 3 in this folder .found 4"):
        sweep(study_data(replications=4), tmp_path)
    with pytest.raises(ScenarioError, match=r"study\.scenario_digest"):
        sweep(study_data(changes={"states.alba.resolve": 0.9}), tmp_path)
    path = tmp_path / "manifest.json"
    facts = json.loads(path.read_text())
    facts["code"]["model/rules/home.py"] = "0"
    path.write_text(json.dumps(facts))
    with pytest.raises(ScenarioError, match=r"code\.model/rules/home\.py: has changed"):
        sweep(study_data(), tmp_path)


def mixed_results(folder, missing: int | None) -> pd.DataFrame:
    """Sweep a study in which some runs have no deal and one point fails; return its runs.

    missing: what the part files hold where a value is missing, -1 as earlier versions wrote, or None.
    """
    study = load_study(study_data(rounds=24))
    sweep(study, folder, points=4)
    sweep_failing(study_data(rounds=24), folder, first=5)
    for path in part_paths(folder, "runs"):
        table = pq.read_table(path)
        for name in ("replication", "border.first_deal"):
            column = table.column(name)
            table = table.set_column(
                table.column_names.index(name), name, column if missing is None else column.fill_null(missing)
            )
        pq.write_table(table, path)
    return runs_table(folder)


@pytest.mark.parametrize("missing", [None, -1])
def test_missing_deal_is_null_and_marked_as_censored(missing, tmp_path):
    table = mixed_results(tmp_path, missing)
    played = table[table["error"].isna()]
    values = load_study(study_data()).points().to_dict("records")
    rounds = np.concatenate(
        [play_ensemble("two-states", 3, 1, rounds=24, changes=each).first_deal[:, 0] for each in values[:5]]
    )
    assert 0 < (rounds < 0).sum() < len(rounds)
    assert played["border.censored"].tolist() == (rounds < 0).tolist()
    assert played["border.first_deal"].isna().tolist() == (rounds < 0).tolist()
    assert played["border.first_deal"].dropna().tolist() == rounds[rounds >= 0].tolist()
    (mean,) = query_results(tmp_path, 'select avg("border.first_deal") as mean from runs')["mean"]
    assert mean == pytest.approx(rounds[rounds >= 0].mean()) == played["border.first_deal"].mean()


@pytest.mark.parametrize("missing", [None, -1])
def test_failed_point_has_no_seed_and_no_results(missing, tmp_path):
    table = mixed_results(tmp_path, missing)
    (lost,) = table[table["error"].notna()].index
    unknown = ["replication", "seed", "outcome", "border.first_deal", "border.censored", "mean_trust"]
    assert table.loc[lost, unknown].isna().all()
    assert table["seed"].dropna().tolist() == [1, 2, 3] * 5


def test_parts_hold_null_where_no_deal_was_reached(tmp_path):
    sweep(study_data(rounds=18), tmp_path)
    column = pd.concat(map(pd.read_parquet, part_paths(tmp_path, "runs")))["border.first_deal"]
    assert column.isna().any()
    assert column.min() > 0


def test_sensitivity_refuses_a_truncated_sobol_design(tmp_path):
    sobol = study_data(design={"kind": "sobol", "points": 8})
    sweep(sobol, tmp_path, points=20)
    with pytest.raises(ScenarioError, match="a truncated design has no indices"):
        sweep_sensitivity(tmp_path, "some_deal")
    sweep(sobol, tmp_path)
    sensitivity = sweep_sensitivity(tmp_path, "mean_trust")
    assert set(sensitivity.indices["factor"]) == {"states.alba.generosity", "belief.betrayal_weight"}
    assert 0.0 <= sensitivity.noise <= 1.0


@pytest.mark.parametrize(("keep", "rows_per_point"), [("bands", 5 * 9), ("trajectories", 3 * 9)])
def test_bands_and_trajectories_are_stored_on_request(keep, rows_per_point, tmp_path):
    sweep(study_data(keep=keep), tmp_path)
    series = pd.concat(map(pd.read_parquet, part_paths(tmp_path, "kept")))
    assert len(series) == 6 * rows_per_point
    if keep == "trajectories":
        values = load_study(study_data()).points().iloc[2].to_dict()
        alone = play_ensemble("two-states", 3, 1, rounds=8, changes=values, keep=True)
        assert alone.trajectories is not None
        trust = series[series["point"] == 2]["trust"].to_numpy().reshape(3, 9)
        np.testing.assert_array_equal(trust, alone.trajectories[:, :, 0].astype(np.float32))


def test_sql_queries_return_rows_or_an_error(tmp_path):
    sweep(study_data(), tmp_path)
    answer = query_results(
        tmp_path,
        'select point, avg(mean_trust) as trust, min("states.alba.generosity") as g from results group by point order by point',
    )
    assert len(answer) == 6
    np.testing.assert_allclose(answer["trust"], summary_by_point(tmp_path)["mean_trust"], rtol=1e-6)
    with pytest.raises(ScenarioError, match="--sql"):
        query_results(tmp_path, "select nothing from nowhere")


@pytest.mark.parametrize(
    ("query", "message_part"),
    [
        ("", "is empty"),
        ("-- nothing", "returns no rows"),
        ("select * from 'https://example.invalid/x.csv'", "httpfs"),
    ],
)
def test_query_without_rows_is_refused_and_fetches_nothing(query, message_part, tmp_path):
    sweep(study_data(), tmp_path, points=1)
    with pytest.raises(ScenarioError, match=message_part) as raised:
        query_results(tmp_path, query)
    assert "NoneType" not in str(raised.value)
    assert "nstall" not in str(raised.value)


def test_folder_without_results_is_refused(tmp_path):
    assert "holds no readable results" in refused_command("results", tmp_path, cwd=tmp_path)


@pytest.mark.parametrize(("above", "message_part"), [("2", "no"), ("nan", "no"), ("-1", "every")])
def test_useless_threshold_is_refused_with_the_range(above, message_part, tmp_path):
    sweep(study_data(design={"kind": "latin", "points": 30}), tmp_path)
    message = refused_command("discover", tmp_path, "--outcome", "mean_trust", "--above", above, cwd=tmp_path)
    assert f"--above: {message_part} point reaches it: mean_trust ranges from 0." in message


def test_summary_takes_fewer_than_32_bytes_per_run(whole, tmp_path):
    sweep(study_data(**LARGE_STUDY), tmp_path)
    assert sum(path.stat().st_size for path in part_paths(tmp_path, "runs")) < 32 * len(whole)
