"""The screen of the command `calibrate`."""

from rich.console import Group, RenderableType
from rich.text import Text

from dashboards.reports.calibration import bounds_text, conclusion, percent, range_text, wave_table
from dashboards.terminal.widgets import plain_table
from experiments.calibration.run import Calibration

MAX_ROWS = 12


def calibration_screen(result: Calibration) -> RenderableType:
    """Return the conclusion, the waves, the constrained parameters, and how targets and predictions came out."""
    waves = plain_table("step", "points tried", "left", "cutoff")
    for row in wave_table(result):
        waves.add_row(*row)
    parts: list[RenderableType] = [*(Text(each) for each in conclusion(result)), waves]
    narrowed = [each for each in result.parameters if each.is_constrained]
    if narrowed:
        table = plain_table("constrained parameter", "range searched", "90 % of the sample", "spread left")
        for each in narrowed[:MAX_ROWS]:
            low, _, high = each.quantiles
            table.add_row(each.path, range_text(each.low, each.high), range_text(low, high), percent(each.spread))
        parts.append(table)
    for title, fitted in (("target", True), ("prediction", False)):
        table = plain_table(title, "observed", "5 %, median, 95 % of the sample", "points within it")
        for each in result.targets:
            if each.is_fitted == fitted and each.quantiles is not None:
                low, middle, high = each.quantiles
                shown = f"{low:.3g}, {middle:.3g}, {high:.3g}"
                table.add_row(each.name, bounds_text(each), shown, percent(each.inside))
        if table.row_count:
            parts.append(table)
    return Group(*parts)
