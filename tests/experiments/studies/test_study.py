"""Studies: a question in one file, checked whole; designs; indices and boxes through the libraries that made them."""

import json

import numpy as np
import pandas as pd
import pytest
from support.studies import study
from typer.testing import CliRunner

from dashboards.cli.main import app
from dashboards.link import LARGEST_SEED, read_link
from dashboards.reports.study import box_page, box_words, sensitivity_page, sensitivity_words
from experiments import sweep
from experiments.studies.chunk import StudyKey, cells_of, start_of
from experiments.studies.discover import find_box, words
from experiments.studies.results import by_point
from experiments.studies.sensitivity import analyse, sensitivity_data
from experiments.studies.study import Study, load_study, shipped
from model.errors import ScenarioError
from model.loading import build, change, read
from model.parameter_space import settings
from model.world import World


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_study_asks_a_question_and_lays_out_its_points(name):
    found = load_study(name)
    points = found.points()
    assert found.file.question.endswith("?")
    assert len(points) == found.size
    assert list(points) == [factor.path for factor in found.factors]
    for values in (points.to_dict("records")[0], points.to_dict("records")[-1]):
        found.scenario(values)


def test_at_least_six_studies_are_shipped():
    assert len(shipped()) >= 6


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"levers": {"states.alba.generosty": [0, 1]}}, "did you mean `states.alba.generosity`"),
        ({"levers": {"states.alba.generosity": [0.0, 1.5]}}, "allowed is 0 to 1"),
        ({"levers": {"states.alba.generosity": [0.9, 0.1]}}, "the lower first"),
        ({"levers": {"states.alba.generosity": {"values": [0.5, 2.0]}}}, "allowed is 0 to 1 (found 2.0)"),
        ({"levers": {}, "uncertainties": {}}, "at least one lever or uncertainty"),
        ({"uncertainties": {"states.alba.generosity": [0, 1]}}, "under levers and under uncertainties"),
        ({"design": {"kind": "sobol", "points": 12}}, "a power of two"),
        ({"design": {"kind": "table"}}, "goes with the kind `table`"),
        ({"design": {"kind": "halton"}}, "design.kind"),
        ({"indicators": ["mean_trus"]}, "did you mean `mean_trust`"),
        ({"replications": 0}, "replications"),
        ({"scenario": "two-sates"}, "did you mean `two-states`"),
        ({"quesion": "?"}, "did you mean `question`"),
        ({"levers": {"states.alba.generosity": [float("nan"), 1.0]}}, "two finite numbers"),
        ({"levers": {"states.alba.generosity": [0.1, 0.2, 0.3]}}, "(found [0.1, 0.2, 0.3])"),
        ({"levers": {"states.alba.generosity": [0.1, 2]}}, "(found [0.1, 2])"),
        ({"levers": {"states.alba.generosity": {"lo": 1}}}, "did you mean `low`"),
        ({"levers": {"states.alba.generosity": {"values": [float("inf")]}}}, "finite numbers, words, true or false"),
        ({"changes": {"rounds": [1]}}, "changes.rounds: should be a finite number"),
    ],
)
def test_a_study_that_cannot_be_is_refused_with_its_place(more, told):
    with pytest.raises(ScenarioError) as error:
        load_study(study(**more))
    assert told in str(error.value)
    assert len(error.value.faults) == 1
    assert not any(word in str(error.value) for word in ("union", ".float", "a list"))


def test_all_faults_are_told_at_once():
    wrong = {"levers": {"states.alba.generosty": [0, 1], "states.borea.generosity": [0.0, 9.0]}}
    with pytest.raises(ScenarioError) as error:
        load_study(study(**wrong))
    assert len(error.value.faults) == 2


def test_a_grid_is_every_combination_in_written_order():
    found = load_study(
        study(
            levers={"states.alba.generosity": {"values": [0.1, 0.9]}},
            uncertainties={"ladder.cool_down": {"low": 0, "high": 8, "steps": 3}},
            design={"kind": "grid"},
        )
    )
    assert found.points().to_numpy().tolist() == [[0.1, 0], [0.1, 4], [0.1, 8], [0.9, 0], [0.9, 4], [0.9, 8]]


