"""Patterns of bargaining: types, what decides refusals, levers without effect, and the order of the scenarios."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.validation.estimate import Statistic, safe_ratio
from experiments.validation.levers import dead_levers
from experiments.validation.pattern import (
    ALL_SCENARIOS,
    EVERY_SCENARIO,
    Inequality,
    Pattern,
    each_scenario,
    keep_scenarios_apart,
    largest,
    share_statistic,
)
from experiments.validation.refusals import REFUSAL_COLUMNS, classify_refusals
from experiments.validation.traces import ScenarioSource, Trace, first_parties, record_trace
from model.enumerations import RungStatus
from model.loading import load_scenario
from model.scenario import Scenario

ORDERED = (
    "argentina-brazil-1985", "egypt-israel-1973", "us-ussr-1985", "us-iran-2013", "us-iran-2026", "us-iran-2018",
    "us-dprk-1994",
)  # fmt: skip
PEACEFUL, FROZEN = ORDERED[:3], ORDERED[5:]
COMMON_ROUNDS = 96
NEIGHBOURS = (
    *((above, "us-iran-2013") for above in PEACEFUL), ("us-iran-2013", "us-iran-2026"),
    *(("us-iran-2026", below) for below in FROZEN),
)  # fmt: skip


def progress_and_types(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Return the sums behind a regression of final progress on both parties' first types: [world, 9].

    One, the types, progress, and their squares and products, as ``explained_share`` reads them.
    """
    trace = record_trace(scenario, worlds, ["trustworthy", "status"])
    types = trace["trustworthy"][:, 1, list(first_parties(trace))].astype(float)
    progress = (trace["status"][:, -1, 0] == RungStatus.VERIFIED) @ trace.initial_world.stake[0]
    return regression_terms(types, progress)


def regression_terms(types: np.ndarray, progress: np.ndarray) -> np.ndarray:
    """Return one, both types, their squares and product, progress, its products with the types, its square."""
    one, other = types.T
    terms = (np.ones(len(one)), one, other, one**2, one * other, other**2, progress, one * progress, other * progress)
    return np.stack([*terms, progress**2], axis=1)


def explained_share(sums: np.ndarray) -> np.ndarray:
    """Return the share of the variance of progress that a linear regression on both types explains (R squared)."""
    mean = safe_ratio(sums, sums[..., :1] + np.zeros_like(sums))
    _, a, b, aa, ab, bb, y, ay, by, yy = np.moveaxis(mean, -1, 0)
    aa, ab, bb, ay, by, yy = aa - a * a, ab - a * b, bb - b * b, ay - a * y, by - b * y, yy - y * y
    explained = safe_ratio(ay * ay * bb - 2.0 * ay * by * ab + by * by * aa, aa * bb - ab * ab)
    return safe_ratio(explained, np.where(yy > 1e-12, yy, 0.0))


def bargaining_arms(scenario: Scenario) -> tuple[dict[str, Any], ...]:
    """Return the arms: pressure off and on, a narrative's weight and detection low and high."""
    return (
        {"mechanisms.pressure": False}, {"mechanisms.pressure": True},
        {"bargaining.narrative_weight": 0.2}, {"bargaining.narrative_weight": 0.8},
        {f"bodies.{body}.detection": 0.1 for body in scenario.bodies},
        {f"bodies.{body}.detection": 0.9 for body in scenario.bodies},
    )  # fmt: skip


