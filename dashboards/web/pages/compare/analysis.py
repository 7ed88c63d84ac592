"""What Compare shows: each arm's worlds, the paired differences to the first arm, and plain data of them."""

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

CHARTS = (  # indicator over all negotiations, its title, whose colour it has, whether a mean is drawn and no band
    ("trust", "Trust", "trust_first", False),
    ("tension", "Tension", "tension", False),
    ("deal_progress", "Deal progress", "deal_progress", False),
    ("contact", "Contact", "contact", True),
)
UNITS = {"trust": "0 to 1", "tension": "posture", "deal_progress": "share of stake", "contact": "share of worlds"}
MEANS = {
    "mean_trust": ("Trust", "mean over rounds, parties and negotiations"),
    "mean_tension": ("Tension", "mean posture over rounds"),
    "mean_deal_progress": ("Deal progress", "share of the stake that stands verified, mean over rounds"),
    "mean_contact": ("Contact", "share of rounds with talks"),
    "mean_support": ("Support at home", "mean over rounds and parties"),
}
PREVIEW_WORLDS, MIN_WORLDS_FOR_PREVIEW = 100, 400  # worlds shown first, and from how many on
MAX_CELLS = 16_000_000  # numbers held while an arm is played: 128 MB

Stop = Callable[[], bool]


class ArmResult(NamedTuple):
    """What became of one arm's worlds. means: over worlds, float64 [round, chart]."""

    found: Ensemble
    means: np.ndarray
    ceiling: float

    @property
    def bands(self) -> np.ndarray:
        """Return the bands that are drawn: float64 [percentile, round, chart]."""
        return self.found.bands[:, :, [INDICATOR_INDEX[name] for name, *_ in CHARTS]]

    @property
    def worlds(self) -> int:
        """Say how many worlds were played."""
        return self.found.worlds

    @property
    def rounds(self) -> int:
        """Say how many rounds a run has."""
        return self.found.rounds


def follow_arm(setting: Setting, worlds: int, stop: Stop) -> Iterator[JobUpdate]:
    """Give news of one arm until all its worlds are played; the result of the last is ArmResult."""
    key = "arm", setting._replace(worlds=worlds)
    return follow(key, partial(play_arm, setting, worlds), stop)


def play_arm(setting: Setting, worlds: int, report: ReportProgress, stop: Stop) -> ArmResult:
    """Play the worlds of one arm. Raises CancelledError if told to stop, ScenarioError if they are too many."""
    scenario = scenario_of(setting)
    most = MAX_CELLS // ((scenario.rounds + 1) * len(indicator_names(list(scenario.negotiations))))
    if worlds > most:
        raise ScenarioError(
            [InputError("worlds", worlds, f"at most {most} worlds of so long a scenario can be compared")]
        )
    gathered = ResultCollector(scenario, worlds, paired=True, band_worlds=worlds)
    start = World(scenario, setting.seed, collect_overrides(scenario, setting.events))
    for done in stream_ensemble(gathered, world_chunks(start, worlds), setting.seed, stop=stop):
        report(done, worlds)
    means = gathered.mean()[:, [INDICATOR_INDEX[name] for name, *_ in CHARTS]]  # the bands use up what it is taken from
    return ArmResult(ensemble_from(scenario.name, gathered, setting.seed), means, scenario.tension.tension_ceiling)


# Differences


class Difference(NamedTuple):
    """One paired difference to the first arm, told."""

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
    """Tell every paired difference: the outcomes, then the means of the main indicators."""
    labels = {each.name: (look.label, OUTCOME_MEANINGS[each]) for each, look in OUTCOME_STYLES.items()}
    labels = {"some_deal": ("Some deal", "at least one rung stands verified at the end"), **labels}
    effects, found = compare_ensembles(first.found, other.found), []
    before, after = world_measures(first.found), world_measures(other.found)
    for name, (label, meaning) in (labels | MEANS).items():
        paired, points = effects[name], name in labels
        levels = float(before[name].mean()), float(after[name].mean())
        told = difference_sentence(label, paired, levels, points, first.worlds)
        found.append(Difference(name, label, meaning, paired, points, told))
    return found


