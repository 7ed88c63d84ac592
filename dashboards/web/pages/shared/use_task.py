"""Pages whose numbers take a while: found on a thread of its own, told as they come, cancelled, and begun again."""

# pyright: reportPrivateImportUsage=false

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import solara

from dashboards.web.jobs.background import TaskSlot
from dashboards.web.pages.shared.messages import TaskProgress

Publish = Callable[[Any], None]
Stop = Callable[[], bool]


class PageTask(ABC):
    """One piece of work; ``shown`` is what the page shows of it, a NamedTuple that has all parts of TaskProgress."""

    def __init__(self, shown: Any, publish: Publish, stop: Stop):
        self.shown, self._publish, self.stop = shown, publish, stop

    def publish(self, **changes: Any) -> None:
        """Publish a change, unless something newer is being worked on."""
        self.shown = self.shown._replace(**changes)
        if not self.stop():
            self._publish(self.shown)

    @abstractmethod
    def run(self) -> None:
        """Do the work."""


def task_progress(shown: Any) -> TaskProgress:
    """Return how far the work is."""
    return TaskProgress(
        text=shown.text, share=shown.share, busy=shown.busy, cancelled=shown.cancelled, error=shown.error
    )


def use_task_slot() -> TaskSlot:
    """Keep a desk as long as the page lives."""
    desk = solara.use_memo(TaskSlot, [])

    def leave() -> None:
        desk.cancel()

    solara.use_effect(lambda: leave, [])
    return desk


def use_task(
    first: Any, make: Callable[[Publish, Any, Stop], PageTask], needs: list[Any]
) -> tuple[Any, Callable[[Any], None], Callable[[Any], None]]:
    """Work whenever what the work needs has changed; give what is shown, and what begins again and cancels.

    make: gives the task, from how to publish, what is shown before it, and what says that it should stop.
    """
    shown, desk = solara.use_reactive(first), use_task_slot()

    def begin(_: Any = None) -> None:
        before = shown.peek()
        desk.start(lambda stop: make(shown.set, before, stop).run())

    def cancel(_: Any) -> None:
        desk.cancel()
        shown.set(shown.peek()._replace(busy=False, cancelled=True, text="Cancelled; shown is what was found so far."))

    solara.use_effect(begin, needs)
    return shown, begin, cancel
