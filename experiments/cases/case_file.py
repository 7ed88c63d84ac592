"""The file of a case: its header and its rows, loaded and checked, with all errors at once."""

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from experiments.cases.case import (
    BOTH,
    CASE_COLUMNS,
    CASES_FOLDER,
    Case,
    CaseEvent,
    CaseHeader,
    CaseSide,
    code_weight,
    parse_day,
    split_actors,
)
from model.errors import InputError, ScenarioError, collect_errors
from model.loading import MAX_FILE_BYTES, load_scenario
from model.schema_errors import convert_errors

MAX_MONTHS = 1200  # the longest run, in rounds
REPEATED_KEYS = ("source", "corrected", "note")
Sides = tuple[CaseSide, CaseSide]


class CaseRow(NamedTuple):
    """A row of the table, as text by column, and its line in the file."""

    line: int
    fields: dict[str, str]


def case_names() -> list[str]:
    """Return the names of the cases that come with the package."""
    return sorted(path.stem for path in CASES_FOLDER.glob("*.csv"))


def load_case(name: str | Path) -> Case:
    """Load a case by name, or from a file. Raises ScenarioError with all errors, by line and column."""
    path = CASES_FOLDER / f"{name}.csv" if str(name) in case_names() else Path(name)
    if not os.path.isfile(path):  # unlike Path.is_file, it accepts names of any length
        raise ScenarioError([InputError.unknown_name("case", str(name), case_names(), "case or file")])
    lines = _read_text(path).split("\n")
    above = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header, errors = read_header(lines[:above], path.parent)
    rows, heading_errors = read_rows([f"{line}\n" for line in lines[above:]], above)
    sides = _parse_side(header.get("first", "")), _parse_side(header.get("second", ""))
    rows = [fill_row(row, header, sides) for row in rows]
    errors += [*check_header(header, sides), *heading_errors, *check_rows(rows, header, sides)]
    if errors:
        raise ScenarioError(collect_errors(sorted(errors, key=_line_of)))
    return Case(
        path.stem,
        CaseHeader.model_validate(header),
        sides,
        frozenset(header.get("towards-either", "").split()),
        all_actors(header, sides),
        tuple(CaseEvent.model_validate({**row.fields, "line": row.line}) for row in rows),
    )


def _line_of(error: InputError) -> int:
    """Return the line that an error names, so that a file's errors are in its order; 0 for the whole header."""
    word, _, number = error.path.partition(",")[0].partition(" ")
    return int(number) if word == "line" else 0


