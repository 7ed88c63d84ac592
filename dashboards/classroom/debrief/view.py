"""The view of the debrief: with names for the instructor, with their own seat first for students."""

from typing import Any

from dashboards.classroom.debrief.counterfactuals import Debriefs
from dashboards.classroom.debrief.messages import (
    DebriefFailed,
    DebriefMessage,
    DebriefProgress,
    DebriefReady,
    ErrorMessage,
    NamedSeatComparison,
    ScoredForecast,
    ScoredForecasts,
)
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.visibility import Observer
from dashboards.classroom.lesson import forecasts
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.views.exports import dashboard_link
from dashboards.classroom.views.serialize import all_names, ladders, public_story, scenario_name, visible_charts


def debrief_message(
    debriefs: Debriefs, lesson: Lesson, person: int | None, seat: str | None
) -> DebriefMessage | DebriefProgress:
    """Return the debrief of an ended lesson, or its progress. Raises RefusedError if the lesson has not ended."""
    lesson.require_phase("ended")
    story = public_story(lesson.simulation, lesson.events)
    debrief = debriefs.find(lesson, story)
    if isinstance(debrief, tuple):
        return {"ready": False, "done": debrief[0], "of": debrief[1]}
    observer = Observer(lesson.simulation.world, lesson.scenario, None, "all")
    people = lesson.participants()
    comparisons: list[NamedSeatComparison] = [
        {**each, "people": _participant_names(people, each["seat"], person)} for each in debrief["ghosts"]
    ]
    return {
        "ready": True,
        "lesson": lesson.number,
        "names": all_names(lesson.simulation),
        "scenario": scenario_name(lesson.scenario, lesson.source),
        "outcome": lesson.outcome,
        "progress": debrief["progress"],
        "seed": lesson.seed,
        "rounds": lesson.simulation.round,
        "months": lesson.months_per_turn,
        "agents": debrief["agents"],
        "charts": {**visible_charts(lesson.simulation, observer), "agents": debrief["agents_charts"]},
        "ladder": ladders(lesson.simulation),
        "story": story,
        "chances": debrief["chances"],
        "turning": debrief["turning"],
        "ghosts": sorted(comparisons, key=lambda each: each["seat"] != seat),
        "weighed": debrief["weighed"],
        "forecasts": score_forecasts(lesson, debrief["model"], person),
        "questions": debrief["questions"],
        "link": dashboard_link(lesson, "explore"),
        "watch": dashboard_link(lesson, "watch"),
    }


def _participant_names(people: list[Any], seat: str, person: int | None) -> list[str]:
    """Return the participants of a seat: all for the instructor, only the student for a student."""
    return [each["name"] for each in people if each["seat"] == seat and person in (None, each["person"])]


def score_forecasts(lesson: Lesson, model: dict[str, dict[str, float]], person: int | None) -> ScoredForecasts:
    """Score the class's forecasts, and the model's own chances at the same turns."""
    outcome, by_turn = str(lesson.outcome), forecasts.all_forecasts(lesson)
    rounds: list[ScoredForecast] = []
    for at, received in by_turn.items():
        if received:
            own = {name: 100.0 * share for name, share in model.get(str(at), {}).items()}
            rounds.append(
                {
                    "at": at,
                    "given": len(received),
                    "mean": forecasts.mean_forecast(received.values()),
                    "brier": _rounded(forecasts.mean_brier_score(received.values(), outcome)),
                    "model_brier": _rounded(forecasts.brier_score(own, outcome)) if own else None,
                }
            )
    everyone = [each for received in by_turn.values() for each in received.values()]
    own = [received[person] for received in by_turn.values() if person in received]
    return {
        "rounds": rounds,
        "calibration": forecasts.calibration(everyone, outcome),
        "class": _rounded(forecasts.mean_brier_score(everyone, outcome)),
        "mine": _rounded(forecasts.mean_brier_score(own, outcome)) if person is not None else None,
    }


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 3)


def debrief_progress(debriefs: Debriefs, lesson: Lesson) -> DebriefProgress | DebriefReady | DebriefFailed | None:
    """Return the progress of the debrief, starting it if needed; None until the lesson has ended."""
    if lesson.phase != "ended":
        return None
    try:
        debrief = debriefs.find(lesson, public_story(lesson.simulation, lesson.events))
    except RefusedError as refused:
        error: ErrorMessage = {"code": refused.code, "params": refused.params, "text": refused.text}
        return {"ready": False, "error": error}
    return {"ready": False, "done": debrief[0], "of": debrief[1]} if isinstance(debrief, tuple) else {"ready": True}
