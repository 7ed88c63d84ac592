"""`detente cases`: the list of cases, one case, and its replay."""

import csv
import json

import pytest
from support.cases import ACTS, HEADING, acts_with, write_case
from support.commands import invoke, refused_command

from experiments.cases.case import case_names


def test_cases_lists_all_cases_and_shows_one():
    assert all(name in invoke("cases").output for name in case_names())
    shown = invoke("cases", "egypt-israel-1973").output
    assert "Kilometre" in shown
    assert "Valid: 26 acts" in shown
    assert "Corrected: " in shown


def test_a_case_survives_a_round_trip(tmp_path):
    path, out = write_case(tmp_path), tmp_path / "out.csv"
    assert invoke("cases", path, "--csv", out).exit_code == 0
    with out.open(encoding="utf-8", newline="") as file:
        assert [",".join(row) for row in csv.reader(file)] == [HEADING, *ACTS]
    facts = json.loads(invoke("cases", path, "--json").output)
    assert facts["conduct"][1] == {"2001-01": -4.0, "2001-03": 7.0}


def test_a_case_file_is_replayed(tmp_path):
    path, out = write_case(tmp_path), tmp_path / "months.csv"
    done = invoke("cases", path, "--replay", "--worlds", "40", "--csv", out)
    assert done.exit_code == 0
    assert "alba as in the record, borea simulated by the model" in done.output
    facts = json.loads(invoke("cases", path, "--replay", "--worlds", "40", "--json").output)
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["month"] for row in csv.DictReader(file)] == [month["month"] for month in facts["months"]]
    assert facts["scored"] == 3
    assert facts["standing"]["sign"]["nearest"] in facts["standing"]["sign"]["scores"]


def test_markup_in_a_case_is_shown_as_text(tmp_path):
    shown = invoke("cases", write_case(tmp_path, acts_with(0, "A offers talks", "[red]A\x1b[31m offers[/red]"))).output
    assert "[red]A" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("words", [["no-such-case"], ["."], ["iran", "--replay"]])
def test_an_unknown_case_is_refused(words, tmp_path):
    assert "no such case or file" in refused_command("cases", *words, cwd=tmp_path)


def test_all_errors_of_a_case_file_are_listed(tmp_path):
    acts = [each.replace("036", "999").replace("AAB", "XXX") for each in ACTS]
    message = refused_command("cases", write_case(tmp_path, acts), "--replay", cwd=tmp_path)
    assert "2 errors:" in message
    assert "line 8, cameo" in message
    assert "line 10, actor" in message
