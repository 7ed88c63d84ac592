"""The essay's claims: the space of uncertainties, significance at a point, and claims with known truth."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.ensembles.ensemble import play_ensemble
from experiments.studies.claim_settings import (
    longest_silence,
    mean_indicator,
    no_change,
    rounds_to_deal,
    set_bundling,
    set_facilitators,
    set_parameters,
)
from experiments.studies.claims import (
    evaluate_claims,
    failing_factors,
    sample_points,
    significant_sign,
    uncertainty_space,
)
from experiments.studies.essay_claims import CLAIMS, Claim, ClaimComparison
from model.errors import ScenarioError
from model.loading import apply_changes, build_scenario, load_scenario, read_scenario
from model.measures import OVERALL
from model.parameter_space import list_parameters

DETENTE = Path(sys.executable).with_name("detente")
CONTACT, PROGRESS = (
    next(at for at, each in enumerate(OVERALL) if each.name == name) for name in ("contact", "deal_progress")
)


def test_space_has_every_uncertainty_over_its_declared_range():
    scenario = load_scenario("us-iran-2026")
    wanted = {each.path: (each.low, each.high) for each in list_parameters(scenario) if not each.lever}
    assert {each.path: (each.low, each.high) for each in uncertainty_space(scenario)} == wanted
    for each in uncertainty_space(scenario, 0.1):
        low, high = wanted[each.path]
        assert low <= each.low <= each.value <= each.high <= high
        assert each.high - each.low <= 0.2 * min(high - low, abs(each.value)) + 1e-12


def rows_of(columns):
    """Return the points of a design as changes."""
    return [
        {path: values[at].item() for path, values in columns.items()} for at in range(len(next(iter(columns.values()))))
    ]


def test_near_the_scenario_steps_bring_more_than_one_agreement():
    scenario, data = load_scenario("us-iran-2026"), read_scenario("us-iran-2026")
    near = sample_points(uncertainty_space(scenario, 0.1), 12, 1)
    in_steps, in_one = (
        [
            float(play_ensemble(apply_changes(data, {**at, **tied(scenario)}), 30).ends[:, PROGRESS].mean())
            for at in rows_of(near)
        ]
        for tied in (set_bundling(1), set_bundling(None))
    )
    assert all(stepwise > at_once for stepwise, at_once in zip(in_steps, in_one, strict=True))


def test_every_sampled_point_is_a_valid_scenario():
    scenario, data = load_scenario("us-iran-2026"), read_scenario("us-iran-2026")
    points = sample_points(uncertainty_space(scenario), 16, 3)
    for point in rows_of(points):
        build_scenario(apply_changes(data, point))
    firsts = points["belief.memory"]
    assert sorted(((firsts - 0.5) / 0.5 * 16).astype(int)) == list(range(16))


def test_all_fourteen_claims_compare_valid_settings():
    scenario, data = load_scenario("us-iran-2026"), read_scenario("us-iran-2026")
    assert len(CLAIMS) == 14
    assert len({claim.key for claim in CLAIMS}) == 14
    for claim in CLAIMS:
        for comparison in claim.comparisons:
            claimed, against = comparison.claimed(scenario), comparison.reference(scenario)
            assert build_scenario(apply_changes(data, claimed)) != build_scenario(apply_changes(data, against)), (
                comparison.says
            )


@pytest.mark.parametrize(
    ("found", "sign"),
    [([1.0, 1.0, 1.0], 1), ([-1.0, -1.1, -0.9], -1), ([0.0, 0.0, 0.0], 0), ([1.0, -1.0, 0.1], 0), ([2.0], 0)],
)
def test_sign_is_significant_beyond_the_95_percent_interval(found, sign):
    assert significant_sign(np.array(found)) == sign


def test_measures_of_silence_and_first_deal():
    seen = np.zeros((2, 7, len(OVERALL)))
    seen[0, 1:, CONTACT] = [1, 0, 0, 0, 1, 0]
    seen[1, 4:, PROGRESS] = 0.2
    assert longest_silence(seen).tolist() == [3.0, 6.0]
    assert rounds_to_deal(seen).tolist() == [7.0, 4.0]


def test_true_false_and_empty_claims_get_their_verdicts():
    clear, unclear = set_facilitators(clarity=1.0, capacity=20.0), set_facilitators(clarity=0.0)
    steady = set_parameters(facilitation__affinity=0.0)
    says = (
        Claim("true", "Clear channels are misread less", (ClaimComparison("less", clear, unclear, mean_indicator("misperception"), False),)),
        Claim("false", "Clear channels are misread more", (ClaimComparison("more", clear, unclear, mean_indicator("misperception")),)),
        Claim("empty", "Nothing changes anything", (ClaimComparison("more", no_change, no_change, mean_indicator("trust")),)),
        Claim("both", "One of two fails", (
            ClaimComparison("less", clear, unclear, mean_indicator("misperception"), False),
            ClaimComparison("more", clear, unclear, mean_indicator("misperception")),
        )),
    )  # fmt: skip
    true, false, empty, both = evaluate_claims(12, 30, reach=0.05, claims=says)
    assert steady(load_scenario("two-states"))
    assert (true.verdict, false.verdict, empty.verdict) == ("holds", "fails", "undecided")
    assert true.holds.share == false.fails.share > 0.7
    assert empty.comparisons[0].touched.share == 0.0
    assert (both.holds.share, both.fails.share) == (0.0, false.fails.share)
    assert true.comparisons[0].effect == -false.comparisons[0].effect > 0.0


def test_failing_factors_names_the_separating_factor():
    factors = uncertainty_space(load_scenario("us-iran-2026"))[:4]
    rng = np.random.default_rng(1)
    matrix = rng.random((80, 4))
    sign = np.where(matrix[:, 2] > 0.7, -1, 1)
    (sentence, *_) = failing_factors(sign, factors, matrix)
    assert sentence.startswith(f"{factors[2].path} is high")
    assert failing_factors(np.ones(80), factors, matrix) == []


@pytest.mark.parametrize(("points", "replications", "reach"), [(7, 20, 1.0), (8, 1, 1.0), (8, 2, 0.0), (8, 2, 1.5)])
def test_too_few_points_and_invalid_reach_are_refused(points, replications, reach):
    with pytest.raises(ScenarioError):
        evaluate_claims(points, replications, reach=reach)


def test_claims_command_writes_a_page_and_prints_json(tmp_path):
    line = [DETENTE, "claims", "--points", "8", "--replications", "2", "--out", tmp_path / "claims", "--json"]
    done = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert facts == json.loads((tmp_path / "claims" / "claims.json").read_text())
    assert [each["key"] for each in facts["claims"]] == [claim.key for claim in CLAIMS]
    page = (tmp_path / "claims" / "claims.html").read_text()
    assert all(claim.words in page for claim in CLAIMS)
    assert "https://" not in page.split("<script>")[0]
