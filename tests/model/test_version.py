"""The version of Detente, and of the model that made something."""

import tomllib
from pathlib import Path

import pytest
from setuptools.config.pyprojecttoml import read_configuration

import detente
from model.version import VERSION, describe_other_model, model_version

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_the_package_has_the_version_of_the_code():
    assert read_configuration(PROJECT)["project"]["version"] == VERSION == detente.__version__
    assert "version" not in tomllib.loads(PROJECT.read_text("utf-8"))["project"]


@pytest.mark.parametrize("made_with", ["0.1.0", "0.1.7", "0.0.9", "1.2.0", "nonsense", ""])
def test_another_model_is_named(made_with):
    sentence = describe_other_model(made_with)
    assert sentence.startswith(f"Made with the model of Detente {made_with};")
    assert sentence.endswith("this version plays it by other rules, so the run differs.")


def test_a_patch_version_has_the_same_model():
    assert describe_other_model(VERSION) == describe_other_model(f"{model_version(VERSION)}.99") == ""


def test_a_version_from_outside_cannot_fill_the_screen():
    assert len(describe_other_model("9" * 500 + "\x1b[2J")) < 200
    assert "\x1b" not in describe_other_model("\x1b[2J")
