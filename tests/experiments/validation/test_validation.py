"""Validation: the model agrees with external results at any values, and the checks can fail."""

import itertools
import json
from types import SimpleNamespace

import pytest
from starlette.requests import Request
from support.commands import invoke

from dashboards.reports.validation import render_document, write_validation_report
from dashboards.web import documents
from dashboards.web.pages.about import page as about
from experiments.validation import axelrod_docking
from experiments.validation.check import run_check
from experiments.validation.closed_forms import CHECKS, UNMODELLED, select_checks
from experiments.validation.part import ValidationPart
from experiments.validation.parts import MUST_HOLD, NOT_CLAIMED, NOT_TESTED, PARTS
from experiments.validation.patterns import TRADE_OFF
from model.errors import ScenarioError

PRINTED = {  # the published values at the default symbols
    "B02": 0.5, "B02s": 50.251, "B02t": 150.754, "B03b": 0.875, "B03c": 0.9706, "B04": 0.9804, "B04b": 0.6667,
    "B05a": 0.6667, "B05b": 1.25, "B05c": 0.1734, "B05d": 0.2575, "B06a": 0.5, "B06b": 0.6316, "B06c": 4, "B07": 0.3,
    "B11a": 0.8611, "B11b": 0.7778, "B11c": -0.3, "B11d": 1.6667, "B13a": 0.75, "B13b": 0.9167, "B13c": 0.6667,
    "B13d": 28, "B13e": 0.6094, "B14a": 0.6667, "B14b": 0.9884, "B14e": 6, "B15a": 2.890, "B15b": -2.251, "B15c": 18.527,
    "B15d": 18.378, "B15e": 0.0330, "B15f": 0.9066, "B16a": 5, "B16b": 0.9313, "B18a": 0.2871, "B18b": 4.354,
    "B15g": 0.5076, "B18c": 0.4655, "B18d": 9.5507, "B18e": 15.0848, "B18g": 7.778, "B18h": 6.25, "B19": 0.49, "B20": 7.5,
    "B22a": 0.2552, "B22b": 8.313, "B22c": 0.2294, "B28": 0.7952, "B29a": 0.3174, "B29b": 0.7646, "B29c": 0.4308, "B30a": 21.1007,
    "B30b": 11.6279, "B31a": 0.565, "B31b": 0.44, "B31c": 0.4438, "B31d": 20.8333, "B32": 10, "B33a": 4.655,
    "B33b": 0.4665, "B33c": 17.154, "B33d": 0.8212, "B34a": 3.1947, "B34b": 21.1007, "B35": 0.688,
}  # fmt: skip
OTHER_VALUES = [
    ("B02", {"e": 0.07}), ("B02s", {"e": 0.05}), ("B02t", {"e": 0.05}), ("B03b", {"e": 0.02, "g": 0.2}),
    ("B03c", {"e": 0.1}), ("B04", {"e": 0.2}), ("B04b", {"d": 0.7, "f": 0.02}), ("B04b", {"d": 0.6, "f": 0.1, "g": 0.5}),
    ("B05a", {"g": 2.0, "l": 3.0}), ("B05b", {"b": 3.0, "c": 1.0, "delta": 0.9}), ("B05d", {"N": 3, "l": 1.0}),
    ("B06a", {"R": 1, "T": 0.5, "P": 0, "S": -1}), ("B06b", {"t": 0.2, "m": 0.5, "k": 5}), ("B06c", {"t": 0.1}),
    ("B07", {"t": 0.4, "sT": 0.5, "sU": 0.1}), ("B11a", {"k": 0.2, "g": 0.5}), ("B11c", {"k": 0.9, "l": 0.8}),
    ("B11d", {"a": 1.1, "b": 0.9}), ("B13a", {"r": 3, "s": 11}), ("B13c", {"lam": 0.97, "w": 2.5}),
    ("B13d", {"lam": 0.95, "w": 3.0, "T": 0.85}), ("B14a", {"pi": 0.3, "d": 0.5, "f": 0.2}), ("B14c", {"d": 0.2}),
    ("B14e", {"pi": 0.45, "d": 0.3}), ("B15c", {"alpha": 0.1, "p1": 0.45}), ("B15f", {"beta": 0.2, "p0": 0.2, "p1": 0.5}),
    ("B16a", {"d": 0.6}), ("B18a", {"p": 0.6, "i": 2, "N": 6}), ("B18b", {"p": 0.5, "i": 2, "N": 6}),
    ("B18c", {"s": 0.5, "a": 0.3, "N": 3}), ("B18g", {"p": 0.7, "N": 3}), ("B19", {"y": 0.8, "kv": 4}),
    ("B20", {"w": 0.5, "kappa": 0.03}), ("B22a", {"sigma": 0.3}), ("B22c", {"sigma": 0.02}),
    ("B23", {"G": 2.0, "d": 0.5}), ("B13e", {"t": 0.7, "e": 1.0, "lam": 0.8, "n": 3}), ("B15g", {"r": 0.2}),
    ("B18e", {"s": 0.6, "a": 0.5, "x": 0.8, "N": 2}), ("B28", {"t": 0.8, "x": 0.1, "d": 3, "wp": 1.5}),
    ("B28", {"cc": 1.0, "cd": 0.0, "dc": 1.0, "dd": 0.0, "wt": 0.5}), ("B29a", {"a": 0.4, "b": 0.3, "sigma": 0.4}),
    ("B29b", {"a": 0.1, "b": 0.6}), ("B29c", {"a": 0.3, "b": 0.6}), ("B30a", {"t": 0.7, "x": 0.0, "s": 0.4}),
    ("B30b", {"e": 0.2, "x": 0.9}), ("B31a", {"h": 2.0, "c": 0.2, "P": 0.1, "R": 1.0}), ("B31b", {"x": 0.0, "q": 0.25}),
    ("B31c", {"k": 0, "m": 4}), ("B31d", {"f": 0.3}), ("B32", {"f": 1.0, "x": 1.0, "z": 0.5}),
    ("B33a", {"g": 0.05, "c": 0.9}), ("B33b", {"g": 0.3, "d": 0.8}), ("B33c", {"g": 0.5, "m": 0.3}),
    ("B33d", {"g": 0.05, "m": 0.4}), ("B34a", {"g": 0.05, "x": 0.6}), ("B34b", {"r": 0.5, "x": 0.7}),
    ("B35", {"s": 0.5, "x": 0.6}),
]  # fmt: skip
MISMATCHES = [  # the model runs with another value than the closed form: the check must fail
    ("B02s", "e", 0.02), ("B03b", "g", 0.2), ("B04", "e", 0.04), ("B04b", "d", 0.8), ("B05b", "delta", 0.61),
    ("B06a", "S", 0.9), ("B06b", "m", 0.26), ("B11a", "k", 0.51), ("B11d", "a", 0.81), ("B13c", "w", 4.1),
    ("B14a", "f", 0.1), ("B14c", "pi", 0.11), ("B15c", "p1", 0.4), ("B15f", "beta", 0.25), ("B16a", "d", 0.3),
    ("B18a", "p", 0.7), ("B18d", "a", 0.3), ("B18g", "p", 0.7), ("B19", "kv", 3), ("B20", "kappa", 0.081),
    ("B22a", "sigma", 0.08), ("B23", "G", 1.01), ("B13e", "n", 11), ("B15g", "r", 0.7), ("B28", "wx", 1.0),
    ("B28", "d", 2), ("B29a", "b", 0.05), ("B29b", "a", 0.65), ("B29c", "b", 0.1), ("B30a", "x", 0.5), ("B30b", "c", 0.3),
    ("B31a", "R", 0.7), ("B31b", "q", 0.25), ("B31c", "m", 3), ("B31d", "f", 0.1), ("B32", "z", 0.6), ("B33a", "c", 0.2),
    ("B33b", "g", 0.3), ("B33c", "m", 0.12), ("B33d", "g", 0.3), ("B34a", "g", 0.25), ("B34b", "o", 1.0), ("B35", "x", 0.3),
]  # fmt: skip
WORLDS = 400


