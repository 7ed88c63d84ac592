"""The page Watch: one run round by round, explanations of decisions, and branches from any round."""

# pyright: reportPrivateImportUsage=false

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

import solara

from dashboards.messages import Json
from dashboards.page_link import Link, Setting
from dashboards.theme import (
    CHANNEL_DASHES,
    INDICATOR_STYLES,
    SIGNAL_FAMILIES,
    SIGNAL_STYLES,
    STATUS_STYLES,
    SYMBOL_PATHS,
    LineStyle,
)
from dashboards.web.components import html, page_templates
from dashboards.web.jobs.background import JobUpdate
from dashboards.web.pages.shared.shapes import vue_component
from dashboards.web.pages.shared.use_task import use_task_slot
from dashboards.web.pages.watch.handlers import DecisionAnswer, WatchHandlers
from dashboards.web.pages.watch.job import WatchedRun, follow_watched_run
from dashboards.web.pages.watch.messages import AnswerMessage, RunMessage, TwinMessage, WatchLine, WatchStyles
from model.enumerations import RungStatus

WATCH_TEMPLATES = ("branch", "charts", "chronicle", "deck", "gauges", "inject", "ladder", "network", "why")
TEMPLATES = ["shared/typed", "shared/line_chart", *(f"watch/{part}" for part in WATCH_TEMPLATES)]


@cache
def styles() -> WatchStyles:
    """Return all styles of the page."""
    return {
        "indicators": {name: line_style(style) for name, style in INDICATOR_STYLES.items()},
        "families": {name: line_style(style) for name, style in SIGNAL_FAMILIES.items()},
        "signals": {
            name: {"family": mark.family, "shape": mark.shape, "short": mark.short}
            for name, mark in SIGNAL_STYLES.items()
        },
        "dashes": CHANNEL_DASHES,
        "shapes": SYMBOL_PATHS,
        "statuses": [
            {
                "label": style.label,
                "light": style.light,
                "dark": style.dark,
                "stage": style.stage,
                "shape": style.shape,
                "timed": status == RungStatus.IMPLEMENTING,
            }
            for status, style in sorted(STATUS_STYLES.items())
        ],
    }


def line_style(style: LineStyle) -> WatchLine:
    """Return the style of a line."""
    return {"label": style.label, "unit": style.unit, "light": style.light, "dark": style.dark, "dash": style.dash}


class WatchView(NamedTuple):
    """What the page shows: the run, its twin, the progress, and the error."""

    watched: WatchedRun | None = None
    busy: str = "Starting."
    error: str = ""


@vue_component("board.vue")
def WatchBoard(  # noqa: N802
    components: dict[str, str],
    styles: WatchStyles,
    run: Json[RunMessage],
    twin: Json[TwinMessage],
    start: int,
    talks: str,
    answer: AnswerMessage,
    busy: str,
    error: str,
    event_save_round: Callable[[int], None],
    event_choose: Callable[[str], None],
    event_inject: Callable[[dict[str, Any]], None],
    event_remove: Callable[[int], None],
    event_reseed: Callable[[int], None],
    event_ask: Callable[[dict[str, Any]], None],
    event_invert: Callable[[dict[str, Any]], None],
    event_search: Callable[[dict[str, Any]], None],
    event_cancel: Callable[[Any], None],
    event_set_lever: Callable[[dict[str, Any]], None],
) -> None:
    """Show a run. The browser plays it back and sends an event only for new computations."""


def show_run(setting: Setting, publish: Callable[..., None], stop: Callable[[], bool]) -> None:
    """Run a setting and publish the progress and the result."""
    for update in follow_watched_run(setting, stop):
        if stop():
            return
        publish(partial(updated_view, update))


def updated_view(update: JobUpdate, shown: WatchView) -> WatchView:
    """Return the view after an update."""
    if not update.finished:
        return WatchView(update.result or shown.watched, progress_text(update))
    return WatchView(update.result or shown.watched, "", update.error)


def progress_text(update: JobUpdate) -> str:
    """Return the progress of a run as text."""
    return update.note or (f"Running round {update.done} of {update.total}." if update.total else "Running.")


@solara.component
def Watch(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the page."""
    setting = link.setting._replace(worlds=0)
    shown, set_shown = solara.use_state(WatchView())
    answer, set_answer = solara.use_state(DecisionAnswer())
    error_text, show_error = solara.use_state("")
    run_slot, query_slot = use_task_slot(), use_task_slot()
    solara.use_effect(lambda: run_slot.start(partial(show_run, setting, set_shown)), [setting])
    handlers = WatchHandlers(link, go, query_slot, answer, set_answer)
    watched = shown.watched
    current = watched if watched and watched.setting.scenario == setting.scenario else None
    with html("main", class_="det-watch-page", id="det-content"):
        WatchBoard(
            components=page_templates(*TEMPLATES),
            styles=styles(),
            run=current.run if current else Json(),
            twin=current.twin if current else Json(),
            start=link.round,
            talks=link.talks,
            answer=answer.message(),
            busy=shown.busy,
            error=error_text or shown.error,
            **handlers.event_handlers(show_error),
        )
