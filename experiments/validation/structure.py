"""Structural sensitivity: the effects of each mechanism, of each doctrine for all states, and of a longer run."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import norm

from experiments.ensembles.compare import INDICATOR_INDEX
from experiments.ensembles.ensemble import Ensemble, play_ensemble
from experiments.validation.part import ValidationPart
from model.enumerations import Doctrine, Outcome
from model.loading import load_scenario, scenario_names
from model.mechanisms import Mechanisms

OUTCOMES = (
    "comprehensive deal", "some deal stands", "breakdown", "contact", "tension", "trust", "progress", "breaches",
)  # fmt: skip
WORLDS, FEWER = 400, 60
SHORT, LONG = 60, 120  # rounds
SMALL_EFFECT = 0.02  # on a scale from 0 to 1, or in breaches
NOTES = (
    "Changes are made one at a time, at the scenarios' own values: interactions are not measured.",
    "A mechanism can matter at other values: no effect here is a reason to investigate, not a proof.",
    "Intervals are corrected for all outcomes and scenarios (Bonferroni) and reflect only variation between worlds.",
)


class StructuralChange(NamedTuple):
    """One structural change, as two arms.

    says: the comparison. base, changed: the settings of each arm, by dotted path. rounds: of each arm, None for the
    scenario's own.
    """

    name: str
    kind: str
    says: str
    base: dict[str, Any]
    changed: dict[str, Any]
    rounds: tuple[int | None, int | None] = (None, None)


class StructuralEffect(NamedTuple):
    """The effect of a change in one scenario: paired differences, their standard errors and spreads, [outcome]."""

    scenario: str
    difference: np.ndarray
    error: np.ndarray
    spread: np.ndarray


def structural_changes(scenario: str) -> list[StructuralChange]:
    """Return the changes that a scenario allows: only mechanisms that are on can be switched off."""
    loaded = load_scenario(scenario)
    changes = [
        StructuralChange(mechanism_label(name), "mechanism", "on minus off", {f"mechanisms.{name}": False}, {})
        for name in Mechanisms.model_fields
        if getattr(loaded.mechanisms, name)
    ]
    for doctrine in Doctrine.__members__:
        all_states = {f"states.{name}.doctrine": doctrine for name in loaded.states}
        changes.append(StructuralChange(f"{doctrine} for all", "doctrine", "for all minus as shipped", {}, all_states))
    says = f"{LONG} rounds minus {SHORT}"
    return [*changes, StructuralChange(f"{LONG} rounds", "length", says, {}, {}, (SHORT, LONG))]


def mechanism_label(mechanism: str) -> str:
    """Return the name of a mechanism with its number."""
    number, _, _ = (Mechanisms.model_fields[mechanism].description or "").partition(":")
    return f"{number} {mechanism}"


def world_outcomes(ensemble: Ensemble) -> np.ndarray:
    """Return the outcomes of each world, float64 [world, outcome]."""
    means = (ensemble.means[:, INDICATOR_INDEX[name]] for name in ("contact", "tension", "trust", "deal_progress"))
    shares = (
        ensemble.overall == Outcome.comprehensive_deal,
        ensemble.overall >= Outcome.partial_arrangement,
        ensemble.overall == Outcome.breakdown,
    )
    return np.stack([*shares, *means, ensemble.ends[:, INDICATOR_INDEX["breaches"]]], axis=1).astype(float)


def structural_effects(scenario: str, worlds: int) -> dict[tuple[str, str, str], StructuralEffect]:
    """Measure the effects of all changes in one scenario, with common random numbers in both arms."""
    cached: dict[Any, np.ndarray] = {}

    def arm(settings: dict[str, Any], rounds: int | None) -> np.ndarray:
        key = (*sorted(settings.items()), rounds)
        if key not in cached:
            cached[key] = world_outcomes(play_ensemble(scenario, worlds, changes=settings, rounds=rounds))
        return cached[key]

    effects = {}
    for change in structural_changes(scenario):
        base, changed = arm(change.base, change.rounds[0]), arm(change.changed, change.rounds[1])
        difference = changed - base
        error = difference.std(axis=0, ddof=1) / worlds**0.5
        spread = np.sqrt((base.var(axis=0, ddof=1) + changed.var(axis=0, ddof=1)) / 2.0)
        effects[change.name, change.kind, change.says] = StructuralEffect(
            scenario, difference.mean(axis=0), error, spread
        )
    return effects


def run_part(quick: bool, progress: Callable[[str], None], scenarios: Sequence[str] | None = None) -> ValidationPart:
    """Measure every change in every shipped scenario, or in those given; one row per change."""
    worlds, by_change = FEWER if quick else WORLDS, {}
    for scenario in scenarios or scenario_names():
        progress(f"structure: {scenario}")
        for change, effect in structural_effects(scenario, worlds).items():
            by_change.setdefault(change, []).append(effect)
    order = [(mechanism_label(name), "mechanism") for name in Mechanisms.model_fields]
    ranked = sorted(by_change, key=lambda each: order.index(each[:2]) if each[:2] in order else len(order))
    rows = [effect_row(name, kind, says, by_change[name, kind, says], worlds) for name, kind, says in ranked]
    without_effect = [each["change"] for each in rows if each["verdict"] == "moves nothing"]
    return ValidationPart(
        "structure",
        "Sensitivity to structure",
        summary_text(rows),
        rows,
        len(without_effect),
        effect_heat_map(ranked, by_change),
        NOTES,
    )


def effect_row(name: str, kind: str, says: str, effects: list[StructuralEffect], worlds: int) -> dict[str, Any]:
    """Return the row of a change: mean effects over scenarios, and the most significant effect."""
    difference, error = (np.array([getattr(each, field) for each in effects]) for field in ("difference", "error"))
    bound = float(norm.ppf(1.0 - 0.025 / difference.size)) * error
    clear = np.abs(difference) > np.maximum(bound, 1e-12)
    strength = np.abs(difference) / np.where(error > 0.0, error, np.inf)
    at = np.unravel_index((strength + clear * np.abs(difference)).argmax(), strength.shape)
    largest = float(np.abs(np.where(clear, difference, 0.0)).max())
    return {
        "change": name,
        "kind": kind,
        "says": says,
        "worlds": worlds,
        "verdict": "moves nothing" if not clear.any() else "moves little" if largest < SMALL_EFFECT else "moves",
        "scenarios_moved": f"{int(clear.any(axis=1).sum())} of {len(effects)}",
        "clearest": OUTCOMES[at[1]],
        "scenario": effects[at[0]].scenario,
        "effect": round(float(difference[at]), 4),
        "low": round(float(difference[at] - bound[at]), 4),
        "high": round(float(difference[at] + bound[at]), 4),
        **{outcome: round(float(mean), 4) for outcome, mean in zip(OUTCOMES, difference.mean(axis=0), strict=True)},
    }


def summary_text(rows: list[dict[str, Any]]) -> str:
    """Name the mechanisms with no effect or only small effects."""
    without_effect = [
        each["change"] for each in rows if each["verdict"] == "moves nothing" and each["kind"] == "mechanism"
    ]
    small = [each["change"] for each in rows if each["verdict"] == "moves little" and each["kind"] == "mechanism"]
    text = (
        f"No effect in any scenario, proposed for removal: {', '.join(without_effect)}."
        if without_effect
        else "Every mechanism has a significant effect on some outcome in some shipped scenario."
    )
    return text + (f" No effect above {SMALL_EFFECT:g}: {', '.join(small)}." if small else "")


def effect_heat_map(
    changes: Sequence[tuple[str, str, str]], by_change: dict[Any, list[StructuralEffect]]
) -> dict[str, Any]:
    """Return a heat map: mean effects over scenarios, coloured by their size in standard deviations between worlds."""
    effects = [np.array([each.difference for each in by_change[change]]).mean(axis=0) for change in changes]
    spreads = [np.array([each.spread for each in by_change[change]]).mean(axis=0) for change in changes]
    sizes = [
        np.divide(effect, spread, out=np.zeros_like(effect), where=spread > 1e-12)
        for effect, spread in zip(effects, spreads, strict=True)
    ]
    names = [name for name, _, _ in changes]
    heat = {
        "type": "heatmap",
        "x": list(OUTCOMES),
        "y": names,
        "z": [[round(float(value), 3) for value in size] for size in sizes],
        "text": [[short_number(value) for value in effect] for effect in effects],
        "texttemplate": "%{text}",
        "textfont": {"size": 10},
        "hovertemplate": "%{y}: %{x} %{text} (%{z} SD)<extra></extra>",
        "colorscale": [[0.0, "#c2571a"], [0.5, "#f4f4f4"], [1.0, "#2f6db3"]],
        "zmin": -1.0,
        "zmax": 1.0,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
    }
    title = "Effects of structural changes<br><sub>blue: increase, amber: decrease; full colour: one SD</sub>"
    layout = {
        "title": {"text": title, "font": {"size": 14}},
        "height": 22 * len(names) + 190,
        "margin": {"l": 110, "r": 10, "t": 60, "b": 110},
        "xaxis": {"tickfont": {"size": 10}, "tickangle": -60},
        "yaxis": {"autorange": "reversed", "tickfont": {"size": 10}, "automargin": True},
    }
    return {"data": [heat], "layout": layout}


def short_number(effect: float) -> str:
    """Format an effect for a narrow cell: a sign and two decimals, a dot for smaller effects."""
    return "\u00b7" if abs(effect) < 0.005 else f"{effect:+.2f}".replace("+0.", "+.").replace("-0.", "-.")
