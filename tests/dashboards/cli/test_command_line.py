"""The command line as a user meets it: a process of its own, but for most of what is refused before it plays."""

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from contextlib import chdir
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import jsonschema
import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from agents.assembly import Assembly
from agents.ledger import Held, Row, read_ledger
from dashboards.cli.answers import find
from dashboards.cli.main import app
from dashboards.cli.run import suggest_question
from dashboards.terminal.decision import lever_screen
from experiments.counterfactuals.flips import LeverFlip
from model.enumerations import Outcome
from model.errors import ScenarioError
from model.loading import load, locate, read, shipped
from model.measures import BY_NEGOTIATION, digest
from model.parameter_space import declared, levers

DETENTE = Path(sys.executable).with_name("detente")
UNCOMPILED = {"NUMBA_DISABLE_JIT": "1"}  # the same numbers, and a quicker start
MEASURED = ("ensemble", "compare", "pivot")  # what plays many worlds starts slower to be done sooner


class Done(NamedTuple):
    """What a call came to."""

    code: int
    out: str
    err: str


def environment(command: Any = "", **more: str) -> dict[str, str]:
    """Give the environment of a call of a command, without what would decide about colour or width."""
    kept = {
        key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"}
    }
    return kept | ({} if command in MEASURED else UNCOMPILED) | more


def detente(*words: Any, cwd: Path, **more: str) -> Done:
    """Call the command; whatever happens, there is no traceback, and no escape code in a pipe."""
    env = environment(*words[:1], **more)
    done = subprocess.run([DETENTE, *map(str, words)], cwd=cwd, env=env, capture_output=True, timeout=120, check=False)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    assert "\x1b" not in out + err
    return Done(done.returncode, out, err)


def refused(*words: Any, cwd: Path) -> str:
    """Call the command wrongly, in this process: exit code 2, nothing on standard output; give the message."""
    with chdir(cwd):
        done = CliRunner().invoke(app, [*map(str, words)])
    assert isinstance(done.exception, SystemExit), done.exception
    assert "\x1b" not in done.stderr
    return message_of(Done(done.exit_code, done.stdout, done.stderr))


def message_of(done: Done) -> str:
    """Give the message of a call that was refused."""
    assert done.code == 2, done
    assert done.out == ""
    assert done.err.strip()
    return done.err


