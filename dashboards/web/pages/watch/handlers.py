"""What Watch does when the browser asks for it."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from dashboards.interventions import injected, whole
from dashboards.link import LARGEST_SEED, MOST_EVENTS, Link, check_events, in_order, scenario_of
from dashboards.web.components import guarded
from dashboards.web.jobs.background import Desk, follow
from dashboards.web.pages.watch.messages import AnswerMessage, Explanation, LeverFound
from dashboards.web.pages.watch.why import DecisionQuery, asked, explain, opposite_of, search
from model.errors import Fault, ScenarioError
from model.overrides import Override


class DecisionAnswer(NamedTuple):
    """What is known of the decision that was asked about last; ``number`` is the browser's own of its question."""

    number: int = 0
    told: Explanation | None = None
    levers: list[LeverFound] | None = None
    done: int = 0
    total: int = 0
    whole: bool = False  # whether all levers were searched
    fault: str = ""

    def message(self) -> AnswerMessage:
        """Return the answer as the browser reads it."""
        return {
            "number": self.number,
            "told": self.told,
            "levers": self.levers,
            "done": self.done,
            "total": self.total,
            "whole": self.whole,
            "fault": self.fault,
        }


def show_terms(decision: DecisionQuery, number: int, publish: Callable[..., None], stop: Callable[[], bool]) -> None:
    """Weigh a decision again and show its terms."""
    scenario = scenario_of(decision.setting)
    for news in follow(("why", decision), lambda *_: explain(decision, scenario), stop):
        if news.over and not stop():
            publish(partial(replaced, number, told=news.result, fault=news.fault))


def show_levers(decision: DecisionQuery, number: int, publish: Callable[..., None], stop: Callable[[], bool]) -> None:
    """Search the levers that flip a decision, and show them as they are found."""
    scenario = scenario_of(decision.setting)
    for news in follow(("levers", decision), partial(search, decision, scenario), stop):
        if stop():
            return
        total = 0 if news.over else news.total or 1
        whole = news.over and news.result is not None
        found = {"levers": news.result or [], "done": news.done, "total": total, "whole": whole, "fault": news.fault}
        publish(partial(replaced, number, **found))


def replaced(number: int, answer: DecisionAnswer, /, **changes: Any) -> DecisionAnswer:
    """Change parts of an answer, unless something else was asked meanwhile."""
    return answer._replace(**changes) if answer.number == number else answer


class WatchHandlers:
    """The handlers of one shown link, each named as the event that it handles; go shows another link."""

    def __init__(
        self,
        link: Link,
        go: Callable[[Link], None],
        asking: Desk,
        answer: DecisionAnswer,
        set_answer: Callable[[Any], None],
    ):
        self.link, self.go, self.asking = link, go, asking
        self.answer, self.set_answer = answer, set_answer
        self.setting, self.scenario = link.setting._replace(worlds=0), scenario_of(link.setting)

    def guarded(self, complain: Callable[[str], None]) -> dict[str, Callable[[Any], None]]:
        """Return all handlers by the names of their events; a failure becomes a sentence."""
        handlers = (
            self.rest, self.choose, self.inject, self.remove, self.reseed,
            self.ask, self.turn, self.search, self.cancel, self.adopt,
        )  # fmt: skip
        return {f"event_{each.__name__}": guarded(each, complain) for each in handlers}

    def change(self, **changes: Any) -> None:
        """Show another setting. Raises ScenarioError if its events do not fit it."""
        now = changes.pop("round", self.link.round)
        new = self.link.setting._replace(**changes)
        check_events(new)
        self.go(self.link._replace(setting=new, round=min(now, scenario_of(new).rounds)))

    def put(self, event: Override) -> None:
        """Inject one more event."""
        events = self.link.setting.events
        if len(events) >= MOST_EVENTS:
            raise ScenarioError([Fault("events", MOST_EVENTS, "is the most that can be injected")])
        self.change(events=in_order((*events, event)), round=event.round)

    def asked(self, sent: Any) -> DecisionQuery:
        """Read the decision that the browser asks about."""
        return asked(self.setting, self.scenario, sent)

    def rest(self, sent: Any) -> None:
        """Keep the round of the playhead in the link."""
        self.go(self.link._replace(round=whole("round", sent, 0, self.scenario.rounds)))

    def choose(self, sent: Any) -> None:
        """Show another negotiation."""
        talks = self.scenario.negotiations
        if sent not in talks:
            raise ScenarioError([Fault.unknown("negotiation", str(sent)[:40], talks, "negotiation")])
        self.go(self.link._replace(talks=sent))

    def inject(self, sent: Any) -> None:
        """Inject the event that the browser sent."""
        self.put(injected(self.scenario, sent))

    def remove(self, sent: Any) -> None:
        """Remove an injected event by its place."""
        events = self.link.setting.events
        at = whole("event", sent, 0, len(events) - 1)
        self.change(events=(*events[:at], *events[at + 1 :]))

    def reseed(self, sent: Any) -> None:
        """Play the run with another seed."""
        self.change(seed=whole("seed", sent, 0, LARGEST_SEED))

    def ask(self, sent: Any) -> None:
        """Explain a decision."""
        decision, number = self.asked(sent), whole("number", sent["number"], 0, 10**9)
        self.set_answer(DecisionAnswer(number))
        self.asking.begin(partial(show_terms, decision, number, self.set_answer))

    def turn(self, sent: Any) -> None:
        """Inject the opposite of a decision."""
        self.put(opposite_of(self.asked(sent), self.scenario))

    def search(self, sent: Any) -> None:
        """Search the levers that flip a decision."""
        decision, number = self.asked(sent), self.answer.number
        self.set_answer(partial(replaced, number, levers=[], done=0, total=1, whole=False, fault=""))
        self.asking.begin(partial(show_levers, decision, number, self.set_answer))

    def cancel(self, _: Any) -> None:
        """Stop what is being found out about a decision."""
        self.asking.cancel()
        self.set_answer(partial(replaced, self.answer.number, total=0))

    def adopt(self, sent: Any) -> None:
        """Set a lever to the value that flips the decision."""
        path, value = str(sent["path"]), sent["value"]
        kept = tuple(each for each in self.link.setting.changes if each[0] != path)
        self.change(changes=(*kept, (path, value)))
