"""A folder of results, and the labels of its outcomes and values."""

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
from experiments.studies.study_file import INDICATORS
from model.enumerations import Outcome
from model.errors import make_printable
from model.scenario import Scenario
from model.version import describe_other_model

SHARES = (*(each.name for each in reversed(Outcome)), "some_deal")
SOME_DEAL = "Some deal, partial or comprehensive"


class StudyResults(NamedTuple):
    """The content of a folder: its study, counts, and one row per point that succeeded."""

    folder: str
    study: Study
    scenario: Scenario
    counts: dict[str, Any]
    points: pd.DataFrame
    setting: Setting

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Return the outcomes, indicators and metrics that can be shown."""
        return (*SHARES[::-1], *self.study.value_columns)

    @property
    def paths(self) -> list[str]:
        """Return the paths of the factors."""
        return [factor.path for factor in self.study.factors]

    def factor(self, path: str) -> Factor:
        """Return a factor by its path."""
        return next(each for each in self.study.factors if each.path == path)

    def factor_label(self, path: str) -> str:
        """Return the label of a factor."""
        try:
            _, title, label = lever_location(path, self.scenario)
        except (KeyError, ValueError, IndexError):
            title, label = path.split(".")[0].capitalize(), path.split(".")[-1].replace("_", " ")
        return f"{title}: {label}"


def read_folder(base: Path, name: str) -> StudyResults:
    """Read a folder of results. Raises ScenarioError if it is invalid."""
    folder = base / name
    study = stored_study(folder)
    return StudyResults(
        name, study, study.scenario_at(), sweep_summary(folder), summary_by_point(folder, study), study_setting(study)
    )


def outcome_label(outcome: str) -> str:
    """Return the label of an outcome, an indicator or a metric."""
    if outcome == "some_deal":
        return SOME_DEAL
    if outcome in SHARES:
        return OUTCOME_STYLES[Outcome[outcome]].label
    if outcome not in INDICATORS:
        return "Rounds played" if outcome == "rounds" else outcome.replace("_", " ").capitalize()
    kind, _, name = outcome.partition("_")
    style = INDICATOR_STYLES.get(name)
    label = style.label if style is not None and "{" not in style.label else name.replace("_", " ").capitalize()
    return f"{label}, {'mean over the run' if kind == 'mean' else 'at the end'}"


def value_text(value: Any, share: bool = False) -> str:
    """Return a value of a factor or an outcome as text."""
    if isinstance(value, bool | np.bool_):
        return "on" if value else "off"
    if share:
        return f"{100 * value:.0f} %"
    return f"{value:.3g}" if isinstance(value, int | float | np.number) else str(value)


def sweep_head(opened: StudyResults) -> SweepHead:
    """Return the content of a folder, and the points that failed."""
    counts, file = opened.counts, opened.study.file
    failures = [
        f"{each['points']:,} {'point' if each['points'] == 1 else 'points'} failed "
        f"({make_printable(str(each['stage']), 40)}), "
        f"first point {each['first']}: {make_printable(str(each['error']), 300)}"
        for each in counts["errors"]
    ]
    design = {"grid": "a grid", "latin": "a Latin hypercube", "table": "a table"}.get(
        file.design.kind, f"a {file.design.kind.capitalize()} design"
    )
    return {
        "question": file.question,
        "summary": f"{counts['points']:,} of {counts['of']:,} points of {design} over {len(opened.paths)} factors, "
        f"{counts['runs']:,} runs ({file.replications} per point) of “{opened.scenario.title['en']}”, "
        f"{'up to ' * (file.stop_when is not None)}{opened.study.rounds} rounds each. "
        f"{describe_other_model(counts['version'])}".rstrip(),
        "partly": counts["points"] < counts["of"],
        "failed": counts["failed"],
        "failures": failures,
        "outcomes": [{"name": each, "label": outcome_label(each)} for each in opened.outcomes],
        "factors": [
            {"name": each.path, "label": opened.factor_label(each.path), "lever": each.lever}
            for each in opened.study.factors
        ],
    }
