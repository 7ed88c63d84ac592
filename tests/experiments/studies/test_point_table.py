"""Tables of points: what is refused, with line and column, and frames from Python."""

import numpy as np
import pandas as pd
import pytest
from support.commands import refused_command
from support.studies import study_data, write_study

from experiments.studies.results import runs_table
from experiments.studies.study import load_study
from experiments.studies.sweep import sweep
from model.errors import ScenarioError

TRUST, WEIGHT = "states.alba.generosity", "belief.betrayal_weight"
HEADER = f"{TRUST},{WEIGHT}\n"
FACTORS = {"levers": {TRUST: [0.0, 1.0]}, "uncertainties": {WEIGHT: {"values": [1, 2, 6]}}}


def table_error(folder, text: str, **factors) -> str:
    """Return the error of a study whose table has a text."""
    (folder / "points.csv").write_text(text, encoding="utf-8")
    design = {"kind": "table", "file": "points.csv"}
    with pytest.raises(ScenarioError) as raised:
        load_study(write_study(folder, design=design, **{**FACTORS, **factors}))
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (HEADER + "0.5,1\n0,1,2\n", ["line 3, column 3: number of fields: 3, of columns: 2", "decimals with a point"]),
        (HEADER + "0.5,1,\n0.5,1,\n", ["line 2, column 3", "line 3, column 3"]),
        (HEADER + "0.5\n", [f"line 2, column 2: number of fields: 1, of columns: 2; `{WEIGHT}` is missing"]),
        (HEADER + "0.5,1\n\n0.5,1\n", ["line 3: is blank"]),
        (HEADER + "0.5,\n", [f"line 2, {WEIGHT}: is blank; allowed is 1, 2, 6"]),
        (HEADER + "NaN,1\n", [f"line 2, {TRUST}: allowed is 0 to 1 (found 'NaN')"]),
        (HEADER + " ,1\n1_0,1\n", [f"line 2, {TRUST}: is blank", f"line 3, {TRUST}: allowed is 0 to 1"]),
        (HEADER + 'inf,1\n"0,1",2\n', ["line 2, states", "line 3, states", "write decimals with a point"]),
        (HEADER + "0.5,3\n0.5,1.5\n", [f"line 2, {WEIGHT}: allowed is 1, 2, 6 (found '3')", "line 3"]),
        (HEADER.replace(",", ";") + "0,5;1\n", ["separated by semicolons", "decimals with a point"]),
        (f"{TRUST}\n0.5\n", [f"column {WEIGHT}: is missing"]),
        (f"{TRUST},{WEIGHT},point\n0.5,1,0\n", ["column 3: no such factor of this study", "found 'point'"]),
        (f"{TRUST},{WEIGHT},\n0.5,1,\n", ["column 3: has no name in the first line"]),
        (f"{TRUST},{WEIGHT},{TRUST}\n0.5,1,0\n", ["column 3: appears twice"]),
        (HEADER, ["design.file: holds no points"]),
        ("", ["is empty: write a line with the factors' names"]),
        (HEADER + '0.5,"1\n', ["cannot be read as CSV"]),
    ],
)
def test_table_error_is_reported_with_line_and_column(text, messages, tmp_path):
    error = table_error(tmp_path, text)
    for message in messages:
        assert message in error


def test_decimal_commas_under_one_column_are_refused(tmp_path):
    error = table_error(tmp_path, f"{TRUST}\n0,1\n0,9\n", uncertainties={})
    assert "line 2, column 2: number of fields: 2, of columns: 1" in error
    assert "decimals with a point" in error
    error = table_error(tmp_path, f"{TRUST}\n0;1\n", uncertainties={})
    assert f"line 2, {TRUST}: allowed is 0 to 1" in error
    assert "separate fields by commas" in error


def test_blank_line_in_a_table_of_one_column_is_refused(tmp_path):
    assert "line 3: is blank" in table_error(tmp_path, f"{TRUST}\n0.1\n\n0.2\n\n\n", uncertainties={})


