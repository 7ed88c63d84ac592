"""The results of Compare: the worlds of each arm and the paired differences from the first arm."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from dashboards.labels import OUTCOME_MEANINGS
from dashboards.page_link import Setting, scenario_of
from dashboards.theme import INDICATOR_STYLES, OUTCOME_STYLES
from dashboards.web.jobs.background import JobUpdate, ReportProgress, follow
from dashboards.web.pages.compare.messages import ArmNumbers, DifferenceRow, PairedDifferences, SmallChart
from dashboards.web.pages.shared.messages import Bands, OutcomeShare
from experiments.ensembles.compare import INDICATOR_INDEX, changed_share, compare_ensembles, world_measures
from experiments.ensembles.ensemble import Ensemble, ensemble_from
from experiments.ensembles.statistics import PERCENTILES, Effect
from experiments.ensembles.stream import ResultCollector, stream_ensemble, world_chunks
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError
from model.measures import indicator_names
from model.overrides import collect_overrides
from model.world import World

CHARTS = (  # indicator over all negotiations, title, indicator whose colour it has, whether to draw the mean
    ("trust", "Trust", "trust_first", False),
    ("tension", "Tension", "tension", False),
    ("deal_progress", "Deal progress", "deal_progress", False),
    ("contact", "Contact", "contact", True),
)
UNITS = {"trust": "0 to 1", "tension": "posture", "deal_progress": "share of stake", "contact": "share of worlds"}
MEANS = {
    "mean_trust": ("Trust", "mean over rounds, parties and negotiations"),
    "mean_tension": ("Tension", "mean posture over rounds"),
    "mean_deal_progress": ("Deal progress", "verified share of the stake, mean over rounds"),
    "mean_contact": ("Contact", "share of rounds with talks"),
    "mean_support": ("Support at home", "mean over rounds and parties"),
}
PREVIEW_WORLDS, MIN_WORLDS_FOR_PREVIEW = (
    100,
    400,
)  # worlds of the preview, and the least number of worlds that has a preview
MAX_CELLS = 16_000_000  # numbers held while an arm runs: 128 MB

Stop = Callable[[], bool]


class ArmResult(NamedTuple):
    """The result of one arm. means: over worlds, float64 [round, chart]."""

    found: Ensemble
    means: np.ndarray
    ceiling: float

    @property
    def bands(self) -> np.ndarray:
        """Return the bands of the charts: float64 [percentile, round, chart]."""
        return self.found.bands[:, :, [INDICATOR_INDEX[name] for name, *_ in CHARTS]]

    @property
    def worlds(self) -> int:
        """Return the number of worlds."""
        return self.found.worlds

    @property
    def rounds(self) -> int:
        """Return the number of rounds."""
        return self.found.rounds


def follow_arm(setting: Setting, worlds: int, stop: Stop) -> Iterator[JobUpdate]:
    """Yield updates of one arm until all its worlds have run; the last result is an ArmResult."""
    key = "arm", setting._replace(worlds=worlds)
    return follow(key, partial(play_arm, setting, worlds), stop)


def play_arm(setting: Setting, worlds: int, report: ReportProgress, stop: Stop) -> ArmResult:
    """Run the worlds of one arm. Raises CancelledError when stopped, ScenarioError for too many worlds."""
    scenario = scenario_of(setting)
    limit = MAX_CELLS // ((scenario.rounds + 1) * len(indicator_names(list(scenario.negotiations))))
    if worlds > limit:
        raise ScenarioError(
            [InputError("worlds", worlds, f"at most {limit} worlds can be compared for a scenario of this length")]
        )
    collector = ResultCollector(scenario, worlds, paired=True, band_worlds=worlds)
    start = World(scenario, setting.seed, collect_overrides(scenario, setting.events))
    for done in stream_ensemble(collector, world_chunks(start, worlds), setting.seed, stop=stop):
        report(done, worlds)
    means = collector.mean()[
        :, [INDICATOR_INDEX[name] for name, *_ in CHARTS]
    ]  # before the bands, which overwrite the data
    return ArmResult(ensemble_from(scenario.name, collector, setting.seed), means, scenario.tension.tension_ceiling)


# Differences


class Difference(NamedTuple):
    """One paired difference from the first arm, with its sentence."""

    name: str
    label: str
    meaning: str
    effect: Effect
    points: bool
    sentence: str

    @property
    def has_interval(self) -> bool:
        """Return whether there is an interval."""
        return not math.isnan(self.effect.low)


def differences(first: ArmResult, other: ArmResult) -> list[Difference]:
    """Return every paired difference: outcomes, then means of the main indicators."""
    labels = {each.name: (style.label, OUTCOME_MEANINGS[each]) for each, style in OUTCOME_STYLES.items()}
    labels = {"some_deal": ("Some deal", "at least one rung is verified at the end"), **labels}
    effects, rows = compare_ensembles(first.found, other.found), []
    before, after = world_measures(first.found), world_measures(other.found)
    for name, (label, meaning) in (labels | MEANS).items():
        paired, points = effects[name], name in labels
        levels = float(before[name].mean()), float(after[name].mean())
        sentence = difference_sentence(label, paired, levels, points, first.worlds)
        rows.append(Difference(name, label, meaning, paired, points, sentence))
    return rows


def difference_sentence(label: str, paired: Effect, levels: tuple[float, float], points: bool, worlds: int) -> str:
    """Return one difference as a sentence, or that it is not statistically distinguishable."""
    if paired.share_of_worlds_changed == 0.0:
        return f"{label}: the same in every world."
    if math.isnan(paired.low):
        return f"{label}: {signed_amount(paired.difference, points)} in every world; too few worlds for an interval."
    interval = (
        f"{signed_amount(paired.difference, points)}, 95 % {signed_amount(paired.low, points, bare=True)} to "
        + signed_amount(paired.high, points, bare=True)
    )
    if paired.low <= 0.0 <= paired.high:
        return f"{label}: not distinguishable with {worlds:,} worlds ({interval})."
    base, now = (f"{100 * level:.0f} %" if points else f"{level:.2f}" for level in levels)
    way = "more often" if paired.difference > 0 else "less often"
    if not points:
        way = "higher" if paired.difference > 0 else "lower"
    return f"{label}: {way}, {now} instead of {base} ({interval})."


def signed_amount(value: float, points: bool, bare: bool = False) -> str:
    """Return a difference with its sign, in percentage points for a share of worlds."""
    digits = f"{abs(100 * value):.1f}" if points else f"{abs(value):.3f}"
    sign = "" if not float(digits) else "\N{MINUS SIGN}" if value < 0 else "" if bare else "+"
    return f"{sign}{digits}{' points' if points and not bare else ''}"


# For the browser


def arm_numbers(result: ArmResult) -> ArmNumbers:
    """Return the bands and outcomes of one arm."""
    return {
        "worlds": result.worlds,
        "rounds": result.rounds,
        "bands": {name: arm_bands(result, at) for at, (name, *_) in enumerate(CHARTS)},
        "texts": {name: chart_text(result, at) for at, (name, *_) in enumerate(CHARTS)},
        "outcomes": [outcome_share(result, each) for each in OUTCOME_STYLES],
    }


def arm_bands(result: ArmResult, at: int) -> Bands:
    """Return the data of one chart of an arm: the mean or percentiles over its worlds."""
    if CHARTS[at][3]:
        return {"mean": rounded(result.means[:, at])}
    p5, p25, p50, p75, p95 = rounded(result.bands[:, :, at])
    return {"p5": p5, "p25": p25, "p50": p50, "p75": p75, "p95": p95}


def outcome_share(result: ArmResult, outcome: Outcome) -> OutcomeShare:
    """Return the share of an arm's worlds that end in an outcome, with its interval."""
    style, share = OUTCOME_STYLES[outcome], result.found.shares()[outcome.name]
    return {
        "key": outcome.name,
        "label": style.label,
        "meaning": OUTCOME_MEANINGS[outcome],
        "light": style.light,
        "dark": style.dark,
        "share": share.share,
        "low": share.low,
        "high": share.high,
    }


