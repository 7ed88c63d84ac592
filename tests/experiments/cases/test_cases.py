"""Historical cases: the library is sourced and valid, files are checked, replays use the input and nothing else."""

import csv
import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from support.names import LEADERS
from support.worlds import ALL_OFF, smallest_scenario
from typer.testing import CliRunner

from agents.assembly import Assembly
from dashboards.cli.main import app
from experiments.cases.case import LIBRARY, library, load_case, weights
from experiments.cases.replay import BAD, GOOD, Forecast, answers, base_rate, persistent, replay, standings
from experiments.cases.scoring import brier, crps, over_cases, over_months
from experiments.engine.worlds import acts
from experiments.validation.cases import measure
from model.errors import ScenarioError
from model.loading import change, load

LIVING = re.compile(rf"\b(?:{LEADERS}|Clinton|Bush|Santos|Castro)\b", re.IGNORECASE)
DEAD = re.compile(r"\b(?:Kennedy|Khrushchev|Reagan|Gorbachev|Carter|Kissinger|Albright|Sadat|Menachem|Barghoorn)\b")
HEADING = "date,precision,actor,target,joint,event,cameo,weight,step,source,evidence"
OPENING = ["# title: Two neighbours", "# scenario: two-states", "# first: alba = AAA AAB", "# second: borea = BBB",
           "# towards-either: UN", "# third: CCC"]  # fmt: skip
ACTS = [
    "2001-01-15,day,AAA,BBB,no,A offers talks,036,4.0,signal,memory,memory",
    "2001-01-20,day,BBB,AAA,no,B turns them down,120,-4.0,signal,memory,memory",
    "2001-02-10,day,AAB,UN,no,A stops inspections,1245,-4.0,breach,Some Paper,partly",
    "2001-03-05,month,AAA,BBB,yes,Talks are held,046,7.0,talks,Some Paper,verified",
    "2001-03-06,day,CCC,BBB,no,A third state praises B,051,3.4,signal,memory,memory",
    "2001-03-30,day,BBB,AAA,no,B shares data,064,7.0,verification,Some Paper,verified",
    "2001-05-01,day,BBB,BBB,no,B holds a debate at home,120,-4.0,domestic,memory,memory",
]


def written(folder: Path, acts=ACTS, opening=OPENING, heading=HEADING, name="neighbours") -> Path:
    path = folder / f"{name}.csv"
    path.write_text("\n".join([*opening, heading, *acts]) + "\n", "utf-8")
    return path