def test_closed_forms_have_the_published_default_values():
    for name, value in PRINTED.items():
        check = CHECKS[name]
        given = SimpleNamespace(**{symbol: each.default for symbol, each in check.symbols.items()})
        assert check.expected(given) == pytest.approx(value, rel=6e-4, abs=5e-5), name


@pytest.mark.parametrize(("name", "given"), OTHER_VALUES)
def test_model_agrees_with_theory_at_other_values(name, given):
    result = run_check(CHECKS[name], given, WORLDS)
    assert result.holds, result.row()
    assert result.parameters == {**{s: each.default for s, each in CHECKS[name].symbols.items()}, **given}


@pytest.mark.parametrize(("name", "symbol", "other"), MISMATCHES)
def test_check_fails_for_a_different_model(name, symbol, other):
    check = CHECKS[name]

    def mismatched(given, worlds, seed):
        return check.simulate(SimpleNamespace(**{**vars(given), symbol: other}), worlds, seed)

    assert not run_check(check._replace(simulate=mismatched), {}, WORLDS).holds


def test_every_theoretical_result_is_checked_or_listed():
    listed = {*CHECKS, *(each.id for each in UNMODELLED)}
    rows = {f"B{number:02}" for number in (*range(1, 26), *range(28, 36))}
    assert {name[:3] for name in listed} == rows
    assert all(each.reason.endswith(".") for each in UNMODELLED)


