"""`detente run`: results, saved files and errors."""

import json
import re
import shlex

import pandas as pd
import pytest
from support.commands import refusal_message, refused_command, run_detente, run_on_terminal, strict_json

from agents.assembly import Assembly
from agents.ledger import read_ledger
from model.enumerations import Outcome
from model.loading import find_scenario, load_scenario
from model.measures import BY_NEGOTIATION, trajectory_digest

COLOUR = re.compile(r"\x1b\[[0-9;]*\b3[0-9]\b[0-9;]*m")


def test_run_as_json_prints_all_documented_keys(saved_run):
    folder, done = saved_run
    assert done.err == ""
    facts = strict_json(done.out)
    assert (facts["scenario"], facts["seed"], facts["rounds"]) == ("two-states", 7, 12)
    assert facts["outcome"] in Outcome.__members__
    assert re.fullmatch(r"[0-9a-f]{64}", facts["trajectory_digest"])
    assert re.fullmatch(r"[0-9a-f]{64}", facts["ledger_digest"])
    assert 0 <= facts["contact_share"] <= 1
    assert facts["breaches"] >= 0
    (talks,) = facts["negotiations"].values()
    first, second = talks["parties"]
    assert talks["name"] == load_scenario("two-states").negotiations["border"].title["en"]
    assert set(talks["trust"]) == {f"{first}->{second}", f"{second}->{first}"}
    assert talks["outcome"] in Outcome.__members__
    series = [
        *talks["trust"].values(),
        *(talks[each.name] for each in BY_NEGOTIATION if not each.name.startswith("trust")),
    ]
    assert all(len(values) == 13 for values in series)
    assert [rung["id"] for rung in talks["rungs"]] == list(load_scenario("two-states").negotiations["border"].rungs)
    assert all(rung["title"] and rung["status"] and isinstance(rung["dates"], list) for rung in talks["rungs"])
    assert (folder / facts["folder"] / "run.json").is_file()


def test_printed_numbers_match_the_model(saved_run):
    facts = strict_json(saved_run[1].out)
    model = Assembly("two-states", {"rounds": 12}, rng=7).run()
    index = model.indicator_index
    assert facts["trajectory_digest"] == trajectory_digest(model.trajectory)
    assert facts["ledger_digest"] == model.ledger.digest()
    assert facts["outcome"] == model.outcome.name
    assert facts["contact_share"] == pytest.approx(model.trajectory[1:, index["contact"]].mean())
    assert facts["breaches"] == model.trajectory[-1, index["breaches"]]
    (talks,) = facts["negotiations"].values()
    assert talks["trust"]["alba->borea"] == model.trajectory[:, index["border.trust_first"]].tolist()
    assert talks["trust"]["borea->alba"] == model.trajectory[:, index["border.trust_second"]].tolist()
    assert talks["tension"] == model.trajectory[:, index["border.tension"]].tolist()
    assert talks["deal_progress"] == model.trajectory[:, index["border.deal_progress"]].tolist()


