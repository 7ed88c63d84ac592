"""The data of a run's report: its scripts read only what is declared, and what is declared is read."""

import re
from pathlib import Path

from support.page_reads import BROWSER_NAMES, names_defined, names_read

import dashboards.reports.run
from dashboards.reports.messages import RunData
from dashboards.reports.run import SCRIPTS
from dashboards.web.pages.shared.shapes import field_names, shape_errors

BROWSER = {"atan2", "childElementCount", "getPropertyValue", "open", "replaceChildren", "reset"}
OWN = {"row", "rung"}  # of the spans that run.js lays out
FOLDER = Path(dashboards.reports.run.__file__).parent


def scripts() -> dict[str, str]:
    """Return the report's scripts by name, each as the script of a template."""
    return {name: "<script>" + (FOLDER / name).read_text("utf-8") for name in SCRIPTS}


def test_scripts_read_what_is_declared_and_nothing_else():
    made = set().union(*map(names_defined, scripts().values()))
    for name, script in scripts().items():
        unknown = names_read(script) - field_names(RunData) - made - BROWSER_NAMES - BROWSER - OWN
        assert unknown == set(), f"{name} reads what the data of a report do not hold"


def test_every_declared_key_is_read_by_some_script():
    everything = "\n".join(scripts().values())
    assert {key for key in field_names(RunData) if not re.search(rf"\b{key}\b", everything)} == set()


def test_data_without_a_key_are_noticed():
    assert shape_errors(RunData, {})
