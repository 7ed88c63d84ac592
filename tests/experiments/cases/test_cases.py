"""Historical cases: the library is valid and has sources, and files are checked."""

import csv
import re
from pathlib import Path
from typing import get_args

import pytest
from support.cases import ACTS, HEADER_LINES, HEADING, acts_with, case_errors, write_case
from support.names import LEADERS

from experiments.cases.case import CASE_COLUMNS, CASES_FOLDER, CaseEvent, CaseHeader, code_weight, goldstein_weights
from experiments.cases.case_file import case_names, load_case
from model.loading import SCENARIO_FOLDER

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
    assert used == {code for code in goldstein_weights() if len(code) > 2}
    assert all(-10 <= weight <= 10 for weight, _ in goldstein_weights().values())


def test_all_twenty_root_codes_have_a_weight():
    assert [code for code in goldstein_weights() if len(code) == 2] == [f"{root:02}" for root in range(1, 21)]


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
    ("code", "weight", "entry"), [("0356", 4.0, "03"), ("0871", 9.0, "0871"), ("141", -6.5, "14"), ("20", -10.0, "20")]
)
def test_unlisted_code_has_the_weight_of_its_root(tmp_path, code, weight, entry):
    case = load_case(write_case(tmp_path, acts_with(0, "036,4.0", f"{code},")))
    assert case.events[0].weight == weight
    found = code_weight(code)
    assert found is not None
    assert found.entry == entry
    assert case.root_codes == ({} if entry == code != "20" else {code: 1})


@pytest.mark.parametrize("code", ["999", "00", "21", "3", "03561", "o36", "-36", "٠٣٦"])
def test_text_that_is_no_code_is_refused(tmp_path, code):
    (error,) = case_errors(write_case(tmp_path, acts_with(0, "036", code)))
    assert error.startswith("line 8, cameo: is not a CAMEO code: two to four digits, the first two from 01 to 20")


def test_code_without_its_leading_zero_gets_a_hint(tmp_path):
    (error,) = case_errors(write_case(tmp_path, acts_with(0, "036", "36")))
    assert "did you mean `036`" in error


@pytest.mark.parametrize("actor", ["both", "AAA+BBB", "AAB + BBB"])
@pytest.mark.parametrize(("target", "joint"), [("both", ""), ("UN", "yes"), ("CCC", "")])
def test_act_of_both_sides_is_an_act_of_each(tmp_path, actor, target, joint):
    act = f"2001-04-02,day,{actor},{target},{joint},Both sign,057,,talks,Some Paper,verified"
    case = load_case(write_case(tmp_path, [*ACTS[:6], act]))
    assert [case.monthly_conduct(side)[4] for side in (0, 1)] == [8.0, 8.0]
    assert case.events[-1].joint == "yes"


def test_actors_of_one_side_together_act_for_that_side(tmp_path):
    act = "2001-04-02,day,AAA+AAB,BBB,,A offers talks,036,,signal,Some Paper,verified"
    case = load_case(write_case(tmp_path, [*ACTS[:6], act]))
    assert [case.monthly_conduct(side).get(4) for side in (0, 1)] == [4.0, None]
    assert case.events[-1].joint == "no"


def test_name_with_a_plus_sign_is_one_actor():
    case = load_case("iran-2013")
    assert case.actors_in("P5+1") == {"P5+1"}
    assert case.actors_in("IRN+P5+1") == {"IRN", "P5+1"}
    assert case.actors_in("both") == case.sides[0].actors | case.sides[1].actors


def test_long_field_of_actors_is_refused_in_time(tmp_path):
    errors = case_errors(write_case(tmp_path, acts_with(0, "AAA,BBB", "+" * 100_000 + ",BBB")))
    assert any(each.startswith("line 8, actor: is too long; at most 200 characters") for each in errors)


def test_one_source_in_the_header_fills_empty_fields(tmp_path):
    acts = acts_with(2, "Some Paper", "")
    case = load_case(write_case(tmp_path, acts, [*HEADER_LINES, "# source: A chronology, 2010"]))
    assert case.events[2].source == "A chronology, 2010"
    assert case.events[3].source == "Some Paper"
    two = [*HEADER_LINES, "# source: A chronology", "# source: Another"]
    assert case_errors(write_case(tmp_path, acts, two)) == ["line 12, source: String should have at least 1 character"]