def strictly(text: str) -> Any:
    """Read JSON: one value, and no NaN or Infinity, which JSON does not know."""

    def complain(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=complain)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder in which one run was saved under runs/, and what that call printed as JSON."""
    folder = tmp_path_factory.mktemp("home")
    done = detente("run", "two-states", "--seed", 7, "--rounds", 12, "--json", cwd=folder)
    assert done.code == 0
    return folder, done


# Scenarios, schema, parameters


def test_scenarios_lists_every_shipped_one(tmp_path):
    done = detente("scenarios", cwd=tmp_path)
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()[1:] if line.split()[0] in shipped()] == shipped()


def test_scenarios_as_json_has_names_and_summaries(tmp_path):
    listed = strictly(detente("scenarios", "--json", cwd=tmp_path).out)
    assert [each["name"] for each in listed] == shipped()
    assert all(each["title"] and each["summary"] and each["rounds"] for each in listed)


def test_show_prints_a_shipped_file_byte_for_byte(tmp_path):
    shown = subprocess.run(
        [DETENTE, "show", "us-iran-2026"], cwd=tmp_path, env=environment(), capture_output=True, check=True
    )
    assert shown.stdout == locate("us-iran-2026").read_bytes()


def test_show_prints_any_file_byte_for_byte(tmp_path):
    content = b"# not even UTF-8: \xff\r\n\tname = 1\r\n# no line end"
    (tmp_path / "mine.toml").write_bytes(content)
    shown = subprocess.run(
        [DETENTE, "show", "mine.toml"], cwd=tmp_path, env=environment(), capture_output=True, check=True
    )
    assert shown.stdout == content


def test_a_reader_who_leaves_early_causes_no_traceback(tmp_path):
    left = subprocess.run(
        f"{shlex.quote(str(DETENTE))} show us-iran-2026 | head -c 1", shell=True, cwd=tmp_path, env=environment(),
        capture_output=True, check=False,
    )  # fmt: skip
    assert left.stdout == b"#"
    assert b"Traceback" not in left.stderr


def test_validate_scenario_accepts_a_shipped_file_by_path(tmp_path):
    done = detente("validate-scenario", locate("gulf-region"), cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("gulf-region: valid (")


def test_validate_scenario_tells_all_faults_with_places_and_exit_code_2(tmp_path):
    broken = locate("two-states").read_text("utf-8").replace("\nrounds = ", "\nroundz = 1\nrounds = 9999").replace(
        "[states.borea]", "[states.boreas]"
    )  # fmt: skip
    (tmp_path / "broken.toml").write_text(broken, "utf-8")
    told = message_of(detente("validate-scenario", "broken.toml", cwd=tmp_path))
    assert "roundz: no such key; did you mean `rounds`?" in told
    assert "rounds: allowed is between 1 and 1200" in told
    assert "negotiations.border.parties: no such state; did you mean `boreas`?" in told
    count = int(told.split()[0])
    assert count == len(told.splitlines()) - 1
    with pytest.raises(ScenarioError) as found:
        load(tmp_path / "broken.toml")
    assert count == len(found.value.faults)


def test_schema_prints_a_json_schema_that_accepts_what_ships(tmp_path):
    schema = strictly(detente("schema", cwd=tmp_path).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(read("gulf-region"), schema)


def test_parameters_lists_every_parameter(tmp_path):
    listed = strictly(detente("parameters", "--json", cwd=tmp_path).out)
    assert [each["path"] for each in listed] == [each.path for each in declared()]
    assert all(each["low"] <= each["value"] <= each["high"] and each["meaning"] for each in listed)


# Running


def test_run_as_json_prints_one_object_with_all_that_was_promised(home):
    folder, done = home
    assert done.err == ""
    facts = strictly(done.out)
    assert (facts["scenario"], facts["seed"], facts["rounds"]) == ("two-states", 7, 12)
    assert facts["outcome"] in Outcome.__members__
    assert re.fullmatch(r"[0-9a-f]{64}", facts["trajectory_digest"])
    assert re.fullmatch(r"[0-9a-f]{64}", facts["ledger_digest"])
    assert 0 <= facts["contact_share"] <= 1
    assert facts["breaches"] >= 0
    (talks,) = facts["negotiations"].values()
    first, second = talks["parties"]
    assert talks["name"] == load("two-states").negotiations["border"].title["en"]
    assert set(talks["trust"]) == {f"{first}->{second}", f"{second}->{first}"}
    assert talks["outcome"] in Outcome.__members__
    series = [
        *talks["trust"].values(),
        *(talks[each.name] for each in BY_NEGOTIATION if not each.name.startswith("trust")),
    ]
    assert all(len(values) == 13 for values in series)
    assert [rung["id"] for rung in talks["rungs"]] == list(load("two-states").negotiations["border"].rungs)
    assert all(rung["title"] and rung["status"] and isinstance(rung["dates"], list) for rung in talks["rungs"])
    assert (folder / facts["folder"] / "run.json").is_file()


def test_the_printed_numbers_are_those_of_the_watched_model(home):
    facts = strictly(home[1].out)
    model = Assembly("two-states", {"rounds": 12}, rng=7).run()
    places = model.places
    assert facts["trajectory_digest"] == digest(model.trajectory)
    assert facts["ledger_digest"] == model.ledger.digest()
    assert facts["outcome"] == model.outcome.name
    assert facts["contact_share"] == pytest.approx(model.trajectory[1:, places["contact"]].mean())
    assert facts["breaches"] == model.trajectory[-1, places["breaches"]]
    (talks,) = facts["negotiations"].values()
    assert talks["trust"]["alba->borea"] == model.trajectory[:, places["border.trust_first"]].tolist()
    assert talks["trust"]["borea->alba"] == model.trajectory[:, places["border.trust_second"]].tolist()
    assert talks["tension"] == model.trajectory[:, places["border.tension"]].tolist()
    assert talks["deal_progress"] == model.trajectory[:, places["border.deal_progress"]].tolist()


def test_a_run_is_saved_whole_and_reads_back(home):
    folder, done = home
    facts = strictly(done.out)
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
    assert digest(table.drop(columns="round").to_numpy()) == facts["trajectory_digest"]
    lines = (saved / "ledger.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == len(read_ledger(saved))
    assert {json.loads(line)["round"] for line in lines} == set(range(1, 13))


def test_two_runs_of_one_seed_are_the_same(home):
    folder, done = home
    again = strictly(
        detente("run", "two-states", "--seed", 7, "--rounds", 12, "--json", "--out", "again", cwd=folder).out
    )
    facts = strictly(done.out)
    for key in ("trajectory_digest", "ledger_digest"):
        assert again[key] == facts[key]
    assert again["folder"] == "again"
    assert (folder / "again" / "run.json").is_file()


def test_set_changes_the_run_as_it_would_in_the_file(tmp_path):
    words = [
        "--set",
        "states.alba.generosity=0.9",
        "--set",
        "mechanisms.noise=false",
        "--set",
        "states.borea.doctrine=contrition",
    ]
    facts = strictly(detente("run", "two-states", "--rounds", 6, *words, "--json", cwd=tmp_path).out)
    changes = {
        "states.alba.generosity": 0.9,
        "mechanisms.noise": False,
        "states.borea.doctrine": "contrition",
        "rounds": 6,
    }
    assert facts["trajectory_digest"] == digest(Assembly("two-states", changes, rng=1).run().trajectory)


def test_a_run_shows_one_screen_and_the_command_it_names_works_as_it_stands(tmp_path):
    folder = tmp_path / "a folder with spaces"
    done = detente("run", "us-iran-2026", "--rounds", 14, "--out", folder, cwd=tmp_path)
    assert done.code == 0
    for words in ("Outcome: ", "trust, United States in Iran", "trust, Iran in United States", "tension", "deal progress",
                  "contact in", "breaches", "Technical clarification", "Moments that mattered"):  # fmt: skip
        assert words in done.out
    (command,) = re.findall(r"^Ask why: detente (why .*)$", done.out, re.MULTILINE)
    answer = detente(*shlex.split(command), "--no-levers", cwd=tmp_path)
    assert answer.code == 0, answer.err
    assert "the decision flips at" in answer.out


def test_the_most_telling_decision_is_the_same_for_the_command_that_is_named_and_for_why():
    held = Held("any", {"hope": 1.0}, 1.0, 0.0, True)
    last = {"choose_conduct": 0, "table": 0, "seek_talks": 0, "accuse": 1, "comply": 0, "withdraw": 1, "ratify": 0}
    made = [Row(5, "decision", act, "alba", None, "border", value, "", (held,)) for act, value in last.items()]
    made += [Row(6, "decision", "withdraw", "alba", None, "border", 0, "", (held,))]  # it stays: tells little
    while made:
        words = shlex.split(suggest_question(SimpleNamespace(ledger=SimpleNamespace(rows=made)), Path("run")))
        ledger = pd.DataFrame([row.plain() for row in made if row.round == 5])
        if ledger.empty:
            return
        row, *_ = find(ledger, SimpleNamespace(rounds=9), 5, "alba", None, None, None)
        assert (words[-3:], row["act"]) == (["alba", "--act", row["act"]], list(last)[len(ledger) - 1])
        made = [row for row in made if (row.act, row.round) != (words[-1], 5)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--set", "states.alba.resolv=0.5"], "states.alba.resolv: no such key; did you mean `resolve`?"),
        (["--set", "states.alba.resolve=7"], "states.alba.resolve: allowed is between 0 and 1 (found 7)"),
        (["--set", "states.alba.resolve=nan"], "states.alba.resolve: should be a finite number"),
        (["--set", "nonsense"], "--set: is written PATH=VALUE (found 'nonsense')"),
        (["--set", "rounds=" + "9" * 5000], "rounds: should be a valid integer"),
        (["--rounds", "0"], "rounds: allowed is between 1 and 1200 (found 0)"),
        (["--rounds", "5000"], "rounds: allowed is between 1 and 1200 (found 5000)"),
        (["--seed", "-1"], "--seed"),
        (["--out", "occupied/run"], "occupied"),
        (["--sed", "3"], "--sed"),
    ],
)
def test_a_run_that_cannot_be_is_refused_with_one_clear_message(words, told, tmp_path):
    (tmp_path / "occupied").write_text("a file, not a folder")
    message = refused("run", "two-states", *words, cwd=tmp_path)
    assert told in message
    assert len(message.splitlines()) <= 4
    assert not (tmp_path / "runs").exists()


def test_a_misspelt_scenario_is_refused_with_a_suggestion(tmp_path):
    assert "did you mean `us-iran-2026`?" in message_of(detente("run", "us-iran-2062", cwd=tmp_path))


def test_a_scenario_may_be_a_path(tmp_path):
    (tmp_path / "mine.toml").write_bytes(locate("two-states").read_bytes())
    by_path = strictly(detente("run", "mine.toml", "--rounds", 3, "--json", cwd=tmp_path).out)
    assert by_path["trajectory_digest"] == digest(Assembly("two-states", rng=1).run(3).trajectory)


def test_without_a_command_the_help_names_them_all(tmp_path):
    told = detente("--help", cwd=tmp_path)
    assert told.code == 0
    for name in ("scenarios", "show", "validate-scenario", "schema", "parameters", "run", "why", "sweep"):
        assert name in told.out


# Terminals


def on_terminal(*words: Any, cwd: Path, **more: str) -> str:
    """Call the command on a terminal of its own; give all that it wrote there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [DETENTE, *map(str, words)], cwd=cwd, env=environment(TERM="xterm-256color", **more), stdin=theirs, stdout=theirs,
        stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        written = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux tells so that the other end is closed
                break
            if not piece:
                break
            written += piece
        os.close(ours)
    assert process.returncode == 0
    return written.decode()


