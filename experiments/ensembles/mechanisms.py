"""The effect of each mechanism: the same worlds with it on and off, in every shipped scenario.

For each mechanism the table has the scenario and the outcome with the clearest effect: the paired difference
(on minus off, common random numbers) and its 95 % interval. The interval of a mechanism without effect covers zero.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.ensembles.compare import INDICATOR_INDEX, compare_ensembles, outcome_measures
from experiments.ensembles.ensemble import Ensemble, play_ensemble
from experiments.ensembles.statistics import Z95, Effect
from model.loading import load_scenario, scenario_names
from model.mechanisms import Mechanisms
from model.protocol import PROTOCOL

MEASURES = (
    "comprehensive deal", "some deal", "breakdown", "contact share", "mean tension", "mean trust",
    "mean progress", "mean uncertainty", "mean pressure", "mean programme", "misperception", "mean support", "breaches",
)  # fmt: skip
WORLDS = 300

OUTCOMES = ("comprehensive_deal", "some_deal", "breakdown")
MEAN_INDICATORS = (
    "contact", "tension", "trust", "deal_progress", "uncertainty", "pressure", "programme", "misperception",
    "support",
)  # fmt: skip


def mechanism_measures(ensemble: Ensemble) -> dict[str, np.ndarray]:
    """Return each of MEASURES for the worlds of an ensemble: [world]."""
    outcomes = outcome_measures(ensemble.overall)
    columns = [outcomes[outcome] for outcome in OUTCOMES]
    columns += [ensemble.means[:, INDICATOR_INDEX[indicator]].astype(float) for indicator in MEAN_INDICATORS]
    columns += [ensemble.ends[:, INDICATOR_INDEX["breaches"]].astype(float)]
    return dict(zip(MEASURES, columns, strict=True))


def effect_strength(effect: Effect) -> float:
    """Return the size of an effect in standard errors, zero if the interval has no width."""
    half = max(effect.high - effect.difference, effect.difference - effect.low)  # the other side may be cut off at 1
    return abs(effect.difference) / (half / Z95) if half > 0.0 else 0.0


def mechanism_effects(
    worlds: int = 200, progress: Callable[[Any, str], Iterable[Any]] = lambda items, _: items
) -> pd.DataFrame:
    """Estimate the effect of every mechanism in every shipped scenario: a row per mechanism, scenario and measure."""
    rows = []
    for name in progress(scenario_names(), "switching mechanisms off"):
        base, switches = play_ensemble(name, worlds, band_worlds=1), load_scenario(name).mechanisms
        for mechanism in Mechanisms.model_fields:
            on_by_default = getattr(switches, mechanism)
            switched = play_ensemble(
                name, worlds, changes={f"mechanisms.{mechanism}": not on_by_default}, band_worlds=1
            )
            on, off = (base, switched) if on_by_default else (switched, base)
            for measure, effect in compare_ensembles(off, on, mechanism_measures).items():
                rows.append((mechanism, name, measure, *effect[:3], effect_strength(effect)))
    return pd.DataFrame(rows, columns=["mechanism", "scenario", "measure", "difference", "low", "high", "strength"])


HEADLINE = (
    "comprehensive deal", "some deal", "breakdown", "contact share", "mean tension", "mean trust",
    "mean progress", "breaches",
)  # fmt: skip


def clearest_effects(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return for each mechanism the scenario and headline outcome with the clearest effect."""
    rows = [row for row in table.to_dict(orient="records") if row["measure"] in HEADLINE]
    return [
        max((row for row in rows if row["mechanism"] == mechanism), key=lambda row: row["strength"])
        for mechanism in Mechanisms.model_fields
    ]


def markdown_table(rows: list[dict[str, Any]], worlds: int) -> str:
    """Return the table for docs/odd.md."""
    lines = [
        f"Paired differences (on minus off) over {worlds} worlds with common random numbers, with 95 % intervals; for",
        "each mechanism the headline outcome and the built-in scenario in which the effect is clearest. Written by",
        "`python -m experiments.ensembles.mechanisms docs/odd.md`.",
        "",
        "| mechanism | acts | test | switch | outcome affected | scenario | on minus off |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        number, _, _ = (Mechanisms.model_fields[row["mechanism"]].description or "").partition(":")
        effect = f"{row['difference']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"
        acts = sum(act.mechanism == row["mechanism"] for act in PROTOCOL)
        cells = (
            f"{number} {row['mechanism']}",
            str(acts),
            "[test_mechanisms.py](../tests/model/test_mechanisms.py)",
            f"`mechanisms.{row['mechanism']}`",
            row["measure"],
        )
        lines.append(f"| {' | '.join(cells)} | `{row['scenario']}` | {effect} |")
    return "\n".join(lines)


def insert_table(path: Path, table: str) -> None:
    """Write the table between its markers in a document."""
    begin, end = "<!-- mechanisms:begin -->", "<!-- mechanisms:end -->"
    before, _, rest = path.read_text("utf-8").partition(begin)
    _, _, after = rest.partition(end)
    path.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}", "utf-8")


if __name__ == "__main__":
    table = markdown_table(clearest_effects(mechanism_effects(WORLDS)), WORLDS)
    print(table)
    for target in sys.argv[1:]:
        insert_table(Path(target), table)
