"""Targets files: what is allowed, and errors that name all that is wrong."""

from pathlib import Path

import pytest

from dashboards.reports.calibration import calibration_document
from experiments.calibration.run import stored_calibration
from experiments.calibration.targets import load_targets
from experiments.ensembles.plausible import load_sample
from experiments.validation.patterns import PATTERNS
from model.errors import ScenarioError

TRUST = {"name": "trust", "measure": "mean_trust", "scenario": "two-states", "value": 0.4, "tolerance": 0.05}
SPACE = {"conduct.trust_moves_conduct": [0.5, 4.0]}


def errors_of(data):
    """Return the texts of the errors of a targets file."""
    with pytest.raises(ScenarioError) as caught:
        load_targets(data)
    return [str(each) for each in caught.value.errors]


def test_shipped_targets_keep_what_is_held_back_as_predictions():
    targets = load_targets()
    held_back = {pattern.key for pattern in PATTERNS if pattern.held_back}
    assert len(targets.fitted) > 20
    assert not any(each.estimator.is_held_back for each in targets.fitted)
    assert sum(each.estimator.is_held_back for each in targets.predicted) >= len(held_back)


def test_a_held_back_pattern_cannot_rule_points_out():
    target = {"name": "x", "pattern": "S2", "test": "drafting minus relaying", "tolerance": 0.1}
    assert "held back from all tuning" in errors_of({"parameters": SPACE, "targets": [target]})[0]
    load_targets({"parameters": SPACE, "targets": [TRUST, {**target, "use": "prediction"}]})


def test_all_errors_of_a_file_are_reported_at_once():
    texts = errors_of(
        {
            "parameters": {"conduct.nonsense": [0.0, 1.0], "belief.memory": [0.1, 0.9], "scrutiny.loss_weight": [2.0, 1.0]},
            "targets": [
                TRUST,
                {**TRUST, "scenario": "atlantis"},
                {**TRUST, "name": "other", "measure": "mean_trsut"},
                {**TRUST, "name": "changed", "changes": {"contact.contact_stop": 7.0}},
                {"name": "S", "pattern": "S1", "test": "odd ratio", "tolerance": 1.0},
                {"name": "both", "pattern": "S1", "measure": "mean_trust", "tolerance": 1.0},
            ],
        }
    )  # fmt: skip
    for words in (
        "conduct.nonsense", "allowed is 0.5 to 1", "LOW below HIGH", "atlantis", "did you mean `mean_trust`",
        "contact.contact_stop", "odds ratio", "either a pattern or a measure", "name of two targets",
    ):  # fmt: skip
        assert any(words in text for text in texts), (words, texts)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tolerance": 0.0}, "tolerance"),
        ({"value": None}, "needs a value"),
        ({"between": [0.1, 0.2]}, "both a value and between"),
        ({"tolerence": 1.0}, "tolerance"),
        ({"use": "prediction"}, 'at least one needs use = "fit"'),
    ],
)
def test_an_invalid_target_is_named(change, words):
    target = {key: value for key, value in (TRUST | change).items() if value is not None}
    assert any(words in text for text in errors_of({"parameters": SPACE, "targets": [target]}))


def test_shipped_sample_belongs_to_the_shipped_targets():
    sample = load_sample()
    assert set(sample.paths) == {each.path for each in load_targets().parameters}
    assert len(sample.points) >= 300
    assert sample.facts["targets_digest"] == load_targets().digest


def test_docs_have_the_shipped_calibration():
    document = calibration_document(stored_calibration())
    assert (Path(__file__).parents[3] / "docs" / "calibration.md").read_text("utf-8") == document
    assert "plausible, not probable" in document