def told(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        load_case(path)
    return [str(fault) for fault in error.value.faults]


def swapped(at: int, old: str, new: str) -> list[str]:
    assert old in ACTS[at]
    return [*ACTS[:at], ACTS[at].replace(old, new, 1), *ACTS[at + 1 :]]


def cases(*words: str):
    return CliRunner().invoke(app, ["cases", *words])


# The library ---------------------------------------------------------------------------------------


def test_the_library_holds_ten_cases():
    assert len(library()) == 10


@pytest.mark.parametrize("name", library())
def test_each_act_of_the_library_has_a_source_and_a_mark(name):
    case = load_case(name)
    for each in case.events:
        assert (each.evidence == "memory") == (each.source == "memory")
        assert each.evidence == "memory" or "://" in each.source or re.search(r"[A-Z].*\d|\.\w+\)", each.source), each
        assert each.weight == weights()[each.cameo][0]
    assert min(len(case.conduct(side)) for side in (0, 1)) >= 5


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.csv")), ids=lambda path: path.stem)
def test_no_file_of_the_library_names_a_living_leader(path):
    assert not LIVING.findall(path.read_text("utf-8"))


@pytest.mark.parametrize("name", library())
def test_acts_are_told_of_offices_and_not_of_persons(name):
    assert not [each.event for each in load_case(name).events if DEAD.findall(each.event)]


def test_the_scale_is_the_part_of_goldsteins_that_is_used():
    used = {each.cameo for name in library() for each in load_case(name).events}
    assert used == set(weights())
    assert all(-10 <= weight <= 10 for weight, _ in weights().values())


def test_the_series_of_stocks_is_in_order_and_marked():
    with (LIBRARY / "tables" / "iaea-stock.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["reported"] for row in rows] == sorted(row["reported"] for row in rows)
    for row in rows:
        assert row["as_of"] < row["reported"]
        for amount, mark in (("total_kg", "total_evidence"), ("at60_kg", "at60_evidence")):
            assert (row[amount] == "") == (row[mark] == "")
            assert row[mark] in {"verified", "partly", "memory", "derived", ""}
        assert float(row["total_kg"] or 1e6) >= float(row["at60_kg"])


# Files ---------------------------------------------------------------------------------------------


def test_a_side_is_credited_with_its_own_acts_and_with_those_done_together(tmp_path):
    case = load_case(written(tmp_path))
    assert case.months == 5
    assert case.conduct(0) == {1: 4.0, 2: -4.0, 3: 7.0}
    assert case.conduct(1) == {1: -4.0, 3: 7.0}
    assert [case.date_of(now) for now in (1, 5)] == ["2001-01", "2001-05"]


@pytest.mark.parametrize(
    ("acts", "where"),
    [
        (swapped(0, "2001-01-15", "2001-02-30"), "line 8, date: should be a day, written 2015-07-14"),
        (swapped(0, "2001-01-15", "20010115"), "line 8, date: should be a day"),
        (swapped(0, ",day,", ",weekly,"), "line 8, precision: no such choice; there are: approx, day, month"),
        (swapped(0, "AAA,BBB", "ZZZ,BBB"), "line 8, actor: no such actor in the opening; there are: AAA"),
        (swapped(0, "036", "999"), "line 8, cameo: no such code in the table of weights"),
        (swapped(0, "4.0", "14"), "line 8, weight: allowed is between -10 and 10"),
        (swapped(0, "4.0", "nan"), "line 8, weight: should be a finite number"),
        (swapped(0, "4.0", "5.0"), "line 8, weight: code 036 weighs 4.0"),
        (swapped(0, "signal", "signall"), "line 8, step: no such choice; did you mean `signal`"),
        (swapped(2, "Some Paper", "memory"), "line 10, evidence: `memory` stands in both"),
        (swapped(2, "Some Paper", ""), "line 10, source: String should have at least 1 character"),
        (swapped(2, "no,A", "yes,A"), "line 10, joint: an act of both needs an actor of each side"),
        (swapped(3, "2001-03-05", "2001-01-05"), "line 11, date: is before the row above"),
        (swapped(6, "2001-05-01", "2201-05-01"), "line 14, date: a case spans at most 1200 months"),
        (swapped(1, "memory,memory", "memory"), "line 9: has not the 11 fields"),
        (swapped(1, "memory,memory", "memory,memory,more"), "line 9: has not the 11 fields"),
        (swapped(1, "B turns", '"B turns'), "line 15: cannot be read as CSV"),
        ([], "there are no acts below it"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_by_line_and_column(tmp_path, acts, where):
    assert any(where in each for each in told(written(tmp_path, acts))), told(written(tmp_path, acts))


@pytest.mark.parametrize(
    ("opening", "where"),
    [
        (OPENING[1:], "opening, title: is missing"),
        ([*OPENING, "# colour: red"], "opening, colour: no such key"),
        ([*OPENING, "# no colon"], "line 7: is written `# key: words`"),
        ([*OPENING, "# title: again"], "line 7, title: is there twice"),
        ([OPENING[0], "# scenario: three-states", *OPENING[2:]], "did you mean `two-states`"),
        ([*OPENING[:2], "# first: alpa = AAA AAB", *OPENING[3:]], "did you mean `alba`"),
        ([*OPENING[:2], "# first: alba", *OPENING[3:]], "opening, first: is written `state = ACTOR ACTOR`"),
        ([*OPENING[:3], "# second: alba = BBB", *OPENING[4:]], "are not the parties to one negotiation"),
        ([*OPENING[:3], "# second: borea = BBB AAA", *OPENING[4:]], "is an actor of the first side too"),
    ],
)
def test_a_wrong_opening_is_refused(tmp_path, opening, where):
    assert any(where in each for each in told(written(tmp_path, opening=opening)))


def test_all_faults_are_told_at_once_and_a_wrong_heading_too(tmp_path):
    acts = [each.replace("036", "999").replace("AAB", "XXX") for each in ACTS]
    assert len(told(written(tmp_path, acts))) == 2
    assert told(written(tmp_path, heading=HEADING.replace("joint", "joined"))) == [
        "heading, joint: is missing",
        "heading, joined: no such column; did you mean `joint`? (found 'joined')",
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"#" * (1 << 20) + b"##"], ids=["bytes", "empty", "huge"])
def test_what_is_no_case_is_refused(tmp_path, content):
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    assert told(path)


# Scores --------------------------------------------------------------------------------------------


def slow_crps(values, shares, happened):
    """Integrate (F(x) - [x >= happened])^2 over x, step by step."""
    edges = np.sort([*values, happened])
    total = 0.0
    for left, right in pairwise(edges):
        below = sum(share for value, share in zip(values, shares, strict=True) if value <= left)
        total += (below - float(left >= happened)) ** 2 * (right - left)
    return total


def test_crps_is_the_integral_that_defines_it():
    dice = np.random.default_rng(7)
    for size in (1, 2, 9):
        values, shares = dice.normal(0, 5, size), dice.dirichlet(np.ones(size))
        happened = float(dice.normal(0, 5))
        assert crps(values, happened, shares) == pytest.approx(slow_crps(values, shares, happened))
    assert crps([2.0], -1.5) == pytest.approx(3.5)


def test_brier_is_the_squared_error_of_the_chance():
    assert brier(0.7, True) == pytest.approx(0.09)
    assert brier(0.7, False) == pytest.approx(0.49)


def test_a_perfect_forecaster_scores_nothing():
    perfect = Forecast((7.0,), (1.0,))
    assert brier(perfect.chance, True) == 0.0
    assert crps(perfect.values, 7.0, perfect.shares) == 0.0


def test_a_forecast_tells_its_chance_mean_and_percentiles():
    said = Forecast((GOOD, BAD), (0.9, 0.1))
    assert said.chance == 0.9
    assert said.mean == pytest.approx(0.9 * GOOD + 0.1 * BAD)
    assert [said.percentile(part) for part in (0.05, 0.5, 0.95)] == [BAD, GOOD, GOOD]


def test_intervals_hold_the_mean_and_widen_with_spread():
    dice = np.random.default_rng(3)
    still, wild = np.full((20, 1), 0.3), dice.uniform(size=(20, 1))
    assert over_months(still)[0] == pytest.approx((0.3, 0.3, 0.3))
    found = over_months(wild)[0]
    assert found.mean == pytest.approx(wild.mean())
    assert wild.min() < found.low < found.mean < found.high < wild.max()
    assert over_cases([np.zeros((3, 1)), np.ones((1, 1))])[0] == pytest.approx((0.25, 0.0, 1.0))


def test_blocks_keep_neighbours_together():
    runs = np.repeat([0.0, 1.0] * 5, 4)[:, None]
    mixed = np.tile([0.0, 1.0], 20)[:, None]
    wide, narrow = over_months(runs)[0], over_months(mixed)[0]
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


# Replay --------------------------------------------------------------------------------------------


def reciprocal(folder: Path, **more) -> str:
    """Write a scenario in which two states answer in kind and nothing else happens."""
    changes = {**{name.partition(".")[2]: False for name in ALL_OFF}, "reciprocity": True}
    unforgiving = {f"states.{name}.generosity": 0.0 for name in ("alba", "borea")}
    path = folder / "in-kind.toml"
    path.write_text(tomli_w.dumps({**change(smallest_scenario(), unforgiving), "mechanisms": changes, **more}), "utf-8")
    return str(path)


def test_a_pair_that_answers_in_kind_repeats_the_input_a_month_later(tmp_path):
    opening = [OPENING[0], f"# scenario: {reciprocal(tmp_path)}", *OPENING[2:]]
    case = load_case(written(tmp_path, opening=opening))
    assert persistent(case.conduct(0), case.months) == [1, 0, 1, 1, 1]
    assert answers(case, 1, worlds=3).tolist() == [1, 1, 0, 1, 1]
    assert persistent(case.conduct(1), case.months) == [0, 0, 1, 1, 1]
    assert answers(case, 0, worlds=3).tolist() == [1, 0, 0, 1, 1]


def test_the_answer_depends_on_the_input_and_not_on_what_the_answering_side_did(tmp_path):
    case = load_case(written(tmp_path))
    friendlier = load_case(written(tmp_path, swapped(1, "120,-4.0", "035,7.0"), name="other"))
    before, after = (answers(each, 1, worlds=64) for each in (case, friendlier))
    assert np.array_equal(before, after)
    assert friendlier.conduct(1) != case.conduct(1)
    assert not np.array_equal(answers(case, 0, worlds=64), answers(friendlier, 0, worlds=64))


def test_what_a_scenario_schedules_is_left_out(tmp_path):
    event = {"round": 2, "kind": "hostile_act", "actor": "borea", "counterpart": "alba", "text": {"en": "B strikes."}}
    found = []
    for more in ({}, {"events": [event]}):
        opening = [OPENING[0], f"# scenario: {reciprocal(tmp_path, **more)}", *OPENING[2:]]
        found.append(answers(load_case(written(tmp_path, opening=opening)), 1, worlds=3).tolist())
    assert found[0] == found[1]


def test_acts_are_those_of_the_watched_runs():
    setting = load("two-states", {"rounds": 12})
    done = acts(setting, (), worlds=2, seed=5)
    for place, seed in enumerate((5, 6)):
        model = Assembly(setting, rng=seed)
        for now in range(setting.rounds):
            model.step()
            assert np.array_equal(done[place, now], (model.world.conduct ^ model.world.slip) > 0)


def test_the_base_rate_of_a_case_leaves_that_case_out():
    own = [weight for side in (0, 1) for weight in load_case("iran-2018").conduct(side).values() if weight]
    every, others = base_rate("no such case"), base_rate("iran-2018")
    assert sorted(every.values) == sorted([*others.values, *own])


def test_a_month_is_scored_against_the_month_before_of_the_same_side(tmp_path):
    first, second = replay(load_case(written(tmp_path)), worlds=32).directions
    assert [month.scores is None for month in first.months] == [True, False, False]
    assert [month.common for month in first.months] == [False, False, True]
    drop = first.months[1]
    assert drop.forecasts["persistence"].values == (4.0,)
    chance = drop.forecasts["model"].chance
    assert drop.scores is not None
    assert drop.scores[:2] == (brier(chance, False), 1.0)
    assert drop.scores[4] == pytest.approx(8.0)
    assert second.months[-1].scores is not None


def test_standings_of_nothing_are_nothing(tmp_path):
    played = replay(load_case(written(tmp_path, ACTS[:1])), worlds=2)
    assert standings([played.scored]) is None


def test_the_part_says_first_where_a_baseline_wins():
    part = measure(True, lambda _: None)
    names = [row["case"] for row in part.rows]
    assert names == [*library(), "all cases", "all, acts of one side only", "all, the model told nothing"]
    assert len({tuple(row) for row in part.rows}) == 1
    json.dumps(part._asdict())
    whole = part.rows[len(library())]
    assert whole["months"] == sum(row["months"] for row in part.rows[: len(library())])
    lost = [what for what in ("sign", "size") if whole[f"nearest, {what}"] != "model"]
    assert part.lead.startswith(f"A baseline wins on the {lost[0]}") if lost else "A baseline wins" not in part.lead
    assert part.failed == sum(row["verdict"].startswith("fail") for row in part.rows)


# The command ---------------------------------------------------------------------------------------


def test_the_command_lists_the_library_and_shows_one_case():
    assert all(name in cases().output for name in library())
    shown = cases("egypt-israel-1973").output
    assert "Kilometre" in shown
    assert "Valid: 26 acts" in shown
    assert "Corrected: " in shown


def test_a_case_comes_out_as_it_went_in(tmp_path):
    path, out = written(tmp_path), tmp_path / "out.csv"
    assert cases(str(path), "--csv", str(out)).exit_code == 0
    with out.open(encoding="utf-8", newline="") as file:
        assert [",".join(row) for row in csv.reader(file)] == [HEADING, *ACTS]
    facts = json.loads(cases(str(path), "--json").output)
    assert facts["conduct"][1] == {"2001-01": -4.0, "2001-03": 7.0}


def test_a_file_is_replayed_like_a_case_of_the_library(tmp_path):
    path, out = written(tmp_path), tmp_path / "months.csv"
    done = cases(str(path), "--replay", "--worlds", "40", "--csv", str(out))
    assert done.exit_code == 0
    assert "alba as in the record, borea answered by the model" in done.output
    facts = json.loads(cases(str(path), "--replay", "--worlds", "40", "--json").output)
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["month"] for row in csv.DictReader(file)] == [month["month"] for month in facts["months"]]
    assert facts["scored"] == 3
    assert facts["standing"]["sign"]["nearest"] in facts["standing"]["sign"]["scores"]


def test_hostile_words_are_shown_as_words(tmp_path):
    shown = cases(str(written(tmp_path, swapped(0, "A offers talks", "[red]A\x1b[31m offers[/red]")))).output
    assert "[red]A" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("words", [["no-such-case"], ["."], ["iran", "--replay"]])
def test_what_is_no_case_ends_with_code_2_and_one_plain_message(words):
    done = cases(*words)
    assert done.exit_code == 2
    assert "no such case or file" in done.stderr
    assert done.stdout == ""


def test_a_wrong_file_tells_every_fault_and_nothing_else(tmp_path):
    acts = [each.replace("036", "999").replace("AAB", "XXX") for each in ACTS]
    done = cases(str(written(tmp_path, acts)), "--replay")
    assert done.exit_code == 2
    assert "2 faults found" in done.stderr
    assert "line 8, cameo" in done.stderr
    assert "line 10, actor" in done.stderr
    assert done.stdout == ""
