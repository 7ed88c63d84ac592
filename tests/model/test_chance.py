"""Random draws: published answers, no collisions, uniform distribution."""

from itertools import product

import numpy as np
import pytest
from support.worlds import make_scenario, make_world

from model.chance import WORD_MASK, DecisionPoint, draw, draw_normal, philox, stable_id

PUBLISHED = [  # Random123's known answers for philox4x32-10: counter, key, result
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "known"), PUBLISHED)
def test_philox_matches_random123_known_answers(counter, key, known):
    assert known == tuple(int(word) for word in philox(*map(np.uint64, counter + key)))


def test_each_address_has_a_distinct_draw():
    world, seen = make_world(make_scenario()), {}
    ids = [stable_id(name) for name in ("alba", "borea", "talks", "step-1")] + [0, 1, 2]
    for now in (1, 2, 1200):
        world.clock[0] = now
        for point, actor, counterpart, talks in product(DecisionPoint, ids, ids, [*ids[:3], 0]):
            number = draw(world.compiled, int(point), actor, counterpart, talks)
            assert seen.setdefault(number, (now, point, actor, counterpart, talks)) == (
                now,
                point,
                actor,
                counterpart,
                talks,
            )


def test_counter_words_never_overlap():
    """Round and decision point share one word, which holds the largest of both."""
    assert max(DecisionPoint) < 1 << 16
    assert (1200 << 16 | max(DecisionPoint)) <= int(WORD_MASK)
    assert len(set(DecisionPoint)) == len(DecisionPoint.__members__)


def test_draws_are_uniform_and_never_zero():
    world = make_world(make_scenario(), seed=7)
    numbers = np.array(
        [draw(world.compiled, 1, actor, counterpart, 0) for actor in range(200) for counterpart in range(100)]
    )
    assert numbers.min() > 0.0
    assert numbers.max() <= 1.0
    counts, _ = np.histogram(numbers, 20, (0.0, 1.0))
    chi_square = ((counts - 1000) ** 2 / 1000).sum()
    assert chi_square < 43.8  # the 99.9 % point with 19 degrees of freedom


def test_normal_draws_have_mean_zero_and_unit_spread():
    world = make_world(make_scenario(), seed=9)
    numbers = np.array(
        [draw_normal(world.compiled, 2, actor, counterpart, 0) for actor in range(200) for counterpart in range(100)]
    )
    assert abs(numbers.mean()) < 3 / np.sqrt(len(numbers))
    assert abs(numbers.std() - 1.0) < 3 / np.sqrt(2 * len(numbers))


def test_different_seeds_give_different_draws():
    one, other = make_world(make_scenario(), seed=1), make_world(make_scenario(), seed=2**40 + 1)
    assert draw(one.compiled, 1, 0, 0, 0) != draw(other.compiled, 1, 0, 0, 0)