def test_a_latin_hypercube_has_one_point_in_each_slice_and_stays_in_range():
    points = load_study(study(design={"kind": "latin", "points": 40})).points()
    assert sorted((points["states.alba.generosity"] * 40).astype(int)) == list(range(40))
    assert points["belief.betrayal_weight"].between(1.0, 6.0).all()


def test_a_table_of_points_is_read_and_checked(tmp_path):
    file = tmp_path / "small.toml"
    text = (
        'question = "?"\nscenario = "two-states"\n[design]\nkind = "table"\nfile = "points.csv"\n'
        '[levers]\n"states.alba.generosity" = [0.0, 1.0]\n'
    )
    file.write_text(text)
    (tmp_path / "points.csv").write_text("states.alba.generosity\n0.25\n0.5\n")
    assert load_study(file).points()["states.alba.generosity"].tolist() == [0.25, 0.5]
    (tmp_path / "points.csv").write_text("states.alba.generosity\n0.25\n1.5\n")
    with pytest.raises(ScenarioError, match="allowed is 0 to 1"):
        load_study(file)
    (tmp_path / "points.csv").write_text("states.alba.generosity\n")
    with pytest.raises(ScenarioError, match=r"design\.file: holds no points"):
        load_study(file)


@pytest.mark.parametrize("name", ["us-iran-2026", "gulf-region"])
def test_a_point_set_cell_by_cell_is_the_world_of_the_scenario_read_anew(name):
    """For every declared setting of a scenario, whether it only puts a number into cells or does more."""
    scenario = load_study(study(scenario=name, levers={}, uncertainties={"belief.memory": [0.6, 0.9]})).scenario()
    ranges = {each.path: [each.low, each.high] for each in settings(scenario)[::3] if each.low < each.high}
    found = load_study(study(scenario=name, levers={}, uncertainties=ranges))
    cells = cells_of(StudyKey(found)).cells
    assert sum(each is not None for each in cells.values()) > len(cells) // 3
    for factor in found.factors:
        values = {factor.path: factor.at(0.37)}
        quick, slow = start_of(found, values), World(found.scenario(values), 0)
        assert (quick.reals.tobytes(), quick.wholes.tobytes()) == (slow.reals.tobytes(), slow.wholes.tobytes()), values
        assert quick.parameters.tobytes() == slow.parameters.tobytes(), values


@pytest.mark.parametrize(
    ("name", "changes", "ranges"),
    [
        ("gulf-region", {}, {"relations.us.iran.alliance": [-1, 1], "relations.iran.us.alliance": [-1, 1]}),
        ("two-states", {"negotiations.border.bundling": 2}, None),
        ("us-iran-2026", {}, {"facilitators.oman.arrives": {"values": [5, 10, 0, 20]}}),
    ],
    ids=["two factors of one cell", "rungs tied into one step", "a value that does more than the others"],
)
def test_points_of_factors_that_meddle_with_each_other_are_those_of_the_scenario(name, changes, ranges):
    if ranges is None:
        rungs = list(load_study(study(scenario=name)).scenario().negotiations["border"].rungs)
        ranges = {
            f"negotiations.border.rungs.{rung}.{what}": [0.1, 0.9] for rung in rungs for what in ("verifiability",)
        }
        ranges |= {f"negotiations.border.rungs.{rung}.duration": [1, 12] for rung in rungs}
    found = load_study(study(scenario=name, changes=changes, levers={}, uncertainties=ranges))
    for values in found.points().to_dict("records"):
        quick, slow = start_of(found, values), World(found.scenario(values), 0)
        assert (quick.reals.tobytes(), quick.wholes.tobytes()) == (slow.reals.tobytes(), slow.wholes.tobytes()), values


def test_whole_numbers_have_equal_parts_of_a_range():
    found = load_study(
        study(
            scenario="us-iran-2026",
            levers={},
            uncertainties={"states.us.veto_players": [1, 3]},
            design={"kind": "latin", "points": 300},
        )
    )
    assert found.points()["states.us.veto_players"].value_counts().tolist() == [100, 100, 100]


def test_a_switch_whose_name_is_written_wrongly_is_refused_before_anything_is_played():
    with pytest.raises(ScenarioError, match="scrutny"):
        load_study(study(levers={"mechanisms.scrutny": {"values": [True, False]}}))


def unit(names: list[str], design: dict) -> Study:
    """Make a study whose factors run over 0 to 1, to be analysed with values of our own."""
    plain = study(levers={}, uncertainties={name: [0.0, 1.0] for name in names}, design=design)
    return load_study(plain)