def test_table_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "points.csv").write_bytes((HEADER + "0.5,1\n").encode("utf-16"))
    path = write_study(tmp_path, design={"kind": "table", "file": "points.csv"}, **FACTORS)
    assert "design.file: is not in UTF-8" in refused_command("sweep", path, "--out", tmp_path / "out", cwd=tmp_path)


def test_values_of_a_table_keep_the_types_of_their_factors(tmp_path):
    factors = {
        TRUST: [0.0, 1.0],
        "states.alba.veto_players": [1, 3],
        "mechanisms.noise": {"values": [True, False]},
        "states.alba.doctrine": {"values": ["reciprocity", "assurance"]},
        WEIGHT: {"values": [1, 2.5]},
    }
    (tmp_path / "points.csv").write_text(
        f"\ufeff{WEIGHT}, {', '.join(list(factors)[:4])}\r\n2.5, 0.98,2.0,TRUE,assurance\r\n1,1e-1,1,false, reciprocity\r\n\r\n"
    )
    design = {"kind": "table", "file": "points.csv"}
    table = load_study(write_study(tmp_path, levers=factors, uncertainties={}, design=design)).points()
    assert list(table) == list(factors)
    assert table.to_dict("records") == [
        dict(zip(factors, (0.98, 2, True, "assurance", 2.5), strict=True)),
        dict(zip(factors, (0.1, 1, False, "reciprocity", 1.0), strict=True)),
    ]
    assert [type(value) for value in table.to_dict("records")[0].values()] == [float, int, bool, str, float]


def test_long_table_reports_the_line_after_the_first_batch(tmp_path):
    lines = "0.5,1\n" * 60_000
    assert f"line 60002, {TRUST}: allowed is 0 to 1 (found '2')" in table_error(tmp_path, HEADER + lines + "2,1\n")


@pytest.mark.parametrize("kind", ["frame", "columns", "records"])
def test_points_from_python_need_no_file(kind, tmp_path):
    frame = pd.DataFrame({WEIGHT: [6, 1, 2], TRUST: np.array([0.1, 0.2, 0.3], np.float32)})
    given = {"frame": frame, "columns": frame.to_dict("list"), "records": frame.to_dict("records")}[kind]
    study = study_data(**FACTORS, design={"kind": "table", "table": given})
    assert sweep(study, tmp_path).failed == 0
    runs = runs_table(tmp_path)
    assert runs.groupby("point")[WEIGHT].first().tolist() == [6, 1, 2]
    assert sweep(study, tmp_path).played == 0
    with pytest.raises(ScenarioError, match="table_digest"):
        sweep(study_data(**FACTORS, design={"kind": "table", "table": frame.head(2)}), tmp_path)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({TRUST: [0.5, 1.5], WEIGHT: [1, 3]}, f"design.table, row 1, {TRUST}: allowed is 0 to 1 (found 1.5)"),
        ({TRUST: [0.5, 1.5], WEIGHT: [1, 3]}, f"design.table, row 1, {WEIGHT}: allowed is 1, 2, 6 (found 3)"),
        ({TRUST: [0.5, None], WEIGHT: [1, 2]}, f"row 1, {TRUST}: is blank"),
        ({TRUST: [True], WEIGHT: [1]}, f"row 0, {TRUST}: allowed is 0 to 1"),
        ({TRUST: [0.5]}, f"design.table, column {WEIGHT}: is missing"),
        ({TRUST: [0.5], WEIGHT: [1, 2]}, "design.table: is not a table with named columns"),
        (pd.DataFrame({TRUST: [], WEIGHT: []}), "design.table: holds no points"),
        (3, "design.table: is not a table with named columns"),
    ],
)
def test_wrong_frame_is_refused_with_row_and_column(table, message):
    with pytest.raises(ScenarioError) as raised:
        load_study(study_data(**FACTORS, design={"kind": "table", "table": table}))
    assert message in str(raised.value)


def test_table_is_for_designs_of_its_kind_only():
    with pytest.raises(ScenarioError, match="not allowed for others"):
        load_study(study_data(**FACTORS, design={"kind": "latin", "table": {TRUST: [0.5], WEIGHT: [1]}}))
