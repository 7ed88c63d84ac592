"""`detente advise`."""

import re
import shlex

import numpy as np
import pytest
from support.commands import invoke, refused_command, run_detente, strict_json

import detente
from experiments.ensembles.plausible import FACTS, PlausibleSample

WORDS = ["advise", "two-states", "--goal", "comprehensive_deal >= 0.38", "--may", "*.hosting"]


def test_the_answer_can_be_played_by_the_command_it_names(tmp_path):
    done = run_detente(*WORDS, "--seed", 3, cwd=tmp_path, COLUMNS="80")
    assert done.code == 0, done.err
    assert "The goal can be reached by changing one lever." in done.out
    assert re.search(r"^ 1 +facilitators\.corvia\.hosting 0\.3 -> [\d.]+ *$", done.out, re.MULTILINE)
    assert "not a forecast" in done.out
    share = re.search(r"^ 1 +([\d.]+%)", done.out, re.MULTILINE)
    assert share
    command = shlex.split(done.out.partition("To see answer 1: ")[2])
    assert command[0] == "detente"
    again = invoke(*command[1:])
    assert re.search(rf"comprehensive deal +{re.escape(share[1])}", again.stdout)


def test_json_gives_the_numbers_of_the_python_interface(tmp_path):
    facts = strict_json(run_detente(*WORDS, "--set", "rounds=48", "--most", 1, "--json", cwd=tmp_path).out)
    advice = detente.advise("two-states", WORDS[3], may="*.hosting", most=1, set={"rounds": 48})
    assert facts["goal"] == "comprehensive_deal >= 0.38"
    assert facts["reached"] == advice.reached
    for row, answer in zip([facts["base"], *facts["answers"], *facts["best"]], advice.rows, strict=True):
        assert row["estimate"] == answer.estimate._asdict()
        assert {each["path"]: each["after"] for each in row["changes"]} == answer.settings
        assert "satisficing" not in row


def test_a_goal_that_is_not_reached_is_an_answer(tmp_path):
    words = ["advise", "two-states", "--goal", "some_deal >= 1", "--may", "scrutiny.false_acceptance", "--most", 2]
    done = run_detente(*words, cwd=tmp_path, COLUMNS="100")
    assert done.code == 0, done.err
    assert re.search(r"Not reached by changing up to one lever\. The best .* misses it by [\d.]+ points", done.out)
    assert "perverse advice: scrutiny.false_acceptance, less scrutiny" in done.out


def test_a_goal_that_is_reached_already_is_said_to_be(tmp_path):
    done = run_detente("advise", "two-states", "--goal", "some_deal >= 0.1", cwd=tmp_path)
    assert "The scenario reaches the goal as it is" in done.out
    assert "To see answer" not in done.out


def test_plausible_worlds_are_those_of_the_sample_file(tmp_path):
    points = np.array([[0.9], [0.99]])
    PlausibleSample(("belief.memory",), points, np.full(2, 0.5), dict.fromkeys(FACTS, "")).save(tmp_path / "own.json")
    done = run_detente(*WORDS, "--plausible", "--sample", "own.json", cwd=tmp_path, COLUMNS="80")
    assert re.search(r"^ as it is +\d+% +\d+% to \d+% +[\d.]+ points +[\d.]+ points", done.out, re.MULTILINE)
    assert "Plausible, not probable" in " ".join(done.out.split())
    assert "own.json: is not a sample file" in broken_sample(tmp_path)


def broken_sample(folder):
    (folder / "own.json").write_text("{", "utf-8")
    return refused_command(*WORDS, "--plausible", "--sample", "own.json", cwd=folder)


def test_several_goals_show_their_trade_offs(tmp_path):
    words = ["advise", "two-states", "--goal", "comprehensive_deal >= 0.9", "--goal", "last(breaches) <= 0.01"]
    words += ["--may", "*.hosting", "--may", "*.detection", "--most", 2]
    done = run_detente(*words, cwd=tmp_path, COLUMNS="80")
    assert done.code == 0, done.err
    assert "No change that was found reaches both goals." in done.out
    assert max(map(len, done.out.partition("To see")[0].splitlines())) <= 80
    facts = strict_json(run_detente(*words, "--json", cwd=tmp_path).out)
    assert facts["goals"] == ["comprehensive_deal >= 0.9", "last(breaches) <= 0.01"]
    assert not facts["reached"]
    assert all(len(each["estimates"]) == 2 for each in facts["answers"])
    assert "perverse advice: bodies.mission.detection" in done.out


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        (["--goal", "peace >= 0.4", "--may", "facilitator.*"], ["no such outcome", "did you mean `facilitators.*`"]),
        (["--goal", "some_deal => 0.4"], ["must have the form MEASURE >= NUMBER"]),
        (["--goal", "some_deal >= 4"], ["a number from 0 to 1"]),
        (["--goal", "some_deal >= 0.4", "--most", 4], ["--most", "3"]),
        (["--goal", "some_deal >= 0.4", "--worlds", 10], ["--worlds", "1000"]),
        ([], ["--goal"]),
        (["--goal", "some_deal >= 0.4", "--sample", "own.json"], ["--sample: applies with --plausible only"]),
        (["--goal", "some_deal >= 0.4", "--plausible", "--sample", "nowhere.json"], ["nowhere.json: cannot be read"]),
        (["--goal", "some_deal >= 0.4", "--set", "states.nobody.generosity=0.3"], ["no such state"]),
    ],
)
def test_wrong_options_are_refused_with_what_is_allowed(words, messages, tmp_path):
    found = refused_command("advise", "two-states", *words, cwd=tmp_path)
    assert [each for each in messages if each not in found] == []
