"""Historical cases: the library is valid and has sources, and files are checked."""

import csv
import re

import pytest
from support.cases import ACTS, HEADER_LINES, HEADING, acts_with, case_errors, write_case
from support.names import LEADERS

from experiments.cases.case import CASES_FOLDER, case_names, goldstein_weights, load_case

LIVING_LEADERS = re.compile(rf"\b(?:{LEADERS}|Clinton|Bush|Santos|Castro)\b", re.IGNORECASE)

DECEASED_LEADERS = re.compile(
    r"\b(?:Kennedy|Khrushchev|Reagan|Gorbachev|Carter|Kissinger|Albright|Sadat|Menachem|Barghoorn)\b"
)


# The library ---------------------------------------------------------------------------------------


def test_library_has_ten_cases():
    assert len(case_names()) == 10


@pytest.mark.parametrize("name", case_names())
def test_each_act_has_a_source_and_an_evidence_mark(name):
    case = load_case(name)
    for each in case.events:
        assert (each.evidence == "memory") == (each.source == "memory")
        assert each.evidence == "memory" or "://" in each.source or re.search(r"[A-Z].*\d|\.\w+\)", each.source), each
        assert each.weight == goldstein_weights()[each.cameo][0]
    assert min(len(case.monthly_conduct(side)) for side in (0, 1)) >= 5


@pytest.mark.parametrize("path", sorted(CASES_FOLDER.rglob("*.csv")), ids=lambda path: path.stem)
def test_no_file_names_a_living_leader(path):
    assert not LIVING_LEADERS.findall(path.read_text("utf-8"))


@pytest.mark.parametrize("name", case_names())
def test_acts_name_offices_and_not_persons(name):
    assert not [each.event for each in load_case(name).events if DECEASED_LEADERS.findall(each.event)]


def test_table_of_weights_has_exactly_the_used_codes():
    used = {each.cameo for name in case_names() for each in load_case(name).events}
    assert used == set(goldstein_weights())
    assert all(-10 <= weight <= 10 for weight, _ in goldstein_weights().values())


def test_series_of_stocks_is_ordered_and_marked():
    with (CASES_FOLDER / "tables" / "iaea-stock.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["reported"] for row in rows] == sorted(row["reported"] for row in rows)
    for row in rows:
        assert row["as_of"] < row["reported"]
        for amount, mark in (("total_kg", "total_evidence"), ("at60_kg", "at60_evidence")):
            assert (row[amount] == "") == (row[mark] == "")
            assert row[mark] in {"verified", "partly", "memory", "derived", ""}
        assert float(row["total_kg"] or 1e6) >= float(row["at60_kg"])


# Files ---------------------------------------------------------------------------------------------


def test_conduct_counts_own_and_joint_acts(tmp_path):
    case = load_case(write_case(tmp_path))
    assert case.months == 5
    assert case.monthly_conduct(0) == {1: 4.0, 2: -4.0, 3: 7.0}
    assert case.monthly_conduct(1) == {1: -4.0, 3: 7.0}
    assert [case.month_of(now) for now in (1, 5)] == ["2001-01", "2001-05"]


@pytest.mark.parametrize(
    ("acts", "where"),
    [
        (acts_with(0, "2001-01-15", "2001-02-30"), "line 8, date: should be a date such as 2015-07-14"),
        (acts_with(0, "2001-01-15", "20010115"), "line 8, date: should be a date"),
        (acts_with(0, ",day,", ",weekly,"), "line 8, precision: no such choice; available: approx, day, month"),
        (acts_with(0, "AAA,BBB", "ZZZ,BBB"), "line 8, actor: no such actor in the header; available: AAA"),
        (acts_with(0, "036", "999"), "line 8, cameo: no such code in the table of weights"),
        (acts_with(0, "4.0", "14"), "line 8, weight: must be between -10 and 10"),
        (acts_with(0, "4.0", "nan"), "line 8, weight: should be a finite number"),
        (acts_with(0, "4.0", "5.0"), "line 8, weight: code 036 has weight 4.0"),
        (acts_with(0, "signal", "signall"), "line 8, step: no such choice; did you mean `signal`"),
        (acts_with(2, "Some Paper", "memory"), "line 10, evidence: `memory` must be in both"),
        (acts_with(2, "Some Paper", ""), "line 10, source: String should have at least 1 character"),
        (acts_with(2, "no,A", "yes,A"), "line 10, joint: a joint act needs an actor of each side"),
        (acts_with(3, "2001-03-05", "2001-01-05"), "line 11, date: is earlier than in the row above"),
        (acts_with(6, "2001-05-01", "2201-05-01"), "line 14, date: a case spans at most 1200 months"),
        (acts_with(1, "memory,memory", "memory"), "line 9: does not have the 11 fields"),
        (acts_with(1, "memory,memory", "memory,memory,more"), "line 9: does not have the 11 fields"),
        (acts_with(1, "B turns", '"B turns'), "line 15: cannot be read as CSV"),
        ([], "no acts follow"),
    ],
)  # fmt: skip
def test_invalid_row_is_refused_by_line_and_column(tmp_path, acts, where):
    assert any(where in each for each in case_errors(write_case(tmp_path, acts))), case_errors(
        write_case(tmp_path, acts)
    )


@pytest.mark.parametrize(
    ("opening", "where"),
    [
        (HEADER_LINES[1:], "header, title: is missing"),
        ([*HEADER_LINES, "# colour: red"], "header, colour: no such key"),
        ([*HEADER_LINES, "# no colon"], "line 7: should be `# key: words`"),
        ([*HEADER_LINES, "# title: again"], "line 7, title: occurs twice"),
        ([HEADER_LINES[0], "# scenario: three-states", *HEADER_LINES[2:]], "did you mean `two-states`"),
        ([*HEADER_LINES[:2], "# first: alpa = AAA AAB", *HEADER_LINES[3:]], "did you mean `alba`"),
        ([*HEADER_LINES[:2], "# first: alba", *HEADER_LINES[3:]], "header, first: should be `state = ACTOR ACTOR`"),
        ([*HEADER_LINES[:3], "# second: alba = BBB", *HEADER_LINES[4:]], "are not the parties to one negotiation"),
        ([*HEADER_LINES[:3], "# second: borea = BBB AAA", *HEADER_LINES[4:]], "is also an actor of the first side"),
    ],
)
def test_invalid_header_is_refused(tmp_path, opening, where):
    assert any(where in each for each in case_errors(write_case(tmp_path, opening=opening)))


def test_all_errors_and_an_invalid_heading_are_reported(tmp_path):
    acts = [each.replace("036", "999").replace("AAB", "XXX") for each in ACTS]
    assert len(case_errors(write_case(tmp_path, acts))) == 2
    assert case_errors(write_case(tmp_path, heading=HEADING.replace("joint", "joined"))) == [
        "heading, joint: is missing",
        "heading, joined: no such column; did you mean `joint`? (found 'joined')",
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"#" * (1 << 20) + b"##"], ids=["bytes", "empty", "huge"])
def test_file_that_is_not_a_case_is_refused(tmp_path, content):
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    assert case_errors(path)
