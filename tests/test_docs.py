"""Documentation: tables are current, examples run, links and pictures exist, numbers match the code."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from dashboards.cli.main import app
from dashboards.reports.odd_tables import ODD_PATH, update_tables
from experiments.ensembles.compare import compare_ensembles
from experiments.ensembles.ensemble import play_ensemble
from experiments.ensembles.mechanisms import WORLDS, mechanism_measures
from model.chance import DecisionPoint
from model.loading import scenario_names
from model.mechanisms import Mechanisms
from model.parameter_space import declared_parameters

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
ARCHITECTURE = ROOT / "docs" / "architecture.md"
RUNNABLE_BLOCK = re.compile(r"^<!-- runs -->\n```(console|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SESSION = re.compile(r"^```pycon\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PICTURE = re.compile(r"!\[[^\]]+\]\(([^)\s]+)\)")
LARGEST_PICTURE = 200_000  # bytes
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


def page_name(page):
    return page.relative_to(ROOT).as_posix()


EXAMPLES = [
    pytest.param(language, text, id=f"{page_name(page)}-{number}")
    for page in PAGES
    for number, (language, text) in enumerate(RUNNABLE_BLOCK.findall(page.read_text("utf-8")), 1)
]


def page_links(page):
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return LINK.findall(prose)


def heading_anchors(page):
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def submodel_section():
    return ODD_PATH.read_text("utf-8").partition("## 7. Submodels")[2].partition("## 8. Parameters")[0]


def test_generated_tables_are_current():
    text = ODD_PATH.read_text("utf-8")
    assert update_tables(text) == text, "run `python -m dashboards.reports.odd_tables`"


def test_a_document_without_markers_is_refused():
    with pytest.raises(ValueError, match="must contain each of these markers once"):
        update_tables("no markers here")


@pytest.mark.parametrize(("language", "text"), EXAMPLES)
def test_marked_examples_run(language, text, tmp_path):
    if language == "python":
        command = [sys.executable, "-c", text]
    else:
        lines = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
        command = ["sh", "-ec", "\n".join(lines)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", [page for page in PAGES if SESSION.search(page.read_text("utf-8"))], ids=page_name)
def test_a_python_session_prints_what_its_page_shows(page, tmp_path):
    (tmp_path / "session.txt").write_text("\n".join(SESSION.findall(page.read_text("utf-8"))), "utf-8")
    command = [sys.executable, "-m", "doctest", "-o", "ELLIPSIS", "-o", "NORMALIZE_WHITESPACE", "session.txt"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_relative_links_resolve(page):
    for _, target in page_links(page):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page_name(page)} links to {target}"
        assert not anchor or anchor in heading_anchors(file), f"{page_name(page)} links to {target}"


def test_linked_functions_are_in_the_linked_file():
    for page in PAGES:
        for label, target in page_links(page):
            if target.endswith(".py") and label.startswith("`"):
                file = (page.parent / target).resolve().relative_to(ROOT)
                module = importlib.import_module(".".join(file.with_suffix("").parts))
                assert hasattr(module, label.strip("`")), f"{page_name(page)}: {label} is not in {target}"


def test_the_readme_has_two_pictures_of_less_than_200_kb():
    pictures = PICTURE.findall((ROOT / "README.md").read_text("utf-8"))
    assert pictures == ["docs/pictures/explore.png", "docs/pictures/watch.png"]
    assert [name for name in pictures if (ROOT / name).stat().st_size >= LARGEST_PICTURE] == []


def lookup_rows():
    """Return the rows of "Where to find things", split into question and answer."""
    table = ARCHITECTURE.read_text("utf-8").partition("## Where to find things\n")[2].partition("\n## ")[0]
    return [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in table.splitlines() if line[:1] == "|"][2:]


def test_lookup_questions_are_unique():
    questions = [question for question, _ in lookup_rows()]
    assert questions
    assert [each for each in questions if questions.count(each) > 1 or not each.endswith("?")] == []


@pytest.mark.parametrize(("question", "answer"), lookup_rows())
def test_lookup_answers_name_existing_files_and_commands(question, answer):
    files = [(ARCHITECTURE.parent / target.partition("#")[0]).resolve() for _, target in LINK.findall(answer)]
    commands = re.findall(r"`detente ([\w-]+)", answer)
    assert files or commands
    assert [file for file in files if not file.exists()] == []
    assert set(commands) <= get_command(app).commands.keys()


def test_every_parameter_is_described_in_a_submodel():
    text = submodel_section()
    assert [each.path for each in declared_parameters() if f"`{each.path}`" not in text] == []


def test_submodels_name_only_declared_parameters():
    known = {each.path for each in declared_parameters()}
    sections = {path.partition(".")[0] for path in known}
    named = set(re.findall(r"`([a-z]+\.[\w.]+)`", submodel_section()))
    assert {name for name in named - known if name.partition(".")[0] in sections} == set()


def test_every_switch_is_described_in_a_submodel():
    text = submodel_section()
    assert [name for name in Mechanisms.model_fields if f"`{name} = false`" not in text] == []


def test_every_decision_point_is_described_in_the_odd():
    concepts = ODD_PATH.read_text("utf-8").partition("**Stochasticity.**")[2].partition("<details>")[0]
    assert [moment.name for moment in DecisionPoint if f"`{moment.name}`" not in concepts] == []


def test_the_readme_names_every_built_in_scenario():
    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in scenario_names() if f"`{name}`" not in text] == []


def test_the_table_of_mechanism_effects_is_current():
    text = ODD_PATH.read_text("utf-8")
    row = re.compile(r"^\| M\d+ \w+ \|.*\| `mechanisms\.(\w+)` \| ([\w ]+) \| `([\w-]+)` \| (.+) \|$", re.MULTILINE)
    rows = row.findall(text)
    assert [mechanism for mechanism, *_ in rows] == list(Mechanisms.model_fields)
    scenario = "us-iran-2018"
    on = play_ensemble(scenario, WORLDS, band_worlds=1)
    for mechanism, measured, where, effect in rows:
        if where == scenario:
            off = play_ensemble(scenario, WORLDS, changes={f"mechanisms.{mechanism}": False}, band_worlds=1)
            difference, low, high = compare_ensembles(off, on, mechanism_measures)[measured][:3]
            stale = f"{mechanism}: run `python -m experiments.ensembles.mechanisms docs/odd.md`"
            assert effect == f"{difference:+.3f} ({low:+.3f} to {high:+.3f})", stale
