"""`detente ensemble`, `compare` and `pivot`."""

import re

from support.commands import refused_command, run_detente, strict_json

from experiments.ensembles.ensemble import Ensemble
from model.columns import SERVICES
from model.enumerations import Outcome


def test_pivot_names_services_and_shows_intervals(tmp_path):
    named = False
    for seed in range(1, 21):
        words = ("pivot", "two-states", "--seed", seed, "--futures", 20, "--set", "rounds=24")
        rows = [line for line in run_detente(*words, cwd=tmp_path, COLUMNS="120").out.splitlines() if "->" in line]
        assert len({line.partition("  ")[0] for line in rows}) == len(rows) == 6
        assert all(re.search(r"[+-]\d+ to [+-]\d+", line) for line in rows)
        tasks = [line for line in rows if "take_task" in line]
        assert all(re.search(f"take_task corvia border ({'|'.join(SERVICES)})", line) for line in tasks)
        named = named or bool(tasks)
        if named:
            break
    assert named


def test_intervals_need_several_worlds_and_stay_in_range(tmp_path):
    words = ["compare", "two-states", "--set", "rounds=24", "--set", "mechanisms.facilitation=False"]
    one = run_detente(*words, "--worlds", 1, cwd=tmp_path)
    assert "--set mechanisms.facilitation=false" in one.out  # can be pasted
    assert " to " not in one.out.partition("measure")[2].partition("% of worlds differ")[0]
    assert (
        strict_json(run_detente(*words, "--worlds", 1, "--json", cwd=tmp_path).out)["effects"]["some_deal"]["low"]
        is None
    )
    few = strict_json(run_detente(*words, "--worlds", 5, "--json", cwd=tmp_path).out)["effects"]
    for name in (*Outcome.__members__, "some_deal"):
        assert few[name]["low"] is None or -1.0 <= few[name]["low"] <= few[name]["high"] <= 1.0


def test_ensembles_are_compared_with_a_note_on_common_seeds(tmp_path):
    words = ["ensemble", "two-states", "--worlds", 10, "--set", "rounds=12"]
    first = run_detente(*words, "--out", "saved", cwd=tmp_path)
    assert "10 worlds, seeds 1 to 10" in first.out
    same = strict_json(run_detente(*words, "--against", "saved", "--json", cwd=tmp_path).out)
    assert same["against"]["some_deal"] == [0.0, 0.0, 0.0]
    mixed = run_detente(*words, "--seed", 8, "--against", "saved", cwd=tmp_path)
    assert "Note: 3 worlds of the two ensembles have the same seed" in mixed.err
    assert "independent random numbers" in mixed.out
    other = run_detente("ensemble", "us-iran-2026", "--worlds", 10, "--against", "saved", cwd=tmp_path)
    assert "Note: saved contains worlds of another scenario, two-states." in other.err
    assert "another scenario" in " ".join(other.out.split())
    assert "has no readable ensemble" in refused_command("ensemble", "two-states", "--against", "nowhere", cwd=tmp_path)


def test_metrics_of_an_ensemble_are_printed_and_saved(tmp_path):
    words = ["ensemble", "two-states", "--worlds", 30, "--metric", "calm=share(border.tension < 0.4)"]
    words += ["--metric", "deal = when(deal_progress > 0)", "--stop-when", "deal_progress >= 0.5", "--out", "saved"]
    done = run_detente(*words, cwd=tmp_path, COLUMNS="120")
    assert re.search(r"calm +0\.\d+ +0\.\d+ to 0\.\d+ +0 *\n", done.out)
    assert re.search(r"deal +[\d.]+ +[\d.]+ to [\d.]+ +[1-9]\d* *\n", done.out)
    assert re.search(r"Rounds played: [\d.]+ on average; [\d.]+% of worlds end early", done.out)
    facts = strict_json(run_detente(*words, "--json", cwd=tmp_path).out)
    saved = Ensemble.load(tmp_path / "saved")
    assert facts["stop_when"] == saved.stop_when == "deal_progress >= 0.5"
    assert facts["rounds_played"] == saved.frame()["rounds"].mean() < 60
    assert facts["metrics"]["deal"]["mean"] == saved.frame()["deal"].mean()
    assert facts["metrics"]["deal"]["missing"] == saved.frame()["deal"].isna().sum() > 0


def test_an_ensemble_reports_all_errors_of_metrics(tmp_path):
    words = ["ensemble", "two-states", "--worlds", 3]
    wrong = ["--metric", "calm=share(tenson < 0.4)", "--metric", "seed=mean(oil)", "--stop-when", "__import__('os')"]
    message = refused_command(*words, *wrong, cwd=tmp_path)
    for part in ("did you mean `tension`", "metrics.seed: is reserved", "stop_when: character 12"):
        assert part in message
    message = refused_command(
        *words, "--metric", "calm", "--metric", "a=mean(oil)", "--metric", "a=mean(oil)", cwd=tmp_path
    )
    assert "must have the form NAME=EXPRESSION" in message
    assert "another metric with the name `a`" in message
    one = strict_json(run_detente(*words[:2], "--worlds", 1, "--metric", "n=when(oil > 9)", "--json", cwd=tmp_path).out)
    assert one["metrics"]["n"] == {"mean": None, "low": None, "high": None, "missing": 1}
