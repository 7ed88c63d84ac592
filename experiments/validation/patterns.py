"""Empirical patterns: does an ensemble of the shipped scenarios show what data and theory say?

``patterns_before.json`` holds the results of the model before its rules were changed because of these patterns; the
table shows both. ``python -m experiments.validation.patterns FILE`` writes such a file.
"""

import hashlib
import json
import math
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from experiments.validation.estimate import (
    Estimate,
    Statistic,
    Verdict,
    bootstrap_sums,
    combine_verdicts,
    estimate_statistic,
    interval_verdict,
)
from experiments.validation.part import ValidationPart
from experiments.validation.pattern import UNBOUNDED, Inequality, Pattern
from experiments.validation.patterns_of_bargaining import BARGAINING_PATTERNS
from experiments.validation.patterns_of_conflict import CONFLICT_PATTERNS
from experiments.validation.patterns_of_deals import DEAL_PATTERNS
from experiments.validation.patterns_of_events import EVENT_PATTERNS
from experiments.validation.patterns_of_processes import PROCESS_PATTERNS
from model.atomic_files import write_atomically
from model.compiler import source_digest
from model.loading import SCENARIO_FOLDER


def key_order(key: str) -> tuple[str, int]:
    """Return the sorting key of a pattern's key: its letter, then its number."""
    return key[0], int(key[1:])


PATTERNS = tuple(
    sorted(
        DEAL_PATTERNS + CONFLICT_PATTERNS + EVENT_PATTERNS + PROCESS_PATTERNS + BARGAINING_PATTERNS,
        key=lambda pattern: key_order(pattern.key),
    )
)
WORLDS, FEWER = 500, 60  # worlds in each arm of each scenario, in full and with `quick`
BASELINE_FILE = Path(__file__).with_name("patterns_before.json")
TRADE_OFF = (  # the first line of the report and of docs/validation.md
    "A choice where the patterns pull apart: facilitators are as strong as the odds ratio of S1 asks, although "
    "stronger good offices shorten silence (F6) and lift us-iran-2013 towards the successes without facilitators (F10)."
)
NOTES = (
    "Data sets contain the crises and conflicts that were recorded; the scenarios are nine structures chosen by the "
    "authors, weighted by their numbers of events. A match shows that the model is plausible, not that it is correct.",
    "Intervals reflect only the variation between worlds, not the choice of scenarios or defaults.",
    "The default weights were fitted jointly to the patterns that were used for tuning: that these hold shows what the "
    "model can do, not that it predicts.",
    "Held back from all tuning, and read once, at the end: S2, S7, S12, S17, S18, S19, and of the event statistics the "
    "monthly series of 1996-2005 (E5).",
    "Face validity (F1, F2, F5, F6) and logic (F3, F4, F9) are criteria of the authors, not data.",
    "Patterns E1 to E5 compare one act a month, or silence, with sums or means of many events; the sizes of acts are "
    "drawn from a distribution of coded events, so the tail (E3) is partly put in.",
    "Hysteresis (S20) has no curve of its own: it follows from conduct and trust, and the theoretical threshold (beta "
    "above 4) is not measurable.",
    "Why a proposal was refused (F4, F7) is read by the model's own rules from the columns of the month.",
)


def run_part(quick: bool, progress: Callable[[str], None]) -> ValidationPart:
    """Measure every pattern, and add the results from before tuning."""
    before = read_rows(BASELINE_FILE)
    rows = measure_patterns(
        FEWER if quick else WORLDS, progress, {(row["pattern"], row["test"]): row for row in before}
    )
    failed = sum(row["verdict"] == "fails" for row in rows)
    return ValidationPart("patterns", "Empirical patterns", summary_text(rows), rows, failed, None, NOTES)


def measure_patterns(
    worlds: int,
    progress: Callable[[str], None] = lambda _: None,
    before: dict[tuple[str, str], dict[str, Any]] | None = None,
    patterns: tuple[Pattern, ...] = PATTERNS,
) -> list[dict[str, Any]]:
    """Measure patterns with ``worlds`` in each arm of each scenario; return one row per inequality."""
    rows = []
    for pattern in patterns:
        progress(f"{pattern.key}: {pattern.statement}")
        tables = {name: pattern.count_cases(name, worlds) for name in pattern.scenarios}
        sums = bootstrap_sums(list(tables.values()))
        for inequality in pattern.inequalities:
            before_tuning = (before or {}).get((pattern.key, inequality.description), {})
            rows.append(
                _row(pattern, inequality, tables, estimate_statistic(sums, inequality.statistic), worlds, before_tuning)
            )
    return rows


