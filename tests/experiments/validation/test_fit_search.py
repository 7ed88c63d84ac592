"""The search for weights: improvement, resuming, the log, the frontier, the report, and bad input."""

import json
from itertools import islice

import numpy as np
import pytest

from experiments.validation.fit import __main__ as fit
from experiments.validation.fit import frontier, report
from experiments.validation.fit.command import JUDGING_SEED
from experiments.validation.fit.files import (
    LoggedCandidate,
    append_candidate,
    log_path,
    read_log,
    read_values,
    run_facts,
)
from experiments.validation.fit.search import Candidate, local_search
from experiments.validation.fit.weights import FittedWeight
from experiments.validation.pattern import Inequality, Pattern, share_statistic
from experiments.validation.traces import ScenarioSample
from model.errors import InputError, ScenarioError

WEIGHTS = (
    FittedWeight("conduct.mood_inertia", 0.6, 0.9),
    FittedWeight("tension.provocation", 0.05, 0.3),
    FittedWeight("belief.memory", 0.95, 0.985),
)
BEST = {"conduct.mood_inertia": 0.62, "tension.provocation": 0.21, "belief.memory": 0.98}


def distance(values):
    """Return the squared distances from BEST, one loss per weight; a known function in place of the model."""
    return {path: (values.get(path, 0.0) - best) ** 2 for path, best in BEST.items()}


def searched(starts, seed=1, loss=distance):
    rng = np.random.default_rng(seed)
    return local_search(loss, lambda losses: sum(losses.values()), starts, WEIGHTS, rng)


START = {"conduct.mood_inertia": 0.9, "tension.provocation": 0.05, "belief.memory": 0.95, "mechanisms.force": True}


def test_search_finds_the_minimum_of_a_known_function():
    found = list(islice(searched([START]), 600))
    best = [each for each in found if each.improves]
    assert best[-1].total < 1e-4 < 0.05 < found[0].total
    assert [each.total for each in best] == sorted((each.total for each in best), reverse=True)
    assert all(each.values["mechanisms.force"] is True for each in found)
    for weight in WEIGHTS:
        assert all(weight.low <= each.values[weight.path] <= weight.high for each in found)


def test_search_is_reproducible_from_its_seed():
    one, same, other = (list(islice(searched([START], seed), 30)) for seed in (3, 3, 4))
    assert one == same != other


def test_search_resumes_from_the_better_start():
    poor, good, *further = islice(searched([START, BEST]), 12)
    assert (poor.improves, good.improves) == (True, True)
    assert not any(each.improves for each in further)
    good, poor, *_ = islice(searched([BEST, START]), 3)
    assert (good.improves, poor.improves) == (True, False)


def test_search_begins_a_weight_without_value_at_its_default():
    _, *found = islice(searched([{}]), 40)
    moved = [each.values["belief.memory"] for each in found if "belief.memory" in each.values]
    assert min(moved) >= 0.95 > 0.0


def test_search_passes_over_candidates_that_are_refused():
    def refuse_high(values):
        if values["tension.provocation"] > 0.15:
            raise ScenarioError([InputError("tension", 1, "too high")])
        return distance(values)

    found = list(islice(searched([START], loss=refuse_high), 60))
    refused = [each for each in found if each.problem]
    assert refused
    assert not any(each.improves for each in refused)
    best = [each for each in found if each.improves][-1]
    assert best.total < found[0].total
    assert best.values["tension.provocation"] <= 0.15


def test_search_saves_each_improvement_and_logs_every_candidate(tmp_path):
    out, lines = tmp_path / "out.json", []
    facts = run_facts(10, 1, "aims")
    best = fit.run_search(islice(searched([START]), 40), out, facts, 1e9, lines.append)
    assert best is not None
    assert read_values(out) == best.values
    candidates, others = read_log(log_path(out))
    assert (len(candidates), others) == (40, 0)
    improving = [each for each in islice(searched([START]), 40) if each.improves]
    assert len(lines) == len(improving) > 2
    assert "belief.memory" in "".join(lines)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_interruption_keeps_the_best(tmp_path):
    def interrupted():
        yield from islice(searched([START]), 30)
        raise KeyboardInterrupt

    out = tmp_path / "out.json"
    with pytest.raises(KeyboardInterrupt):
        fit.run_search(interrupted(), out, run_facts(10, 1, ""), 1e9, lambda _: None)
    best = [each for each in islice(searched([START]), 30) if each.improves][-1]
    assert read_values(out) == best.values