def test_scenario_may_lie_beside_the_case_file(tmp_path):
    (tmp_path / "mine.toml").write_text((SCENARIO_FOLDER / "two-states.toml").read_text("utf-8"), "utf-8")
    case = load_case(write_case(tmp_path, opening=[HEADER_LINES[0], "# scenario: mine.toml", *HEADER_LINES[2:]]))
    assert case.header.scenario == str(tmp_path / "mine.toml")


def test_blank_comment_lines_are_ignored(tmp_path):
    assert load_case(write_case(tmp_path, opening=["#", *HEADER_LINES, "# "])).header.title == "Two neighbours"


def test_errors_of_header_fields_and_rows_are_reported_at_once(tmp_path):
    opening = [*HEADER_LINES[1:4], "# towards-either: UN", "# colour: red"]  # no title, no third
    acts = [
        ACTS[0].replace("2001-01-15,day", "2001-13-15,weekly").replace("036", "999"),
        ACTS[1].replace("120,-4.0", "120,4.0"),
        ACTS[4],
    ]
    assert [each.partition(":")[0] for each in case_errors(write_case(tmp_path, acts, opening))] == [
        "header, title", "header, colour", "line 7, date", "line 7, precision", "line 7, cameo", "line 8, weight",
        "line 9, actor",
    ]  # fmt: skip


def test_columns_separated_by_semicolons_get_one_message(tmp_path):
    path = write_case(tmp_path, [each.replace(",", ";") for each in ACTS], heading=HEADING.replace(",", ";"))
    (error,) = case_errors(path)
    assert error.startswith("line 7: the columns should be separated by commas")


@pytest.mark.parametrize(
    ("acts", "where"),
    [
        (acts_with(0, "2001-01-15", "2001-02-30"), "line 8, date: should be a date such as 2015-07-14"),
        (acts_with(0, "2001-01-15", "20010115"), "line 8, date: should be a date"),
        (acts_with(0, ",day,", ",weekly,"), "line 8, precision: no such choice; available: approx, day, month"),
        (acts_with(0, "AAA,BBB", "ZZZ,BBB"), "line 8, actor: no such actor in the header; available: AAA"),
        (acts_with(0, "036", "999"), "line 8, cameo: is not a CAMEO code: two to four digits"),
        (acts_with(0, "4.0", "14"), "line 8, weight: must be between -10 and 10"),
        (acts_with(0, "4.0", "nan"), "line 8, weight: should be a finite number"),
        (acts_with(0, "4.0", "5.0"), "line 8, weight: code 036 has weight 4.0"),
        (acts_with(0, "signal", "signall"), "line 8, step: no such choice; did you mean `signal`"),
        (acts_with(2, "Some Paper", "memory"), "line 10, evidence: `memory` must be in both"),
        (acts_with(2, "Some Paper", ""), "line 10, source: String should have at least 1 character"),
        (acts_with(2, "no,A", "yes,A"), "line 10, joint: a joint act needs an actor of each side"),
        (acts_with(0, "AAA,BBB", "both,UN"), "line 8, joint: an act of both is joint: write `yes`, or leave"),
        (acts_with(0, "AAA,BBB", "AAA+ZZZ,BBB"), "line 8, actor: no such actor in the header"),
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
        ([*HEADER_LINES[:3], "# second: alba = BBB", *HEADER_LINES[4:]], "parties to one negotiation: alba and borea"),
        ([*HEADER_LINES[:3], "# second: borea = both", *HEADER_LINES[4:]], "no actor can be called `both`"),
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


# The documentation ---------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[3] / "docs" / "cases.md").read_text("utf-8")


def test_example_in_the_documentation_is_a_valid_case(tmp_path):
    path = tmp_path / "dam.csv"
    path.write_text(PAGE.partition("```csv\n")[2].partition("```")[0], "utf-8")
    case = load_case(path)
    assert [case.monthly_conduct(side) for side in (0, 1)] == [
        {1: 4.0, 3: 7.0, 4: 4.0},
        {1: -4.0, 3: 0.0, 4: 4.0},
    ]
    assert case.root_codes == {"0311": 1}
    assert case.events[3].source == "An invented chronology, 2010"


def test_documentation_names_each_key_column_and_step():
    keys = {field.alias or name for name, field in CaseHeader.model_fields.items()}
    assert keys == set(re.findall(r"`# ([a-z-]+):`", PAGE))
    assert all(f"`{name}`" in PAGE for name in CASE_COLUMNS)
    assert all(f"`{step}`" in PAGE for step in get_args(CaseEvent.model_fields["step"].annotation))