def test_a_saved_run_is_complete_and_readable(saved_run):
    folder, done = saved_run
    facts = strict_json(done.out)
    (saved,) = (folder / "runs").iterdir()
    assert saved == folder / facts["folder"]
    assert {path.name for path in saved.iterdir()} == {
        "run.json",
        "trajectory.parquet",
        "ledger.parquet",
        "ledger.jsonl",
    }
    table = pd.read_parquet(saved / "trajectory.parquet")
    assert table["round"].tolist() == list(range(13))
    assert trajectory_digest(table.drop(columns="round").to_numpy()) == facts["trajectory_digest"]
    lines = (saved / "ledger.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == len(read_ledger(saved))
    assert {json.loads(line)["round"] for line in lines} == set(range(1, 13))


def test_runs_with_the_same_seed_are_identical(saved_run):
    folder, done = saved_run
    again = strict_json(
        run_detente("run", "two-states", "--seed", 7, "--rounds", 12, "--json", "--out", "again", cwd=folder).out
    )
    facts = strict_json(done.out)
    for key in ("trajectory_digest", "ledger_digest"):
        assert again[key] == facts[key]
    assert again["folder"] == "again"
    assert (folder / "again" / "run.json").is_file()


def test_set_has_the_effect_of_a_change_in_the_file(tmp_path):
    words = [
        "--set",
        "states.alba.generosity=0.9",
        "--set",
        "mechanisms.noise=false",
        "--set",
        "states.borea.doctrine=contrition",
    ]
    facts = strict_json(run_detente("run", "two-states", "--rounds", 6, *words, "--json", cwd=tmp_path).out)
    changes = {
        "states.alba.generosity": 0.9,
        "mechanisms.noise": False,
        "states.borea.doctrine": "contrition",
        "rounds": 6,
    }
    assert facts["trajectory_digest"] == trajectory_digest(Assembly("two-states", changes, rng=1).run().trajectory)


def test_the_why_command_that_run_suggests_works(tmp_path):
    folder = tmp_path / "a folder with spaces"
    done = run_detente("run", "us-iran-2026", "--rounds", 14, "--out", folder, cwd=tmp_path)
    assert done.code == 0
    for words in ("Outcome: ", "trust, United States in Iran", "trust, Iran in United States", "tension", "deal progress",
                  "talks in", "breaches", "Technical clarification", "Key moments"):  # fmt: skip
        assert words in done.out
    (command,) = re.findall(r"^Explain a decision: detente (why .*)$", done.out, re.MULTILINE)
    answer = run_detente(*shlex.split(command), "--no-levers", cwd=tmp_path)
    assert answer.code == 0, answer.err
    assert "decision changes at" in answer.out


def test_a_run_without_key_moments_has_no_heading_for_them(tmp_path):
    done = run_detente("run", "two-states", "--rounds", 1, "--out", "saved", cwd=tmp_path)
    assert "Key moments" not in done.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--set", "states.alba.resolv=0.5"], "states.alba.resolv: no such key; did you mean `resolve`?"),
        (["--set", "states.alba.resolve=7"], "states.alba.resolve: must be between 0 and 1 (found 7)"),
        (["--set", "states.alba.resolve=nan"], "states.alba.resolve: should be a finite number"),
        (["--set", "nonsense"], "--set: must have the form PATH=VALUE (found 'nonsense')"),
        (["--set", "rounds=" + "9" * 5000], "rounds: should be a valid integer"),
        (["--rounds", "0"], "rounds: must be between 1 and 1200 (found 0)"),
        (["--rounds", "5000"], "rounds: must be between 1 and 1200 (found 5000)"),
        (["--seed", "-1"], "--seed"),
        (["--out", "occupied/run"], "occupied"),
        (["--sed", "3"], "--sed"),
    ],
)
def test_invalid_input_is_refused_with_one_clear_message(words, expected, tmp_path):
    (tmp_path / "occupied").write_text("a file, not a folder")
    message = refused_command("run", "two-states", *words, cwd=tmp_path)
    assert expected in message
    assert len(message.splitlines()) <= 4
    assert not (tmp_path / "runs").exists()


def test_a_misspelt_scenario_gets_a_suggestion(tmp_path):
    assert "did you mean `us-iran-2026`?" in refusal_message(run_detente("run", "us-iran-2062", cwd=tmp_path))


def test_a_scenario_may_be_a_path(tmp_path):
    (tmp_path / "mine.toml").write_bytes(find_scenario("two-states").read_bytes())
    by_path = strict_json(run_detente("run", "mine.toml", "--rounds", 3, "--json", cwd=tmp_path).out)
    assert by_path["trajectory_digest"] == trajectory_digest(Assembly("two-states", rng=1).run(3).trajectory)


def test_colour_and_progress_appear_only_on_a_terminal(tmp_path):
    coloured = run_on_terminal("run", "two-states", "--rounds", 8, cwd=tmp_path)
    assert COLOUR.search(coloured)
    assert re.search(r"round.*/8", coloured)
    plain = run_on_terminal("run", "two-states", "--rounds", 8, cwd=tmp_path, NO_COLOR="1")
    assert "Outcome: " in plain
    assert not COLOUR.search(plain)


def test_a_change_that_nothing_reads_is_noted_and_saved(tmp_path):
    done = run_detente(
        "run", "two-states", "--rounds", 2, "--set", "states.alba.reward=2.5", "--out", "a", cwd=tmp_path
    )
    assert done.code == 0
    assert done.err == "Note: states.alba.reward has no effect: the state does not have the doctrine `assurance`\n"
    assert json.loads((tmp_path / "a" / "run.json").read_text("utf-8"))["scenario"]["states"]["alba"]["reward"] == 2.5
