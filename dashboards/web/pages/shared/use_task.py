"""Long tasks of a page: run in a thread, with progress, cancellation and restart."""

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
    """A task; ``shown`` is its view, a NamedTuple with all fields of TaskProgress."""

    def __init__(self, shown: Any, publish: Publish, stop: Stop):
        self.shown, self._publish, self.stop = shown, publish, stop

    def publish(self, **changes: Any) -> None:
        """Publish a changed view, unless a newer task has started."""
        self.shown = self.shown._replace(**changes)
        if not self.stop():
            self._publish(self.shown)

    @abstractmethod
    def run(self) -> None:
        """Run the task."""


def task_progress(shown: Any) -> TaskProgress:
    """Return the progress in a view."""
    return TaskProgress(
        text=shown.text, share=shown.share, busy=shown.busy, cancelled=shown.cancelled, error=shown.error
    )


def use_task_slot() -> TaskSlot:
    """Return a task slot that lasts as long as the page."""
    slot = solara.use_memo(TaskSlot, [])

    def leave() -> None:
        slot.cancel()

    solara.use_effect(lambda: leave, [])
    return slot


def use_task(
    first: Any, make: Callable[[Publish, Any, Stop], PageTask], needs: list[Any]
) -> tuple[Any, Callable[[Any], None], Callable[[Any], None]]:
    """Start a task whenever ``needs`` changes. Return the view, and functions that restart and cancel the task.

    make: returns the task, given the publish function, the previous view and the stop function.
    """
    shown, slot = solara.use_reactive(first), use_task_slot()

    def begin(_: Any = None) -> None:
        before = shown.peek()
        slot.start(lambda stop: make(shown.set, before, stop).run())

    def cancel(_: Any) -> None:
        slot.cancel()
        shown.set(
            shown.peek()._replace(busy=False, cancelled=True, text="Cancelled. The page shows the results so far.")
        )

    solara.use_effect(begin, needs)
    return shown, begin, cancel
