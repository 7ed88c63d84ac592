"""The historical cases: does the model answer one side's record as the other side did, better than two baselines?"""

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

ALL_CASES, OWN_ACTS, WITHOUT_INPUT = "all cases", "all, acts of one side only", "all, the model told nothing"
NOTES = (
    "Plain replay: nothing is fitted to the cases. But scenarios and cases come from the same project, whose authors "
    "knew how each ended; four cases have no scenario of their own and are played by an invented pair or a neighbour.",
    "The base rate of a case is taken from all other cases, later ones among them: it knows more than anyone did then.",
    "One person chose and coded the acts, most of them because the talks partly worked; months without a coded act "
    "are not scored, so nothing is said about silence.",
    "For memory-one doctrines conduct depends on the last acts alone: what is tested is reciprocity and its noise, "
    "not ladders, trust, pressure or politics at home.",
    "Intervals: within a case from blocks of 4 neighbouring months, which is rough for a case of 7 or 8; over all "
    "from drawing whole cases.",
    "Stocks of enriched uranium (experiments/cases/tables/iaea-stock.csv) are for reading beside pattern S18: nothing "
    "at 60 per cent before 2021, 2.4 kg three months after short-notice inspections ended, 440.9 kg in June 2025.",
)


def run_part(quick: bool, progress: Callable[[str], None]) -> ValidationPart:
    """Replay every case both ways, and compare with persistence and base rate. Quick means fewer worlds."""
    worlds = 100 if quick else REPLAY_WORLDS
    found = replay_all(worlds, progress=lambda name: progress(f"case {name}"))
    untold = replay_all(worlds, use_input=False, progress=lambda name: progress(f"case {name}, told nothing"))
    groups = {name: [each.scored_months] for name, each in found.items()}
    groups[ALL_CASES] = [each.scored_months for each in found.values()]
    groups[OWN_ACTS] = [[month for month in group if not month.joint_only] for group in groups[ALL_CASES]]
    groups[WITHOUT_INPUT] = [each.scored_months for each in untold.values()]
    told = {name: standing for name, group in groups.items() if (standing := compare_forecasters(group)) is not None}
    rows = [_row(name, groups[name], standing) for name, standing in told.items()]
    lead = _lead(told, sum(map(len, groups[ALL_CASES])), len(found))
    failed = sum(row["verdict"].startswith("fail") for row in rows)
    return ValidationPart("cases", "Historical cases, replayed", lead, rows, failed, notes=NOTES)


def _row(
    name: str, group: Sequence[Sequence[ReplayMonth]], standing: dict[str, ForecasterComparison]
) -> dict[str, Any]:
    months = [month for each in group for month in each]
    row: dict[str, Any] = {
        "case": name,
        "months": len(months),
        "cooperative": round(sum(month.observed > 0 for month in months) / len(months), 2),
    }
    for score, what in (("Brier", "sign"), ("CRPS", "size")):
        row |= {f"{score}, {who}": str(standing[what].scores[who]) for who in FORECASTERS}
        row[f"nearest, {what}"] = standing[what].best
    return {**row, "verdict": combined_verdict(standing)}


def combined_verdict(standing: dict[str, ForecasterComparison]) -> str:
    """Sum up sign and size: it fails where a baseline is clearly nearer to the record, whatever the other says."""
    by_verdict = {each: [what for what, one in standing.items() if one.verdict == each] for each in ("fails", "holds")}
    told = [f"{each} on {' and '.join(what)}" for each, what in by_verdict.items() if what]
    return ", ".join(told) or "undecided"


def _lead(told: dict[str, dict[str, ForecasterComparison]], months: int, cases: int) -> str:
    """Say what was found, first where a baseline is nearer."""
    ordered = sorted(told[ALL_CASES].items(), key=lambda item: item[1].best == "model")
    sentences = [_sentence(what, one) for what, one in ordered]
    counted = f"Counted over {months} months of {cases} cases, each replayed both ways."
    brier = {name: told[name]["sign"].scores["model"].mean for name in (OWN_ACTS, WITHOUT_INPUT)}
    alone = (
        f"Where a side acted on its own the model's Brier score is {brier[OWN_ACTS]:.3f}, and a coin has 0.250; told "
        f"nothing of what the other side did, the model has {brier[WITHOUT_INPUT]:.3f} over all months."
    )
    return " ".join([*sentences, alone, counted])


def _sentence(what: str, one: ForecasterComparison) -> str:
    score = "Brier score" if what == "sign" else "CRPS"
    words = f"{score} {one.scores['model'].mean:.3f} against {one.scores[one.best_baseline].mean:.3f} of the {one.best_baseline}"
    apart = "" if one.is_distinguishable else ", which does not tell them apart"
    if one.best == "model":
        return f"On the {what} of the next month the model is nearer to the record than both baselines: {words}{apart}."
    return f"A baseline wins on the {what} of the next month: {words}{apart}."
