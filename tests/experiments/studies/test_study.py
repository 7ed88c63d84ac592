"""Studies: validation of the file, and the points of the design."""

import json

import pytest
from support.studies import study_data

from experiments.studies.study import load_study, shipped_studies
from model.errors import ScenarioError
from model.loading import apply_changes, build_scenario


@pytest.mark.parametrize("name", shipped_studies())
def test_every_shipped_study_has_a_question_and_points(name):
    study = load_study(name)
    points = study.points()
    assert study.file.question.endswith("?")
    assert len(points) == study.size
    assert list(points) == [factor.path for factor in study.factors]
    for values in (points.to_dict("records")[0], points.to_dict("records")[-1]):
        study.scenario_at(values)


def test_at_least_six_studies_are_shipped():
    assert len(shipped_studies()) >= 6


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"levers": {"states.alba.generosty": [0, 1]}}, "did you mean `states.alba.generosity`"),
        ({"levers": {"states.alba.generosity": [0.0, 1.5]}}, "allowed is 0 to 1"),
        ({"levers": {"states.alba.generosity": [0.9, 0.1]}}, "lower limit first"),
        ({"levers": {"states.alba.generosity": {"values": [0.5, 2.0]}}}, "allowed is 0 to 1 (found 2.0)"),
        ({"levers": {}, "uncertainties": {}}, "at least one lever or uncertainty"),
        ({"uncertainties": {"states.alba.generosity": [0, 1]}}, "under levers and under uncertainties"),
        ({"design": {"kind": "sobol", "points": 12}}, "a power of two"),
        ({"design": {"kind": "table"}}, "is required for the kind `table`"),
        ({"design": {"kind": "halton"}}, "design.kind"),
        ({"indicators": ["mean_trus"]}, "did you mean `mean_trust`"),
        ({"replications": 0}, "replications"),
        ({"scenario": "two-sates"}, "did you mean `two-states`"),
        ({"quesion": "?"}, "did you mean `question`"),
        ({"levers": {"states.alba.generosity": [float("nan"), 1.0]}}, "two finite numbers"),
        ({"levers": {"states.alba.generosity": [0.1, 0.2, 0.3]}}, "(found [0.1, 0.2, 0.3])"),
        ({"levers": {"states.alba.generosity": [0.1, 2]}}, "(found [0.1, 2])"),
        ({"levers": {"states.alba.generosity": {"lo": 1}}}, "did you mean `low`"),
        ({"levers": {"states.alba.generosity": {"values": [float("inf")]}}}, "finite numbers, strings, true or false"),
        ({"changes": {"rounds": [1]}}, "changes.rounds: should be a finite number"),
    ],
)
def test_invalid_study_is_refused_with_one_clear_error(more, message):
    with pytest.raises(ScenarioError) as error:
        load_study(study_data(**more))
    assert message in str(error.value)
    assert len(error.value.errors) == 1
    assert not any(word in str(error.value) for word in ("union", ".float", "a list"))


def test_all_errors_are_reported_at_once():
    wrong = {"levers": {"states.alba.generosty": [0, 1], "states.borea.generosity": [0.0, 9.0]}}
    with pytest.raises(ScenarioError) as error:
        load_study(study_data(**wrong))
    assert len(error.value.errors) == 2


def test_grid_has_every_combination_in_file_order():
    study = load_study(
        study_data(
            levers={"states.alba.generosity": {"values": [0.1, 0.9]}},
            uncertainties={"ladder.cool_down": {"low": 0, "high": 8, "steps": 3}},
            design={"kind": "grid"},
        )
    )
    assert study.points().to_numpy().tolist() == [[0.1, 0], [0.1, 4], [0.1, 8], [0.9, 0], [0.9, 4], [0.9, 8]]


def test_latin_hypercube_has_one_point_per_slice():
    points = load_study(study_data(design={"kind": "latin", "points": 40})).points()
    assert sorted((points["states.alba.generosity"] * 40).astype(int)) == list(range(40))
    assert points["belief.betrayal_weight"].between(1.0, 6.0).all()


def test_table_of_points_is_read_and_checked(tmp_path):
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


def test_integers_have_equal_parts_of_a_range():
    study = load_study(
        study_data(
            scenario="us-iran-2026",
            levers={},
            uncertainties={"states.us.veto_players": [1, 3]},
            design={"kind": "latin", "points": 300},
        )
    )
    assert study.points()["states.us.veto_players"].value_counts().tolist() == [100, 100, 100]


def test_misspelt_switch_is_refused_before_any_run():
    with pytest.raises(ScenarioError, match="scrutny"):
        load_study(study_data(levers={"mechanisms.scrutny": {"values": [True, False]}}))


def test_study_survives_a_round_trip_through_json():
    study = load_study(study_data())
    again = load_study(json.loads(json.dumps(study.file.model_dump(mode="json"))))
    assert again.factors == study.factors
    assert again.points().equals(study.points())
    assert build_scenario(apply_changes(study.scenario_data, {})).rounds == 8
