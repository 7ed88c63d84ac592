"""A folder of results that was read, and how its outcomes and values are written."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboards.page_link import Setting
from dashboards.study_link import study_setting
from dashboards.theme import INDICATOR_STYLES, OUTCOME_STYLES
from dashboards.web.pages.shared.lever_catalogue import lever_location
from dashboards.web.pages.sweeps.messages import SweepHead
from experiments.studies.results import stored_study, summary_by_point, sweep_summary
from experiments.studies.study import Factor, Study
from model.enumerations import Outcome
from model.errors import make_printable
from model.scenario import Scenario

SHARES = (*(each.name for each in reversed(Outcome)), "some_deal")
SOME_DEAL = "Some deal, partial or comprehensive"


class StudyResults(NamedTuple):
    """A folder that was read: its study, what is there, and a row a point that did not fail."""

    folder: str
    study: Study
    scenario: Scenario
    counts: dict[str, Any]
    points: pd.DataFrame
    setting: Setting

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Name the outcomes and indicators that can be looked at."""
        return (*SHARES[::-1], *self.study.file.indicators)

    @property
    def paths(self) -> list[str]:
        """Name the factors."""
        return [factor.path for factor in self.study.factors]

    def factor(self, path: str) -> Factor:
        """Find a factor by its path."""
        return next(each for each in self.study.factors if each.path == path)

    def factor_label(self, path: str) -> str:
        """Name a factor in words."""
        try:
            _, title, label = lever_location(path, self.scenario)
        except (KeyError, ValueError, IndexError):
            title, label = path.split(".")[0].capitalize(), path.split(".")[-1].replace("_", " ")
        return f"{title}: {label}"


def read_folder(base: Path, name: str) -> StudyResults:
    """Read a folder of results. Raises ScenarioError."""
    folder = base / name
    study = stored_study(folder)
    return StudyResults(
        name, study, study.scenario_at(), sweep_summary(folder), summary_by_point(folder, study), study_setting(study)
    )


def outcome_label(outcome: str) -> str:
    """Name an outcome or an indicator."""
    if outcome == "some_deal":
        return SOME_DEAL
    if outcome in SHARES:
        return OUTCOME_STYLES[Outcome[outcome]].label
    kind, _, name = outcome.partition("_")
    look = INDICATOR_STYLES.get(name)
    plain = look.label if look is not None and "{" not in look.label else name.replace("_", " ").capitalize()
    return f"{plain}, {'mean over the run' if kind == 'mean' else 'at the end'}"


def value_text(value: Any, share: bool = False) -> str:
    """Write a value of a factor or an outcome."""
    if isinstance(value, bool | np.bool_):
        return "on" if value else "off"
    if share:
        return f"{100 * value:.0f} %"
    return f"{value:.3g}" if isinstance(value, int | float | np.number) else str(value)


def sweep_head(opened: StudyResults) -> SweepHead:
    """Return what is in the folder, and what failed there."""
    counts, file = opened.counts, opened.study.file
    failures = [
        f"{each['points']:,} {'point' if each['points'] == 1 else 'points'} failed "
        f"({make_printable(str(each['stage']), 40)}), "
        f"the first is point {each['first']}: {make_printable(str(each['error']), 300)}"
        for each in counts["errors"]
    ]
    design = {"grid": "a grid", "latin": "a Latin hypercube", "table": "a table of its own"}.get(
        file.design.kind, f"a {file.design.kind.capitalize()} design"
    )
    return {
        "question": file.question,
        "summary": f"{counts['points']:,} of {counts['of']:,} points of {design} over {len(opened.paths)} factors, "
        f"{counts['runs']:,} runs ({file.replications} a point) of “{opened.scenario.title['en']}”, "
        f"{opened.study.rounds} rounds each.",
        "partly": counts["points"] < counts["of"],
        "failed": counts["failed"],
        "failures": failures,
        "outcomes": [{"name": each, "label": outcome_label(each)} for each in opened.outcomes],
        "factors": [
            {"name": each.path, "label": opened.factor_label(each.path), "lever": each.lever}
            for each in opened.study.factors
        ],
    }
