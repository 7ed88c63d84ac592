"""Historical cases: dated, sourced, coded acts between two sides, and the weights of the codes.

One person coded the acts of the library after CAMEO; weights are Goldstein's (1992). ``docs/cases.md`` describes the
file of a case; ``case_file.py`` loads it.
"""

import csv
import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

CASES_FOLDER = Path(__file__).parent
BOTH = "both"  # as an actor: both sides together


def parse_day(text: str) -> datetime.date:
    """Return the day that a text such as 2015-07-14 names. Raises PydanticCustomError, a ValueError."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise PydanticCustomError("no_day", "should be a date such as 2015-07-14") from None


ShortText = Annotated[str, StringConstraints(min_length=1, max_length=400)]
MAX_ACTORS_LENGTH = 200
Actors = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ACTORS_LENGTH)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Evidence = Literal["verified", "partly", "memory"]


class CaseEvent(BaseModel):
    """One coded act: who did what to whom, and the quality of the evidence."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    date: Annotated[datetime.date, BeforeValidator(parse_day)]
    precision: Literal["day", "month", "approx"]
    actor: Actors
    target: Actors
    joint: Literal["yes", "no"]
    event: ShortText
    cameo: Code
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
    source: list[ShortText] = []
    corrected: list[ShortText] = []
    note: list[ShortText] = []


class CaseSide(NamedTuple):
    """One of the two sides: the state that represents it, and the actors whose acts count as its own."""

    state: str
    actors: frozenset[str]


class CodeWeight(NamedTuple):
    """The weight of a CAMEO code, -10 to 10, the entry of the table that it comes from, and that entry's meaning."""

    weight: float
    entry: str
    meaning: str


@lru_cache(maxsize=1)
def goldstein_weights() -> dict[str, tuple[float, str]]:
    """Return weight and meaning of CAMEO codes: Goldstein's for all root codes, and for the codes of the library."""
    with (CASES_FOLDER / "tables" / "weights.csv").open(encoding="utf-8", newline="") as file:
        return {row["cameo"]: (float(row["weight"]), row["meaning"]) for row in csv.DictReader(file)}


def code_weight(code: str) -> CodeWeight | None:
    """Return the weight of a CAMEO code of two to four digits; None if its first two digits are no root code.

    A code that is not in the table has the weight of its root code, its first two digits.
    """
    table = goldstein_weights()
    entry = code if code in table else code[:2]
    is_code = 2 <= len(code) <= 4 and code.isascii() and code.isdigit()
    return CodeWeight(table[entry][0], entry, table[entry][1]) if is_code and entry in table else None


def split_actors(text: str, sides: Sequence[CaseSide], known: Collection[str]) -> frozenset[str]:
    """Return the actors that a field names: one, several joined by `+`, or those of both sides for `both`.

    known: all actors of the case; a name that contains `+`, such as P5+1, is not split. A text that is too long for a
    field is returned whole.
    """
    if len(text) > MAX_ACTORS_LENGTH:
        return frozenset([text])
    if text == BOTH:
        return frozenset().union(*(side.actors for side in sides))
    names, parts = set(), [part.strip() for part in text.split("+")]
    while parts:
        lengths = range(min(len(parts), 9), 1, -1)
        length = next((each for each in lengths if "+".join(parts[:each]) in known), 1)
        names.add("+".join(parts[:length]))
        parts = parts[length:]
    return frozenset(names)


@dataclass(frozen=True)
class Case:
    """A validated case. A round is a month; the month of the first act is round 1.

    shared_targets: actors under ``towards-either``. actors: all actors of the case.
    """

    name: str
    header: CaseHeader
    sides: tuple[CaseSide, CaseSide]
    shared_targets: frozenset[str]
    actors: frozenset[str]
    events: tuple[CaseEvent, ...]

    @property
    def months(self) -> int:
        """Return the number of months from the first act to the last, both included."""
        return self.events[-1].month_index - self.events[0].month_index + 1

    @property
    def root_codes(self) -> dict[str, int]:
        """Return the codes that have the weight of their root code, with their numbers of acts."""
        counts = Counter(each.cameo for each in self.events)
        return {code: count for code, count in counts.items() if len(code) == 2 or code not in goldstein_weights()}

    def acts_of(self, side: int) -> list[CaseEvent]:
        """Return the acts of a side towards the other: its own, and joint ones, which are acts of each side.

        Acts towards an actor under ``towards-either`` count as well. Domestic acts and acts of third parties do not.
        """
        own, targets = self.sides[side].actors, self.sides[1 - side].actors | self.shared_targets
        return [
            each
            for each in self.events
            if each.joint == "yes" or (self.actors_in(each.actor) & own and self.actors_in(each.target) & targets)
        ]

    def actors_in(self, text: str) -> frozenset[str]:
        """Return the actors that the field of an act names."""
        return split_actors(text, self.sides, self.actors)

    def monthly_conduct(self, side: int) -> dict[int, float]:
        """Return the mean weight (-10 to 10) of a side's acts by round, for the months with acts."""
        months: dict[int, list[float]] = defaultdict(list)
        for each in self.acts_of(side):
            months[each.month_index - self.events[0].month_index + 1].append(each.weight)
        return {now: sum(weights) / len(weights) for now, weights in sorted(months.items())}

    def monthly_weights(self) -> np.ndarray:
        """Return the mean weight of each side's acts: [month, side], NaN in months without an act or of weight 0."""
        weights = np.full((self.months, 2), np.nan)
        for side in (0, 1):
            for now, weight in self.monthly_conduct(side).items():
                weights[now - 1, side] = weight or np.nan
        return weights

    def month_of(self, now: int) -> str:
        """Return the month of a round, such as 2015-07."""
        year, month = divmod(self.events[0].month_index + now - 1, 12)
        return f"{year}-{month + 1:02}"
