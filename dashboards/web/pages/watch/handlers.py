"""The handlers of Watch's events."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from dashboards.injected_events import check_integer, parse_injected_event
from dashboards.page_link import MAX_EVENTS, MAX_SEED, Link, check_events, scenario_of, sort_events
from dashboards.web.components import safe_handler
from dashboards.web.jobs.background import TaskSlot, follow
from dashboards.web.pages.watch.messages import AnswerMessage, Explanation, LeverFound
from dashboards.web.pages.watch.why import DecisionQuery, explain, opposite_event, read_decision_query, search_levers
from model.errors import InputError, ScenarioError
from model.overrides import Override


class DecisionAnswer(NamedTuple):
    """The answer to the latest question on a decision; ``number`` is the browser's number of the question."""

    number: int = 0
    explanation: Explanation | None = None
    levers: list[LeverFound] | None = None
    done: int = 0
    total: int = 0
    whole: bool = False  # whether all levers were searched
    error: str = ""

    def message(self) -> AnswerMessage:
        """Return the answer as a message."""
        return {
            "number": self.number,
            "explanation": self.explanation,
            "levers": self.levers,
            "done": self.done,
            "total": self.total,
            "whole": self.whole,
            "error": self.error,
        }


def show_terms(decision: DecisionQuery, number: int, publish: Callable[..., None], stop: Callable[[], bool]) -> None:
    """Compute the terms of a decision and publish them."""
    scenario = scenario_of(decision.setting)
    for update in follow(("why", decision), lambda *_: explain(decision, scenario), stop):
        if update.finished and not stop():
            publish(partial(updated_answer, number, explanation=update.result, error=update.error))


def show_levers(decision: DecisionQuery, number: int, publish: Callable[..., None], stop: Callable[[], bool]) -> None:
    """Search the levers that flip a decision, and publish each as it is found."""
    scenario = scenario_of(decision.setting)
    for update in follow(("levers", decision), partial(search_levers, decision, scenario), stop):
        if stop():
            return
        total = 0 if update.finished else update.total or 1
        complete = update.finished and update.result is not None
        levers = {
            "levers": update.result or [],
            "done": update.done,
            "total": total,
            "whole": complete,
            "error": update.error,
        }
        publish(partial(updated_answer, number, **levers))


def updated_answer(number: int, answer: DecisionAnswer, /, **changes: Any) -> DecisionAnswer:
    """Return an answer with changes, or unchanged if it belongs to another question."""
    return answer._replace(**changes) if answer.number == number else answer


class WatchHandlers:
    """The handlers of a link, each named after its event; ``go`` shows another link."""

    def __init__(
        self,
        link: Link,
        go: Callable[[Link], None],
        task_slot: TaskSlot,
        answer: DecisionAnswer,
        set_answer: Callable[[Any], None],
    ):
        self.link, self.go, self.task_slot = link, go, task_slot
        self.answer, self.set_answer = answer, set_answer
        self.setting, self.scenario = link.setting._replace(worlds=0), scenario_of(link.setting)

    def event_handlers(self, show_error: Callable[[str], None]) -> dict[str, Callable[[Any], None]]:
        """Return the handlers by event; each shows an error message where it fails."""
        handlers = (
            self.save_round, self.choose, self.inject, self.remove, self.reseed,
            self.ask, self.invert, self.search, self.cancel, self.set_lever,
        )  # fmt: skip
        return {f"event_{each.__name__}": safe_handler(each, show_error) for each in handlers}

    def change(self, **changes: Any) -> None:
        """Show another setting. Raises ScenarioError if its events are invalid."""
        now = changes.pop("round", self.link.round)
        new = self.link.setting._replace(**changes)
        check_events(new)
        self.go(self.link._replace(setting=new, round=min(now, scenario_of(new).rounds)))

    def add_event(self, event: Override) -> None:
        """Inject an event. Raises ScenarioError if there are too many."""
        events = self.link.setting.events
        if len(events) >= MAX_EVENTS:
            raise ScenarioError([InputError("events", MAX_EVENTS, "is the maximum number of injected events")])
        self.change(events=sort_events((*events, event)), round=event.round)

    def decision_query(self, sent: Any) -> DecisionQuery:
        """Return the decision that the browser asks about."""
        return read_decision_query(self.setting, self.scenario, sent)

    def save_round(self, sent: Any) -> None:
        """Put the current round into the link."""
        self.go(self.link._replace(round=check_integer("round", sent, 0, self.scenario.rounds)))

    def choose(self, sent: Any) -> None:
        """Show another negotiation."""
        talks = self.scenario.negotiations
        if sent not in talks:
            raise ScenarioError([InputError.unknown_name("negotiation", str(sent)[:40], talks, "negotiation")])
        self.go(self.link._replace(talks=sent))

    def inject(self, sent: Any) -> None:
        """Inject the event that the browser sent."""
        self.add_event(parse_injected_event(self.scenario, sent))

    def remove(self, sent: Any) -> None:
        """Remove an injected event by its index."""
        events = self.link.setting.events
        at = check_integer("event", sent, 0, len(events) - 1)
        self.change(events=(*events[:at], *events[at + 1 :]))

    def reseed(self, sent: Any) -> None:
        """Show the run with another seed."""
        self.change(seed=check_integer("seed", sent, 0, MAX_SEED))

    def ask(self, sent: Any) -> None:
        """Explain a decision."""
        decision, number = self.decision_query(sent), check_integer("number", sent["number"], 0, 10**9)
        self.set_answer(DecisionAnswer(number))
        self.task_slot.start(partial(show_terms, decision, number, self.set_answer))

    def invert(self, sent: Any) -> None:
        """Inject the alternative to a decision."""
        self.add_event(opposite_event(self.decision_query(sent), self.scenario))

    def search(self, sent: Any) -> None:
        """Search the levers that flip a decision."""
        decision, number = self.decision_query(sent), self.answer.number
        self.set_answer(partial(updated_answer, number, levers=[], done=0, total=1, whole=False, error=""))
        self.task_slot.start(partial(show_levers, decision, number, self.set_answer))

    def cancel(self, _: Any) -> None:
        """Stop the search on a decision."""
        self.task_slot.cancel()
        self.set_answer(partial(updated_answer, self.answer.number, total=0))

    def set_lever(self, sent: Any) -> None:
        """Set a lever to a value that flips the decision."""
        path, value = str(sent["path"]), sent["value"]
        others = tuple(each for each in self.link.setting.changes if each[0] != path)
        self.change(changes=(*others, (path, value)))
