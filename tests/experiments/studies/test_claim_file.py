"""Claims of one's own: what a file says, and every error in it at once."""

import numpy as np
import pytest
from support.samples import synthetic_sample

from experiments.ensembles.design import Plans
from experiments.studies.claim_file import load_claims
from experiments.studies.claim_space import plausible_space
from experiments.studies.claims import evaluate_claims
from model.errors import ScenarioError

RIGHT = """
scenario = "us-iran-2026"

[[claims]]
name = "half-pressure"
words = "Half the pressure lowers tension"
claimed = { "relations.us.iran.campaign" = 0.35 }
reference = {}
measure = "mean_tension"
direction = "less"
relevant = 0.01
"""


def errors_of(text, tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as raised:
        load_claims(path)
    return str(raised.value)


def test_a_claim_of_a_file_is_tested(tmp_path):
    (tmp_path / "my.toml").write_text(RIGHT)
    loaded = load_claims(tmp_path / "my.toml")
    plans = Plans(loaded.scenario)
    (result,) = evaluate_claims(loaded.claims, plans, plausible_space(plans, synthetic_sample(), 8, 1), 20)
    comparison = result.comparisons[0].comparison
    assert (result.claim.key, comparison.smallest, comparison.more) == ("half-pressure", 0.01, False)
    assert comparison.claimed.words == "relations.us.iran.campaign = 0.35"
    assert comparison.reference.words == "the scenario as it is"
    assert result.comparisons[0].effects.mean > 0.0
    assert np.isfinite(result.comparisons[0].effects.low)


def test_paths_may_be_written_as_nested_tables(tmp_path):
    text = RIGHT.replace(
        'claimed = { "relations.us.iran.campaign" = 0.35 }', "claimed.relations.us.iran.campaign = 0.35"
    )
    (tmp_path / "my.toml").write_text(text)
    (claim,) = load_claims(tmp_path / "my.toml").claims
    assert claim.comparisons[0].claimed.changes(None) == {"relations.us.iran.campaign": 0.35}


def test_all_errors_of_a_file_are_reported_at_once(tmp_path):
    text = (
        RIGHT
        + """
[[claims]]
name = "Two Words"
claimed = { "relations.us.iran.campaign" = 3, "mechanisms.scrutiny" = false }
reference = { "bodies.iaea.detectoin" = 0.5 }
measure = "mean_trst"
direction = "up"
colour = "red"

[[claims]]
name = "half-pressure"
words = "Nothing changes"
claimed = {}
reference = {}
measure = "mean_trust"
direction = "more"
relevant = -1
"""
    )
    found = errors_of(text + "\n[other]\n", tmp_path)
    for each in (
        "claims.Two Words.name: a name has up to 40 lower-case letters",
        "claims.Two Words.words: is missing",
        "claims.Two Words.claimed.relations.us.iran.campaign: must be between 0 and 1 (found 3)",
        "claims.Two Words.reference.bodies.iaea.detectoin: no such key; did you mean `detection`?",
        "claims.Two Words.measure: no such measure; did you mean `mean_trust`?",
        "claims.Two Words.direction: allowed is more or less (found 'up')",
        "claims.Two Words.colour: no such key of a claim",
        "claims.half-pressure.reference: is the same setting as `claimed`",
        "claims.half-pressure.relevant: ",
        "claims.half-pressure: two claims have this name",
        "other: no such key",
    ):
        assert each in found, each


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("claims = 3", "at least one table [[claims]] is needed"),
        ("", "at least one table [[claims]] is needed"),
        ("claims = [", "cannot be read as TOML"),
        (RIGHT.replace("us-iran-2026", "us-iran-2062"), "did you mean `us-iran-2026`?"),
        (RIGHT.replace("reference = {}", "reference = { rounds = 12 }"), "cannot differ between the two settings"),
        (RIGHT.replace("reference = {}", "reference = 3"), "should be a table of changes"),
        (RIGHT.replace("reference = {}", 'reference = { "rounds" = [1] }'), "should be a table of changes"),
    ],
)
def test_a_broken_file_is_reported(text, problem, tmp_path):
    assert problem in errors_of(text, tmp_path)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_claims(tmp_path / "none.toml")