COLOUR = re.compile(r"\x1b\[[0-9;]*\b3[0-9]\b[0-9;]*m")


def test_on_a_terminal_there_are_colours_and_a_progress_line_unless_refused(tmp_path):
    coloured = on_terminal("run", "two-states", "--rounds", 8, cwd=tmp_path)
    assert COLOUR.search(coloured)
    assert re.search(r"round.*/8", coloured)
    plain = on_terminal("run", "two-states", "--rounds", 8, cwd=tmp_path, NO_COLOR="1")
    assert "Outcome: " in plain
    assert not COLOUR.search(plain)


# Interruption


def interrupted(folder: Path, patience: float) -> tuple[Done, list[Path]]:
    """Start a long run, interrupt it some seconds after its folder appears, and find what is saved."""
    process = subprocess.Popen(
        [DETENTE, "run", "gulf-region", "--rounds", "1200", "--json"],
        cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # it may be ignored where tests run
    )  # fmt: skip
    started = time.monotonic()
    while not list(folder.glob("runs/*")) and time.monotonic() - started < 60:
        time.sleep(0.02)
    time.sleep(patience)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return Done(process.returncode, out.decode(), err.decode()), list(folder.glob("runs/*/run.json"))


def test_an_interrupted_run_leaves_what_was_played_readable(tmp_path):
    saved, patience = [], 2.0
    while not saved and patience < 40.0:  # a busy machine may not have begun to play so soon
        done, saved = interrupted(tmp_path, patience)
        assert done.code == 130
        assert "Traceback" not in done.err
        patience *= 3.0
    folder, facts = saved[0].parent, strictly(saved[0].read_text("utf-8"))
    rounds = facts["rounds"]
    assert 1 <= rounds < 1200
    assert f"Stopped after round {rounds}" in done.err
    table = pd.read_parquet(folder / "trajectory.parquet")
    assert len(table) == rounds + 1
    model = Assembly("gulf-region", {"rounds": 1200}, rng=facts["seed"]).run(rounds)
    assert np.array_equal(table.drop(columns="round").to_numpy(), model.trajectory)
    ledger = read_ledger(folder)
    assert len(ledger) == len(model.ledger.rows)
    assert ledger["round"].max() == rounds
    printed = strictly(done.out)
    assert printed["rounds"] == rounds
    assert printed["ledger_digest"] == model.ledger.digest()
    answer = detente("why", "--round", rounds, "--actor", "iran", "--no-levers", "--json", cwd=tmp_path)
    assert strictly(answer.out)["round"] == rounds


