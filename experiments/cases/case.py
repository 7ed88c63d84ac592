"""Historical cases: dated, sourced, coded acts between two sides, one CSV file per case.

The first lines of a file begin with ``#`` and hold the title, the scenario, the two sides and corrections. One person
coded the acts after CAMEO; weights are Goldstein's (1992). ``docs/cases.md`` describes the columns.
"""

import csv
import datetime
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from model.errors import InputError, ScenarioError, collect_errors
from model.loading import MAX_FILE_BYTES, load_scenario
from model.schema_errors import convert_errors

CASES_FOLDER = Path(__file__).parent
MAX_MONTHS = 1200  # the longest run, in rounds


def _parse_day(text: str) -> datetime.date:
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise PydanticCustomError("no_day", "should be a date such as 2015-07-14") from None


ShortText = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Actor = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Evidence = Literal["verified", "partly", "memory"]


class CaseEvent(BaseModel):
    """One coded act: who did what to whom, and the quality of the evidence."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    date: Annotated[datetime.date, BeforeValidator(_parse_day)]
    precision: Literal["day", "month", "approx"]
    actor: Actor
    target: Actor
    joint: Literal["yes", "no"]
    event: ShortText
    cameo: Actor
    weight: float = Field(ge=-10, le=10)
    step: Literal[
        "signal", "talks", "technical", "interim-deal", "comprehensive-deal", "implementation", "reward",
        "verification", "pressure", "breach", "withdrawal", "force", "spoiler", "mediation", "domestic",
        "de-escalation",
    ]  # fmt: skip
    source: ShortText
    evidence: Evidence
    line: int

    @property
    def month_index(self) -> int:
        """Return the months since the year 0, so that two dates can be subtracted."""
        return self.date.year * 12 + self.date.month - 1


CASE_COLUMNS = tuple(name for name in CaseEvent.model_fields if name != "line")


class CaseHeader(BaseModel):
    """The header of a case file: its first lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: ShortText
    scenario: ShortText
    first: ShortText
    second: ShortText
    towards_either: str = Field("", alias="towards-either")
    third: str = ""
    corrected: list[ShortText] = []
    note: list[ShortText] = []


class CaseSide(NamedTuple):
    """One of the two sides: the state that represents it, and the actors whose acts count as its own."""

    state: str
    actors: frozenset[str]


@dataclass(frozen=True)
class Case:
    """A validated case. A round is a month; the month of the first act is round 1."""

    name: str
    header: CaseHeader
    sides: tuple[CaseSide, CaseSide]
    shared_targets: frozenset[str]
    events: tuple[CaseEvent, ...]

    @property
    def months(self) -> int:
        """Return the number of months from the first act to the last, both included."""
        return self.events[-1].month_index - self.events[0].month_index + 1

    def acts_of(self, side: int) -> list[CaseEvent]:
        """Return the acts of a side towards the other: its own and joint ones.

        Acts towards an actor under ``towards-either`` count as well. Domestic acts and acts of third parties do not.
        """
        own, other = self.sides[side].actors, self.sides[1 - side].actors
        return [
            each
            for each in self.events
            if (each.actor in own and each.target in other | self.shared_targets)
            or (each.joint == "yes" and each.target in own)
        ]

    def monthly_conduct(self, side: int) -> dict[int, float]:
        """Return the mean weight (-10 to 10) of a side's acts by round, for the months with acts."""
        months: dict[int, list[float]] = defaultdict(list)
        for each in self.acts_of(side):
            months[each.month_index - self.events[0].month_index + 1].append(each.weight)
        return {now: sum(weights) / len(weights) for now, weights in sorted(months.items())}

    def month_of(self, now: int) -> str:
        """Return the month of a round, such as 2015-07."""
        year, month = divmod(self.events[0].month_index + now - 1, 12)
        return f"{year}-{month + 1:02}"


@lru_cache(maxsize=1)
def goldstein_weights() -> dict[str, tuple[float, str]]:
    """Return the weight and meaning of each CAMEO code: the part of Goldstein's scale that the library uses."""
    with (CASES_FOLDER / "tables" / "weights.csv").open(encoding="utf-8", newline="") as file:
        return {row["cameo"]: (float(row["weight"]), row["meaning"]) for row in csv.DictReader(file)}


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
    header, errors = _parse_header(lines[:above])
    events, further = _parse_events([f"{line}\n" for line in lines[above:]], above)
    errors += further
    if header is None:
        raise ScenarioError(collect_errors(errors))
    case = Case(
        path.stem,
        header,
        (_parse_side(header.first), _parse_side(header.second)),
        frozenset(header.towards_either.split()),
        events,
    )
    errors += [*_check_sides(case), *_check_events(case)]
    if errors:
        raise ScenarioError(collect_errors(errors))
    return case


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