THREE = ["states.alba.generosity", "states.borea.generosity", "states.alba.initiative"]


def test_sobol_indices_of_ishigami_are_the_published_ones():
    """Ishigami with a = 7, b = 0.1: first order .3139, .4424, 0; total .5576, .4424, .2437 (Sobol 1993; Saltelli 2008)."""
    found = unit(THREE, {"kind": "sobol", "points": 4096, "second_order": False})
    x = found.shares() * 2 * np.pi - np.pi
    values = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    table = analyse(found, values).indices.set_index("factor").loc[THREE]
    np.testing.assert_allclose(table["first"], [0.3139, 0.4424, 0.0], atol=0.02)
    np.testing.assert_allclose(table["total"], [0.5576, 0.4424, 0.2437], atol=0.02)


def test_sobol_indices_of_the_g_function_are_the_published_ones():
    """G with a = (0, 1, 4.5): closed forms of Saltelli and Sobol 1995."""
    found = unit(THREE, {"kind": "sobol", "points": 4096, "second_order": False})
    a = np.array([0.0, 1.0, 4.5])
    values = np.prod((np.abs(4 * found.shares() - 2) + a) / (1 + a), axis=1)
    parts = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + parts) - 1
    table = analyse(found, values).indices.set_index("factor").loc[THREE]
    np.testing.assert_allclose(table["first"], parts / whole, atol=0.02)


def test_second_order_indices_tell_which_factors_act_only_together():
    """Ishigami has one pair: x1 with x3, 0.2437; the others act apart (Saltelli 2008)."""
    found = unit(THREE, {"kind": "sobol", "points": 2048, "second_order": True})
    x = found.shares() * 2 * np.pi - np.pi
    values = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    told = analyse(found, values)
    assert told.pairs.loc[0, ["factor", "with"]].tolist() == [THREE[0], THREE[2]]
    np.testing.assert_allclose(told.pairs["second"], [0.2437, 0.0, 0.0], atol=0.03)
    assert f"{THREE[0]} with {THREE[2]} (0.2" in " ".join(sensitivity_words(told))
    assert "Pairs" in [section.title for section in sensitivity_page("Why?", told).sections]
    assert json.loads(json.dumps(sensitivity_data(told)))["pairs"][0]["with"] == THREE[2]


