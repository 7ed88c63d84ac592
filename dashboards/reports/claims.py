"""The results of claims as a self-contained page, as a document in docs/, and as plain data."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dashboards.reports.claim_figure import HEIGHT, MARGIN, WIDTH, claim_figure
from dashboards.reports.claim_sentences import (
    DEFINITIONS,
    alone_sentence,
    answer,
    effect_text,
    measured_sentence,
    noun,
    percent,
    percent_interval,
    summary,
    verdict_sentence,
)
from dashboards.reports.offline_page import render_page
from dashboards.reports.validation import escape_cell
from experiments.studies.claim_conditions import Regions
from experiments.studies.claim_space import ClaimSpace
from experiments.studies.claims import ClaimResult, ComparisonResult
from model.atomic_files import write_atomically
from model.compiler import source_digest
from model.version import VERSION


class ClaimRun(NamedTuple):
    """Evaluated claims, how they were played, and the meanings of the parameters by path."""

    results: Sequence[ClaimResult]
    space: ClaimSpace
    scenario: str
    replications: int
    seed: int
    meanings: Mapping[str, str]

    @property
    def method(self) -> str:
        """Return how the claims were played, in a sentence."""
        return (
            f"{self.space.words[0].upper()}{self.space.words[1:]}; {self.replications} simulations of each in the "
            f"scenario {self.scenario}, from seed {self.seed}."
        )


def claims_data(run: ClaimRun) -> dict[str, Any]:
    """Return what `claims --json` prints. Effects are positive where they agree with the claim."""
    return {
        "version": VERSION,
        "code_digest": source_digest(),
        "scenario": run.scenario,
        "space": run.space.kind,
        "sample": run.space.sample,
        "reach": run.space.reach,
        "points": run.space.draws,
        "distinct_points": len(run.space.weights),
        "parameters": list(run.space.columns),
        "replications": run.replications,
        "seed": run.seed,
        "claims": [_claim_data(each, run.space) for each in run.results],
    }


def _claim_data(result: ClaimResult, space: ClaimSpace) -> dict[str, Any]:
    return {
        "key": result.claim.key,
        "words": result.claim.words,
        "question": result.claim.question,
        "verdict": result.verdict,
        "answer": answer(result, space),
        "shares": _shares_data(result),
        "comparisons": [_comparison_data(each, space) for each in result.comparisons],
    }


def _shares_data(result: ClaimResult | ComparisonResult) -> dict[str, Any] | None:
    shares = result.shares
    return None if shares is None else {**shares._asdict(), "holds": shares.holds._asdict()}


def _comparison_data(result: ComparisonResult, space: ClaimSpace) -> dict[str, Any]:
    each, effects, has_value = result.comparison, result.effects, result.shares is not None
    return {
        "says": each.says,
        "standing": each.standing,
        "note": each.note,
        "claimed": each.claimed.words,
        "reference": each.reference.words,
        "measure": each.measure,
        "unit": each.measured.unit.name,
        "unit_factor": each.measured.unit.factor,
        "direction": "more" if each.more else "less",
        "smallest_relevant": each.smallest,
        "verdict": result.verdict,
        "effect": {"mean": effects.mean, "low": effects.low, "high": effects.high} if has_value else None,
        "shares": _shares_data(result),
        "share_of_points_with_value": effects.covered,
        "regions": _regions_data(result.regions),
        "words": [measured_sentence(result), verdict_sentence(result, space)],
    }


def _regions_data(regions: Regions | None) -> dict[str, Any] | None:
    """Return the regions in which a comparison holds; a limit that is open is None."""
    if regions is None:
        return None
    boxes = [
        [
            {"parameter": name, **{key: x if math.isfinite(x) else None for key, x in (("low", low), ("high", high))}}
            for name, low, high in box
        ]
        for box in regions.boxes
    ]
    return {**regions._asdict(), "boxes": boxes, "parameters": regions.parameters, "words": regions.describe()}


def write_claims_page(run: ClaimRun, path: Path) -> None:
    """Write the page atomically. Raises OSError if the file cannot be written."""
    shown = [
        {
            "key": each.claim.key,
            "words": each.claim.words,
            "question": each.claim.question,
            "verdict": each.verdict,
            "answer": answer(each, run.space),
            "share": each.shares.holds if each.shares else None,
            "share_text": percent_interval(each.shares.holds) if each.shares else "not measured",
            "opposite": each.shares.opposite if each.shares else 0.0,
            "tests": [_shown(one, run) for one in each.of_standing("tested")],
            "others": [_shown(one, run) for one in each.of_standing("built in", "fitted")],
        }
        for each in run.results
    ]
    text = render_page(
        "claims.html",
        claims=shown,
        summary=summary(run.results, run.space),
        method=run.method,
        many=noun(run.space),
        definitions=DEFINITIONS,
        width=WIDTH,
        height=HEIGHT,
        margin=MARGIN,
        version=VERSION,
        digest=source_digest(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode())


def _shown(result: ComparisonResult, run: ClaimRun) -> dict[str, Any]:
    """Return what the page shows of a comparison."""
    measure, regions = result.comparison.measured, result.regions
    return {
        "says": f"{result.comparison.says[0].upper()}{result.comparison.says[1:]}",
        "standing": result.comparison.standing,
        "verdict": result.verdict,
        "sentences": [measured_sentence(result), verdict_sentence(result, run.space)],
        "alone": alone_sentence(result, run.space),
        "note": result.comparison.note,
        "meanings": {path: run.meanings.get(path, "") for path in (regions.parameters if regions else ())},
        "figure": claim_figure(result),
        "unit": f"{measure.words}, in {measure.unit.name}" if measure.unit.name else measure.words,
    }


def write_claims_document(run: ClaimRun, path: Path) -> None:
    """Write the results as Markdown atomically. Raises OSError if the file cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, claims_document(run).encode())


