"""Forecasts: the probability of each outcome in percent, made at set turns, scored at the end (Brier 1950)."""

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
    """The forecasts of one participant, and their score once there is an outcome."""

    open: bool
    at: int | None
    due: list[int]
    mine: dict[str, dict[str, float]]
    score: float | None


class ForecastRound(TypedDict):
    """The forecasts made after a turn."""

    at: int
    given: int
    mean: dict[str, float] | None


class ClassForecasts(TypedDict):
    """The forecasts of a class during the lesson."""

    at: int | None
    open: bool
    given: int
    of: int
    mean: dict[str, float] | None
    rounds: list[ForecastRound]


class ProjectorForecasts(TypedDict):
    """The number of open forecasts received, and the mean of the last closed ones."""

    given: int
    of: int
    mean: dict[str, float] | None


class CalibrationRow(TypedDict):
    """Stated probability and observed frequency in a bin, in percent."""

    low: int
    high: int
    stated: float
    came_true: float
    count: int


def submit_forecast(lesson: Lesson, person: int, request: ForecastRequest) -> int:
    """Store a forecast, which can change until the next turn resolves; returns the number of turns before it."""
    with lesson.lock:
        at = lesson.open_forecast_turn()
        if at is None or request.at != at:
            raise RefusedError(409, "phase.wrong", "This forecast is not open.", phase=lesson.phase)
        percents = {name: request.percent[name] for name in OUTCOMES}
        with lesson.store.transaction() as db:
            row = (lesson.id, at, person, to_json(percents), time.time())
            db.execute("INSERT OR REPLACE INTO bet VALUES (?,?,?,?,?)", row)
    lesson.notify("console")
    return at


def all_forecasts(lesson: Lesson) -> dict[int, dict[int, dict[str, float]]]:
    """Return all forecasts: percentages by number of turns and participant."""
    forecasts: dict[int, dict[int, dict[str, float]]] = {at: {} for at in lesson.settings.bets}
    for row in lesson.store.rows("SELECT * FROM bet WHERE lesson = ? ORDER BY at, person", lesson.id):
        forecasts.setdefault(row["at"], {})[row["person"]] = json.loads(row["percent"])
    return forecasts


def brier_score(percents: Percents, outcome: str) -> float:
    """Return the Brier score, the sum over outcomes of (p - o)^2: 0 is certain and right, 2 certain and wrong."""
    return sum((percents[name] / 100.0 - (name == outcome)) ** 2 for name in OUTCOMES)


def mean_forecast(all_bets: Iterable[Percents]) -> dict[str, float] | None:
    """Return the mean of forecasts; None if there are none."""
    listed = list(all_bets)
    return {name: round(sum(each[name] for each in listed) / len(listed), 1) for name in OUTCOMES} if listed else None


def mean_brier_score(all_bets: Iterable[Percents], outcome: str) -> float | None:
    """Return the mean score of forecasts; None if there are none."""
    scores = [brier_score(each, outcome) for each in all_bets]
    return sum(scores) / len(scores) if scores else None


def calibration(all_bets: Iterable[Percents], outcome: str) -> list[CalibrationRow]:
    """Compare stated probabilities with observed frequencies, in bins of stated percentages."""
    stated = [(each[name], 100.0 * (name == outcome)) for each in all_bets for name in OUTCOMES]
    rows: list[CalibrationRow] = []
    for low, high in BINS:
        inside = [pair for pair in stated if low <= pair[0] < high or pair[0] == high == 100]
        if inside:
            stated_mean, frequency = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            row: CalibrationRow = {
                "low": low,
                "high": high,
                "stated": round(stated_mean, 1),
                "came_true": round(frequency, 1),
                "count": len(inside),
            }
            rows.append(row)
    return rows


def own_forecasts(lesson: Lesson, person: int) -> OwnForecasts:
    """Return the forecasts that a participant sees."""
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
    """Return the forecasts that the instructor sees."""
    forecasts, at = all_forecasts(lesson), lesson.open_forecast_turn()
    rounds: list[ForecastRound] = [
        {"at": each, "given": len(given), "mean": mean_forecast(given.values())}
        for each, given in forecasts.items()
        if given
    ]
    open_forecasts = forecasts.get(at, {}) if at is not None else {}
    people = len(lesson.participants())
    return {
        "at": at,
        "open": at is not None,
        "given": len(open_forecasts),
        "of": people,
        "mean": mean_forecast(open_forecasts.values()),
        "rounds": rounds,
    }


def projector_forecasts(lesson: Lesson) -> ProjectorForecasts:
    """Return the forecasts that the projector shows: the number received, and the mean of the last closed ones."""
    forecasts = class_forecasts(lesson)
    closed = [each for each in forecasts["rounds"] if each["at"] != forecasts["at"]]
    return {"given": forecasts["given"], "of": forecasts["of"], "mean": closed[-1]["mean"] if closed else None}
