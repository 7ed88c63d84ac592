"""Claims: the spaces of points, the essay's settings, and claims with known truth."""

import tomllib

import numpy as np
import pytest
from support.samples import synthetic_sample

from experiments.calibration.targets import SHIPPED_TARGETS
from experiments.ensembles.design import Plans
from experiments.studies.claim import Arm, Claim, ClaimComparison
from experiments.studies.claim_measures import MEASURES, longest_silence, rounds_to_deal
from experiments.studies.claim_settings import meet_every_month, meet_in_public, set_facilitators, set_parameters
from experiments.studies.claim_space import full_space, plausible_space, uncertainties
from experiments.studies.claims import count_arms, evaluate_claims
from experiments.studies.essay_claims import CLAIMS
from model.errors import ScenarioError
from model.loading import apply_changes, build_scenario, load_scenario, read_scenario
from model.measures import OVERALL
from model.parameter_space import list_parameters

CONTACT, PROGRESS = (
    next(at for at, each in enumerate(OVERALL) if each.name == name) for name in ("contact", "deal_progress")
)
CLEAR, UNCLEAR = (
    Arm("clear", set_facilitators(clarity=1.0, capacity=20.0)),
    Arm("unclear", set_facilitators(clarity=0.0)),
)


@pytest.fixture(scope="module")
def plans():
    return Plans("us-iran-2026")


def one_claim(key, *comparisons):
    return Claim(key, key, "?", comparisons)


def test_the_full_space_has_every_uncertainty_over_its_range():
    scenario = load_scenario("us-iran-2026")
    wanted = {each.path: (each.low, each.high) for each in list_parameters(scenario) if not each.lever}
    assert {each.path: (each.low, each.high) for each in uncertainties(scenario)} == wanted
    for each in uncertainties(scenario, 0.1):
        low, high = wanted[each.path]
        assert low <= each.low <= each.value <= each.high <= high
        assert each.high - each.low <= 0.2 * min(high - low, abs(each.value)) + 1e-12


def test_every_point_of_the_full_space_is_a_valid_scenario(plans):
    columns, data = full_space(plans.scenario, 16, 3).columns, read_scenario("us-iran-2026")
    for at in range(16):
        build_scenario(apply_changes(data, {path: values[at].item() for path, values in columns.items()}))
    assert sorted(((columns["belief.memory"] - 0.5) / 0.5 * 16).astype(int)) == list(range(16))


def test_a_plausible_point_is_played_once_with_its_weight(plans):
    sample = synthetic_sample(points=4, weights=[5, 3, 1, 1])
    space = plausible_space(plans, sample, 20, 1)
    assert space.weights.tolist() == [0.5, 0.3, 0.1, 0.1]
    assert space.columns["belief.memory"].tolist() == sample.points[:, 0].tolist()


def test_a_value_that_the_scenario_sets_stays():
    sample = synthetic_sample()
    plans = Plans("us-iran-2026", {"belief.memory": 0.6})
    assert set(plausible_space(plans, sample, 8, 1).columns) == set(sample.paths) - {"belief.memory"}
    with pytest.raises(ScenarioError, match="sets every parameter of the sample"):
        plausible_space(Plans("us-iran-2026", dict.fromkeys(sample.paths, 0.6)), sample, 8, 1)


def test_all_fourteen_claims_compare_valid_settings(plans):
    scenario, data = plans.scenario, read_scenario("us-iran-2026")
    assert len({claim.key for claim in CLAIMS}) == len(CLAIMS) == 14
    for claim in CLAIMS:
        for each in claim.comparisons:
            arms = [
                (build_scenario(apply_changes(data, arm.changes(scenario))), arm.fixed(scenario))
                for arm in (each.claimed, each.reference)
            ]
            assert arms[0] != arms[1], each.says


def test_every_claim_has_a_test_and_says_what_is_no_test():
    for claim in CLAIMS:
        assert claim.tested, claim.key
        assert claim.question.endswith("?")
        assert all(each.note for each in claim.comparisons if each.standing != "tested"), claim.key
    fitted = [each for claim in CLAIMS for each in claim.comparisons if each.standing == "fitted"]
    used = {each["pattern"] for each in tomllib.loads(SHIPPED_TARGETS.read_text())["targets"] if "use" not in each}
    assert [key for each in fitted for key in used if f"{key} is a target" in each.note] == ["S1"]


def test_steps_are_compared_with_pairs_threes_and_the_bargain(plans):
    for key in ("small-first", "every-phase", "uncertainty", "process"):
        claim = next(each for each in CLAIMS if each.key == key)
        bundles = [each.reference.changes(plans.scenario)["negotiations.nuclear.bundling"] for each in claim.tested]
        assert bundles == [2, 3, 6]


