"""Questions for discussion, chosen by what happened in the lesson."""

from dashboards.classroom.debrief.messages import DebriefFindings, DebriefQuestion
from dashboards.classroom.lesson.forecasts import all_forecasts, mean_brier_score
from dashboards.classroom.lesson.lesson import Lesson
from model.measures import negotiation_series


def make_question(key: str, names: dict[str, str] | None = None, **numbers: float) -> DebriefQuestion:
    """Return a question."""
    return {"key": key, "numbers": numbers, "names": names or {}}


def discussion_questions(lesson: Lesson, findings: DebriefFindings) -> list[DebriefQuestion]:
    """Return the questions that this lesson raises; the last one is always included."""
    chosen = []
    if findings["turning"]:
        chosen.append(make_question("question.turning", month=findings["turning"][0]["month"]))
    points = [(each["seat"], point) for each in findings["ghosts"] for point in each["points"]]
    if points:
        seat, point = max(points, key=lambda each: abs(each[1]["deal"] - each[1]["deal_ghost"]))
        chosen.append(make_question("question.differed_most", {"actor": seat}, month=point["month"]))
    chosen += _from_ledger(lesson)
    chosen += _questions_from_run(lesson, findings)
    first = {each["key"]: each for each in reversed(chosen)}  # the first of each key
    return [*reversed(first.values()), make_question("question.model_limits")]


def _from_ledger(lesson: Lesson) -> list[DebriefQuestion]:
    chosen, ledger = [], lesson.simulation.ledger
    kinds = {
        ("answer_proposal", -1): "question.refused",
        ("comply", 0): "question.breached",
        ("ratify", 0): "question.ratification",
    }
    for (act, value), key in kinds.items():
        rows = [row for row in ledger.rows if row.act == act and row.value == value] if ledger is not None else []
        if rows:
            row = rows[0]
            names = {"actor": str(row.actor)}
            if act != "comply":
                names["rung"] = _rung_at(lesson, str(row.negotiation), row.round)
            chosen.append(make_question(key, names, month=row.round))
    return chosen


def _rung_at(lesson: Lesson, talks: str, month: int) -> str:
    """Return the id of the rung in play in a month: the last one proposed."""
    rows = lesson.simulation.ledger.rows if lesson.simulation.ledger is not None else []
    proposed = [
        row for row in rows if row.act == "rung" and row.negotiation == talks and row.value == 1 and row.round <= month
    ]
    k = lesson.simulation.world.names.negotiation.index(talks)
    return f"{talks}/{proposed[-1].counterpart if proposed else lesson.simulation.world.names.rung[k][0]}"


def _questions_from_run(lesson: Lesson, findings: DebriefFindings) -> list[DebriefQuestion]:
    chosen, world = [], lesson.simulation.world
    for k, (talks, negotiation) in enumerate(lesson.scenario.negotiations.items()):
        first, second = negotiation.parties
        misread = negotiation_series(lesson.simulation.trajectory, k)["misperception"].sum() * 2
        if misread >= 2:
            chosen.append(make_question("question.misread", {"actor": first, "other": second}, count=int(misread)))
        if world.rung[k] >= 0 and not world.refusals[k] and not (world.status[k] > 0).any():
            rung = world.names.rung[k][int(world.rung[k])]
            chosen.append(make_question("question.never_tabled", {"talks": talks, "rung": f"{talks}/{rung}"}))
    if lesson.scenario.facilitators:
        chosen.append(make_question("question.facilitator", {"actor": next(iter(lesson.scenario.facilitators))}))
    score = mean_brier_score(
        [each for given in all_forecasts(lesson).values() for each in given.values()], findings["outcome"]
    )
    if score is not None and score > 0.75:  # worse than equal probabilities
        chosen.append(make_question("question.bets_wrong", percent=round(100 * score)))
    if findings["agents"]["progress"] > findings["progress"]:
        chosen.append(make_question("question.agents_better"))
    elif findings["agents"] == {"outcome": findings["outcome"], "progress": findings["progress"]}:
        chosen.append(make_question("question.same_as_agents"))
    return chosen