def _parse_header(header_lines: list[str]) -> tuple[CaseHeader | None, list[InputError]]:
    """Read the header lines, `# key: words`; `corrected` and `note` may occur several times."""
    header: dict[str, Any] = {"corrected": [], "note": []}
    errors = []
    for number, line in enumerate(header_lines, start=1):
        key, colon, text = (part.strip() for part in line[1:].partition(":"))
        if not colon:
            errors.append(InputError(f"line {number}", line, "should be `# key: words`"))
        elif key in ("corrected", "note"):
            header[key].append(text)
        elif key in header:
            errors.append(InputError(f"line {number}, {key}", "", "occurs twice"))
        else:
            header[key] = text
    try:
        return CaseHeader.model_validate(header), errors
    except ValidationError as error:
        invalid = (
            InputError(f"header, {each.path}", each.value, each.problem) for each in convert_errors(error, CaseHeader)
        )
        return None, [*errors, *invalid]


def _parse_side(text: str) -> CaseSide:
    """Parse a side, `state = ACTOR ACTOR`."""
    state, _, actors = text.partition("=")
    return CaseSide(state.strip(), frozenset(actors.split()))


def _parse_events(table: list[str], above: int) -> tuple[tuple[CaseEvent, ...], list[InputError]]:
    """Read the rows below the heading; ``above`` is the number of lines before it."""
    events: list[CaseEvent] = []
    errors: list[InputError] = []
    reader = csv.DictReader(table, strict=True)
    try:
        heading = tuple(reader.fieldnames or ())
        missing = [InputError(f"heading, {name}", "", "is missing") for name in CASE_COLUMNS if name not in heading]
        unknown = [
            InputError.unknown_name(f"heading, {name}", name, CASE_COLUMNS, "column")
            for name in heading
            if name not in CASE_COLUMNS
        ]
        if missing or unknown:
            return (), [*missing, *unknown]
        for row in reader:
            line = above + reader.line_num
            if None in row or None in row.values():
                errors.append(
                    InputError(f"line {line}", "", f"does not have the {len(CASE_COLUMNS)} fields of the heading")
                )
                continue
            try:
                events.append(CaseEvent.model_validate({**row, "line": line}))
            except ValidationError as error:
                errors += [each._replace(path=f"line {line}, {each.path}") for each in convert_errors(error, CaseEvent)]
    except csv.Error as error:
        errors.append(InputError(f"line {above + reader.reader.line_num}", "", f"cannot be read as CSV: {error}"))
    if not events and not errors:
        errors.append(InputError(f"line {above + 1}", "", "no acts follow"))
    return tuple(events), errors


def _check_sides(case: Case) -> Iterator[InputError]:
    """Yield errors in the scenario and the sides: sides must be the parties to one of its negotiations."""
    try:
        scenario = load_scenario(case.header.scenario)
    except ScenarioError as error:
        yield from (each._replace(path=f"header, {each.path}") for each in error.errors)
        return
    for key, side in zip(("first", "second"), case.sides, strict=True):
        if not side.actors:
            yield InputError(f"header, {key}", getattr(case.header, key), "should be `state = ACTOR ACTOR`")
        elif side.state not in scenario.states:
            yield InputError.unknown_name(
                f"header, {key}", side.state, scenario.states, f"state in {case.header.scenario}"
            )
    pairs = [{*talks.parties} for talks in scenario.negotiations.values()]
    if {side.state for side in case.sides} not in pairs:
        yield InputError("header, second", case.header.second, "the two sides are not the parties to one negotiation")
    for shared in sorted(case.sides[0].actors & case.sides[1].actors):
        yield InputError("header, second", shared, "is also an actor of the first side")


def _check_events(case: Case) -> Iterator[InputError]:
    """Yield errors that involve more than one field: codes, weights, actors, sources, order."""
    first, second = (side.actors for side in case.sides)
    known = first | second | case.shared_targets | {*case.header.third.split()}
    for number, each in enumerate(case.events):
        where = f"line {each.line}"
        if each.cameo not in goldstein_weights():
            yield InputError.unknown_name(
                f"{where}, cameo", each.cameo, goldstein_weights(), "code in the table of weights"
            )
        elif each.weight != goldstein_weights()[each.cameo][0]:
            yield InputError(
                f"{where}, weight", each.weight, f"code {each.cameo} has weight {goldstein_weights()[each.cameo][0]}"
            )
        for column in ("actor", "target"):
            if getattr(each, column) not in known:
                yield InputError.unknown_name(f"{where}, {column}", getattr(each, column), known, "actor in the header")
        if each.joint == "yes" and not all({each.actor, each.target} & side for side in (first, second)):
            yield InputError(f"{where}, joint", "yes", "a joint act needs an actor of each side")
        if (each.source == "memory") != (each.evidence == "memory"):
            yield InputError(
                f"{where}, evidence", each.evidence, "`memory` must be in both source and evidence, or in neither"
            )
        if number and each.date < case.events[number - 1].date:
            yield InputError(f"{where}, date", str(each.date), "is earlier than in the row above")
    if case.events and case.months > MAX_MONTHS:
        yield InputError(f"line {case.events[-1].line}, date", case.months, f"a case spans at most {MAX_MONTHS} months")