def test_forced_talks_are_equal_and_forced_channels_are_read(plans):
    names = [each.name for each in OVERALL]
    space = plausible_space(plans, synthetic_sample(), 8, 1)
    talks = one_claim(
        "talks",
        ClaimComparison("more", Arm("talk", fixed=meet_every_month), Arm("as it is"), "mean_contact"),
        ClaimComparison(
            "same", Arm("talk", fixed=meet_every_month),
            Arm("mute", set_parameters(contact__contact_start=0.0), meet_every_month), "mean_contact",
        ),
        ClaimComparison("other", Arm("public", fixed=meet_in_public), Arm("as it is"), "mean_tension"),
    )  # fmt: skip
    (result,) = evaluate_claims((talks,), plans, space, 20)
    more, same, other = result.comparisons
    assert names[CONTACT] == "contact"
    assert more.effects.mean > 0.1
    assert same.effects.mean == 0.0
    assert other.effects.errors.max() > 0.0  # some worlds differ


def test_measures_of_silence_and_first_deal():
    seen = np.zeros((2, 7, len(OVERALL)))
    seen[0, 1:, CONTACT] = [1, 0, 0, 0, 1, 0]
    seen[1, 4:, PROGRESS] = 0.2
    assert longest_silence(seen).tolist() == [3.0, 6.0]
    assert rounds_to_deal(seen).tolist() == [7.0, 4.0]


def test_true_false_and_empty_claims_get_their_verdicts(plans):
    less = ClaimComparison("less", CLEAR, UNCLEAR, "mean_misperception", False)
    more = less._replace(more=True)
    empty = ClaimComparison("more", Arm("so"), Arm("so", set_facilitators(clarity=0.0)), "mean_oil")
    claims = one_claim("true", less), one_claim("false", more), one_claim("empty", empty), one_claim("both", less, more)
    space = full_space(plans.scenario, 12, 1, 0.05)
    true, false, none, both = evaluate_claims(claims, plans, space, 30)
    assert [each.verdict for each in (true, false, none, both)] == ["holds", "fails", "fails", "depends"]
    assert true.shares.holds.share == false.shares.opposite == 1.0
    assert (none.shares.neither, none.comparisons[0].effects.mean) == (1.0, 0.0)
    assert (both.shares.holds.share, both.shares.opposite) == (0.0, 1.0)
    assert true.comparisons[0].effects.mean == -false.comparisons[0].effects.mean > 0.0


def test_a_setting_that_two_claims_share_is_played_once(plans):
    less = ClaimComparison("less", CLEAR, UNCLEAR, "mean_misperception", False)
    claims = one_claim("one", less), one_claim("two", less._replace(measure="mean_trust"))
    assert count_arms(claims, plans) == 2
    assert count_arms(CLAIMS, plans) < sum(2 * len(claim.comparisons) for claim in CLAIMS)
    done = []
    evaluate_claims(claims, plans, plausible_space(plans, synthetic_sample(), 8, 1), 2, progress=done.append)
    assert done == [1, 2]


def test_a_smaller_relevant_effect_makes_a_small_effect_hold(plans):
    small = ClaimComparison("less", CLEAR, UNCLEAR, "mean_misperception", False)
    claims = one_claim("small", small._replace(relevant=0.001)), one_claim("large", small._replace(relevant=0.5))
    results = evaluate_claims(claims, plans, plausible_space(plans, synthetic_sample(), 12, 1), 20)
    assert [each.verdict for each in results] == ["holds", "fails"]


def test_only_worlds_that_qualify_in_both_settings_are_compared(plans):
    never = ClaimComparison("none", CLEAR, UNCLEAR, "mean_trust", among=lambda seen: np.zeros(len(seen)))
    (result,) = evaluate_claims(
        (one_claim("never", never),), plans, plausible_space(plans, synthetic_sample(), 8, 1), 3
    )
    assert (result.verdict, result.shares, result.comparisons[0].shares) == ("undecided", None, None)


@pytest.mark.parametrize(("points", "replications", "reach"), [(7, 20, 1.0), (8, 1, 1.0), (8, 2, 0.0), (8, 2, 1.5)])
def test_too_few_points_and_invalid_reach_are_refused(points, replications, reach, plans):
    with pytest.raises(ScenarioError):
        evaluate_claims(CLAIMS, plans, full_space(plans.scenario, points, 1, reach), replications)


def test_every_indicator_has_measures():
    assert {f"{kind}_{each.name}" for each in OVERALL for kind in ("mean", "end")} <= MEASURES.keys()