def test_family_selects_all_checks_and_a_name_one():
    assert [check.id for check in select_checks("B18")] == ["B18a", "B18b", "B18c", "B18d", "B18e", "B18g", "B18h"]
    assert [check.id for check in select_checks("B02")] == ["B02"]
    with pytest.raises(ScenarioError, match="is not in the model: doctrines are inputs"):
        select_checks("B01")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--check", "B99"), "no such check"),
        (("--check", ""), "no such check"),
        (("--check", "B04b", "--set", "q=0.1"), "no such symbol of B04b; available: d, f, g"),
        (("--check", "B04b", "--set", "d=1.7"), "--set d: must be a number between 0 and 0.999"),
        (("--check", "B04b", "--set", "d=nan"), "--set d: must be a number between 0 and 0.999"),
        (("--check", "B04b", "--set", "d=much"), "--set d: must be a number between 0 and 0.999"),
        (("--check", "B18h", "--set", "N=2.5"), "--set N: must be an integer between 1 and 10"),
        (("--check", "B30b", "--set", "e=0.95", "--set", "x=0.9"), "e + c x must be at most 1"),
        (("--check", "B06a", "--set", "P=0"), "gives a threshold outside"),
        (("--check", "B02", "--set", "e"), "must have the form SYMBOL=VALUE"),
        (("--set", "e=0.1"), "needs --check"),
        (("--check", "B19", "--report", "."), "is a folder"),
    ],
)
def test_invalid_check_is_refused_with_name_and_range(words, message):
    done = invoke("validate", *words)
    assert done.exit_code == 2
    assert message in done.stderr.replace("\n", " ")
    assert done.stdout == ""


def test_one_check_prints_its_result_as_json():
    done = invoke("validate", "--check", "B04b", "--set", "d=0.7", "--set", "f=0.02", "--quick", "--json")
    facts = json.loads(done.stdout)
    (check,) = facts["checks"]
    assert done.exit_code == 0
    assert {"version", "code_digest", "date", "checks", "parts"} <= facts.keys()
    assert (check["id"], check["parameters"]) == ("B04b", {"d": 0.7, "f": 0.02, "g": 0.0})
    assert check["expected"] == pytest.approx(0.3 / 0.32)
    assert 0 < check["standard_error"] < 0.01
    assert abs(check["simulated"] - check["expected"]) <= 3 * check["standard_error"]
    assert check["verdict"] == "holds"


def test_checks_that_cannot_run_are_skipped():
    facts = json.loads(
        invoke("validate", "--check", "B14", "--set", "d=0.1", "--set", "f=0.2", "--quick", "--json").stdout
    )
    assert [each["id"] for each in facts["checks"]] == ["B14a", "B14b", "B14c", "B14d"]
    assert facts["parts"][0]["notes"][0].startswith("B14e was skipped: B14e: d must be greater than f")


def test_failing_check_exits_with_code_1(monkeypatch):
    monkeypatch.setitem(CHECKS, "B19", CHECKS["B19"]._replace(expected=lambda given: 0.6))
    done = invoke("validate", "--check", "B19", "--quick")
    assert done.exit_code == 1
    assert "fails" in done.stdout


def test_list_has_every_check_and_unmodelled_result():
    listed = json.loads(invoke("validate", "--list", "--json").stdout)
    assert [each["id"] for each in listed["checks"]] == list(CHECKS)
    assert listed["checks"][0]["parameters"]["e"]["low"] == 0.005
    assert len(listed["not_in_the_model"]) == len(UNMODELLED) > 0
    text = invoke("validate", "--list").stdout
    assert all(name in text for name in (*CHECKS, *(each.id for each in UNMODELLED)))


@pytest.fixture(scope="module")
def axl():
    return axelrod_docking.import_axelrod()


def test_listed_strategies_are_all_deterministic_memory_one(axl):
    depth, is_stochastic = axl.Classifiers["memory_depth"], axl.Classifiers["stochastic"]
    found = [each.__name__ for each in axl.all_strategies if not is_stochastic(each()) and depth(each()) <= 1]
    assert sorted(found) == sorted(axelrod_docking.DETERMINISTIC)


def test_states_and_library_strategies_make_the_same_moves(axl):
    named = [axelrod_docking.memory_one_of(axl, name) for name in axelrod_docking.DETERMINISTIC]
    for one, other in itertools.product(named, [*named[::3], "Grudger", "CyclerCCD"]):
        assert axelrod_docking.count_same_moves(axl, one, other, 60) == 60, (one.name, other)
    for one in list(axelrod_docking.deterministic_doctrines())[5::9]:
        assert axelrod_docking.count_same_moves(axl, one, "TitFor2Tats", 60) == 60, one.name