def test_a_run_interrupted_before_its_first_round_says_so_and_leaves_nothing(tmp_path):
    done, saved = interrupted(tmp_path, 0.0)
    assert (done.code, done.out) == (130, "")
    assert done.err == "Stopped before the first round; nothing was saved.\n"
    assert saved == list((tmp_path / "runs").iterdir()) == []


# Why


def test_why_without_a_run_asks_about_the_latest(home):
    folder, done = home
    answer = strictly(detente("why", "--round", 5, "--actor", "alba", "--no-levers", "--json", cwd=folder).out)
    assert answer["run"] == strictly(done.out)["folder"]
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
        (["--round", 13, "--actor", "alba"], ["--round", "the run has 12 rounds"]),
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
    message = refused("why", *words, "--no-levers", cwd=home[0])
    assert all(word in message for word in told), message


def test_why_where_no_run_was_saved_says_how_to_save_one(tmp_path):
    told = message_of(detente("why", "--round", 1, "--actor", "us", cwd=tmp_path))
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
    original = home[0] / strictly(home[1].out)["folder"]
    for path in original.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / file).write_bytes(content)
    assert refused("why", tmp_path, "--round", 5, "--actor", "alba", "--no-levers", cwd=tmp_path)


@pytest.mark.parametrize("columns", [{}, {"COLUMNS": "60"}, {"COLUMNS": "80"}, {"COLUMNS": "200"}])
def test_parameters_are_listed_with_whole_paths_and_sources(columns, tmp_path):
    done = detente("parameters", cwd=tmp_path, **columns)
    words = set(done.out.split())
    assert {setting.path for setting in declared()} <= words
    assert "…" not in done.out
    assert {"Molander", ".005-.05"} <= {word.strip("[]") for word in words}  # a source, to its end
    if not columns:
        assert len(done.out.splitlines()) == len(declared()) + 2  # a line each


