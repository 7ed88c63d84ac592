"""Doctrines against a scripted counterpart, and the long-run cooperation of pairs in noise."""

import numpy as np
import pytest
from support.worlds import ALL_OFF, TIT_FOR_TAT, make_world, measure_run, scenario_with_only

from agents.assembly import Assembly
from model.measures import OVERALL_COUNT
from model.overrides import Override

C, D = 1, 0
SCRIPT = [C, D, C, C, D, D, C, C]


def conduct_against(script, doctrine, **own):
    """Return a doctrine's intended conduct in each round against a script, without noise."""
    own = {"doctrine": doctrine, **TIT_FOR_TAT, **own}
    changes = {f"states.alba.{name}": value for name, value in own.items()}
    scenario = scenario_with_only("reciprocity", {"rounds": len(script), **changes})
    moves = tuple(Override(now + 1, "choose_conduct", None, "borea", "alba", move) for now, move in enumerate(script))
    model = Assembly(scenario, rng=1, overrides=moves)
    intended = []
    for _ in script:
        model.step()
        intended.append(int(model.world.conduct[0, 1]))
    return intended


def test_reciprocity_repeats_the_other_side_s_last_move():
    assert [C, *SCRIPT[:-1]] == conduct_against(SCRIPT, "reciprocity", generosity=0.0)


def test_full_generosity_always_cooperates():
    assert conduct_against(SCRIPT, "reciprocity", generosity=1.0) == [C] * 8


def test_memory_one_parameters_can_express_pavlov():
    """Win-stay, lose-shift: after C/C stay, after C/D shift, after D/C stay, after D/D shift."""
    rule = {"after_cc": 1.0, "after_cd": 0.0, "after_dc": 0.0, "after_dd": 1.0, "generosity": 0.0}
    assert conduct_against(SCRIPT, "reciprocity", **rule) == [C, C, D, D, D, C, D, D]


def test_zero_cooperation_parameters_always_defect():
    rule = dict.fromkeys(("after_cc", "after_cd", "after_dc", "after_dd", "generosity"), 0.0)
    assert conduct_against(SCRIPT, "reciprocity", **rule) == [D] * 8


def test_initiative_adds_unilateral_steps_to_reciprocity():
    assert [C, *SCRIPT[:-1]] == conduct_against(SCRIPT, "initiative", initiative=0.0, generosity=0.0)
    assert conduct_against(SCRIPT, "initiative", initiative=1.0, generosity=0.0) == [C] * 8


def test_contrition_punishes_only_bad_standing():
    """It retaliates after an unjustified act; its justified hostility does not cost its good standing."""
    assert conduct_against(SCRIPT, "contrition") == [C, C, D, C, C, D, D, C]


def test_a_contrite_state_accepts_punishment_for_a_slip():
    scenario = scenario_with_only(("reciprocity", "noise"), {
        "rounds": 6, "perception.execution_noise": 0.0, "perception.misread_friendly": 0.0,
        "perception.misread_hostile": 0.0,
        **{f"states.{name}.doctrine": "contrition" for name in ("alba", "borea")},
    })  # fmt: skip
    model = Assembly(scenario, rng=1, overrides=(Override(2, "miscarried", None, "alba", "borea", 1),))
    actual = []
    for _ in range(6):
        model.step()
        world = model.world
        actual.append([int(world.conduct[pair] ^ world.miscarried[pair]) for pair in ((0, 1), (1, 0))])
    assert actual == [[C, C], [D, C], [C, D], [C, C], [C, C], [C, C]]


def test_assurance_cooperates_when_trust_reaches_the_threshold():
    """B06: (P - S) / ((R - T) + (P - S)) = 1 / 2 for T, R, P, S = 3, 4, 2, 1."""
    payoffs = {"temptation": 3.0, "reward": 4.0, "punishment": 2.0, "sucker": 1.0}
    for trust, cooperates in ((0.49, D), (0.5, C), (0.51, C)):
        scenario = scenario_with_only("reciprocity", {
            "rounds": 1, "states.alba.doctrine": "assurance", "relations.alba.borea.trust": trust,
            **{f"states.alba.{name}": value for name, value in payoffs.items()},
        })  # fmt: skip
        model = Assembly(scenario, rng=1).run()
        assert model.world.conduct[0, 1] == cooperates


def cooperation_rate(scenario, worlds=400):
    """Return both sides' share of cooperative acts in the second half of the rounds, and its standard error."""
    shares = []
    for seed in range(worlds):
        world = make_world(scenario, seed)
        from experiments.engine.kernel import advance

        advance(world, scenario.rounds // 2)
        total = 0
        for _ in range(scenario.rounds - scenario.rounds // 2):
            advance(world, 1)
            total += sum(int(world.conduct[pair] ^ world.miscarried[pair]) for pair in ((0, 1), (1, 0)))
        shares.append(total / (2 * (scenario.rounds - scenario.rounds // 2)))
    return np.mean(shares), np.std(shares) / np.sqrt(worlds)


def noisy_pair(doctrine, execution=0.0, friendly=0.0, hostile=0.0, generosity=0.0):
    """Return a scenario of two identical states with noise only."""
    both = {
        f"states.{name}.{key}": value
        for name in ("alba", "borea")
        for key, value in {"doctrine": doctrine, "generosity": generosity, **TIT_FOR_TAT}.items()
    }
    return scenario_with_only(("reciprocity", "noise"), {
        **both, "rounds": 200, "perception.execution_noise": execution,
        "perception.misread_friendly": friendly, "perception.misread_hostile": hostile,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        pytest.param(noisy_pair("reciprocity", execution=0.05), 0.5, id="B02 noisy tit for tat"),
        pytest.param(noisy_pair("reciprocity", execution=0.05, generosity=1 / 3), 0.875, id="B03b generous"),
        pytest.param(noisy_pair("contrition", execution=0.05), 1 / 1.1, id="B04 contrite"),
        pytest.param(noisy_pair("reciprocity", friendly=0.05, hostile=0.1), 0.1 / 0.15, id="B04b d=.9 f=.05"),
        pytest.param(noisy_pair("reciprocity", friendly=0.05, hostile=0.5), 0.5 / 0.55, id="B04b d=.5 f=.05"),
    ],
)
def test_noisy_pairs_converge_to_the_theoretical_rate(scenario, expected):
    found, error = cooperation_rate(scenario)
    assert abs(found - expected) < 3.5 * error, (found, expected, error)


def test_nothing_changes_with_all_mechanisms_off():
    from support.worlds import make_scenario

    seen = measure_run(make_scenario({**ALL_OFF, "rounds": 30, "negotiations.talks.talking": False}), seed=5)
    moving = [place for place in range(OVERALL_COUNT) if np.ptp(seen[1:, place]) > 0]
    assert set(moving) <= {3, 6}, "only contact and its effects (indicators 6 and 3) may change"