def rounded(values: np.ndarray) -> list[Any]:
    """Return values rounded to three digits, to keep messages small."""
    return np.round(values, 3).tolist()


def chart_text(result: ArmResult, at: int) -> str:
    """Return the text of one chart of an arm: its final values."""
    if CHARTS[at][3]:
        return f"{result.means[1:, at].mean():.0%} over all rounds, {result.means[-1, at]:.0%} in the last"
    ends = dict(zip(PERCENTILES, result.bands[:, -1, at], strict=True))
    return (
        f"after {result.rounds} rounds median {ends[50]:.2f}, 50 % of worlds {ends[25]:.2f} to {ends[75]:.2f}, "
        f"90 % {ends[5]:.2f} to {ends[95]:.2f}"
    )


def chart_rows(arms: list[ArmResult]) -> list[SmallChart]:
    """Return the specifications of the small charts; all arms share the axes of a row."""
    ceiling = max((arm.ceiling for arm in arms), default=1.0)
    return [
        {
            "key": name,
            "title": title,
            "unit": UNITS[name],
            "mean": mean,
            "top": ceiling if name == "tension" else 1.0,
            "light": INDICATOR_STYLES[style].light,
            "dark": INDICATOR_STYLES[style].dark,
        }
        for name, title, style, mean in CHARTS
    ]


def paired_differences(first: ArmResult, other: ArmResult) -> PairedDifferences:
    """Return the paired differences of one arm from the first."""
    rows = [
        DifferenceRow(
            key=each.name,
            label=each.label,
            meaning=each.meaning,
            difference=each.effect.difference,
            low=each.effect.low if each.has_interval else each.effect.difference,
            high=each.effect.high if each.has_interval else each.effect.difference,
            points=each.points,
            sure=each.effect.low > 0.0 or each.effect.high < 0.0,
            sentence=each.sentence,
        )
        for each in differences(first, other)
    ]
    return {"changed": changed_share(first.found, other.found), "rows": rows, "worlds": first.worlds}