@pytest.mark.parametrize(
    "words",
    [
        ["run", "us-iran-2026", "--out", "kept"],
        ["ensemble", "us-iran-2026", "--worlds", 3],
        ["compare", "two-states", "--worlds", 3, "--set", "mechanisms.facilitation=false"],
        ["pivot", "two-states", "--seed", 7, "--futures", 5, "--set", "rounds=6"],
    ],
)
def test_a_narrow_screen_cuts_no_number_and_no_plot(words, tmp_path):
    for columns in (60, 80):
        done = detente(*words, cwd=tmp_path, COLUMNS=str(columns))
        assert done.code == 0, done.err
        assert "…" not in done.out
        shown = [line for line in done.out.splitlines() if not line.startswith(("Ask why", "Saved in"))]
        assert max(map(len, shown)) <= columns


def test_pivot_tells_services_apart_and_gives_intervals(tmp_path):
    words = ("pivot", "two-states", "--seed", 7, "--futures", 20, "--set", "rounds=24")
    done = detente(*words, cwd=tmp_path, COLUMNS="120")
    listed = [line for line in done.out.splitlines() if "->" in line]
    assert len({line.partition("  ")[0] for line in listed}) == len(listed) == 6
    assert "take_task corvia border contact" in done.out
    assert all(re.search(r"[+-]\d+ to [+-]\d+", line) for line in listed)