def test_morris_ranks_factors_by_their_strength():
    found = unit(THREE, {"kind": "morris", "points": 50})
    x = found.shares()
    table = analyse(found, 5 * x[:, 0] - 2 * x[:, 1]).indices
    assert table["factor"].tolist() == THREE
    np.testing.assert_allclose(table["strength"], [5.0, 2.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(table["direction"], [5.0, -2.0, 0.0], atol=1e-9)


def test_a_truncated_design_has_no_indices_and_a_small_one_says_so():
    found = unit(THREE, {"kind": "sobol", "points": 16})
    with pytest.raises(ScenarioError, match="a truncated one has no indices"):
        analyse(found, np.zeros(found.size - 1))
    with pytest.raises(ScenarioError, match="a truncated one has no indices"):
        analyse(found, np.where(np.arange(found.size) == 3, np.nan, 1.0))
    remarks = analyse(found, found.shares()[:, 0]).remarks
    assert any("small" in remark for remark in remarks)
    assert any("nothing moves it" in remark for remark in analyse(found, np.ones(found.size)).remarks)


def test_prim_finds_a_planted_box():
    luck = np.random.default_rng(3)
    inputs = pd.DataFrame(luck.random((800, 4)), columns=list("abcd"))
    wanted = ((inputs["a"] > 0.7) & (inputs["b"] < 0.4)).to_numpy()
    box = find_box(inputs, wanted)
    limits = {edge.factor: (edge.low, edge.high) for edge in box.edges}
    assert limits["a"][0] == pytest.approx(0.7, abs=0.04)
    assert limits["b"][1] == pytest.approx(0.4, abs=0.04)
    assert box.coverage > 0.85
    assert box.density > 0.85
    told = words(box)
    assert any(sentence.startswith(("a is at least 0.7", "a is at least 0.6")) for sentence in told)


def test_stability_counts_only_the_resamples_in_which_a_box_could_be_found():
    inputs = pd.DataFrame({"a": np.linspace(0, 1, 40), "b": np.random.default_rng(1).random(40)})
    rare = (inputs["a"] == 1.0).to_numpy()  # one point: half of the resamples are without it
    (edge,) = [edge for edge in find_box(inputs, rare).edges if edge.factor == "a"]
    assert edge.stability == 100.0


def test_a_box_of_which_no_resample_could_be_searched_says_nothing_of_resamples(monkeypatch):
    monkeypatch.setattr("experiments.studies.discover.RESAMPLES", 0)
    inputs = pd.DataFrame({"a": np.linspace(0, 1, 40)})
    box = find_box(inputs, (inputs["a"] > 0.7).to_numpy())
    assert [edge.stability for edge in box.edges] == [None]
    assert words(box)[0].startswith("a is at least 0.7")
    assert "resamples" not in words(box)[0]
    assert box_page("Where?", "a", 0.5, box, "").sections[0].rows[0][2] == "not known"


def discovered(folder, **more):
    """Sweep a study, look for a box, and give what the command writes."""
    made = study(levers={"states.alba.generosity": [0.0, 1.0], "states.alba.dialogue": [0.0, 1.0]},
                 design={"kind": "latin", "points": 40}, **more)  # fmt: skip
    sweep(made, folder / "swept")
    above = by_point(folder / "swept", load_study(made))["mean_tension"].median()
    words = ["discover", str(folder / "swept"), "--outcome", "mean_tension", "--above", f"{above:.4f}"]
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout), CliRunner().invoke(app, words).stdout


def test_the_link_into_a_box_is_a_run_of_the_study(tmp_path):
    found, told = discovered(tmp_path, changes={"states.borea.resolve": 0.9}, seed=7)
    opens, notes = read_link(found["link"].partition("?")[2])
    assert notes == []
    changes = dict(opens.setting.changes)
    assert (changes["rounds"], changes["states.borea.resolve"], opens.setting.seed) == (8, 0.9, 7)
    for edge in found["edges"]:
        assert edge["low"] <= changes[edge["factor"]] <= edge["high"]
    assert "with seed" not in told


def test_a_seed_too_large_for_a_link_is_told(tmp_path):
    found, told = discovered(tmp_path, seed=LARGEST_SEED + 4)  # with the dice of those before there is no box
    opens, notes = read_link(found["link"].partition("?")[2])
    assert (notes, opens.setting.seed) == ([], 1)
    assert f"with seed 1: a link holds no seed as large as {LARGEST_SEED + 4}" in " ".join(told.split())


def test_a_scenario_of_a_file_has_no_link_for_another_server(tmp_path, monkeypatch):
    import tomli_w

    (tmp_path / "mine.toml").write_text(tomli_w.dumps(json.loads(json.dumps(read("two-states"), default=str))))
    monkeypatch.chdir(tmp_path)
    found, told = discovered(tmp_path, scenario="mine.toml")
    assert found["link"] is None
    assert "The scenario is a file, which no link holds" in told
    assert "http" not in told


def test_prim_finds_the_box_that_bryant_and_lempert_published():
    """Their data come with ema-workbench: 882 cases of a study of renewables (2010)."""
    import importlib.resources

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


def test_a_box_of_everything_or_nothing_is_refused():
    inputs = pd.DataFrame({"a": np.linspace(0, 1, 50)})
    for wanted in (np.ones(50, bool), np.zeros(50, bool)):
        with pytest.raises(ScenarioError, match="point is of interest"):
            find_box(inputs, wanted)
    with pytest.raises(ScenarioError, match="at least 30"):
        find_box(inputs.head(10), np.arange(10) > 3)


def test_points_that_nothing_sets_apart_have_no_box_and_that_is_said():
    every_other = np.arange(60) % 2 == 0
    box = find_box(pd.DataFrame({"a": np.repeat(np.linspace(0, 1, 30), 2)}), every_other)
    box = box._replace(edges=[])
    assert words(box) == ["No box was found: no limit on any factor sets the points of interest apart."]
    assert not any("holds" in sentence for sentence in box_words("some_deal", 0.5, box))


def test_a_study_is_plain_data_through_and_through():
    found = load_study(study())
    again = load_study(json.loads(json.dumps(found.file.model_dump(mode="json"))))
    assert again.factors == found.factors
    assert again.points().equals(found.points())
    assert build(change(found.data, {})).rounds == 8
