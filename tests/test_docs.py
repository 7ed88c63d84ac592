"""Documentation: tables are current, examples run, links and pictures exist, numbers match the code."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from agents.assembly import Assembly
from dashboards.cli.main import app
from dashboards.cli.options import parse_changes
from dashboards.reports.odd_tables import ODD_PATH, update_tables
from dashboards.terminal.ensembles import format_effect
from experiments.counterfactuals.pivot import outcome_chances
from experiments.ensembles.compare import compare, compare_ensembles
from experiments.ensembles.ensemble import play_ensemble
from experiments.ensembles.mechanisms import WORLDS, mechanism_measures
from model.chance import DecisionPoint
from model.loading import apply_changes, read_scenario, scenario_names
from model.parameter_space import declared_parameters
from model.parameters import Mechanisms

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
    """Return the rows of "Where to find what", split into question and answer."""
    table = ARCHITECTURE.read_text("utf-8").partition("## Where to find what\n")[2].partition("\n## ")[0]
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


# Results of commands in the teaching kit: (page, command, text with placeholders for the numbers).
TWO_YEARS = {"two-years.toml": ("two-states", {"rounds": 24})}
KIT_STATEMENTS = [
    (
        "lesson-50", "ensemble two-years.toml",
        "comprehensive deal {comprehensive_deal} %, partial arrangement {partial_arrangement} %, managed contact "
        "{managed_contact} %, breakdown {breakdown} %.",
    ),
    (
        "lesson-50", "compare two-years.toml --set facilitators.corvia.capacity=0",
        "some deal {some_deal} points (95 % interval {some_deal_reach}), breakdown {breakdown} ({breakdown_reach}).",
    ),
    (
        "lesson-90", "compare us-iran-2026 --set negotiations.nuclear.bundling=2",
        "some deal {some_deal} points ({some_deal_reach}); yet comprehensive deal {comprehensive_deal} "
        "({comprehensive_deal_reach})",
    ),
    (
        "lesson-90", "compare us-iran-2026 --set mechanisms.facilitation=false",
        "some deal {some_deal} ({some_deal_reach}); breakdown {breakdown} ({breakdown_reach}); "
        "mean contact {mean_contact:.5}",
    ),
    (
        "lesson-90", "compare us-iran-2026 --set relations.us.iran.campaign=0.35",
        "some deal {some_deal} ({some_deal_reach}): too small to tell from chance; comprehensive deal "
        "{comprehensive_deal} ({comprehensive_deal_reach}); breakdown {breakdown} ({breakdown_reach})",
    ),
    *(
        (
            "lesson-90", f"compare us-iran-2026 --set states.{state}.dialogue=0.4",
            "the same table both times: some deal {some_deal} ({some_deal_reach}); breakdown {breakdown} "
            "({breakdown_reach})",
        )
        for state in ("us", "iran")
    ),
    (
        "lesson-90", "ensemble us-iran-2026 --set rounds=36",
        "0 % comprehensive deal (0 to 0.4), {partial_arrangement} % partial arrangement, {managed_contact} % managed "
        "contact, {breakdown} % breakdown.",
    ),
    (
        "lesson-90", "ensemble us-iran-2026",
        "Over 60 months {comprehensive_deal} %, {partial_arrangement} %, {managed_contact} %, {breakdown} %.",
    ),
    (
        "module-two-weeks", "pivot two-states --seed 7 --set rounds=24",
        "round {round} moved the chance of a deal most, from {before} % to {after} %",
    ),
    ("module-two-weeks", "ensemble us-iran-2026", "beside {some_deal} %"),
    (
        "module-two-weeks",
        "compare us-iran-2026 --set bodies.iaea.detection=0.9 --set negotiations.nuclear.access=0.6",
        "some deal {some_deal} points ({some_deal_reach})",
    ),
    (
        "module-two-weeks", "compare us-iran-2026 --set facilitators.oman.clarity=0",
        "some deal {some_deal} ({some_deal_reach}); breakdown {breakdown} ({breakdown_reach})",
    ),
]  # fmt: skip
NUMBER = re.compile(r"[+-]\d+\.\d|\d\.\d %")


def kit_text(name):
    return " ".join((ROOT / "docs" / "classroom" / f"{name}.md").read_text("utf-8").split())


def command_numbers(command):
    """Return the numbers of a command by name, and its settings."""
    verb, scenario, *rest = command.split()
    settings = [word for word in rest if "=" in word]
    scenario, base = TWO_YEARS.get(scenario, (scenario, {}))
    changes = parse_changes(settings)
    if verb == "ensemble":
        found = play_ensemble(scenario, 1000, changes=base | changes).shares()
        shares = {name: share.share for name, share in found.items()}
        shares["some_deal"] = shares["comprehensive_deal"] + shares["partial_arrangement"]
        return {name: f"{share * 100:.1f}" for name, share in shares.items()}, settings
    if verb == "compare":
        effects = compare(scenario, changes, base_changes=base).effects
        shown = {name: format_effect(name, effect) for name, effect in effects.items()}
        reach = {f"{name}_reach": words[2] for name, words in shown.items()}
        return {name: words[1] for name, words in shown.items()} | reach, settings
    found = outcome_chances(apply_changes(read_scenario(scenario), changes), int(rest[rest.index("--seed") + 1]))
    now = found.turning_round
    before, after = (f"{share * 100:.0f}" for share in found.deal[now - 1 : now + 1])
    return {"round": now, "before": before, "after": after}, settings


@pytest.mark.parametrize(
    ("page", "command", "words"), KIT_STATEMENTS, ids=[f"{page}: {command}" for page, command, _ in KIT_STATEMENTS]
)
def test_numbers_in_the_teaching_kit_are_current(page, command, words):
    numbers, settings = command_numbers(command)
    text = kit_text(page)
    assert words.format(**numbers) in text, f"{page}: use the numbers of `detente {command}`"
    assert [each for each in settings if each not in text] == []


def test_all_numbers_in_the_teaching_kit_are_tested():
    for page in {page for page, _, _ in KIT_STATEMENTS}:
        text = kit_text(page)
        for name, _, words in KIT_STATEMENTS:
            if name == page:
                pieces = map(re.escape, re.split(r"\{.*?\}", words))
                text = re.sub(r"[-+.\d to]+".join(pieces), "", text)
        assert NUMBER.findall(text) == [], page


def test_the_run_in_the_two_week_module_is_current():
    model = Assembly("two-states", {"rounds": 24}, rng=7).run()
    assert model.ledger is not None
    rows = model.ledger.rows

    def when(words):
        return next(row.round for row in rows if words in row.sentence)

    expected = (
        f"the first step is verified in round {when('is verified')}, Alba refuses the second in round "
        f"{when('Alba rejects')}, and the ladder collapses in round {when('collapses')}; the outcome is managed contact"
    )
    assert model.outcome.name == "managed_contact"
    assert expected in kit_text("module-two-weeks")


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