def claims_document(run: ClaimRun) -> str:
    """Return the results as Markdown: answers, then each claim with its tests, and what is built in or fitted."""
    sample = f" The sample has the digest `{run.space.sample}`." if run.space.sample else ""
    lines = [
        "# Which claims about gradual diplomacy hold in the model",
        "",
        summary(run.results, run.space),
        "",
        f"{run.method}{sample}",
        "",
        f"Written by `detente claims --markdown` with the code `{source_digest()}` of Detente {VERSION}; do not edit.",
        "",
        "| claim | tested | verdict | all tests hold in | answer |",
        "| --- | --- | --- | --- | --- |",
    ]
    for each in run.results:
        share = percent_interval(each.shares.holds) if each.shares else ""
        cells = (each.claim.words, each.claim.question, each.verdict, share, answer(each, run.space))
        lines.append(f"| {' | '.join(map(escape_cell, cells))} |")
    lines += ["", "## How to read this", "", *(f"- {escape_cell(each)}" for each in DEFINITIONS)]
    for each in run.results:
        lines += [
            "",
            f"## {each.claim.words}",
            "",
            f"*{each.claim.question}* {escape_cell(answer(each, run.space))}",
            "",
        ]
        lines += [
            "| comparison | counts as | verdict | difference | holds in | opposite in | alone |",
            "|" + " --- |" * 7,
        ]
        lines += [_document_row(one) for one in each.comparisons]
        notes = [one for one in each.comparisons if one.comparison.note]
        lines += [""] * bool(notes)
        lines += [f"- {one.comparison.says}: {escape_cell(one.comparison.note)}" for one in notes]
        lines += [
            f"- {one.comparison.says}: it holds {one.regions.describe()}." for one in each.comparisons if one.regions
        ]
    return "\n".join([*lines, ""])


def _document_row(result: ComparisonResult) -> str:
    each, shares = result.comparison, result.shares
    cells = (
        each.says,
        each.standing,
        result.verdict if each.standing == "tested" else "",
        f"{each.measured.words}: {effect_text(result)}",
        percent_interval(shares.holds) if shares else "",
        percent(shares.opposite) if shares else "",
        f"{percent(shares.alone)}, {percent(shares.alone_opposite)}" if shares else "",
    )
    return f"| {' | '.join(map(escape_cell, cells))} |"
