"""Random draws with addresses: each is a pure function of seed, round, decision point, actors and negotiation.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw, 2011) mixes a counter of four 32-bit words with a
64-bit key. The key is the seed; the counter holds round and decision point, actor, counterpart,
and negotiation. Ids are hashes of names, never positions in a list, so a new actor, rung or
mechanism leaves all other draws unchanged (common random numbers).
"""

import hashlib
from enum import IntEnum

import numpy as np

from model.arithmetic import normal_quantile
from model.compiler import rule


class DecisionPoint(IntEnum):
    """The decision points that use random draws. Never reuse a number: it is part of a draw's address."""

    OIL = 1
    REGION = 2
    TYPE = 3
    TYPE_KEPT = 4
    TURNOVER = 5
    MISREAD = 6
    CONDUCT = 7
    SLIP = 8
    CONTACT = 9
    HOST = 10
    PROPOSE = 11
    PROPOSER = 12
    OFFER = 13
    FORMULATE = 14
    EVIDENCE = 15
    VETO = 16
    COMPLY = 17
    DETECT = 18
    FRICTION = 19
    ATTACK = 20
    WITHDRAW = 21
    FORGIVE = 22
    INITIATIVE = 23
    STANCE = 24
    MOOD = 25
    SILENCE = 26
    DEMAND = 27
    CONCEDE = 28
    CARRY_OUT = 29
    FORCE = 30
    ESTIMATE = 31
    SIGHTING = 32
    END_PROCESS = 33
    REOPEN_PROCESS = 34


M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
WORD_MASK, WORD_BITS, DISCARDED_BITS, ROUND_SHIFT = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(11), np.uint64(16)
ONE = np.uint64(1)


def stable_id(name: str) -> int:
    """Return the 32-bit hash of a name, part of the address of its draws."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")


@rule
def philox(a, b, c, d, u, v):
    """Return four counter words mixed with two key words in ten rounds (Random123's Philox4x32-10)."""
    for _ in range(10):
        p, q = M0 * a, M1 * c
        a, b, c, d = (q >> WORD_BITS) ^ b ^ u, q & WORD_MASK, (p >> WORD_BITS) ^ d ^ v, p & WORD_MASK
        u, v = (u + W0) & WORD_MASK, (v + W1) & WORD_MASK
    return a, b, c, d


@rule
def draw(world, decision_point, actor=0, counterpart=0, negotiation=0):
    """Return a uniform draw from (0, 1]; an event of probability p happens when ``p >= draw``: 0 never, 1 always."""
    when = np.uint64(world.clock[0]) << ROUND_SHIFT | np.uint64(decision_point)
    a, b, _, _ = philox(
        when,
        np.uint64(actor),
        np.uint64(counterpart),
        np.uint64(negotiation),
        world.seed & WORD_MASK,
        world.seed >> WORD_BITS,
    )
    return np.float64(((a << WORD_BITS | b) >> DISCARDED_BITS) + ONE) * 1.1102230246251565e-16  # 2 ** -53


@rule
def draw_normal(world, decision_point, actor=0, counterpart=0, negotiation=0):
    """Return a standard normal draw, from the same address as ``draw``."""
    return normal_quantile(draw(world, decision_point, actor, counterpart, negotiation))
