"""The essay's claims as estimators: over the space of uncertainties, where does each hold, and where does it fail?

A claim compares two settings of the same worlds. At each point of the space it holds, fails, or is not
decided by the replications there. A claim that fails is reported as failing.
"""

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.stats import ks_2samp, qmc, t

from experiments.engine.kernel import measure_many
from experiments.ensembles.compare import PLACE, effect
from experiments.ensembles.ensemble import Share, pool, wilson
from model.errors import Fault, ScenarioError
from model.measures import outcomes_of
from model.overrides import forced
from model.parameter_space import Setting, settings
from model.scenario import Scenario, build, change, load, read
from model.statuses import Outcome
from model.world import World

Measure = Callable[[np.ndarray], np.ndarray]  # [world, round, indicator] -> [world]
Changes = Callable[[Scenario], dict[str, Any]]
SCENARIO = "us-iran-2026"


class Comparison(NamedTuple):
    """One thing a claim says: under ``claimed`` the measure is larger (or smaller) than under ``against``."""

    says: str
    claimed: Changes
    against: Changes
    measure: Measure
    more: bool = True
    among: Measure | None = None  # only the worlds of which this is above nought under ``claimed``


class Claim(NamedTuple):
    """A claim of the essay: all its comparisons must hold at a point for the claim to hold there."""

    key: str
    words: str
    comparisons: tuple[Comparison, ...]


class Verdict(NamedTuple):
    """What became of one comparison over the space.

    holds, fails: shares of the points, with Wilson intervals; the rest is undecided. touched: share of the
    points at which the two settings differ in this measure at all, in any world. effect, low, high: mean
    over points, signed so that above nought is as claimed. where: the factors by which failing points differ most.
    """

    says: str
    holds: Share
    fails: Share
    touched: Share
    effect: float
    low: float
    high: float
    where: list[str]


class Judged(NamedTuple):
    """A claim with the share of points at which all it says holds, and at which some of it fails."""

    key: str
    words: str
    holds: Share
    fails: Share
    verdict: Literal["holds", "fails", "depends", "leans", "undecided"]
    comparisons: list[Verdict]


def mean_of(name: str) -> Measure:
    """Measure the mean of an indicator over the rounds."""
    return lambda seen: seen[:, 1:, PLACE[name]].mean(axis=1)


def end_of(name: str) -> Measure:
    """Measure an indicator at the end."""
    return lambda seen: seen[:, -1, PLACE[name]]


def some_deal(seen: np.ndarray) -> np.ndarray:
    """Measure whether a deal stands at the end."""
    return (outcomes_of(seen, 0) >= Outcome.partial_arrangement).astype(float)


def longest_silence(seen: np.ndarray) -> np.ndarray:
    """Measure the longest run of rounds without contact."""
    contact, longest = seen[:, 1:, PLACE["contact"]] > 0, np.zeros(len(seen))
    silent = np.zeros(len(seen))
    for now in range(contact.shape[1]):
        silent = np.where(contact[:, now], 0.0, silent + 1.0)
        longest = np.maximum(longest, silent)
    return longest


def rounds_to_deal(seen: np.ndarray) -> np.ndarray:
    """Measure the round of the first deal; one that never comes counts as the round after the last."""
    progress = seen[:, :, PLACE["deal_progress"]] > 0.0
    return np.where(progress.any(axis=1), progress.argmax(axis=1), seen.shape[1]).astype(float)


def as_is(_: Scenario) -> dict[str, Any]:
    """Change nothing."""
    return {}


def switch(**mechanisms: bool) -> Changes:
    """Switch mechanisms on or off."""
    return lambda _: {f"mechanisms.{name}": on for name, on in mechanisms.items()}


def put(**parameters: float) -> Changes:
    """Set parameters, written section__name."""
    return lambda _: {name.replace("__", "."): value for name, value in parameters.items()}


def helpers(**skills: float) -> Changes:
    """Set the skills of all facilitators."""
    return lambda s: {f"facilitators.{who}.{name}": x for who in s.facilitators for name, x in skills.items()}