def test_no_interval_is_given_of_one_world_and_none_leaves_the_range(tmp_path):
    words = ["compare", "two-states", "--set", "rounds=24", "--set", "mechanisms.facilitation=False"]
    one = detente(*words, "--worlds", 1, cwd=tmp_path)
    assert "--set mechanisms.facilitation=false" in one.out  # as it can be pasted
    assert " to " not in one.out.partition("measure")[2].partition("% of worlds differ")[0]
    assert strictly(detente(*words, "--worlds", 1, "--json", cwd=tmp_path).out)["effects"]["some_deal"]["low"] is None
    few = strictly(detente(*words, "--worlds", 5, "--json", cwd=tmp_path).out)["effects"]
    for name in (*Outcome.__members__, "some_deal"):
        assert few[name]["low"] is None or -1.0 <= few[name]["low"] <= few[name]["high"] <= 1.0


def test_a_change_of_somebody_who_is_not_there_is_refused_with_who_is(tmp_path):
    for command in ("run", "compare", "ensemble", "pivot"):
        told = refused(command, "us-iran-2026", "--set", "states.alba.generosity=0.3", cwd=tmp_path)
        assert "no such state; there are: eu3, iran, israel, saudi-arabia, us" in told
        assert "is missing" not in told


def test_why_names_the_other_decisions_of_that_kind_and_what_the_opposite_is(tmp_path):
    detente("run", "us-iran-2026", "--rounds", 14, "--out", "kept", "--json", cwd=tmp_path)
    words = ["why", "kept", "--round", 14, "--actor", "iran", "--act", "choose_conduct"]
    done = detente(*words, "--no-levers", cwd=tmp_path, COLUMNS="200")
    assert "(--counterpart): eu3, israel, saudi-arabia, us; above is" in done.out
    facts = strictly(detente(*words, "--counterpart", "us", "--no-levers", "--json", cwd=tmp_path).out)
    assert facts["alike"] == {}
    assert facts["opposite"] != facts["sentence"]
    assert facts["opposite"].endswith("towards United States.")


def test_levers_of_which_none_flips_are_told_in_one_sentence():
    screen = Console(width=200)
    with screen.capture() as told:
        screen.print(lever_screen([LeverFlip(levers(load("two-states"))[0], None, None)], str))
    assert told.get().strip() == "No lever, set from round 0, would have changed it: none of 1 does in its range."


def test_a_run_without_a_moment_that_mattered_has_no_heading_for_them(tmp_path):
    done = detente("run", "two-states", "--rounds", 1, "--out", "kept", cwd=tmp_path)
    assert "Moments that mattered" not in done.out


# Paths, seeds and outputs that are none


@pytest.mark.parametrize(
    "words",
    [
        ["run", "two-states", "--out", ""],
        ["run", "two-states", "--report", ""],
        ["ensemble", "two-states", "--out", ""],
        ["ensemble", "two-states", "--against", ""],
        ["why", "", "--round", 1, "--actor", "alba"],
        ["sweep", "two-tracks", "--out", ""],
        ["results", ""],
        ["results", "x", "--csv", ""],
        ["results", "x", "--parquet", ""],
        ["claims", "--out", ""],
        ["cases", "egypt-israel-1973", "--csv", ""],
        ["validate", "--report", ""],
        ["validate", "--markdown", ""],
        ["class", "--store", ""],
        ["lesson", ""],
        ["lesson", "x.json", "--report", ""],
    ],
)
def test_an_empty_path_is_refused_and_nothing_written(words, tmp_path):
    assert "is empty; give the path of a file or folder" in refused(*words, cwd=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [["run", "two-states", "--report"], ["validate", "--report"], ["claims", "--out"]])
