"""`detente cases`: the list of cases, one case, and its replay."""

import csv
import json

import pytest
from support.cases import ACTS, HEADING, acts_with, write_case
from support.commands import invoke, refused_command

from experiments.cases.case_file import case_names


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
    assert "Next month of borea simulated by the model" in done.output
    assert "Richardson" in done.output
    facts = json.loads(invoke("cases", path, "--replay", "--worlds", "40", "--json").output)
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["month"] for row in csv.DictReader(file)] == [month["month"] for month in facts["months"]]
    assert facts["scored"] == 3
    one = facts["standing"]["sign"]
    means = [each["mean"] for each in one["scores"].values()]
    assert means == sorted(means)
    assert one["nearest"] == next(iter(one["scores"]))
    assert set(one["scores"]) == {"model", *one["model_less"]} == {"model", *one["verdicts"]}
    scored = facts["months"][-1]
    assert {"brier_model", "brier_model_one_record", "crps_memory_one", "crps_richardson"} <= scored.keys()


def test_markup_in_a_case_is_shown_as_text(tmp_path):
    shown = invoke("cases", write_case(tmp_path, acts_with(0, "A offers talks", "[red]A\x1b[31m offers[/red]"))).output
    assert "[red]A" in shown
    assert "\x1b" not in shown


def test_a_case_shows_root_weights_and_what_is_missing(tmp_path):
    path = write_case(tmp_path, acts_with(0, "036,4.0", "0311,"))
    note = "code 0311 (1 act) has the weight of root code 03, expresses intent to cooperate: +4.0"
    for more in ([], ["--replay", "--worlds", "2"]):
        assert f"Note: {note}." in " ".join(invoke("cases", path, *more).output.split())
    shown = " ".join(invoke("cases", path).output.split())
    assert "Missing: 4 of 7 acts are from memory, without a source." in shown
    facts = json.loads(invoke("cases", path, "--json").output)
    assert facts["root_weights"] == [note]
    assert facts["events"][0]["weight"] == 4.0


@pytest.mark.parametrize(
    ("acts", "missing"),
    [
        (ACTS[:1], "no act of the second side (borea) towards the other"),
        (ACTS[:2], "no month can be scored: a side must act after both have acted"),
        (ACTS[:3], "no act names actor CCC of the header"),
    ],
)
def test_an_incomplete_case_says_what_is_missing(tmp_path, acts, missing):
    assert missing in json.loads(invoke("cases", write_case(tmp_path, acts), "--json").output)["missing"]


@pytest.mark.parametrize("words", [["no-such-case"], ["."], ["iran", "--replay"]])
def test_an_unknown_case_is_refused(words, tmp_path):
    assert "no such case or file" in refused_command("cases", *words, cwd=tmp_path)


def test_all_errors_of_a_case_file_are_listed(tmp_path):
    acts = [each.replace("036", "999").replace("AAB", "XXX") for each in ACTS]
    message = refused_command("cases", write_case(tmp_path, acts), "--replay", cwd=tmp_path)
    assert "2 errors:" in message
    assert "line 8, cameo" in message
    assert "line 10, actor" in message