def between_parties(name: str, *values: float) -> Changes:
    """Set how each of the two parties stands to the other: both alike, or the first and the second."""

    def changes(scenario: Scenario) -> dict[str, Any]:
        one, other = next(iter(scenario.negotiations.values())).parties
        return {f"relations.{one}.{other}.{name}": values[0], f"relations.{other}.{one}.{name}": values[-1]}

    return changes


def parties(name: str, *values: Any) -> Changes:
    """Set a parameter of the two parties."""

    def changes(scenario: Scenario) -> dict[str, Any]:
        one, other = next(iter(scenario.negotiations.values())).parties
        return {f"states.{one}.{name}": values[0], f"states.{other}.{name}": values[-1]}

    return changes


def bundled(rungs: int | None) -> Changes:
    """Tie so many rungs into one step; None ties all of them."""

    def changes(scenario: Scenario) -> dict[str, Any]:
        return {
            f"negotiations.{name}.bundling": rungs or len(talks.rungs) for name, talks in scenario.negotiations.items()
        }

    return changes


def both(*changes: Changes) -> Changes:
    """Make several changes."""
    return lambda scenario: {path: x for each in changes for path, x in each(scenario).items()}


TALKING, PRESSING = parties("dialogue", 0.8), between_parties("campaign", 0.7, 0.0)
SILENT, UNPRESSED = parties("dialogue", 0.0), between_parties("campaign", 0.0)
CLAIMS = (
    Claim(
        "scrutiny",
        "Scrutiny slows talks but orders them",
        (
            Comparison("the first deal comes later", switch(scrutiny=True), switch(scrutiny=False), rounds_to_deal),
            Comparison("fewer breaches", switch(scrutiny=True), switch(scrutiny=False), end_of("breaches"), more=False),
        ),
    ),
    Claim(
        "every-phase",
        "Trust is built in every phase, not once",
        (Comparison("more trust at the end", as_is, put(belief__rung_evidence=0.0), end_of("trust")),),
    ),
    Claim(
        "good-offices",
        "Facilitators keep dialogue from stagnating",
        (
            Comparison("more contact", helpers(good_offices=0.6), helpers(good_offices=0.0), mean_of("contact")),
            Comparison(
                "shorter silences", helpers(good_offices=0.6), helpers(good_offices=0.0), longest_silence, more=False
            ),
        ),
    ),
    Claim(
        "misperception",
        "Facilitators reduce misperception",
        (
            Comparison(
                "fewer acts misread", helpers(clarity=0.6), helpers(clarity=0.0), mean_of("misperception"), more=False
            ),
        ),
    ),
    Claim(
        "controlled-engagement",
        "Pressure and dialogue side by side work (controlled engagement)",
        (
            Comparison("more deals than by pressure alone", both(TALKING, PRESSING), both(SILENT, PRESSING), some_deal),
            Comparison(
                "more deals than by dialogue alone", both(TALKING, PRESSING), both(TALKING, UNPRESSED), some_deal
            ),
        ),
    ),
    Claim(
        "contact",
        "Contact has value even without a comprehensive agreement",
        (
            Comparison(
                "less tension than without contact, in the worlds without a comprehensive deal",
                as_is,
                put(contact__contact_ease=0.0, contact__contact_habit=0.0),
                mean_of("tension"),
                more=False,
                among=lambda seen: (outcomes_of(seen, 0) < Outcome.comprehensive_deal).astype(float),
            ),
        ),
    ),
    Claim(
        "small-first",
        "Small technical deals precede big ones",
        (Comparison("more of the stake stands at the end", bundled(1), bundled(None), end_of("deal_progress")),),
    ),
    Claim(
        "uncertainty",
        "Gradual diplomacy reduces uncertainty",
        (Comparison("less uncertainty at the end", bundled(1), bundled(None), end_of("uncertainty"), more=False),),
    ),
    Claim(
        "process",
        "Diplomacy is a process, not a destination",
        (
            Comparison(
                "less tension over time, step by step", bundled(1), bundled(None), mean_of("tension"), more=False
            ),
        ),
    ),
    Claim(
        "narratives",
        "Opposed narratives stand in the way",
        (
            Comparison(
                "less of the stake stands than between alike narratives",
                parties("security_weight", 0.9, 0.1),
                parties("security_weight", 0.5),
                end_of("deal_progress"),
                more=False,
            ),
        ),
    ),
    Claim(
        "deficit",
        "An inherited deficit of trust costs deals",
        (
            Comparison(
                "fewer deals than from even trust",
                between_parties("trust", 0.2),
                between_parties("trust", 0.5),
                some_deal,
                more=False,
            ),
        ),
    ),
    Claim(
        "home",
        "Compromise is negotiated at home too",
        (
            Comparison(
                "less of the stake stands where deals must be ratified",
                switch(ratification=True),
                switch(ratification=False),
                end_of("deal_progress"),
                more=False,
            ),
        ),
    ),
    Claim(
        "region",
        "The regional setting presses on the talks",
        (
            Comparison(
                "less of the stake stands with alliances at work",
                switch(alliances=True),
                switch(alliances=False),
                end_of("deal_progress"),
                more=False,
            ),
            Comparison(
                "more tension with oil market and region at work",
                switch(environment=True),
                switch(environment=False),
                mean_of("tension"),
            ),
        ),
    ),
    Claim(
        "channels",
        "Indirect messages and technical talks carry the process",
        (
            Comparison(
                "more trust with technical exchanges", helpers(hosting=0.6), helpers(hosting=0.0), mean_of("trust")
            ),
            Comparison(
                "less tension where talks go through others",
                put(contact__direct_trust=1.0),
                put(contact__direct_trust=0.0),
                mean_of("tension"),
                more=False,
            ),
        ),
    ),
)


