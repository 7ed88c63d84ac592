"""What would it take: the search for lever changes that reach a share of an outcome, as a task of the page."""

# pyright: reportPrivateImportUsage=false

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import solara

from dashboards.labels import GOAL_LABELS, percent_text
from dashboards.page_link import Link, Setting, changes_with_lists, load_scenario_data, scenario_of
from dashboards.web.components import page_templates, safe_handler
from dashboards.web.jobs.background import ReportProgress, follow
from dashboards.web.pages.explore.messages import AdviceState, AnswerCard, LeverRole
from dashboards.web.pages.explore.state import goal_choices
from dashboards.web.pages.explore.widgets import AdviceDrawer
from dashboards.web.pages.shared.setting_edits import describe_change, with_change
from dashboards.web.pages.shared.use_task import PageTask, task_progress, use_task_slot
from experiments.engine.pool import CancelledError
from experiments.ensembles.plausible_worlds import find_sample
from experiments.studies.advice import Advice, Answer
from experiments.studies.advise import MOST_LEVERS, AdviceSearch
from model.errors import InputError, ScenarioError
from model.parameter_space import list_levers

ROLES = {
    "states": "States",
    "relations": "Targets of pressure",
    "facilitators": "Facilitators",
    "bodies": "Verification bodies",
    "negotiations": "The ladder",
}
OTHER_ROLES = "Rules"  # the levers of all other sections
AT_MOST = "breakdown"  # the outcome of which less is wanted


class AdviceView(NamedTuple):
    """The task's progress and result; ``setting`` is what the advice is for."""

    text: str = ""
    share: float = 0.0
    busy: bool = False
    cancelled: bool = False
    error: str = ""
    asked: str = ""
    setting: Setting | None = None
    advice: Advice | None = None


class Question(NamedTuple):
    """An outcome, the share wanted of it in percent, the roles of the levers that may move, and the most of them."""

    outcome: str
    percent: float
    roles: tuple[str, ...]
    most: int

    @property
    def goal(self) -> str:
        """Return the goal as ``detente advise`` reads it."""
        return f"{self.outcome} {'<=' if self.outcome == AT_MOST else '>='} {self.percent / 100:g}"

    @property
    def words(self) -> str:
        """Return the goal in words."""
        limit = "most" if self.outcome == AT_MOST else "least"
        return f"{GOAL_LABELS[self.outcome]} in at {limit} {self.percent:g} % of worlds"


def read_question(sent: dict[str, Any]) -> Question:
    """Return the question of the form. Raises ScenarioError for an unknown outcome or a number out of range."""
    outcome, percent, most = str(sent.get("outcome")), sent.get("percent"), sent.get("most")
    if outcome not in GOAL_LABELS:
        raise ScenarioError([InputError.unknown_name("outcome", outcome, GOAL_LABELS, "outcome")])
    if not isinstance(percent, int | float) or isinstance(percent, bool) or not 0 <= percent <= 100:
        raise ScenarioError([InputError("target", percent, "must be between 0 and 100 percent")])
    if not isinstance(most, int) or not 1 <= most <= MOST_LEVERS:
        raise ScenarioError([InputError("most changes", most, f"must be 1 to {MOST_LEVERS}")])
    roles = tuple(str(each) for each in sent.get("roles", []))
    if not roles:
        raise ScenarioError([InputError("levers", "", "choose at least one kind of lever that may move")])
    return Question(outcome, float(percent), roles, most)


def lever_roles(setting: Setting) -> dict[str, list[str]]:
    """Return the paths of the levers of a setting by role."""
    roles: dict[str, list[str]] = {}
    for lever in list_levers(scenario_of(setting)):
        role = lever.path.partition(".")[0]
        roles.setdefault(role if role in ROLES else OTHER_ROLES, []).append(lever.path)
    return roles


def search_answers(setting: Setting, question: Question, report: ReportProgress, stop: Callable[[], bool]) -> Advice:
    """Return the answers to a question about a setting. Raises CancelledError once ``stop()`` is true."""
    roles = lever_roles(setting)
    search = AdviceSearch(
        load_scenario_data(setting.scenario),
        question.goal,
        changes_with_lists(setting.changes),
        may=[path for role in question.roles for path in roles.get(role, [])],
        most=question.most,
        events=setting.events,
        seed=setting.seed + setting.worlds,  # not those of the page
        sample=find_sample() if setting.plausible else None,
    )

    def check(done: int) -> None:
        if stop():
            raise CancelledError
        report(done, search.total_worlds)

    return search.run(check)


