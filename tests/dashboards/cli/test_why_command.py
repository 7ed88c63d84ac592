"""`detente why`: one decision of a saved run."""

import shlex
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from rich.console import Console
from support.commands import refusal_message, refused_command, run_detente, strict_json

from agents.ledger import LedgerEntry, RecordedCondition, read_ledger
from dashboards.cli.explanation import find_decision
from dashboards.cli.run import suggested_why_command
from dashboards.terminal.decision import lever_screen
from experiments.counterfactuals.flips import LeverFlip
from model.loading import load_scenario
from model.parameter_space import list_levers


def test_why_without_a_run_asks_about_the_latest(home):
    folder, done = home
    answer = strict_json(run_detente("why", "--round", 5, "--actor", "alba", "--no-levers", "--json", cwd=folder).out)
    assert answer["run"] == strict_json(done.out)["folder"]
    assert (answer["round"], answer["actor"], answer["seed"]) == (5, "alba", 7)
    assert answer["conditions"]
    assert answer["sentence"]
    for condition in answer["conditions"]:
        total = 0.0
        for value in condition["terms"].values():
            total += value
        assert total == condition["score"]
        assert condition["holds"] == (condition["score"] >= condition["threshold"])
    listed = {(flip["condition"], flip["term"]) for flip in answer["terms"]}
    assert listed == {(condition["name"], term) for condition in answer["conditions"] for term in condition["terms"]}
    rows = read_ledger(folder / answer["run"])
    row = rows[(rows["round"] == 5) & (rows["actor"] == "alba") & (rows["act"] == answer["act"])].iloc[0]
    assert row["sentence"] == answer["sentence"]
    assert {each["name"]: each["terms"] for each in row["conditions"]} == {
        each["name"]: each["terms"] for each in answer["conditions"]
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--round", 5, "--actor", "albo"], ["no such actor who decides", "did you mean `alba`?"]),
        (["--round", 13, "--actor", "alba"], ["round: the run has 12 rounds"]),
        (["--round", 5, "--actor", "alba", "--act", "chose_conduct"], ["no such decision of alba", "`choose_conduct`"]),
        (["--round", 5, "--actor", "alba", "--negotiation", "bordr"], ["no such negotiation", "`border`"]),
        (
            ["--round", 5, "--actor", "alba", "--act", "choose_conduct", "--counterpart", "x"],
            ["no such counterpart", "borea"],
        ),
        (["nowhere", "--round", 5, "--actor", "alba"], ["nowhere: holds no saved run"]),
    ],
)
def test_why_refuses_what_never_was_and_names_what_there_is(words, told, home):
    message = refused_command("why", *words, "--no-levers", cwd=home[0])
    assert all(word in message for word in told), message


def test_why_where_no_run_was_saved_says_how_to_save_one(tmp_path):
    told = refusal_message(run_detente("why", "--round", 1, "--actor", "us", cwd=tmp_path))
    assert "no run is saved here yet; `detente run SCENARIO` saves one" in told


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", b'{"scenario": 5, "seed": 1, "rounds": 3, "model": "x"}'),
        ("run.json", b'{"scenario": {"name": 1}, "seed": 1, "rounds": 12, "model": "x"}'),
        ("ledger.parquet", b"not a table"),
    ],
)
def test_why_refuses_a_damaged_run(file, content, home, tmp_path):
    original = home[0] / strict_json(home[1].out)["folder"]
    for path in original.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / file).write_bytes(content)
    assert refused_command("why", tmp_path, "--round", 5, "--actor", "alba", "--no-levers", cwd=tmp_path)


def test_why_names_the_other_decisions_of_that_kind_and_what_the_opposite_is(tmp_path):
    run_detente("run", "us-iran-2026", "--rounds", 14, "--out", "kept", "--json", cwd=tmp_path)
    words = ["why", "kept", "--round", 14, "--actor", "iran", "--act", "choose_conduct"]
    done = run_detente(*words, "--no-levers", cwd=tmp_path, COLUMNS="200")
    assert "(--counterpart): eu3, israel, saudi-arabia, us; above is" in done.out
    facts = strict_json(run_detente(*words, "--counterpart", "us", "--no-levers", "--json", cwd=tmp_path).out)
    assert facts["alike"] == {}
    assert facts["opposite"] != facts["sentence"]
    assert facts["opposite"].endswith("towards United States.")


def test_the_most_telling_decision_is_the_same_for_the_command_that_is_named_and_for_why():
    held = RecordedCondition("any", {"hope": 1.0}, 1.0, 0.0, True)
    last = {"choose_conduct": 0, "table": 0, "seek_talks": 0, "accuse": 1, "comply": 0, "withdraw": 1, "ratify": 0}
    made = [LedgerEntry(5, "decision", act, "alba", None, "border", value, "", (held,)) for act, value in last.items()]
    made += [LedgerEntry(6, "decision", "withdraw", "alba", None, "border", 0, "", (held,))]  # it stays: tells little
    while made:
        words = shlex.split(suggested_why_command(SimpleNamespace(ledger=SimpleNamespace(rows=made)), Path("run")))
        ledger = pd.DataFrame([row.as_dict() for row in made if row.round == 5])
        if ledger.empty:
            return
        row, *_ = find_decision(ledger, SimpleNamespace(rounds=9), 5, "alba", None, None, None)
        assert (words[-3:], row["act"]) == (["alba", "--act", row["act"]], list(last)[len(ledger) - 1])
        made = [row for row in made if (row.act, row.round) != (words[-1], 5)]


def test_levers_of_which_none_flips_are_told_in_one_sentence():
    screen = Console(width=200)
    with screen.capture() as told:
        screen.print(lever_screen([LeverFlip(list_levers(load_scenario("two-states"))[0], None, None)], str))
    assert told.get().strip() == "No lever, set from round 0, would have changed it: none of 1 does in its range."
