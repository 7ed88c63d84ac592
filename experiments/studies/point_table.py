"""A table of points: a CSV file or a data frame with one column per factor and one row per point."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd

from experiments.studies.factor import Factor
from model.errors import InputError, ScenarioError
from model.former_names import current_path

BATCH = 50_000  # lines read at a time
MAX_REPORTED = 20
HINT = "separate fields by commas and write decimals with a point, not with a comma"
TRUTH = {"true": True, "false": False}


def read_points(source: Any, factors: Sequence[Factor]) -> pd.DataFrame:
    """Return the points of a CSV file (a Path) or of a frame, checked: [point, factor], in the order of the table.

    Raises ScenarioError with the line or row and the column of each error, at most MAX_REPORTED.
    """
    if isinstance(source, Path):
        try:
            with open(source, encoding="utf-8-sig", newline="") as file:
                table = _read_csv(file, factors, source)
        except (OSError, ValueError, csv.Error) as error:
            if isinstance(error, ScenarioError):
                raise
            reason = "is not in UTF-8" if isinstance(error, UnicodeDecodeError) else f"cannot be read as CSV: {error}"
            raise ScenarioError([InputError("design.file", str(source), reason)]) from None
    else:
        table = _read_frame(source, factors)
    if table.empty:
        where, found = ("design.file", str(source)) if isinstance(source, Path) else ("design.table", "")
        raise ScenarioError([InputError(where, found, "holds no points: write one row per point")])
    return table


def _read_frame(source: Any, factors: Sequence[Factor]) -> pd.DataFrame:
    """Return the points of a pandas frame, or of anything that its constructor accepts."""
    try:
        frame: Any = pd.DataFrame(source).rename(columns=lambda name: current_path(str(name)))
    except (ValueError, TypeError) as error:
        raise ScenarioError([InputError("design.table", "", f"is not a table with named columns: {error}")]) from None
    _check_columns("design.table", [*map(str, frame.columns)], factors)
    columns, errors = {}, []
    for factor in factors:
        cells = frame[factor.path].tolist()
        columns[factor.path], wrong = _column_values(factor, cells)
        errors += [
            InputError(f"design.table, row {at}, {factor.path}", cells[at], problem) for at, problem in wrong.items()
        ]
    if errors:
        raise ScenarioError(errors[:MAX_REPORTED])
    return pd.DataFrame(columns)


def _read_csv(file: TextIO, factors: Sequence[Factor], path: Path) -> pd.DataFrame:
    """Return the points of an open CSV file."""
    reader = csv.reader(file, strict=True)
    header = [current_path(name.strip()) for name in next(reader, [])]
    if not header:
        raise ScenarioError([InputError("design.file", str(path), "is empty: write a line with the factors' names")])
    _check_columns("design.file", header, factors)
    by_path = {factor.path: factor for factor in factors}
    parts: dict[str, list[np.ndarray]] = {name: [] for name in header}
    errors: list[InputError] = []
    while (batch := list(islice(_numbered_rows(reader), BATCH))) and len(errors) < MAX_REPORTED:
        errors += _ragged_rows(batch, header)
        if errors:
            continue
        for name, cells in zip(header, zip(*(row for _, row in batch), strict=True), strict=True):
            values, wrong = _column_values(by_path[name], cells)
            parts[name].append(values)
            errors += [
                InputError(f"design.file, line {batch[at][0]}, {name}", cells[at], problem)
                for at, problem in wrong.items()
            ]
    if errors:
        raise ScenarioError(errors[:MAX_REPORTED])
    filled = {factor.path: np.concatenate(parts[factor.path]) if parts[factor.path] else [] for factor in factors}
    return pd.DataFrame(filled)


def _numbered_rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its line, without the blank lines at the end of the file."""
    blank: list[tuple[int, list[str]]] = []
    for row in reader:
        if row:
            yield from blank
            blank = []
            yield reader.line_num, row
        else:
            blank.append((reader.line_num, [""]))


