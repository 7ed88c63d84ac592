"""Bets: the chance of each outcome as a percentage, called at set turns, scored at the end (Brier 1950)."""

import json
import time
from collections.abc import Iterable, Mapping
from typing import TypedDict

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.store import written
from dashboards.classroom.schemas import OUTCOMES, SentBet

BINS = ((0, 10), (10, 30), (30, 50), (50, 70), (70, 90), (90, 100))
Percents = Mapping[str, float]


class OwnBets(TypedDict):
    """The bets of one person, and their score once there is an outcome."""

    open: bool
    at: int | None
    due: list[int]
    mine: dict[str, dict[str, float]]
    score: float | None


class BetRound(TypedDict):
    """The bets called after a turn."""

    at: int
    given: int
    mean: dict[str, float] | None


class ClassBets(TypedDict):
    """The bets of a class while they come in."""

    at: int | None
    open: bool
    given: int
    of: int
    mean: dict[str, float] | None
    rounds: list[BetRound]


class WallBets(TypedDict):
    """How many have bet, and the mean of the last bet that has closed."""

    given: int
    of: int
    mean: dict[str, float] | None


class CalibrationRow(TypedDict):
    """What was stated in a bin of percentages, and what came true."""

    low: int
    high: int
    stated: float
    came_true: float
    count: int


def bet(lesson: Lesson, person: int, sent: SentBet) -> int:
    """Take a person's bet; it may be changed until the next turn resolves. Gives the turn after which it was called."""
    with lesson.lock:
        at = lesson.bet_open()
        if at is None or sent.at != at:
            raise RefusedError(409, "phase.wrong", "That bet is not open.", phase=lesson.phase)
        percents = {name: sent.percent[name] for name in OUTCOMES}
        with lesson.store.writing() as db:
            row = (lesson.id, at, person, written(percents), time.time())
            db.execute("INSERT OR REPLACE INTO bet VALUES (?,?,?,?,?)", row)
    lesson.tell("console")
    return at


def bets(lesson: Lesson) -> dict[int, dict[int, dict[str, float]]]:
    """Give all bets: after how many turns, who, and the percentages."""
    found: dict[int, dict[int, dict[str, float]]] = {at: {} for at in lesson.settings.bets}
    for row in lesson.store.rows("SELECT * FROM bet WHERE lesson = ? ORDER BY at, person", lesson.id):
        found.setdefault(row["at"], {})[row["person"]] = json.loads(row["percent"])
    return found


def brier(percents: Percents, outcome: str) -> float:
    """Score a bet: the sum over outcomes of (p - o)^2, from 0 (certain and right) to 2 (certain and wrong)."""
    return sum((percents[name] / 100.0 - (name == outcome)) ** 2 for name in OUTCOMES)


def mean(all_bets: Iterable[Percents]) -> dict[str, float] | None:
    """Average bets; None if there are none."""
    listed = list(all_bets)
    return {name: round(sum(each[name] for each in listed) / len(listed), 1) for name in OUTCOMES} if listed else None


def mean_score(all_bets: Iterable[Percents], outcome: str) -> float | None:
    """Average the scores of bets; None if there are none."""
    scores = [brier(each, outcome) for each in all_bets]
    return sum(scores) / len(scores) if scores else None


def calibration(all_bets: Iterable[Percents], outcome: str) -> list[CalibrationRow]:
    """Compare what was stated with what came true, in bins of stated percentages."""
    stated = [(each[name], 100.0 * (name == outcome)) for each in all_bets for name in OUTCOMES]
    found: list[CalibrationRow] = []
    for low, high in BINS:
        inside = [pair for pair in stated if low <= pair[0] < high or pair[0] == high == 100]
        if inside:
            said, true = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            row: CalibrationRow = {
                "low": low,
                "high": high,
                "stated": round(said, 1),
                "came_true": round(true, 1),
                "count": len(inside),
            }
            found.append(row)
    return found


def mine(lesson: Lesson, person: int) -> OwnBets:
    """Give what one person sees of the bets."""
    own = {at: given[person] for at, given in bets(lesson).items() if person in given}
    score = mean_score(own.values(), lesson.outcome) if lesson.outcome else None
    at = lesson.bet_open()
    return {
        "open": at is not None,
        "at": at,
        "due": lesson.settings.bets,
        "mine": {str(each): percents for each, percents in own.items()},
        "score": None if score is None else round(score, 3),
    }


def of_class(lesson: Lesson) -> ClassBets:
    """Give what the instructor sees of the bets while they come in."""
    found, at = bets(lesson), lesson.bet_open()
    rounds: list[BetRound] = [
        {"at": each, "given": len(given), "mean": mean(given.values())} for each, given in found.items() if given
    ]
    here = found.get(at, {}) if at is not None else {}
    people = len(lesson.people())
    return {
        "at": at,
        "open": at is not None,
        "given": len(here),
        "of": people,
        "mean": mean(here.values()),
        "rounds": rounds,
    }


def shown_on_wall(lesson: Lesson) -> WallBets:
    """Give what the projector shows: how many have bet, and the mean once that bet has closed."""
    told = of_class(lesson)
    closed = [each for each in told["rounds"] if each["at"] != told["at"]]
    return {"given": told["given"], "of": told["of"], "mean": closed[-1]["mean"] if closed else None}
