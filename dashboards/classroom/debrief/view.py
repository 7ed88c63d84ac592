"""The debrief as it is shown: to the instructor with names, to a student with the own seat first."""

from typing import Any

from dashboards.classroom.debrief.counterfactuals import Debriefs
from dashboards.classroom.debrief.messages import (
    DebriefFailed,
    DebriefMessage,
    DebriefProgress,
    DebriefReady,
    FaultMessage,
    NamedGhost,
    ScoredBet,
    ScoredBets,
)
from dashboards.classroom.errors import RefusedError
from dashboards.classroom.game.visibility import Eyes
from dashboards.classroom.lesson import predictions
from dashboards.classroom.lesson.lesson import Lesson
from dashboards.classroom.views.exports import link_of
from dashboards.classroom.views.serialize import all_names, charts, ladder, of_scenario, story


def debrief(
    debriefs: Debriefs, lesson: Lesson, person: int | None, seat: str | None
) -> DebriefMessage | DebriefProgress:
    """Give the debrief of a lesson that is over, or how far it is. Raises RefusedError if the lesson goes on."""
    lesson.need("ended")
    told = story(lesson.table, lesson.events)
    found = debriefs.find(lesson, told)
    if isinstance(found, tuple):
        return {"ready": False, "done": found[0], "of": found[1]}
    eyes = Eyes(lesson.table.world, lesson.scenario, None, "all")
    people = lesson.people()
    ghosts: list[NamedGhost] = [{**each, "people": _names(people, each["seat"], person)} for each in found["ghosts"]]
    return {
        "ready": True,
        "lesson": lesson.number,
        "names": all_names(lesson.table),
        "scenario": of_scenario(lesson.scenario, lesson.source),
        "outcome": lesson.outcome,
        "progress": found["progress"],
        "seed": lesson.seed,
        "rounds": lesson.table.round,
        "months": lesson.months,
        "agents": found["agents"],
        "charts": {**charts(lesson.table, eyes), "agents": found["agents_charts"]},
        "ladder": ladder(lesson.table),
        "story": told,
        "chances": found["chances"],
        "turning": found["turning"],
        "ghosts": sorted(ghosts, key=lambda each: each["seat"] != seat),
        "weighed": found["weighed"],
        "bets": scored(lesson, found["model"], person),
        "questions": found["questions"],
        "link": link_of(lesson, "explore"),
        "watch": link_of(lesson, "watch"),
    }


def _names(people: list[Any], seat: str, person: int | None) -> list[str]:
    """Name who sat in a seat: for the instructor all, for a student only the student."""
    return [each["name"] for each in people if each["seat"] == seat and person in (None, each["person"])]


def scored(lesson: Lesson, model: dict[str, dict[str, float]], person: int | None) -> ScoredBets:
    """Score the class's bets, and beside them what the model's own chances were then."""
    outcome, all_bets = str(lesson.outcome), predictions.bets(lesson)
    rounds: list[ScoredBet] = []
    for at, given in all_bets.items():
        if given:
            own = {name: 100.0 * share for name, share in model.get(str(at), {}).items()}
            rounds.append(
                {
                    "at": at,
                    "given": len(given),
                    "mean": predictions.mean(given.values()),
                    "brier": _rounded(predictions.mean_score(given.values(), outcome)),
                    "model_brier": _rounded(predictions.brier(own, outcome)) if own else None,
                }
            )
    everyone = [each for given in all_bets.values() for each in given.values()]
    own = [given[person] for given in all_bets.values() if person in given]
    return {
        "rounds": rounds,
        "calibration": predictions.calibration(everyone, outcome),
        "class": _rounded(predictions.mean_score(everyone, outcome)),
        "mine": _rounded(predictions.mean_score(own, outcome)) if person is not None else None,
    }


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 3)


def progress(debriefs: Debriefs, lesson: Lesson) -> DebriefProgress | DebriefReady | DebriefFailed | None:
    """Say how far the debrief is, and begin it; None while the lesson goes on."""
    if lesson.phase != "ended":
        return None
    try:
        found = debriefs.find(lesson, story(lesson.table, lesson.events))
    except RefusedError as refused:
        fault: FaultMessage = {"code": refused.code, "params": refused.params, "text": refused.text}
        return {"ready": False, "error": fault}
    return {"ready": False, "done": found[0], "of": found[1]} if isinstance(found, tuple) else {"ready": True}
