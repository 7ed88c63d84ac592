"""Historical cases: does the model forecast a side's next month better than simple rivals do?"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from experiments.cases.forecasters import RIVALS
from experiments.cases.replay import (
    BENCHMARK,
    MODEL,
    REPLAY_WORLDS,
    ForecasterComparison,
    ReplayMonth,
    combined_verdict,
    compare_forecasters,
    replay_all,
)
from experiments.validation.part import ValidationPart

ALL_MONTHS, OWN_ACTS = "all months", "months with acts of one side only"
NOTES = (
    "Rivals are fitted to all other cases, including later ones: they use information that nobody had at the time. "
    "Nothing in the model is fitted to the cases, but its default habits of conduct are near the shares in them, and "
    "scenarios and cases come from the same project, whose authors knew how each case ended; four cases have no "
    "scenario of their own and use an invented pair of states or a related scenario.",
    "The model and all rivals know the acts of both sides up to the month before. `model, one record` knows those of "
    "the other side only, `model, no record` none: they show how much the record contributes, and have no verdict.",
    "One person chose and coded the cases, most of which are known because talks partly worked. Months without a coded "
    "act are not scored, so periods of silence are not tested.",
    "The replay compares acts alone: trust, tension, pressure and agreements, on which conduct depends, are tested "
    "only as far as acts show them; ladders and domestic politics are not tested.",
    "The model and memory-one forecast the sign of a month; as a size, each sign has the weights of that sign in all "
    "other cases. The linear rivals forecast a weight with the residuals of their fit.",
    "Intervals are 95 % bootstrap intervals from resampling whole cases, paired: each sample compares the forecasters "
    "on the same months. Ten cases are few, so intervals are rough, and 24 comparisons are made.",
    "Stocks of enriched uranium (experiments/cases/tables/iaea-stock.csv) can be read beside pattern S18: nothing at "
    "60 per cent before 2021, 2.4 kg three months after short-notice inspections ended, 440.9 kg in June 2025.",
)


def run_part(quick: bool, progress: Callable[[str], None]) -> ValidationPart:
    """Replay every case in both directions and compare the model with its rivals. Quick: fewer worlds."""
    replays = replay_all(100 if quick else REPLAY_WORLDS, progress=lambda name: progress(f"case {name}"))
    months = [each.scored_months for each in replays.values()]
    groups = {
        ALL_MONTHS: months,
        OWN_ACTS: [[month for month in group if not month.joint_only] for group in months],
    }
    comparisons = {name: found for name, group in groups.items() if (found := compare_forecasters(group)) is not None}
    rows = [row for name, found in comparisons.items() for row in comparison_rows(name, groups[name], found)]
    single = [found for group in months if (found := compare_forecasters([group])) is not None]
    counted = f"Based on {sum(map(len, months))} months of {len(months)} cases."
    lead = f"{_summary(comparisons)} {_single_cases(single)} {counted}"
    failed = sum(row["verdict"].startswith("fail") for row in rows)
    return ValidationPart("cases", "Replay of historical cases", lead, rows, failed, notes=NOTES)


def comparison_rows(
    months: str, group: Sequence[Sequence[ReplayMonth]], comparison: Mapping[str, ForecasterComparison]
) -> list[dict[str, Any]]:
    """Return a row for each forecaster over a group of months, in the order of the Brier score."""
    rows = []
    for name in comparison["sign"].scores:
        row: dict[str, Any] = {"months": f"{sum(map(len, group))}, {months}", "forecaster": name}
        for score, quantity in (("Brier", "sign"), ("CRPS", "size")):
            one = comparison[quantity]
            row[f"{score}, {quantity}"] = str(one.scores[name])
            row[f"{score}, model minus this"] = str(one.differences[name]) if name != MODEL else ""
        rows.append({**row, "verdict": combined_verdict(comparison, name)})
    return rows


def _summary(comparisons: Mapping[str, Mapping[str, ForecasterComparison]]) -> str:
    """Summarize the results in sentences, first those where a rival is distinguishably better."""
    sentences = [
        _sentence(quantity, months, one)
        for months, comparison in comparisons.items()
        for quantity, one in comparison.items()
    ]
    return " ".join(sorted(sentences, key=lambda each: "distinguishably closer" not in each))


def _sentence(quantity: str, months: str, one: ForecasterComparison) -> str:
    better = [name for name in one.scores if name in RIVALS and one.differences[name].mean > 0]
    distinct = [name for name in better if one.verdict_against(name) == "fails"]
    score = f"{'Brier score' if quantity == 'sign' else 'CRPS'} {one.scores[MODEL].mean:.3f}"
    text = f"On the {quantity} of {months}, the model ({score}) is behind {len(better)} of {len(RIVALS)} rivals"
    if better:
        text += f", first {better[0]} ({one.scores[better[0]].mean:.3f})"
    return f"{text}; distinguishably closer to the record: {', '.join(distinct)}." if distinct else f"{text}."


def _single_cases(comparisons: Sequence[Mapping[str, ForecasterComparison]]) -> str:
    verdicts = [combined_verdict(each, BENCHMARK) for each in comparisons]
    fails, holds = (sum(word in each for each in verdicts) for word in ("fails", "holds"))
    return f"Within single cases, the {BENCHMARK} is distinguishably better in {fails}, the model in {holds}."