def test_what_cannot_be_written_is_told_by_its_name_before_anything_is_played(words, tmp_path):
    (tmp_path / "file").write_text("in the way")
    told = refused(*words, "file/x.html", cwd=tmp_path)
    assert told.startswith("file/x.html: cannot be written: ")
    assert ".tmp" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_seed_too_large_is_refused(tmp_path):
    assert "--seed" in refused("claims", "--seed", 10**22, cwd=tmp_path)


def test_a_store_that_is_a_folder_or_cannot_be_made_is_told(tmp_path):
    (tmp_path / "folder").mkdir()
    assert "is a folder, not a file" in refused("class", "--port", 0, "--store", "folder", cwd=tmp_path)
    assert "in use" not in refused("class", "--port", 0, "--store", "/proc/x.db", cwd=tmp_path)


def test_an_output_that_knows_no_blocks_gets_other_signs(tmp_path):
    done = detente("run", "two-states", "--rounds", 3, cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "trust, Alba in Borea  ???" in done.out


@pytest.mark.parametrize("words", [["scenarios"], ["parameters", "--json"], ["show", "two-states"]])
def test_a_full_disk_is_told_in_one_line(words, tmp_path):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [DETENTE, *words], cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode in (1, 2)
    assert done.stderr.decode().count("\n") == 1
    assert b"No space left on device" in done.stderr


def test_options_that_would_be_left_unheard_are_refused(tmp_path):
    told = refused("class", "--bots", 2, "--store", "x", "--port", 9, "--new-key", cwd=tmp_path)
    assert all(f"{option}: goes without --bots" in told for option in ("--store", "--port", "--new-key"))
    assert "is written SYMBOL=VALUE" in refused("validate", "--check", "B04b", "--set", "d", cwd=tmp_path)
    done = CliRunner().invoke(app, ["sweep", "two-tracks", "--out", str(tmp_path / "s"), "--scheduler", "tcp://x:1"])
    assert (done.exit_code, (tmp_path / "s").exists()) == (2, False)
    assert "goes with --executor dask" in done.stderr


def test_an_address_that_is_none_is_told_as_such(tmp_path):
    told = refused("class", "--host", "999.1.1.1", cwd=tmp_path)
    assert told.endswith("Choose another --host.\n")


@pytest.mark.parametrize(("command", "file"), [("run", "trajectory.parquet"), ("ensemble", "worlds.parquet")])
def test_files_of_something_else_are_not_written_over_and_own_ones_are(command, file, tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / file).write_text("mine")
    words = (command, "two-states", "--set", "rounds=3", "--out", "kept", *["--worlds", 2][: 2 * (command != "run")])
    assert f"holds {file} of something else" in refused(*words, cwd=tmp_path)
    assert (tmp_path / "kept" / file).read_text() == "mine"
    (tmp_path / "kept" / file).unlink()
    assert [detente(*words, "--json", cwd=tmp_path).code for _ in range(2)] == [0, 0]


# Ensembles beside each other


def test_an_ensemble_is_compared_with_a_saved_one_and_warns_of_seeds_that_overlap(tmp_path):
    words = ["ensemble", "two-states", "--worlds", 10, "--set", "rounds=12"]
    first = detente(*words, "--out", "kept", cwd=tmp_path)
    assert "10 worlds, seeds 1 to 10" in first.out
    same = strictly(detente(*words, "--against", "kept", "--json", cwd=tmp_path).out)
    assert same["against"]["some_deal"] == [0.0, 0.0, 0.0]
    mixed = detente(*words, "--seed", 8, "--against", "kept", cwd=tmp_path)
    assert "note: 3 worlds of the two ensembles have the same seed" in mixed.err
    assert "dice of their own" in mixed.out
    other = detente("ensemble", "us-iran-2026", "--worlds", 10, "--against", "kept", cwd=tmp_path)
    assert "note: kept holds worlds of another scenario, two-states" in other.err
    assert "another scenario" in other.out
    assert "holds no readable ensemble" in refused("ensemble", "two-states", "--against", "nowhere", cwd=tmp_path)