def _ragged_rows(rows: Iterable[tuple[int, list[str]]], header: Sequence[str]) -> Iterator[InputError]:
    """Yield an error for each row that has more or fewer fields than the header."""
    for line, row in rows:
        if row == [""]:
            yield InputError(f"design.file, line {line}", "", "is blank")
        elif len(row) > len(header):
            extra = f"the first extra one is {row[len(header)]!r}"
            problem = f"number of fields: {len(row)}, of columns: {len(header)}; {extra}; {HINT}"
            yield InputError(f"design.file, line {line}, column {len(header) + 1}", "", problem)
        elif len(row) < len(header):
            problem = f"number of fields: {len(row)}, of columns: {len(header)}; `{header[len(row)]}` is missing"
            yield InputError(f"design.file, line {line}, column {len(row) + 1}", "", problem)


def _check_columns(where: str, header: Sequence[str], factors: Sequence[Factor]) -> None:
    """Raise ScenarioError unless the header names each factor once, and nothing else."""
    paths = [factor.path for factor in factors]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise ScenarioError([InputError(where, "", f"the fields seem to be separated by semicolons or tabs; {HINT}")])
    errors = [InputError(f"{where}, column {path}", "", "is missing") for path in paths if path not in header]
    for at, name in enumerate(header):
        if name not in paths:
            unknown = InputError.unknown_name(f"{where}, column {at + 1}", name, paths, "factor of this study")
            errors.append(unknown if name else InputError(unknown.path, "", "has no name in the first line"))
        elif name in header[:at]:
            errors.append(InputError(f"{where}, column {at + 1}", name, "appears twice"))
    if errors:
        raise ScenarioError(errors[:MAX_REPORTED])


def _column_values(factor: Factor, cells: Sequence[Any]) -> tuple[np.ndarray, dict[int, str]]:
    """Return the values of a column, and the problem of each wrong cell by its index."""
    if factor.values is None:
        numbers = _numbers(cells)
        wrong = ~((numbers >= factor.low) & (numbers <= factor.high))  # NaN too
        allowed = f"allowed is {factor.low:g} to {factor.high:g}"
        if factor.is_integer:
            wrong |= numbers % 1 != 0
            allowed = f"allowed is an integer, {factor.low:g} to {factor.high:g}"
        problems = {int(at): _cell_problem(cells[at], allowed) for at in np.flatnonzero(wrong)[:MAX_REPORTED]}
        return numbers if not factor.is_integer or problems else numbers.astype(np.int64), problems
    listed = factor.listed_values()
    places = {(_kind(value), value): place for place, value in enumerate(listed.tolist())}
    found = np.array([places.get(_listed_key(cell, listed), -1) for cell in cells], np.int64)
    allowed = f"allowed is {_alternatives(factor.values)}"
    problems = {int(at): _cell_problem(cells[at], allowed) for at in np.flatnonzero(found < 0)[:MAX_REPORTED]}
    return listed[found], problems


def _numbers(cells: Sequence[Any]) -> np.ndarray:
    """Return cells as numbers, float64; NaN where a cell is not a number."""
    try:
        if not any(isinstance(cell, bool) or (isinstance(cell, str) and "_" in cell) for cell in cells):
            numbers = np.array(cells, np.float64)
            if numbers.ndim == 1:
                return numbers
    except (ValueError, TypeError, OverflowError):
        pass
    return np.array([_number(cell) for cell in cells], np.float64)


def _number(cell: Any) -> float:
    try:
        return float("nan") if isinstance(cell, bool) or "_" in str(cell) else float(cell)
    except (ValueError, TypeError, OverflowError):
        return float("nan")


def _listed_key(cell: Any, listed: np.ndarray) -> tuple[type, Any]:
    """Return the key of a cell among listed values: a number, a boolean or text."""
    if listed.dtype == bool:
        return (bool, TRUTH.get(str(cell).strip().lower()))
    return (str, str(cell).strip()) if listed.dtype == object else (float, _number(cell))


def _kind(value: Any) -> type:
    return type(value) if isinstance(value, bool | str) else float


def _cell_problem(cell: Any, allowed: str) -> str:
    """Return what is wrong with a cell, with a hint where a decimal comma is likely."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)) or str(cell).strip() == "":
        return f"is blank; {allowed}"
    return f"{allowed}; {HINT}" if isinstance(cell, str) and {",", ";"} & {*cell} else allowed


def _alternatives(values: Sequence[Any]) -> str:
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in values[:12]]
    return ", ".join(texts) + (", ..." if len(values) > 12 else "")