def _row(
    pattern: Pattern,
    inequality: Inequality,
    tables: dict[str, np.ndarray],
    estimate: Estimate,
    worlds: int,
    before_tuning: dict[str, Any],
) -> dict[str, Any]:
    return {
        "pattern": pattern.key,
        "says": pattern.statement,
        "test": inequality.description,
        "data": pattern.data,
        "scenarios": ", ".join(pattern.scenarios),
        "worlds": worlds,
        "arms": "; ".join(f"{name} {_figure(tables, each)}" for name, each in pattern.reported.items()),
        **_numbers(estimate),
        "threshold": threshold_text(inequality),
        "verdict": interval_verdict(estimate, inequality.lower, inequality.upper, inequality.may_tie),
        "by_scenario": _figures_by_scenario(tables, inequality.statistic),
        "used_for_tuning": "held back" if pattern.held_back else "yes" if pattern.tuned else "no",
        "mind": pattern.caveat,
        "before": before_tuning.get("estimate"),
        "verdict_before": before_tuning.get("verdict"),
    }


def _numbers(estimate: Estimate) -> dict[str, float | None]:
    names = ("estimate", "low", "high")
    return {
        name: round(value, 4) if math.isfinite(value) else None for name, value in zip(names, estimate, strict=True)
    }


def _figure(tables: dict[str, np.ndarray], statistic: Statistic) -> str:
    value = float(statistic(np.sum([table.sum(axis=0) for table in tables.values()], axis=0)))
    return f"{value:.3g}" if math.isfinite(value) else "undefined"


def _figures_by_scenario(tables: dict[str, np.ndarray], statistic: Statistic) -> str:
    """Return the statistic in each scenario in which it is defined."""
    figures = {name: _figure({name: table}, statistic) for name, table in tables.items()}
    return "; ".join(f"{name} {figure}" for name, figure in figures.items() if figure != "undefined")


def threshold_text(inequality: Inequality) -> str:
    """Describe the bounds of an inequality."""
    if inequality.upper == UNBOUNDED:
        return f"not below {inequality.lower:g}" if inequality.may_tie else f"above {inequality.lower:g}"
    if inequality.lower == -UNBOUNDED:
        return f"below {inequality.upper:g}"
    return f"between {inequality.lower:g} and {inequality.upper:g}"


def pattern_verdicts(rows: list[dict[str, Any]]) -> dict[str, Verdict]:
    """Return the verdict on each pattern: it holds if all its inequalities do."""
    keys = dict.fromkeys(row["pattern"] for row in rows)
    return {key: combine_verdicts([row["verdict"] for row in rows if row["pattern"] == key]) for key in keys}


def summary_text(rows: list[dict[str, Any]]) -> str:
    """Summarize the results in two sentences, failures first."""
    verdicts = pattern_verdicts(rows)
    keys = {what: [key for key, each in verdicts.items() if each == what] for what in ("fails", "undecided", "holds")}
    parts = [f"{len(keys['fails'])} of {len(verdicts)} patterns fail ({_list(keys['fails'])})"]
    undecided = len(keys["undecided"])
    if undecided:
        parts.append(f"{undecided} {'is' if undecided == 1 else 'are'} undecided ({_list(keys['undecided'])})")
    held_back = ", ".join(
        sorted({row["pattern"] for row in rows if row["used_for_tuning"] == "held back"}, key=key_order)
    )
    tuned = sorted({row["pattern"] for row in rows if row["used_for_tuning"] == "yes"}, key=key_order)
    tuning = f"Held back from tuning: {held_back}; used for tuning: {', '.join(tuned) or 'none'}."
    return f"{'; '.join(parts)}; {len(keys['holds'])} hold ({_list(keys['holds'])}). {tuning}"


def _list(keys: list[str]) -> str:
    return ", ".join(keys) or "none"


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a results file, none if it does not exist."""
    return json.loads(path.read_text("utf-8"))["rows"] if path.is_file() else []


def scenarios_digest() -> str:
    """Return the hash of the shipped scenario files, which affect the patterns as the code does."""
    text = b"".join(path.read_bytes() for path in sorted(SCENARIO_FOLDER.glob("*.toml")))
    return hashlib.sha256(text).hexdigest()[:12]


def write_rows(path: Path, worlds: int = WORLDS) -> None:
    """Measure all patterns and write them with the date and the digests of model and scenarios."""
    rows = measure_patterns(worlds, lambda words: print(words, file=sys.stderr))
    facts = {"date": date.today().isoformat(), "model_digest": source_digest(), "scenarios_digest": scenarios_digest()}
    write_atomically(path, (json.dumps({**facts, "rows": rows}, indent=1, ensure_ascii=False) + "\n").encode())


if __name__ == "__main__":
    write_rows(Path(sys.argv[1]))
