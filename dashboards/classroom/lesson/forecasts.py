"""Bets: the chance of each outcome as a percentage, called at set turns, scored at the end (Brier 1950)."""

import json
import time
from collections.abc import Iterable, Mapping
from typing import TypedDict

from dashboards.classroom.errors import RefusedError
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.lesson.store import to_json
from dashboards.classroom.schemas import OUTCOMES, ForecastRequest

BINS = ((0, 10), (10, 30), (30, 50), (50, 70), (70, 90), (90, 100))
Percents = Mapping[str, float]


class OwnForecasts(TypedDict):
    """The bets of one person, and their score once there is an outcome."""

    open: bool
    at: int | None
    due: list[int]
    mine: dict[str, dict[str, float]]
    score: float | None


class ForecastRound(TypedDict):
    """The bets called after a turn."""

    at: int
    given: int
    mean: dict[str, float] | None


class ClassForecasts(TypedDict):
    """The bets of a class while they come in."""

    at: int | None
    open: bool
    given: int
    of: int
    mean: dict[str, float] | None
    rounds: list[ForecastRound]


class ProjectorForecasts(TypedDict):
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


def submit_forecast(lesson: Lesson, person: int, sent: ForecastRequest) -> int:
    """Take a person's bet; it may be changed until the next turn resolves. Gives the turn after which it was called."""
    with lesson.lock:
        at = lesson.open_forecast_turn()
        if at is None or sent.at != at:
            raise RefusedError(409, "phase.wrong", "That bet is not open.", phase=lesson.phase)
        percents = {name: sent.percent[name] for name in OUTCOMES}
        with lesson.store.transaction() as db:
            row = (lesson.id, at, person, to_json(percents), time.time())
            db.execute("INSERT OR REPLACE INTO bet VALUES (?,?,?,?,?)", row)
    lesson.notify("console")
    return at


def all_forecasts(lesson: Lesson) -> dict[int, dict[int, dict[str, float]]]:
    """Give all bets: after how many turns, who, and the percentages."""
    found: dict[int, dict[int, dict[str, float]]] = {at: {} for at in lesson.settings.bets}
    for row in lesson.store.rows("SELECT * FROM bet WHERE lesson = ? ORDER BY at, person", lesson.id):
        found.setdefault(row["at"], {})[row["person"]] = json.loads(row["percent"])
    return found


def brier_score(percents: Percents, outcome: str) -> float:
    """Score a bet: the sum over outcomes of (p - o)^2, from 0 (certain and right) to 2 (certain and wrong)."""
    return sum((percents[name] / 100.0 - (name == outcome)) ** 2 for name in OUTCOMES)


def mean_forecast(all_bets: Iterable[Percents]) -> dict[str, float] | None:
    """Average bets; None if there are none."""
    listed = list(all_bets)
    return {name: round(sum(each[name] for each in listed) / len(listed), 1) for name in OUTCOMES} if listed else None


def mean_brier_score(all_bets: Iterable[Percents], outcome: str) -> float | None:
    """Average the scores of bets; None if there are none."""
    scores = [brier_score(each, outcome) for each in all_bets]
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


def own_forecasts(lesson: Lesson, person: int) -> OwnForecasts:
    """Give what one person sees of the bets."""
    own = {at: given[person] for at, given in all_forecasts(lesson).items() if person in given}
    score = mean_brier_score(own.values(), lesson.outcome) if lesson.outcome else None
    at = lesson.open_forecast_turn()
    return {
        "open": at is not None,
        "at": at,
        "due": lesson.settings.bets,
        "mine": {str(each): percents for each, percents in own.items()},
        "score": None if score is None else round(score, 3),
    }


def class_forecasts(lesson: Lesson) -> ClassForecasts:
    """Give what the instructor sees of the bets while they come in."""
    found, at = all_forecasts(lesson), lesson.open_forecast_turn()
    rounds: list[ForecastRound] = [
        {"at": each, "given": len(given), "mean": mean_forecast(given.values())}
        for each, given in found.items()
        if given
    ]
    here = found.get(at, {}) if at is not None else {}
    people = len(lesson.participants())
    return {
        "at": at,
        "open": at is not None,
        "given": len(here),
        "of": people,
        "mean": mean_forecast(here.values()),
        "rounds": rounds,
    }


def projector_forecasts(lesson: Lesson) -> ProjectorForecasts:
    """Give what the projector shows: how many have bet, and the mean once that bet has closed."""
    told = class_forecasts(lesson)
    closed = [each for each in told["rounds"] if each["at"] != told["at"]]
    return {"given": told["given"], "of": told["of"], "mean": closed[-1]["mean"] if closed else None}