def test_a_cut_off_line_of_the_log_costs_only_itself(tmp_path):
    path, facts = tmp_path / "log", run_facts(10, 1, "")
    one, other = (Candidate({"a": n}, {"S1": float(n)}, float(n), True) for n in (1, 2))
    append_candidate(path, facts, one)
    with path.open("a") as file:
        file.write('{"run": {"model": ')
    append_candidate(path, facts, other)
    append_candidate(path, facts, Candidate({"a": 3}, {}, float("inf"), False, "refused"))
    assert [each.values["a"] for each in read_log(path)[0]] == [1, 2]


def test_candidates_of_another_model_are_not_comparable(tmp_path):
    path, facts = tmp_path / "log", run_facts(10, 1, "")
    for each in (facts._replace(model="old"), facts._replace(worlds=20), facts, facts):
        append_candidate(path, each, Candidate({}, {"S1": 1.0}, 1.0, True))
    candidates, others = read_log(path)
    assert (len(candidates), others) == (2, 2)


def logged(*pairs):
    return [LoggedCandidate({"S1": one, "F1": other, "F2": 1.0}, {"at": at}) for at, (one, other) in enumerate(pairs)]


def test_frontier_has_the_candidates_that_none_dominates():
    found = frontier.pareto_front(logged((3, 0), (1, 2), (2, 2), (0, 3), (1, 2.5), (3, 1), (0, 3)), "S1", "F1")
    assert [(each.losses["S1"], each.losses["F1"]) for each in found] == [(0, 3), (1, 2), (3, 0)]
    assert "None of these 3 candidates" in frontier.frontier_text(found, "S1", "F1")
    alone = frontier.pareto_front(logged((0, 0), (0, 1), (1, 0)), "S1", "F1")
    assert [each.values["at"] for each in alone] == [0]
    assert "best in both" in frontier.frontier_text(alone, "S1", "F1")


def test_frontier_of_a_log_writes_the_values(tmp_path, capsys):
    path, facts = tmp_path / "log", run_facts(10, 1, "")
    for each in logged((3, 0), (1, 2), (2, 2)):
        append_candidate(path, facts, Candidate(each.values, each.losses, 0.0, False))
    frontier.main([str(path), "S1", "F1", "--folder", str(tmp_path / "front")])
    assert "     1.000      2.000        1.000" in capsys.readouterr().out
    assert [read_values(tmp_path / "front" / f"{number}.json")["at"] for number in (1, 2)] == [1, 0]
    assert len(list((tmp_path / "front").iterdir())) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["S1", "S1"], "two different patterns"),
        (["S1", "E5"], "held back"),
        (["S1", "S20"], "no such loss in this log"),
        (["S1", "X"], "no such pattern"),
    ],
)
def test_frontier_of_other_losses_is_refused(words, message, tmp_path, capsys):
    append_candidate(tmp_path / "log", run_facts(10, 1, ""), Candidate({}, {"S1": 1.0, "F1": 0.0}, 1.0, True))
    assert_refused(frontier.main, [str(tmp_path / "log"), *words], message, capsys)


