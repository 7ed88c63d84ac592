"""The screen of the command `claims`: each claim with its verdict, its share and the effect of its weakest test."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dashboards.reports.claim_sentences import answer, effect_text, percent, summary, weakest
from dashboards.reports.claims import ClaimRun
from experiments.studies.claims import ClaimResult

STYLES = {"holds": "bold green", "fails": "bold red", "depends": "bold cyan", "undecided": "dim"}


def claims_screen(run: ClaimRun) -> RenderableType:
    """Return the answers: a table of at most 100 columns, two to four lines for each claim."""
    head = Text.assemble((summary(run.results, run.space), "bold"), f"\n{run.method}")
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("verdict", no_wrap=True)
    table.add_column("holds in", no_wrap=True, justify="right")
    table.add_column("claim, and its test that holds least", overflow="fold")
    for each in run.results:
        share = percent(each.shares.holds.share) if each.shares else ""
        table.add_row(Text(each.verdict, style=STYLES[each.verdict]), share, claim_text(each, run))
    note = Text(
        "Holds in: share of the worlds in which all tests of a claim hold. Plausible, not "
        "probable: the answers follow from the assumptions and are not a forecast. The page shows every test, and what "
        "is built in or fitted.",
        style="dim",
    )
    return Group(head, table, note)


def claim_text(result: ClaimResult, run: ClaimRun) -> Text:
    """Return the words of a claim, the effect of its weakest test, and on what its tests depend.

    If a part of the claim is built in or fitted, the question that the tests answer comes second.
    """
    least, tests = weakest(result), result.of_standing("tested")
    if least is None:
        return Text.assemble((result.claim.words, "bold"), f"\n{answer(result, run.space)}")
    asked = "" if len(tests) == len(result.comparisons) else f"\n{result.claim.question}"
    lines = f"\n{least.comparison.says}: {effect_text(least)}"
    for each in tests:
        says = f"{each.comparison.says}: " if len(tests) > 1 else ""
        lines += f"\n{says}depends on {', '.join(each.regions.parameters)}" if each.regions else ""
    held = f" ({sum(each.verdict == 'holds' for each in tests)} of {len(tests)} tests hold)" if len(tests) > 1 else ""
    return Text.assemble((result.claim.words, "bold"), (held, "dim"), (asked, "italic"), lines)