def difference_sentence(label: str, paired: Effect, levels: tuple[float, float], points: bool, worlds: int) -> str:
    """Tell one difference, or that it cannot be told apart from luck."""
    if paired.share_of_worlds_changed == 0.0:
        return f"{label}: the same in every world."
    if math.isnan(paired.low):
        return (
            f"{label}: {signed_amount(paired.difference, points)} in every world, too few of them to give an interval."
        )
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
    return f"{label}: {way}, {now} against {base} ({interval})."


def signed_amount(value: float, points: bool, bare: bool = False) -> str:
    """Write a difference with its sign: in points for a share of worlds, else as it is."""
    digits = f"{abs(100 * value):.1f}" if points else f"{abs(value):.3f}"
    sign = "" if not float(digits) else "\N{MINUS SIGN}" if value < 0 else "" if bare else "+"
    return f"{sign}{digits}{' points' if points and not bare else ''}"


# For the browser


def arm_numbers(played: ArmResult) -> ArmNumbers:
    """Return bands and outcomes of one arm."""
    return {
        "worlds": played.worlds,
        "rounds": played.rounds,
        "bands": {name: arm_bands(played, at) for at, (name, *_) in enumerate(CHARTS)},
        "texts": {name: chart_text(played, at) for at, (name, *_) in enumerate(CHARTS)},
        "outcomes": [outcome_share(played, each) for each in OUTCOME_STYLES],
    }


def arm_bands(played: ArmResult, at: int) -> Bands:
    """Return what one chart of an arm draws: the mean of its worlds, or their percentiles."""
    if CHARTS[at][3]:
        return {"mean": rounded(played.means[:, at])}
    p5, p25, p50, p75, p95 = rounded(played.bands[:, :, at])
    return {"p5": p5, "p25": p25, "p50": p50, "p75": p75, "p95": p95}


def outcome_share(played: ArmResult, outcome: Outcome) -> OutcomeShare:
    """Return the share of an arm's worlds that end in an outcome, with its interval."""
    look, share = OUTCOME_STYLES[outcome], played.found.shares()[outcome.name]
    return {
        "key": outcome.name,
        "label": look.label,
        "meaning": OUTCOME_MEANINGS[outcome],
        "light": look.light,
        "dark": look.dark,
        "share": share.share,
        "low": share.low,
        "high": share.high,
    }


def rounded(values: np.ndarray) -> list[Any]:
    """Round to three digits, which no screen can tell apart."""
    return np.round(values, 3).tolist()


def chart_text(played: ArmResult, at: int) -> str:
    """Tell in words where one chart of one arm ends."""
    if CHARTS[at][3]:
        return f"{played.means[1:, at].mean():.0%} over all rounds, {played.means[-1, at]:.0%} in the last"
    ends = dict(zip(PERCENTILES, played.bands[:, -1, at], strict=True))
    return (
        f"after {played.rounds} rounds median {ends[50]:.2f}, half of the worlds {ends[25]:.2f} to {ends[75]:.2f}, "
        f"nine in ten {ends[5]:.2f} to {ends[95]:.2f}"
    )


def chart_rows(arms: list[ArmResult]) -> list[SmallChart]:
    """Return how the rows of small charts look; all arms share the axes of a row."""
    ceiling = max((arm.ceiling for arm in arms), default=1.0)
    return [
        {
            "key": name,
            "title": title,
            "unit": UNITS[name],
            "mean": mean,
            "top": ceiling if name == "tension" else 1.0,
            "light": INDICATOR_STYLES[look].light,
            "dark": INDICATOR_STYLES[look].dark,
        }
        for name, title, look, mean in CHARTS
    ]


def paired_differences(first: ArmResult, other: ArmResult) -> PairedDifferences:
    """Return the paired differences of one arm to the first."""
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