def space(scenario: Scenario, reach: float = 1.0) -> list[Setting]:
    """List every uncertainty of a scenario with its range: the space in which claims are judged.

    reach: 1 is the full declared range; less keeps within so large a share of the scenario's own value, and of the
    range. Of the value too, as ranges say what a file may hold: a tenth of the range of a task's cost, which is 1,
    would make it 100 and leave every facilitator without means. A value of nought stays as it is.
    """
    return [_near(each, reach) if reach < 1.0 else each for each in settings(scenario) if not each.lever]


def _near(setting: Setting, reach: float) -> Setting:
    """Narrow a range around its value."""
    most = reach * min(abs(setting.value), setting.high - setting.low)
    return setting._replace(low=max(setting.low, setting.value - most), high=min(setting.high, setting.value + most))


def sample(factors: list[Setting], points: int, seed: int) -> list[dict[str, Any]]:
    """Lay points over the full declared ranges, by a latin hypercube."""
    shares = qmc.LatinHypercube(len(factors), rng=seed).random(points)
    return [{each.path: _at(each, x) for each, x in zip(factors, row, strict=True)} for row in shares]


def _at(factor: Setting, share: float) -> float:
    """Give the value at a share of the way through a range; every whole number has an equal part of it."""
    if factor.whole:
        low, high = math.ceil(factor.low), math.floor(factor.high)
        return min(int(low + share * (high - low + 1)), high)
    return float(factor.low + share * (factor.high - factor.low))


class Judging(NamedTuple):
    """What judging needs: the scenario as plain data, the points, the dice."""

    data: dict[str, Any]
    points: list[dict[str, Any]]
    seeds: np.ndarray
    rounds: int


def differences(judging: Judging, comparison: Comparison, point: Mapping[str, Any]) -> np.ndarray:
    """Give the paired differences at one point, as claimed above nought, [world]."""
    arms = []
    for changes in (comparison.claimed, comparison.against):
        base = build(change(judging.data, point))
        setting = build(change(judging.data, {**point, **changes(base)}))
        arms.append(measure_many(World(setting, 0, forced(setting)), judging.seeds, judging.rounds, remember=True))
    claimed, against = (comparison.measure(arm) for arm in arms)
    if comparison.among is not None:
        kept = comparison.among(arms[0]) > 0
        claimed, against = claimed[kept], against[kept]
    return claimed - against if comparison.more else against - claimed


