"""Historical cases: does the model, given one side's record, predict the other side better than two baselines?"""

from collections.abc import Callable, Sequence
from typing import Any

from experiments.cases.replay import (
    FORECASTERS,
    REPLAY_WORLDS,
    ForecasterComparison,
    ReplayMonth,
    compare_forecasters,
    replay_all,
)
from experiments.validation.part import ValidationPart

ALL_CASES, OWN_ACTS, WITHOUT_INPUT = "all cases", "all, acts of one side only", "all, without input to the model"
NOTES = (
    "Nothing is fitted to the cases. But scenarios and cases come from the same project, whose authors knew how each "
    "case ended; four cases have no scenario of their own and use an invented pair of states or a related scenario.",
    "The base rate of a case comes from all other cases, including later ones: it uses information that nobody had at "
    "the time.",
    "One person chose and coded the cases, most of which are known because talks partly worked. Months without a coded "
    "act are not scored, so periods of silence are not tested.",
    "The replay compares acts alone: trust, tension, pressure and agreements, on which conduct depends, are tested "
    "only as far as acts show them; ladders and domestic politics are not tested.",
    "The model forecasts the sign of a month; as a size, each sign has the weights of that sign in all other cases.",
    "Intervals within a case come from blocks of 4 consecutive months, which is rough for a case of 7 or 8; intervals "
    "over all cases come from resampling whole cases.",
    "Stocks of enriched uranium (experiments/cases/tables/iaea-stock.csv) can be read beside pattern S18: nothing at "
    "60 per cent before 2021, 2.4 kg three months after short-notice inspections ended, 440.9 kg in June 2025.",
)


def run_part(quick: bool, progress: Callable[[str], None]) -> ValidationPart:
    """Replay every case in both directions and compare with persistence and base rate. Quick: fewer worlds."""
    worlds = 100 if quick else REPLAY_WORLDS
    replays = replay_all(worlds, progress=lambda name: progress(f"case {name}"))
    without_input = replay_all(worlds, use_input=False, progress=lambda name: progress(f"case {name}, without input"))
    groups = {name: [each.scored_months] for name, each in replays.items()}
    groups[ALL_CASES] = [each.scored_months for each in replays.values()]
    groups[OWN_ACTS] = [[month for month in group if not month.joint_only] for group in groups[ALL_CASES]]
    groups[WITHOUT_INPUT] = [each.scored_months for each in without_input.values()]
    comparisons = {
        name: comparison for name, group in groups.items() if (comparison := compare_forecasters(group)) is not None
    }
    rows = [_row(name, groups[name], comparison) for name, comparison in comparisons.items()]
    lead = _summary(comparisons, sum(map(len, groups[ALL_CASES])), len(replays))
    failed = sum(row["verdict"].startswith("fail") for row in rows)
    return ValidationPart("cases", "Replay of historical cases", lead, rows, failed, notes=NOTES)


def _row(
    name: str, group: Sequence[Sequence[ReplayMonth]], comparison: dict[str, ForecasterComparison]
) -> dict[str, Any]:
    months = [month for each in group for month in each]
    row: dict[str, Any] = {
        "case": name,
        "months": len(months),
        "cooperative": round(sum(month.observed > 0 for month in months) / len(months), 2),
    }
    for score, quantity in (("Brier", "sign"), ("CRPS", "size")):
        row |= {f"{score}, {who}": str(comparison[quantity].scores[who]) for who in FORECASTERS}
        row[f"nearest, {quantity}"] = comparison[quantity].best
    return {**row, "verdict": combined_verdict(comparison)}


def combined_verdict(comparison: dict[str, ForecasterComparison]) -> str:
    """Combine the verdicts on sign and size, failures first."""
    by_verdict = {
        each: [quantity for quantity, one in comparison.items() if one.verdict == each] for each in ("fails", "holds")
    }
    texts = [f"{each} on {' and '.join(quantities)}" for each, quantities in by_verdict.items() if quantities]
    return ", ".join(texts) or "undecided"


def _summary(comparisons: dict[str, dict[str, ForecasterComparison]], months: int, cases: int) -> str:
    """Summarize the results in sentences, first those where a baseline is better."""
    ordered = sorted(comparisons[ALL_CASES].items(), key=lambda item: item[1].best == "model")
    sentences = [_sentence(quantity, one) for quantity, one in ordered]
    counted = f"Based on {months} months of {cases} cases, each replayed in both directions."
    brier = {name: comparisons[name]["sign"].scores["model"].mean for name in (OWN_ACTS, WITHOUT_INPUT)}
    acts_alone = (
        f"For acts of one side only, the model's Brier score is {brier[OWN_ACTS]:.3f}, against 0.250 for a coin toss; "
        f"without the other side's acts as input, the model has {brier[WITHOUT_INPUT]:.3f} over all months."
    )
    return " ".join([*sentences, acts_alone, counted])


def _sentence(quantity: str, one: ForecasterComparison) -> str:
    score = "Brier score" if quantity == "sign" else "CRPS"
    model, baseline = one.scores["model"].mean, one.scores[one.best_baseline].mean
    words = f"{score} {model:.3f} against {baseline:.3f} of the {one.best_baseline}"
    note = "" if one.is_distinguishable else ", not statistically distinguishable"
    if one.best == "model":
        return (
            f"On the {quantity} of the next month the model is closer to the record than both baselines: {words}{note}."
        )
    return f"A baseline is better on the {quantity} of the next month: {words}{note}."