class AdviceTask(PageTask):
    """Searches for the answers to a question about a setting; pages that ask the same share one search."""

    def __init__(self, setting: Setting, question: Question, *given: Any):
        super().__init__(*given)
        self.setting, self.question = setting, question

    def run(self) -> None:
        """Search, and publish the progress, then the advice or an error."""
        self.shown = AdviceView(text="Searching.", busy=True, asked=self.question.words, setting=self.setting)
        self.publish()
        search = partial(search_answers, self.setting, self.question)
        for update in follow(("advice", self.setting, self.question), search, self.stop):
            self.publish(
                text=update.note or (f"{update.done:,} worlds played." if update.done else "Searching."),
                share=min(update.done / update.total, 1.0) if update.total else 0.0,
                busy=not update.finished,
                error=update.error,
                advice=update.result,
            )
        self.publish(text="")


def advice_state(view: AdviceView, setting: Setting) -> AdviceState:
    """Return the message to the browser."""
    roles = [LeverRole(key=role, title=ROLES.get(role, role)) for role in lever_roles(setting)]
    advice = view.advice if view.setting == setting else None
    rows = [] if advice is None else advice.rows
    return {
        "outcomes": goal_choices(),
        "roles": roles,
        "progress": task_progress(view),
        "asked": view.asked if view.busy or advice is not None or view.error else "",
        "base": share_text(rows[0]) if rows else "",
        "reached": bool(advice and advice.reached),
        "cards": [answer_card(number, answer, setting) for number, answer in enumerate(rows) if number],
    }


def share_text(answer: Answer) -> str:
    """Return a share with its 95 % interval: `41 % (38 to 44 %)`."""
    mean, low, high = map(percent_text, answer.estimate[:3])
    return f"{mean} ({low.removesuffix(' %')} to {high})"


def answer_card(number: int, answer: Answer, setting: Setting) -> AnswerCard:
    """Return an answer as a card."""
    scenario = scenario_of(Setting(setting.scenario))
    tension = answer.tension
    unsure = tension.low <= 0.0 <= tension.high
    price = f"mean tension {tension.difference:+.2f}".replace("-", "\N{MINUS SIGN}")
    return {
        "number": number,
        "changes": [describe_change(each.path, each.after, scenario) for each in answer.changes],
        "share": share_text(answer),
        "reached": answer.reached,
        "sure": answer.certain,
        "price": "mean tension as before" if unsure else price,
        "robust": robust_text(answer),
        "flaws": [why.partition(": ")[2] for why in answer.perverse],
    }


def robust_text(answer: Answer) -> str:
    """Return in how many plausible worlds an answer reaches the goal; empty if none were played."""
    if answer.robustness is None:
        return ""
    return f"reaches the goal in {percent_text(answer.robustness.satisficing.share)} of plausible worlds"


def with_answer(setting: Setting, advice: Advice, number: Any) -> Setting:
    """Return the setting with an answer applied. Raises ScenarioError if there is no such answer."""
    if not isinstance(number, int) or not 0 < number < len(advice.rows):
        raise ScenarioError([InputError("answer", number, "is not among the answers")])
    for path, value in advice.rows[number].settings.items():
        setting = with_change(setting, path, value)
    return setting


@solara.component
def WhatWouldItTake(  # noqa: N802
    link: Link, go: Callable[[Link], None], apply: Callable[[Setting], None], show_error: Callable[[str], None]
) -> None:
    """Show the drawer that asks what it would take."""
    shown, slot, setting = solara.use_reactive(AdviceView()), use_task_slot(), link.setting

    def find(sent: dict[str, Any]) -> None:
        question = read_question(sent)
        slot.start(lambda stop: AdviceTask(setting, question, shown.peek(), shown.set, stop).run())

    def cancel(_: Any) -> None:
        slot.cancel()
        shown.set(shown.peek()._replace(busy=False, text="Cancelled."))

    def answered(number: int) -> Setting:
        advice = shown.peek().advice
        if advice is None:
            raise ScenarioError([InputError("answer", number, "is not among the answers")])
        return with_answer(setting, advice, number)

    def compare(number: int) -> None:
        go(link._replace(page="compare", arms=(answered(number),), names=()))

    def report(error: str) -> None:
        shown.set(shown.peek()._replace(error=error))

    AdviceDrawer(
        components=page_templates("shared/progress", "explore/drawer"),
        advice=advice_state(shown.value, setting),
        event_find=safe_handler(find, report),
        event_cancel=safe_handler(cancel, show_error),
        event_apply=safe_handler(lambda number: apply(answered(number)), report),
        event_compare=safe_handler(compare, report),
    )