def judge(
    points: int = 128,
    replications: int = 20,
    seed: int = 1,
    scenario: str = SCENARIO,
    reach: float = 1.0,
    claims: tuple[Claim, ...] = CLAIMS,
    progress: Callable[[int], None] = lambda _: None,
    hands: Executor | None = None,
) -> list[Judged]:
    """Judge claims over the space of uncertainties. progress is told how many comparisons are done.

    reach: see ``space``. Raises ScenarioError if there are fewer than 8 points or 2 replications, or no reach.
    """
    if not 0 < reach <= 1:
        raise ScenarioError([Fault("--reach", reach, "allowed is above 0, up to 1")])
    if points < 8 or replications < 2:
        raise ScenarioError([Fault("--points", points, "at least 8 points and 2 replications are needed")])
    data, setting = read(scenario), load(scenario)
    factors = space(setting, reach)
    laid = sample(factors, points, seed)
    judging = Judging(data, laid, np.arange(replications, dtype=np.uint64) + np.uint64(seed), setting.rounds)
    matrix = np.array([[float(point[each.path]) for each in factors] for point in laid])
    done, judged = 0, []
    for claim in claims:
        verdicts, signs = [], []
        for comparison in claim.comparisons:
            found = list((hands or pool()).map(lambda at, c=comparison: differences(judging, c, at), laid))
            sign = np.array([decided(each) for each in found])
            verdicts.append(_verdict(comparison, found, sign, factors, matrix))
            signs.append(sign)
            done += 1
            progress(done)
        judged.append(_judged(claim, np.array(signs), verdicts))
    return judged


def decided(found: np.ndarray) -> int:
    """Say whether paired differences lie above nought (1), below (-1), or are not decided (0)."""
    if len(found) < 2:
        return 0
    middle, error = float(found.mean()), float(found.std(ddof=1)) / len(found) ** 0.5
    bound = error * float(t.ppf(0.975, len(found) - 1))
    return int(np.sign(middle)) if abs(middle) > bound and middle != 0.0 else 0


def _verdict(
    comparison: Comparison, found: list[np.ndarray], sign: np.ndarray, factors: list[Setting], matrix: np.ndarray
) -> Verdict:
    means = np.array([each.mean() for each in found if len(each)] or [0.0])
    whole, count = effect(np.zeros(len(means)), means), len(sign)
    return Verdict(
        comparison.says,
        wilson(int((sign > 0).sum()), count),
        wilson(int((sign < 0).sum()), count),
        wilson(sum(bool(each.any()) for each in found), count),
        whole.difference,
        whole.low,
        whole.high,
        where_it_fails(sign, factors, matrix),
    )


def where_it_fails(sign: np.ndarray, factors: list[Setting], matrix: np.ndarray, most: int = 3) -> list[str]:
    """Name the factors whose values at failing points differ most from those elsewhere, beyond chance."""
    failing = sign < 0
    if failing.sum() < 5 or (~failing).sum() < 5:
        return []
    found = []
    for at, factor in enumerate(factors):
        inside, outside = matrix[failing, at], matrix[~failing, at]
        test: Any = ks_2samp(inside, outside)
        if test.pvalue < 0.01 / len(factors) ** 0.5:
            side = "high" if np.median(inside) > np.median(outside) else "low"
            found.append((float(test.statistic), f"{factor.path} is {side} (median {np.median(inside):.3g})"))
    return [words for _, words in sorted(found, reverse=True)[:most]]


def _judged(claim: Claim, signs: np.ndarray, verdicts: list[Verdict]) -> Judged:
    """Judge a claim: it holds at a point where all its comparisons do, and fails where one does.

    Over the space it "holds" (or "fails") if it does at more than half of the points, the interval allowed for;
    it "depends" if it holds at some and fails at others; it "leans" to holding if it is mostly undecided, but
    all mean effects are as claimed; else it is "undecided".
    """
    holds, fails = (
        wilson(int((signs > 0).all(axis=0).sum()), signs.shape[1]),
        wilson(int((signs < 0).any(axis=0).sum()), signs.shape[1]),
    )
    verdict: Literal["holds", "fails", "depends", "leans", "undecided"] = "undecided"
    if holds.low > 0.5:
        verdict = "holds"
    elif fails.low > 0.5 or any(each.high < 0 for each in verdicts):
        verdict = "fails"
    elif min(holds.share, fails.share) >= 0.05:
        verdict = "depends"
    elif all(each.low > 0 for each in verdicts):
        verdict = "leans"
    return Judged(claim.key, claim.words, holds, fails, verdict, verdicts)
