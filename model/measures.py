"""Indicators of each round, in declared order, and the outcome of a run."""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from model.compiler import rule
from model.enumerations import Outcome
from model.rules.beliefs import uncertainty
from model.rules.lookups import mutual_tension, pressure_suffered, progress
from model.world import World


class Indicator(NamedTuple):
    """A time series: name, unit and meaning."""

    name: str
    unit: str
    meaning: str


BY_NEGOTIATION = (
    Indicator("trust_first", "0 to 1", "trust of the first party in the second"),
    Indicator("trust_second", "0 to 1", "trust of the second party in the first"),
    Indicator("uncertainty", "standard deviation", "mean of the two beliefs' standard deviations"),
    Indicator("tension", "0 to ceiling", "mean posture of the two parties"),
    Indicator("deal_progress", "share of stake", "stake of the verified rungs"),
    Indicator("pressure", "0 to 1", "mean pressure suffered by the two parties"),
    Indicator("programme", "0 to 1", "highest programme level of the two parties"),
    Indicator("contact", "0 or 1", "whether the two sides met"),
    Indicator("misperception", "share", "share of the two parties' acts that the other misread"),
    Indicator("support_first", "0 to 1", "domestic support of the first party"),
    Indicator("support_second", "0 to 1", "domestic support of the second party"),
    Indicator("breaches", "count", "breaches declared so far, including withdrawals"),
)
OVERALL = (
    Indicator("trust", "0 to 1", "mean trust over all negotiating pairs, both directions"),
    Indicator("uncertainty", "standard deviation", "mean over negotiations"),
    Indicator("tension", "0 to ceiling", "mean over negotiations"),
    Indicator("deal_progress", "share of stake", "mean over negotiations"),
    Indicator("pressure", "0 to 1", "mean over negotiations"),
    Indicator("programme", "0 to 1", "mean over negotiations"),
    Indicator("contact", "share", "share of negotiations whose parties met"),
    Indicator("misperception", "share", "mean over negotiations"),
    Indicator("support", "0 to 1", "mean domestic support over all parties"),
    Indicator("breaches", "count", "sum over negotiations"),
    Indicator("oil", "log deviation", "oil price"),
    Indicator("region", "deviation", "regional tension"),
)
OVERALL_COUNT, NEGOTIATION_COUNT = len(OVERALL), len(BY_NEGOTIATION)
RECENT_ROUNDS = 12  # last rounds, which decide on managed contact
MIN_CONTACT = 0.25  # share of those rounds with contact
MAX_TENSION = 0.85  # mean tension in them

INDICATOR_OFFSET = {name: index for index, (name, _, _) in enumerate(BY_NEGOTIATION)}


@rule
def write_negotiation_indicators(world, k, row, start):
    """Write a negotiation's indicators into a row from ``start`` on, in the order of BY_NEGOTIATION."""
    a, b = world.party[k, 0], world.party[k, 1]
    row[start] = world.trust[a, b]
    row[start + 1] = world.trust[b, a]
    row[start + 2] = 0.5 * (uncertainty(world, a, b) + uncertainty(world, b, a))
    row[start + 3] = mutual_tension(world, k)
    row[start + 4] = progress(world, k)
    row[start + 5] = 0.5 * (pressure_suffered(world, a) + pressure_suffered(world, b))
    row[start + 6] = max(world.programme[a], world.programme[b])
    row[start + 7] = world.contact[k]
    row[start + 8] = 0.5 * (world.misread[a, b] + world.misread[b, a])
    row[start + 9] = world.support[a]
    row[start + 10] = world.support[b]
    row[start + 11] = world.breaches[k]


@rule
def write_indicators(world, row):
    """Write the indicators of a world into a row: OVERALL, then BY_NEGOTIATION for each negotiation."""
    for index in range(OVERALL_COUNT):
        row[index] = 0.0
    count = world.n_negotiation
    for k in range(count):
        at = OVERALL_COUNT + k * NEGOTIATION_COUNT
        write_negotiation_indicators(world, k, row, at)
        row[0] += 0.5 * (row[at] + row[at + 1])
        for index in range(1, 8):
            row[index] += row[at + 1 + index]
        row[8] += 0.5 * (row[at + 9] + row[at + 10])
        row[9] += row[at + 11]
    for index in range(9):
        row[index] /= count
    row[10] = world.oil[0]
    row[11] = world.regional_tension[0]


def indicator_names(negotiations: Sequence[str]) -> list[str]:
    """Return the names of a trajectory's indicators, in order."""
    by_negotiation = [f"{name}.{indicator.name}" for name in negotiations for indicator in BY_NEGOTIATION]
    return [indicator.name for indicator in OVERALL] + by_negotiation


def indicator_count(world: World) -> int:
    """Return the number of a world's indicators: OVERALL, and BY_NEGOTIATION for each negotiation."""
    return OVERALL_COUNT + world.size["negotiation"] * NEGOTIATION_COUNT


def indicator_row(world: World) -> np.ndarray:
    """Return the indicators of a world now: float64 [indicator]."""
    row = np.empty(indicator_count(world))
    write_indicators(world.compiled, row)
    return row


def negotiation_series(trajectory: np.ndarray, negotiation: int) -> dict[str, np.ndarray]:
    """Return one negotiation's indicators from trajectories [..., round, indicator], by name."""
    at = OVERALL_COUNT + negotiation * NEGOTIATION_COUNT
    return {name: trajectory[..., at + offset] for name, offset in INDICATOR_OFFSET.items()}


def classify_outcomes(trajectories: np.ndarray, negotiation: int) -> np.ndarray:
    """Return a negotiation's outcome at the end of each trajectory [..., round, indicator]: int8, numbers of Outcome.

    comprehensive_deal: every rung is verified. partial_arrangement: some rung is. managed_contact: no rung is,
    but in the last 12 rounds there was contact in at least a quarter of them and mean tension was at most 0.85.
    breakdown: anything else.
    """
    indicators = negotiation_series(trajectories, negotiation)
    progress_now = indicators["deal_progress"][..., -1]
    recent = slice(max(trajectories.shape[-2] - RECENT_ROUNDS, 1), None)
    count = max(trajectories.shape[-2] - recent.start, 1)
    contact = indicators["contact"][..., recent].sum(axis=-1) / count
    tension = indicators["tension"][..., recent].sum(axis=-1) / count
    managed = (contact >= MIN_CONTACT) & (tension <= MAX_TENSION)
    small = np.where(managed, Outcome.managed_contact, Outcome.breakdown)
    some = np.where(progress_now > 0.0, Outcome.partial_arrangement, small)
    return np.where(progress_now >= 1.0 - 1e-9, Outcome.comprehensive_deal, some).astype(np.int8)


def classify_outcome(trajectory: np.ndarray, negotiation: int) -> Outcome:
    """Return a negotiation's outcome at the end of one trajectory."""
    return Outcome(int(classify_outcomes(trajectory, negotiation)))


def overall_outcome(trajectory: np.ndarray, negotiations: int) -> Outcome:
    """Return the outcome of a run: that of its least advanced negotiation."""
    return min(classify_outcome(trajectory, k) for k in range(negotiations))


def trajectory_digest(trajectory: Any) -> str:
    """Return the SHA-256 of a trajectory's float64 values, little-endian, round by round."""
    return hashlib.sha256(np.ascontiguousarray(trajectory, "<f8").tobytes()).hexdigest()


def overall_outcomes(trajectories: np.ndarray, negotiations: int) -> np.ndarray:
    """Return the outcome of each run: that of its least advanced negotiation."""
    return np.min([classify_outcomes(trajectories, k) for k in range(negotiations)], axis=0)