def deals_and_refusals(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Count what moves deals and what decides refusals: [world, 10].

    One; whether some rung of every negotiation is verified at the end, in each arm; refusals as shipped, those that the
    share decides, and those that the examination decides.
    """
    columns = [np.ones(worlds)]
    columns += [
        some_deal(record_trace(scenario, worlds, ["status"], arm)) for arm in bargaining_arms(load_scenario(scenario))
    ]
    refusals = classify_refusals(record_trace(scenario, worlds, REFUSAL_COLUMNS))
    columns += [each.sum(axis=(1, 2, 3)) for each in (refusals.all, refusals.by_share, refusals.condemned)]
    return np.stack(columns, axis=1).astype(float)


def some_deal(trace: Trace) -> np.ndarray:
    """Return whether every negotiation has a verified rung at the end: bool [world]."""
    return (trace["status"][:, -1] == RungStatus.VERIFIED).any(axis=2).all(axis=1)


def size_of_effect(low: int, high: int) -> Statistic:
    """Return the statistic: absolute difference of two shares of some deal, largest over the scenarios."""
    return largest(ALL_SCENARIOS, lambda sums: np.abs(safe_ratio(sums[..., high] - sums[..., low], sums[..., 0])))


def over_scenarios(bottom: int, top: int) -> Statistic:
    """Return the statistic: the share of one count in another, both summed over the scenarios."""
    return lambda sums: share_statistic(bottom, top)(
        sums.reshape(*sums.shape[:-1], len(ALL_SCENARIOS), -1).sum(axis=-2)
    )


def shipped_share(bottom: int, top: int) -> Statistic:
    """Return the statistic: the share of one count in another in us-iran-2026."""
    at = ALL_SCENARIOS.index("us-iran-2026")
    return lambda sums: each_scenario(ALL_SCENARIOS, share_statistic(bottom, top))(sums)[..., at]


def comprehensive_deals(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Return whether all rungs of the first negotiation are verified after COMMON_ROUNDS: [world, 2], ones first."""
    trace = record_trace(scenario, worlds, ["status"], rounds=COMMON_ROUNDS)
    complete = (trace["status"][:, -1, 0, : trace.initial_world.rungs[0]] == RungStatus.VERIFIED).all(axis=1)
    return np.stack([np.ones(worlds), complete], axis=1).astype(float)


def share_in(name: str) -> Statistic:
    """Return the statistic: the share of comprehensive deals in one of ORDERED."""
    at = ORDERED.index(name)
    return share_statistic(2 * at, 2 * at + 1)


def gap_between(above: Sequence[str], below: Sequence[str]) -> Statistic:
    """Return the statistic: the smallest share of some scenarios minus the largest share of others."""

    def gap(sums: np.ndarray) -> np.ndarray:
        high, low = ([share_in(name)(sums) for name in names] for names in (above, below))
        return np.min(high, axis=0) - np.max(low, axis=0)

    return gap


BARGAINING_PATTERNS = (
    Pattern(
        "F5", "Types are not fate", "face validity", ("us-iran-2026",), progress_and_types,
        {"R squared": explained_share},
        (Inequality("variance of progress that types drawn at the start explain", explained_share, upper=0.1),),
        caveat="A regression of progress at the end on whether each party's first government is trustworthy.",
    ),
    Pattern(
        "F7", "Bargaining binds: pressure, narratives and detection move deals, and the share decides refusals",
        "Drezner 1999, Putnam 1988: both signs", ALL_SCENARIOS, keep_scenarios_apart(ALL_SCENARIOS, deals_and_refusals),
        {
            "refusals the share decides": over_scenarios(7, 8), "the examination decides": over_scenarios(7, 9),
            "us-iran-2026, the share": shipped_share(7, 8), "the examination": shipped_share(7, 9),
        },
        (
            Inequality("some deal, pressure and relief on against off, largest difference", size_of_effect(1, 2), 0.04),
            Inequality("some deal, narrative weight .8 against .2, largest difference", size_of_effect(3, 4), 0.04),
            Inequality("some deal, detection .9 against .1, largest difference", size_of_effect(5, 6), 0.04),
            Inequality("share of refusals that the share offered decides, us-iran-2026", shipped_share(7, 8), 0.3),
        ),
        tuned=True,
        caveat="Absolute difference in the scenario where it is largest, which chance makes larger: about .03 for no "
        "effect. The share decides if every other condition of acceptance holds.",
    ),
    Pattern(
        "F8", "Every lever that is offered moves something", "usability", EVERY_SCENARIO, dead_levers,
        {"levers": lambda s: s[..., 0], "change no world": lambda s: s[..., 1]},
        (
            Inequality("levers that change no world", lambda s: s[..., 1], upper=0.5),
            Inequality("levers that move nothing beyond chance", lambda s: s[..., 2], upper=0.5),
        ),
        caveat="Low against high end of the range; progress, contact, trust, tension, at the end and on average; "
        "paired intervals, corrected for the levers and outcomes of the scenario. Counts, without an interval.",
    ),
    Pattern(
        "F10", "Structures differ: comprehensive deals are ordered as in the cases' history", "the cases' own history",
        ORDERED, keep_scenarios_apart(ORDERED, comprehensive_deals), {name: share_in(name) for name in ORDERED},
        (
            *(
                Inequality(f"{one} minus {other}", gap_between((one,), (other,)), 0.0, may_tie=True)
                for one, other in NEIGHBOURS
            ),
            Inequality("smallest of the first three minus largest of the last two", gap_between(PEACEFUL, FROZEN), 0.0),
        ),
        tuned=True,
        caveat="All rungs verified after 96 rounds. Neighbours may tie: a test fails only if the order is reversed.",
    ),
)  # fmt: skip
