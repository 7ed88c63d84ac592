"""Behaviour as sequences: each doctrine against a scripted counterpart, move for move; and what pairs settle into."""

import numpy as np
import pytest
from support.worlds import ALL_OFF, make_world, measure_run, scenario_with_only

from agents.assembly import Assembly
from model.measures import OVERALL_COUNT
from model.overrides import Override

C, D = 1, 0
SCRIPT = [C, D, C, C, D, D, C, C]


def against(script, doctrine, **own):
    """Play a doctrine against a script, with no noise; give what it meant to do each round."""
    changes = {"states.alba.doctrine": doctrine, **{f"states.alba.{name}": value for name, value in own.items()}}
    setting = scenario_with_only("reciprocity", {"rounds": len(script), **changes})
    moves = tuple(Override(now + 1, "choose_conduct", None, "borea", "alba", move) for now, move in enumerate(script))
    model = Assembly(setting, rng=1, overrides=moves)
    meant = []
    for _ in script:
        model.step()
        meant.append(int(model.world.conduct[0, 1]))
    return meant


def test_reciprocity_answers_the_last_move_in_kind():
    assert [C, *SCRIPT[:-1]] == against(SCRIPT, "reciprocity", generosity=0.0)


def test_full_generosity_always_cooperates():
    assert against(SCRIPT, "reciprocity", generosity=1.0) == [C] * 8


def test_a_memory_one_rule_that_repeats_what_paid_is_pavlov():
    """Win-stay, lose-shift: after C/C stay, after C/D shift, after D/C stay, after D/D shift."""
    rule = {"after_cc": 1.0, "after_cd": 0.0, "after_dc": 0.0, "after_dd": 1.0, "generosity": 0.0}
    assert against(SCRIPT, "reciprocity", **rule) == [C, C, D, D, D, C, D, D]


def test_a_doctrine_that_never_cooperates_defects():
    rule = dict.fromkeys(("after_cc", "after_cd", "after_dc", "after_dd", "generosity"), 0.0)
    assert against(SCRIPT, "reciprocity", **rule) == [D] * 8


def test_initiative_steps_forward_unasked_and_is_otherwise_reciprocal():
    assert [C, *SCRIPT[:-1]] == against(SCRIPT, "initiative", initiative=0.0, generosity=0.0)
    assert against(SCRIPT, "initiative", initiative=1.0, generosity=0.0) == [C] * 8


def test_contrition_punishes_bad_standing_and_accepts_its_own_punishment():
    """It retaliates after an unjustified act; its own justified hostility keeps its good standing."""
    assert against(SCRIPT, "contrition") == [C, C, D, C, C, D, D, C]


def test_a_contrite_state_that_slipped_makes_amends():
    setting = scenario_with_only(("reciprocity", "noise"), {
        "rounds": 6, "perception.execution_noise": 0.0, "perception.misread_friendly": 0.0,
        "perception.misread_hostile": 0.0,
        **{f"states.{name}.doctrine": "contrition" for name in ("alba", "borea")},
    })  # fmt: skip
    model = Assembly(setting, rng=1, overrides=(Override(2, "miscarried", None, "alba", "borea", 1),))
    done = []
    for _ in range(6):
        model.step()
        world = model.world
        done.append([int(world.conduct[pair] ^ world.miscarried[pair]) for pair in ((0, 1), (1, 0))])
    assert done == [[C, C], [D, C], [C, D], [C, C], [C, C], [C, C]]


def test_assurance_cooperates_exactly_when_trust_reaches_the_threshold():
    """B06: (P - S) / ((R - T) + (P - S)) = 1 / 2 for T, R, P, S = 3, 4, 2, 1."""
    payoffs = {"temptation": 3.0, "reward": 4.0, "punishment": 2.0, "sucker": 1.0}
    for trust, cooperates in ((0.49, D), (0.5, C), (0.51, C)):
        setting = scenario_with_only("reciprocity", {
            "rounds": 1, "states.alba.doctrine": "assurance", "relations.alba.borea.trust": trust,
            **{f"states.alba.{name}": value for name, value in payoffs.items()},
        })  # fmt: skip
        model = Assembly(setting, rng=1).run()
        assert model.world.conduct[0, 1] == cooperates


def cooperation(setting, worlds=400):
    """Share of acts that are cooperative in the last half of the rounds, both sides, and its standard error."""
    shares = []
    for seed in range(worlds):
        world = make_world(setting, seed)
        from experiments.engine.kernel import advance

        advance(world, setting.rounds // 2)
        total = 0
        for _ in range(setting.rounds - setting.rounds // 2):
            advance(world, 1)
            total += sum(int(world.conduct[pair] ^ world.miscarried[pair]) for pair in ((0, 1), (1, 0)))
        shares.append(total / (2 * (setting.rounds - setting.rounds // 2)))
    return np.mean(shares), np.std(shares) / np.sqrt(worlds)


def noisy(doctrine, execution=0.0, friendly=0.0, hostile=0.0, generosity=0.0):
    """Two alike, in noise, with nothing else in the world."""
    both = {
        f"states.{name}.{key}": value
        for name in ("alba", "borea")
        for key, value in (("doctrine", doctrine), ("generosity", generosity))
    }
    return scenario_with_only(("reciprocity", "noise"), {
        **both, "rounds": 200, "perception.execution_noise": execution,
        "perception.misread_friendly": friendly, "perception.misread_hostile": hostile,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        pytest.param(noisy("reciprocity", execution=0.05), 0.5, id="B02 noisy tit for tat"),
        pytest.param(noisy("reciprocity", execution=0.05, generosity=1 / 3), 0.875, id="B03b generous"),
        pytest.param(noisy("contrition", execution=0.05), 1 / 1.1, id="B04 contrite"),
        pytest.param(noisy("reciprocity", friendly=0.05, hostile=0.1), 0.1 / 0.15, id="B04b d=.9 f=.05"),
        pytest.param(noisy("reciprocity", friendly=0.05, hostile=0.5), 0.5 / 0.55, id="B04b d=.5 f=.05"),
    ],
)
def test_pairs_in_noise_settle_where_theory_says(setting, expected):
    seen, error = cooperation(setting)
    assert abs(seen - expected) < 3.5 * error, (seen, expected, error)


def test_with_everything_off_nothing_moves():
    from support.worlds import make_scenario

    seen = measure_run(make_scenario({**ALL_OFF, "rounds": 30, "negotiations.talks.talking": False}), seed=5)
    moving = [place for place in range(OVERALL_COUNT) if np.ptp(seen[1:, place]) > 0]
    assert set(moving) <= {3, 6}, "only contact and what it leads to (indicators 6 and 3) may move"
