"""`detente ensemble`, `compare` and `pivot`."""

import re

from support.commands import refused_command, run_detente, strict_json

from model.enumerations import Outcome


def test_pivot_tells_services_apart_and_gives_intervals(tmp_path):
    words = ("pivot", "two-states", "--seed", 7, "--futures", 20, "--set", "rounds=24")
    done = run_detente(*words, cwd=tmp_path, COLUMNS="120")
    listed = [line for line in done.out.splitlines() if "->" in line]
    assert len({line.partition("  ")[0] for line in listed}) == len(listed) == 6
    assert "take_task corvia border contact" in done.out
    assert all(re.search(r"[+-]\d+ to [+-]\d+", line) for line in listed)


def test_no_interval_is_given_of_one_world_and_none_leaves_the_range(tmp_path):
    words = ["compare", "two-states", "--set", "rounds=24", "--set", "mechanisms.facilitation=False"]
    one = run_detente(*words, "--worlds", 1, cwd=tmp_path)
    assert "--set mechanisms.facilitation=false" in one.out  # as it can be pasted
    assert " to " not in one.out.partition("measure")[2].partition("% of worlds differ")[0]
    assert (
        strict_json(run_detente(*words, "--worlds", 1, "--json", cwd=tmp_path).out)["effects"]["some_deal"]["low"]
        is None
    )
    few = strict_json(run_detente(*words, "--worlds", 5, "--json", cwd=tmp_path).out)["effects"]
    for name in (*Outcome.__members__, "some_deal"):
        assert few[name]["low"] is None or -1.0 <= few[name]["low"] <= few[name]["high"] <= 1.0


def test_an_ensemble_is_compared_with_a_saved_one_and_warns_of_seeds_that_overlap(tmp_path):
    words = ["ensemble", "two-states", "--worlds", 10, "--set", "rounds=12"]
    first = run_detente(*words, "--out", "kept", cwd=tmp_path)
    assert "10 worlds, seeds 1 to 10" in first.out
    same = strict_json(run_detente(*words, "--against", "kept", "--json", cwd=tmp_path).out)
    assert same["against"]["some_deal"] == [0.0, 0.0, 0.0]
    mixed = run_detente(*words, "--seed", 8, "--against", "kept", cwd=tmp_path)
    assert "note: 3 worlds of the two ensembles have the same seed" in mixed.err
    assert "dice of their own" in mixed.out
    other = run_detente("ensemble", "us-iran-2026", "--worlds", 10, "--against", "kept", cwd=tmp_path)
    assert "note: kept holds worlds of another scenario, two-states" in other.err
    assert "another scenario" in other.out
    assert "holds no readable ensemble" in refused_command(
        "ensemble", "two-states", "--against", "nowhere", cwd=tmp_path
    )