def assert_refused(main, words, message, capsys):
    with pytest.raises(SystemExit) as raised:
        main(words)
    printed = capsys.readouterr()
    assert raised.value.code == 2
    assert message in printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        ("{", "cannot be read as JSON"),
        ("[1]", "must be a JSON object"),
        ('{"belief.memory": NaN}', "must be a finite number"),
        ('{"belief.memory": [0.97]}', "must be a finite number"),
        ('{"belief.memory": 0.5}', "its search range"),
        ('{"conduct.silense": 0.5}', "conduct.silense"),
    ],
)
def test_a_bad_start_file_is_refused(content, message, tmp_path, capsys):
    start = tmp_path / "start.json"
    if content is not None:
        start.write_text(content)
    assert_refused(fit.main, ["--start", str(start), "--out", str(tmp_path / "out.json")], message, capsys)
    assert_refused(report.main, [str(start)], message, capsys)
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--factor", "E5=2"], "held back from tuning"),
        (["--factor", "S5=2"], "no such pattern in the objective"),
        (["--factor", "S1"], "is not a number from 0 to 1000"),
        (["--factor", "S1=-1"], "is not a number from 0 to 1000"),
        (["--worlds", "10001"], "is not an integer from 10 to 10000"),
        (["--minutes", "nan"], "is not a number from 0"),
        (["--seed", "1.5"], "is not an integer"),
    ],
)
def test_bad_options_are_refused(words, message, tmp_path, capsys):
    assert_refused(fit.main, ["--out", str(tmp_path / "out.json"), *words], message, capsys)


def test_an_existing_file_that_is_no_fit_is_not_overwritten(tmp_path, capsys):
    out = tmp_path / "notes.json"
    out.write_text('["mine"]')
    assert_refused(fit.main, ["--out", str(out)], "must be a JSON object", capsys)
    assert out.read_text() == '["mine"]'


def test_a_fit_of_no_time_evaluates_its_start(tmp_path, capsys):
    start, out = tmp_path / "start.json", tmp_path / "new" / "out.json"
    start.write_text(json.dumps({"belief.memory": 0.96, "mechanisms.force@us-iran-2026": True}))
    fit.main(["--worlds", "10", "--minutes", "0", "--start", str(start), "--out", str(out)])
    assert read_values(out) == read_values(start)
    (only,) = read_log(log_path(out))[0]
    assert list(only.losses) == [
        "S1",
        "S6",
        "S9",
        "S13",
        "S20",
        "E1",
        "E2",
        "E3",
        "E4",
        "F1",
        "F2",
        "F4",
        "F6",
        "F7",
        "F10",
    ]
    assert f"Best loss {sum(only.losses.values()):.3f}" in capsys.readouterr().out


def seed_pattern(key, seeds, held_back=False):
    """Return a pattern that records the first seeds with which it is counted; its share is 1."""

    def counted(scenario, worlds):
        assert isinstance(scenario, ScenarioSample)
        seeds.append((key, scenario.first_seed, worlds, scenario["belief"]["memory"]))
        return np.ones((worlds, 2))

    test = Inequality("share", share_statistic(0, 1), 0.5)
    return Pattern(key, "planted", "none", ("two-states",), counted, {}, (test,), held_back=held_back)


def test_report_measures_both_blocks_and_judges_on_the_second():
    seeds, values = [], {"belief.memory": 0.96}
    fitted, held_back = seed_pattern("S1", seeds), seed_pattern("S2", seeds, held_back=True)
    rows = report.report_rows(values, [fitted], [], (10, 20))
    assert seeds == [("S1", 1, 10, 0.96), ("S1", JUDGING_SEED, 20, 0.96)]
    assert [(row["pattern"], row["verdict"]) for row in rows] == [("S1", "holds")]
    seeds.clear()
    rows = report.report_rows(values, [fitted], [held_back], (10, 20))
    assert [each[:2] for each in seeds] == [("S1", 1), ("S1", JUDGING_SEED), ("S2", JUDGING_SEED)]
    assert rows[1]["held_back"]
    assert rows[1]["tuning"] is None
    text = report.report_text(rows, {"tuning": {"S1": 0.0}, "judging": {"S1": 1.5}})
    assert "loss, judging: 1.500 (S1 1.50)" in text
    assert "share (held back)" in text


def test_held_back_patterns_are_read_only_on_request(tmp_path):
    values = [str(tmp_path / "values.json")]
    assert report.patterns_to_judge(report.make_parser().parse_args(values).judge) == []
    judged = report.patterns_to_judge(report.make_parser().parse_args([*values, "--judge"]).judge)
    assert {pattern.key for pattern in judged} == {"E5", "S2", "S7", "S12", "S17", "S18", "S19"}