def _read_text(path: Path) -> str:
    """Return the text of a file."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise ScenarioError(
                [InputError(str(path), path.stat().st_size, "a case file has at most 1 MiB (value in bytes)")]
            )
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([InputError(str(path), "", f"is not UTF-8 text: see byte {error.start}")]) from None
    except OSError as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read: {error.strerror or error}")]) from None


# The header ----------------------------------------------------------------------------------------


def read_header(lines: list[str], folder: Path) -> tuple[dict[str, Any], list[InputError]]:
    """Read the header lines, `# key: words`; `source`, `corrected` and `note` may occur several times.

    folder: the folder of the file; a scenario's path may be relative to it.
    """
    header: dict[str, Any] = {key: [] for key in REPEATED_KEYS}
    errors = []
    for number, line in enumerate(lines, start=1):
        key, colon, text = (part.strip() for part in line[1:].partition(":"))
        if not key and not colon:
            continue
        if not colon:
            errors.append(InputError(f"line {number}", line, "should be `# key: words`"))
        elif key in REPEATED_KEYS:
            header[key].append(text)
        elif key in header:
            errors.append(InputError(f"line {number}, {key}", "", "occurs twice"))
        else:
            header[key] = text
    if os.path.isfile(folder / header.get("scenario", "")):
        header["scenario"] = str(folder / header["scenario"])
    return header, errors


def _parse_side(text: str) -> CaseSide:
    """Parse a side, `state = ACTOR ACTOR`."""
    state, _, actors = text.partition("=")
    return CaseSide(state.strip(), frozenset(actors.split()))


def all_actors(header: Mapping[str, Any], sides: Sides) -> frozenset[str]:
    """Return the actors of both sides and those under `towards-either` and `third`."""
    others = f"{header.get('towards-either', '')} {header.get('third', '')}".split()
    return frozenset(others).union(*(side.actors for side in sides))


def check_header(header: Mapping[str, Any], sides: Sides) -> Iterator[InputError]:
    """Yield errors in the header: its keys, its scenario, and its sides, the parties to one of its negotiations."""
    try:
        CaseHeader.model_validate(header)
    except ValidationError as error:
        yield from (each._replace(path=f"header, {each.path}") for each in convert_errors(error, CaseHeader))
    given = [(key, side) for key, side in zip(("first", "second"), sides, strict=True) if header.get(key)]
    for key, side in given:
        if not side.actors:
            yield InputError(f"header, {key}", header[key], "should be `state = ACTOR ACTOR`")
        elif BOTH in side.actors:
            yield InputError(f"header, {key}", BOTH, "no actor can be called `both`: it means both sides")
    for shared in sorted(sides[0].actors & sides[1].actors):
        yield InputError("header, second", shared, "is also an actor of the first side")
    if header.get("scenario"):
        yield from _check_states(header, given)


def _check_states(header: Mapping[str, Any], given: list[tuple[str, CaseSide]]) -> Iterator[InputError]:
    try:
        scenario = load_scenario(header["scenario"])
    except ScenarioError as error:
        yield from (each._replace(path=f"header, {each.path}") for each in error.errors)
        return
    unknown = [(key, side) for key, side in given if side.actors and side.state not in scenario.states]
    for key, side in unknown:
        yield InputError.unknown_name(f"header, {key}", side.state, scenario.states, f"state in {header['scenario']}")
    pairs = [{*talks.parties} for talks in scenario.negotiations.values()]
    if len(given) == 2 and not unknown and {side.state for _, side in given} not in pairs:
        parties = "; ".join(" and ".join(talks.parties) for talks in scenario.negotiations.values())
        yield InputError(
            "header, second", header["second"], f"the two sides are not the parties to one negotiation: {parties}"
        )


# The rows ------------------------------------------------------------------------------------------


def read_rows(table: list[str], above: int) -> tuple[list[CaseRow], list[InputError]]:
    """Read the rows below the heading; ``above`` is the number of lines before it."""
    rows: list[CaseRow] = []
    reader = csv.DictReader(table, strict=True)
    errors: list[InputError] = []
    try:
        heading = tuple(reader.fieldnames or ())
        if len(heading) == 1 and (";" in heading[0] or "\t" in heading[0]):
            return [], [InputError(f"line {above + 1}", heading[0], "the columns should be separated by commas")]
        errors += _check_heading(heading)
        for row in reader:
            line = above + reader.line_num
            if None in row or None in row.values():
                errors.append(InputError(f"line {line}", "", f"does not have the {len(heading)} fields of the heading"))
            else:
                rows.append(CaseRow(line, {name: row[name] for name in CASE_COLUMNS if name in heading}))
    except csv.Error as error:
        errors.append(InputError(f"line {above + reader.reader.line_num}", "", f"cannot be read as CSV: {error}"))
    if not rows and not errors:
        errors.append(InputError(f"line {above + 1}", "", "no acts follow"))
    return rows, errors


def _check_heading(heading: tuple[str, ...]) -> Iterator[InputError]:
    yield from (InputError(f"heading, {name}", "", "is missing") for name in CASE_COLUMNS if name not in heading)
    for name in heading:
        if name not in CASE_COLUMNS:
            yield InputError.unknown_name(f"heading, {name}", name, CASE_COLUMNS, "column")


def fill_row(row: CaseRow, header: Mapping[str, Any], sides: Sides) -> CaseRow:
    """Fill the fields that may be empty: `joint` from the actor, `weight` from the code, `source` from the header."""
    fields, found, known = dict(row.fields), code_weight(row.fields.get("cameo", "")), all_actors(header, sides)
    if fields.get("joint") == "":
        fields["joint"] = "yes" if _names_each_side(fields.get("actor", ""), sides, known) else "no"
    if fields.get("weight") == "" and found is not None:
        fields["weight"] = str(found.weight)
    if fields.get("source") == "" and len(header["source"]) == 1:
        fields["source"] = header["source"][0]
    return row._replace(fields=fields)


def _names_each_side(actor: str, sides: Sides, known: frozenset[str]) -> bool:
    return actor == BOTH or all(split_actors(actor, sides, known) & side.actors for side in sides)


def check_rows(rows: list[CaseRow], header: Mapping[str, Any], sides: Sides) -> Iterator[InputError]:
    """Yield errors in the rows: field by field, and those that involve more than one field or row."""
    known = all_actors(header, sides) if all(side.actors for side in sides) else frozenset()
    for row in rows:
        yield from _check_fields(row)
        errors = [*_check_code(row.fields), *_check_evidence(row.fields)]
        if known:
            errors += [*_check_joint(row.fields, sides, known), *_check_actors(row.fields, sides, known)]
        yield from (each._replace(path=f"line {row.line}, {each.path}") for each in errors)
    yield from _check_dates(rows)


def _check_fields(row: CaseRow) -> Iterator[InputError]:
    try:
        CaseEvent.model_validate({**row.fields, "line": row.line})
    except ValidationError as error:
        for each in convert_errors(error, CaseEvent):
            if each.path in row.fields:  # a column that is missing is reported once, with the heading
                yield each._replace(path=f"line {row.line}, {each.path}")


def _check_code(fields: Mapping[str, str]) -> Iterator[InputError]:
    code = fields.get("cameo", "")
    found = code_weight(code)
    if code and found is None:
        hint = f"; did you mean `0{code}`? (spreadsheets drop leading zeros)" if code_weight(f"0{code}") else ""
        yield InputError("cameo", code, f"is not a CAMEO code: two to four digits, the first two from 01 to 20{hint}")
    try:
        if found is not None and -10 <= float(fields["weight"]) <= 10 and float(fields["weight"]) != found.weight:
            origin = f"its root code {found.entry}" if found.entry != code else "the table of weights"
            yield InputError(
                "weight", float(fields["weight"]), f"code {code} has weight {found.weight}, from {origin}; or empty"
            )
    except (KeyError, ValueError):
        return  # missing, or no number: reported with the fields


def _check_evidence(fields: Mapping[str, str]) -> Iterator[InputError]:
    if {"source", "evidence"} <= fields.keys() and (fields["source"] == "memory") != (fields["evidence"] == "memory"):
        yield InputError("evidence", fields["evidence"], "`memory` must be in both source and evidence, or in neither")


def _check_joint(fields: Mapping[str, str], sides: Sides, known: frozenset[str]) -> Iterator[InputError]:
    actor, joint = fields.get("actor", ""), fields.get("joint", "")
    named = split_actors(actor, sides, known) | split_actors(fields.get("target", ""), sides, known)
    if joint == "yes" and not all(named & side.actors for side in sides):
        yield InputError("joint", joint, "a joint act needs an actor of each side")
    if joint == "no" and _names_each_side(actor, sides, known):
        yield InputError("joint", joint, f"an act of {actor} is joint: write `yes`, or leave the field empty")


def _check_actors(fields: Mapping[str, str], sides: Sides, known: frozenset[str]) -> Iterator[InputError]:
    for column in ("actor", "target"):
        for name in sorted(split_actors(fields.get(column, ""), sides, known) - known - {""}):
            yield InputError.unknown_name(column, name, [*known, BOTH], "actor in the header")


def _check_dates(rows: list[CaseRow]) -> Iterator[InputError]:
    """Yield errors in the order of the dates, and in the span of the case; invalid dates are reported elsewhere."""
    dated = []
    for row in rows:
        with suppress(ValueError):
            dated.append((row, parse_day(row.fields.get("date", ""))))
    for (_, before), (row, day) in pairwise(dated):
        if day < before:
            yield InputError(f"line {row.line}, date", str(day), "is earlier than in the row above")
    if dated:
        (_, start), (row, end) = dated[0], dated[-1]
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        if months > MAX_MONTHS:
            yield InputError(f"line {row.line}, date", months, f"a case spans at most {MAX_MONTHS} months")
