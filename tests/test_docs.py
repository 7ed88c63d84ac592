"""The documentation keeps its word: tables are current, examples run, links lead somewhere."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dashboards.odd import ODD, rewrite
from model.chance import Moment
from model.parameters import Mechanisms
from model.scenario import shipped
from model.settings import declared

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
MARKED = re.compile(r"^<!-- runs -->\n```(console|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


def told(page):
    return page.relative_to(ROOT).as_posix()


EXAMPLES = [
    pytest.param(language, text, id=f"{told(page)}-{number}")
    for page in PAGES
    for number, (language, text) in enumerate(MARKED.findall(page.read_text("utf-8")), 1)
]


def links(page):
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return LINK.findall(prose)


def anchors(page):
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def submodels():
    return ODD.read_text("utf-8").partition("## 7. Submodels")[2].partition("## 8. Parameters")[0]


def test_the_generated_tables_are_current():
    text = ODD.read_text("utf-8")
    assert rewrite(text) == text, "run `python -m dashboards.odd`"


def test_a_page_without_its_markers_is_refused():
    with pytest.raises(ValueError, match="must hold each of these markers once"):
        rewrite("no markers here")


@pytest.mark.parametrize(("language", "text"), EXAMPLES)
def test_an_example_marked_for_running_runs(language, text, tmp_path):
    if language == "python":
        command = [sys.executable, "-c", text]
    else:
        lines = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
        command = ["sh", "-ec", "\n".join(lines)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    here = {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=tmp_path, env=here, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=told)
def test_relative_links_lead_somewhere(page):
    for _, target in links(page):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{told(page)} links to {target}"
        assert not anchor or anchor in anchors(file), f"{told(page)} links to {target}"


def test_a_function_linked_by_name_stands_in_the_file_it_links():
    for page in PAGES:
        for label, target in links(page):
            if target.endswith(".py") and label.startswith("`"):
                file = (page.parent / target).resolve().relative_to(ROOT)
                module = importlib.import_module(".".join(file.with_suffix("").parts))
                assert hasattr(module, label.strip("`")), f"{told(page)}: {label} is not in {target}"


def test_every_parameter_is_told_in_a_submodel():
    text = submodels()
    assert [each.path for each in declared() if f"`{each.path}`" not in text] == []


def test_no_submodel_names_a_parameter_that_is_not_declared():
    known = {each.path for each in declared()}
    sections = {path.partition(".")[0] for path in known}
    named = set(re.findall(r"`([a-z]+\.[\w.]+)`", submodels()))
    assert {name for name in named - known if name.partition(".")[0] in sections} == set()


def test_every_switch_is_told_in_a_submodel():
    text = submodels()
    assert [name for name in Mechanisms.model_fields if f"`{name} = false`" not in text] == []


def test_every_draw_has_its_address_in_the_odd():
    concepts = ODD.read_text("utf-8").partition("**Stochasticity.**")[2].partition("<details>")[0]
    assert [moment.name for moment in Moment if f"`{moment.name}`" not in concepts] == []


def test_every_shipped_scenario_is_named_in_the_readme():
    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in shipped() if f"`{name}`" not in text] == []
