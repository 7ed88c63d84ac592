"""`detente why`: explanation of a decision of a saved run."""

import json
import re
import shlex
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from rich.console import Console
from support.commands import refusal_message, refused_command, run_detente, strict_json

from agents.ledger import LedgerEntry, read_ledger
from agents.recorded_condition import RecordedCondition
from dashboards.cli.explanation import find_decision
from dashboards.cli.run import suggested_why_command
from dashboards.terminal.decision import lever_screen
from experiments.counterfactuals.flips import LeverFlip
from model.former_names import ACTS
from model.loading import load_scenario
from model.parameter_space import list_levers
from model.version import VERSION, describe_other_model


def test_why_explains_the_latest_run_by_default(saved_run):
    folder, done = saved_run
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
    ("words", "expected"),
    [
        (["--round", 5, "--actor", "albo"], ["no such actor with decisions", "did you mean `alba`?"]),
        (["--round", 13, "--actor", "alba"], ["round: the run has 12 rounds"]),
        (["--round", 5, "--actor", "alba", "--act", "chose_conduct"], ["no such decision of alba", "`choose_conduct`"]),
        (["--round", 5, "--actor", "alba", "--negotiation", "bordr"], ["no such negotiation", "`border`"]),
        (
            ["--round", 5, "--actor", "alba", "--act", "choose_conduct", "--counterpart", "x"],
            ["no such counterpart", "borea"],
        ),
        (["nowhere", "--round", 5, "--actor", "alba"], ["nowhere: contains no saved run"]),
    ],
)
def test_why_refuses_unknown_decisions_with_suggestions(words, expected, saved_run):
    message = refused_command("why", *words, "--no-levers", cwd=saved_run[0])
    assert all(word in message for word in expected), message


def test_without_a_saved_run_why_suggests_detente_run(tmp_path):
    message = refusal_message(run_detente("why", "--round", 1, "--actor", "us", cwd=tmp_path))
    assert "contains no saved run; create one with `detente run SCENARIO`" in message


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", b'{"scenario": 5, "seed": 1, "rounds": 3, "model": "x"}'),
        ("run.json", b'{"scenario": {"name": 1}, "seed": 1, "rounds": 12, "model": "x"}'),
        ("ledger.parquet", b"not a table"),
    ],
)
def test_why_refuses_a_damaged_run(file, content, saved_run, tmp_path):
    original = saved_run[0] / strict_json(saved_run[1].out)["folder"]
    for path in original.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / file).write_bytes(content)
    assert refused_command("why", tmp_path, "--round", 5, "--actor", "alba", "--no-levers", cwd=tmp_path)


def test_why_lists_alternatives_and_the_opposite(tmp_path):
    run_detente("run", "us-iran-2026", "--rounds", 14, "--out", "saved", "--json", cwd=tmp_path)
    words = ["why", "saved", "--round", 14, "--actor", "iran", "--act", "choose_conduct"]
    done = run_detente(*words, "--no-levers", cwd=tmp_path, COLUMNS="200")
    assert re.search(r"\(--counterpart\): (\S+, )+us; shown:", done.out)
    facts = strict_json(run_detente(*words, "--counterpart", "us", "--no-levers", "--json", cwd=tmp_path).out)
    assert facts["alike"] == {}
    assert facts["opposite"] != facts["sentence"]
    assert facts["opposite"].endswith("towards United States.")


def test_run_suggests_the_decision_that_why_explains():
    condition = RecordedCondition("any", {"hope": 1.0}, 1.0, 0.0, True)
    last = {"choose_conduct": 0, "propose": 0, "seek_talks": 0, "accuse": 1, "comply": 0, "withdraw": 1, "ratify": 0}
    entries = [
        LedgerEntry(5, "decision", act, "alba", None, "border", value, "", (condition,)) for act, value in last.items()
    ]
    entries += [
        LedgerEntry(6, "decision", "withdraw", "alba", None, "border", 0, "", (condition,))
    ]  # stays: low priority
    while entries:
        words = shlex.split(suggested_why_command(SimpleNamespace(ledger=SimpleNamespace(rows=entries)), Path("run")))
        ledger = pd.DataFrame([row.as_dict() for row in entries if row.round == 5])
        if ledger.empty:
            return
        row, *_ = find_decision(ledger, SimpleNamespace(rounds=9), 5, "alba", None, None, None)
        assert (words[-3:], row["act"]) == (["alba", "--act", row["act"]], list(last)[len(ledger) - 1])
        entries = [row for row in entries if (row.act, row.round) != (words[-1], 5)]


def test_levers_without_effect_are_summarized():
    screen = Console(width=200)
    with screen.capture() as output:
        screen.print(lever_screen([LeverFlip(list_levers(load_scenario("two-states"))[0], None, None)], str))
    assert output.get().strip() == "No lever changes the decision at any value tried (levers: 1)."


def test_why_reads_a_run_saved_under_former_names(saved_run, tmp_path):
    folder, done = saved_run
    saved = tmp_path / "run"
    shutil.copytree(folder / strict_json(done.out)["folder"], saved)
    former = {current: name for name, current in ACTS.items()}
    ledger = pd.read_parquet(saved / "ledger.parquet")
    decided = ledger.loc[ledger["act"].isin([*former]) & ledger["actor"].notna() & (ledger["kind"] == "decision")]
    now, actor, act = decided.iloc[0][["round", "actor", "act"]]
    ledger["act"] = ledger["act"].replace(former)
    ledger.to_parquet(saved / "ledger.parquet")
    facts = json.loads((saved / "run.json").read_text())
    facts["scenario"]["format"] = 1
    for state in facts["scenario"]["states"].values():
        state["patience"] = state.pop("discount_factor", 0.95)
    (saved / "run.json").write_text(json.dumps(facts))
    words = ["why", saved, "--round", now, "--actor", actor, "--act", former[act]]
    done = run_detente(*words, "--no-levers", cwd=tmp_path)
    assert done.code == 0, done.err
    assert f"`{former[act]}` is now `{act}`" in done.err
    assert "`states.alba.patience` is now `states.alba.discount_factor`" in done.err


def test_a_run_of_the_first_model_says_so(saved_run, tmp_path):
    folder, done = saved_run
    shutil.copytree(folder / strict_json(done.out)["folder"], tmp_path / "old")
    facts = json.loads((tmp_path / "old" / "run.json").read_text("utf-8"))
    assert facts["detente"] == VERSION
    words = ("why", "old", "--round", 5, "--actor", "alba", "--no-levers")
    assert run_detente(*words, cwd=tmp_path).err == ""
    (tmp_path / "old" / "run.json").write_text(json.dumps({**facts, "detente": "0.1.0"}))
    old = run_detente(*words, cwd=tmp_path)
    assert (old.code, old.err) == (0, f"Note: {describe_other_model('0.1.0')}\n")
