"""Scenario discovery: planted and published boxes, and links into a box."""

import importlib.resources
import json

import numpy as np
import pandas as pd
import pytest
import tomli_w
from support.commands import invoke
from support.studies import study_data

from dashboards.page_link import MAX_SEED, parse_link
from dashboards.reports.study import box_page, describe_box
from experiments.studies.discover import find_box, limit_sentences
from experiments.studies.results import summary_by_point
from experiments.studies.study import load_study
from experiments.studies.sweep import sweep
from model.errors import ScenarioError
from model.loading import read_scenario


def test_prim_finds_a_planted_box():
    rng = np.random.default_rng(3)
    inputs = pd.DataFrame(rng.random((800, 4)), columns=list("abcd"))
    wanted = ((inputs["a"] > 0.7) & (inputs["b"] < 0.4)).to_numpy()
    box = find_box(inputs, wanted)
    limits = {edge.factor: (edge.low, edge.high) for edge in box.edges}
    assert limits["a"][0] == pytest.approx(0.7, abs=0.04)
    assert limits["b"][1] == pytest.approx(0.4, abs=0.04)
    assert box.coverage > 0.85
    assert box.density > 0.85
    text = limit_sentences(box)
    assert any(sentence.startswith(("a is at least 0.7", "a is at least 0.6")) for sentence in text)


def test_stability_ignores_resamples_without_a_box():
    inputs = pd.DataFrame({"a": np.linspace(0, 1, 40), "b": np.random.default_rng(1).random(40)})
    rare = (inputs["a"] == 1.0).to_numpy()  # one point: missing from half of the resamples
    (edge,) = [edge for edge in find_box(inputs, rare).edges if edge.factor == "a"]
    assert edge.stability == 100.0


def test_box_without_resamples_has_no_stability(monkeypatch):
    monkeypatch.setattr("experiments.studies.discover.RESAMPLES", 0)
    inputs = pd.DataFrame({"a": np.linspace(0, 1, 40)})
    box = find_box(inputs, (inputs["a"] > 0.7).to_numpy())
    assert [edge.stability for edge in box.edges] == [None]
    assert limit_sentences(box)[0].startswith("a is at least 0.7")
    assert "resamples" not in limit_sentences(box)[0]
    assert box_page("Where?", "a", 0.5, box, "").sections[0].rows[0][2] == "unknown"


def discover_in_sweep(folder, **more):
    """Sweep a study, run `detente discover`, and return its JSON and its text."""
    study = study_data(levers={"states.alba.generosity": [0.0, 1.0], "states.alba.dialogue": [0.0, 1.0]},
                 design={"kind": "latin", "points": 40}, **more)  # fmt: skip
    sweep(study, folder / "swept")
    above = summary_by_point(folder / "swept", load_study(study))["mean_tension"].median()
    command = ["discover", folder / "swept", "--outcome", "mean_tension", "--above", f"{above:.4f}"]
    done = invoke(*command, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout), invoke(*command).stdout


def test_link_into_a_box_opens_a_run_of_the_study(tmp_path):
    box, text = discover_in_sweep(tmp_path, changes={"states.borea.resolve": 0.9}, seed=7)
    opens, notes = parse_link(box["link"].partition("?")[2])
    assert notes == []
    changes = dict(opens.setting.changes)
    assert (changes["rounds"], changes["states.borea.resolve"], opens.setting.seed) == (8, 0.9, 7)
    for edge in box["edges"]:
        assert edge["low"] <= changes[edge["factor"]] <= edge["high"]
    assert "with seed" not in text


def test_seed_too_large_for_a_link_is_reported(tmp_path):
    box, text = discover_in_sweep(tmp_path, seed=MAX_SEED + 4)  # the seeds below give no box
    opens, notes = parse_link(box["link"].partition("?")[2])
    assert (notes, opens.setting.seed) == ([], 1)
    assert f"with seed 1, because {MAX_SEED + 4} is too large for a link" in " ".join(text.split())


def test_scenario_file_has_no_link(tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text(tomli_w.dumps(json.loads(json.dumps(read_scenario("two-states"), default=str))))
    monkeypatch.chdir(tmp_path)
    box, text = discover_in_sweep(tmp_path, scenario="mine.toml")
    assert box["link"] is None
    assert "The scenario is a file, which a link cannot contain" in text
    assert "http" not in text


def test_prim_finds_the_box_of_bryant_and_lempert():
    """The data come with ema-workbench: 882 cases of a study of renewables (2010)."""
    with importlib.resources.as_file(importlib.resources.files("ema_workbench")) as folder:
        (path,) = folder.rglob("bryant et al 2010 data.csv")
        data = pd.read_csv(path)
    inputs = data.iloc[:, 2:11]
    wanted = data.iloc[:, 15].to_numpy() > 0
    box = find_box(inputs, wanted)
    assert len(inputs) == 882
    assert {edge.factor for edge in box.edges} >= {"Total biomass", "Demand elasticity", "Biomass backstop price"}
    assert box.coverage > 0.5
    assert box.density > 0.5


def test_all_or_no_points_of_interest_are_refused():
    inputs = pd.DataFrame({"a": np.linspace(0, 1, 50)})
    for wanted in (np.ones(50, bool), np.zeros(50, bool)):
        with pytest.raises(ScenarioError, match="point is of interest"):
            find_box(inputs, wanted)
    with pytest.raises(ScenarioError, match="at least 30"):
        find_box(inputs.head(10), np.arange(10) > 3)


def test_missing_box_is_reported():
    every_other = np.arange(60) % 2 == 0
    box = find_box(pd.DataFrame({"a": np.repeat(np.linspace(0, 1, 30), 2)}), every_other)
    box = box._replace(edges=[])
    assert limit_sentences(box) == ["No box found: no limit on any factor separates the points of interest."]
    assert not any("holds" in sentence for sentence in describe_box("some_deal", 0.5, box))