def test_different_doctrine_makes_different_moves(axl):
    pavlov = axelrod_docking.memory_one_of(axl, "WinStayLoseShift")
    assert axelrod_docking.count_same_moves(axl, pavlov._replace(after=(1.0, 0.0, 1.0, 0.0)), "Desperate", 60) < 60


def test_cooperation_rates_agree_in_noise(axl):
    one, other = (axelrod_docking.memory_one_of(axl, name) for name in ("GTFT", "WinStayLoseShift"))
    assert all(
        each.standard_errors_apart <= 3 for each in axelrod_docking.compare_in_noise(axl, one, other, 0.05, 60, WORLDS)
    )
    harsh = one._replace(after=(1.0, 0.1, 1.0, 0.1))
    mismatched = axelrod_docking.compare_in_noise(axl, harsh._replace(name="GTFT"), other, 0.05, 60, WORLDS)
    assert max(each.standard_errors_apart for each in mismatched) > 3


HOSTILE = "<script>alert(1)</script> | `x`"


def two_parts():
    """Return two parts, one of which fails and contains hostile text."""
    rows = [
        {"pattern": "S1", "difference": 0.1, "verdict": "holds"},
        {"pattern": HOSTILE, "difference": None, "verdict": "fails"},
    ]
    figure = {"data": [{"type": "bar", "x": ["S1"], "y": [0.1]}], "layout": {"meta": HOSTILE}}
    return [
        ValidationPart("first", "First", "All is well.", [{**rows[0], "remark": "a remark"}], 0),
        ValidationPart("second", HOSTILE, HOSTILE, rows, 1, figure, (HOSTILE,)),
    ]


FACTS = {"version": "0", "code_digest": "abcdef", "date": "2026-01-02", "quick": True}


def test_page_opens_offline_and_escapes_hostile_text(browser, tmp_path):
    write_validation_report(two_parts(), FACTS, tmp_path / "page.html")
    page, requested = browser.new_page(viewport={"width": 390, "height": 844}), []
    page.on("request", lambda sent: requested.append(sent.url))
    page.on("dialog", lambda dialog: requested.append("a dialog"))
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector("html[data-drawn] .plot-container")
    text = page.locator("body").inner_text()
    assert "2026-01-02" in text
    assert "abcdef" in text
    assert text.index("Failing: 1 in") < text.index("S1")
    verdicts = page.locator("[aria-labelledby=second] .verdict").all_inner_texts()
    assert verdicts == ["fails", "holds"]
    assert "<script>alert(1)</script>" in text
    assert requested == [(tmp_path / "page.html").as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_document_lists_failures_first_and_escapes_cells():
    text = render_document(two_parts(), FACTS)
    assert text.splitlines()[2].startswith("Failing: 1 in")
    assert text.splitlines()[2].endswith(TRADE_OFF)
    assert text.index("### Failing") < text.index("### Not failing")
    assert "<script>" not in text
    assert "| &lt;script>alert(1)&lt;/script> \\| `x` | fails |" in " ".join(text.split())
    assert all(f"- {sentence}" in text for sentence in (*NOT_TESTED, *NOT_CLAIMED))
    assert "What cannot be claimed" in text


def test_document_in_docs_has_every_part_and_check():
    text = documents.document_path("validation.md").read_text("utf-8")
    assert all(f"| {name} |" in text for name in (*CHECKS, *(each.id for each in UNMODELLED)))
    assert "quick: fewer worlds" not in text
    assert len(PARTS) == text.partition("\n## ")[0].count("](#")


def test_parts_that_must_hold_exist():
    keys = {module.__name__.rpartition(".")[2] for module in PARTS}
    assert {"closed_forms", "axelrod_docking"} <= keys
    assert MUST_HOLD == ("closed-forms", "axelrod")


def response_for(name):
    return documents.serve_document(Request({"type": "http", "path_params": {"name": name}}))


def test_about_links_to_validation_and_trace():
    for name in ("docs/validation.md", "docs/trace.md"):
        assert name in dict(about.DOCS)
        assert documents.is_served(name)
        shown = response_for(name.removeprefix("docs/"))
        assert shown.status_code == 200
        assert b"<table>" in shown.body
    assert not documents.is_served("README.md")
    for name in ("../pyproject.toml", "pyproject.toml", "nothing.md"):
        assert response_for(name).status_code == 404


def test_documentation_page_keeps_links_between_pages_only():
    inside = documents.render_document(
        "# T\n\n[a](../odd.md) [b](lesson-50.md) [c](../../model/chance.py)", "classroom"
    )
    assert '<a href="../odd.md">a</a> <a href="lesson-50.md">b</a> c' in inside
    shown = documents.render_document("# T\n\n[a](trace.md#log) [b](../model/compiler.py) [c](https://example.org)")
    assert '<a href="trace.md#log">a</a> b c' in shown
