"""The data of a run report: the scripts read exactly the declared keys."""

import re
from pathlib import Path

from support.page_reads import BROWSER_NAMES, names_defined, names_read

import dashboards.reports.run
from dashboards.reports.messages import RunData
from dashboards.reports.run import SCRIPTS
from dashboards.web.pages.shared.shapes import field_names, shape_errors

BROWSER = {"atan2", "childElementCount", "getPropertyValue", "open", "replaceChildren", "reset"}
OWN = {"row", "rung"}  # keys that run.js adds to spans
FOLDER = Path(dashboards.reports.run.__file__).parent


def scripts() -> dict[str, str]:
    """Return the scripts of the report by name, each as the script of a template."""
    return {name: "<script>" + (FOLDER / name).read_text("utf-8") for name in SCRIPTS}


def test_scripts_read_only_declared_keys():
    defined = set().union(*map(names_defined, scripts().values()))
    for name, script in scripts().items():
        unknown = names_read(script) - field_names(RunData) - defined - BROWSER_NAMES - BROWSER - OWN
        assert unknown == set(), f"{name} reads undeclared keys"


def test_scripts_read_every_declared_key():
    code = "\n".join(scripts().values())
    assert {key for key in field_names(RunData) if not re.search(rf"\b{key}\b", code)} == set()


def test_missing_keys_are_reported():
    assert shape_errors(RunData, {})
