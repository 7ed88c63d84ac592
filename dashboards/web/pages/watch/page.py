"""Watch: one run played round by round, every decision explained, and branches from any round."""

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
    """Return all that the browser draws with."""
    return {
        "indicators": {name: line_style(look) for name, look in INDICATOR_STYLES.items()},
        "families": {name: line_style(look) for name, look in SIGNAL_FAMILIES.items()},
        "signals": {
            name: {"family": mark.family, "shape": mark.shape, "short": mark.short}
            for name, mark in SIGNAL_STYLES.items()
        },
        "dashes": CHANNEL_DASHES,
        "shapes": SYMBOL_PATHS,
        "statuses": [
            {
                "label": look.label,
                "light": look.light,
                "dark": look.dark,
                "stage": look.stage,
                "shape": look.shape,
                "timed": status == RungStatus.IMPLEMENTING,
            }
            for status, look in sorted(STATUS_STYLES.items())
        ],
    }


def line_style(look: LineStyle) -> WatchLine:
    """Return how a line is drawn."""
    return {"label": look.label, "unit": look.unit, "light": look.light, "dark": look.dark, "dash": look.dash}


class WatchView(NamedTuple):
    """What the stage shows: the run, its twin, how far it is, what failed."""

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
    """Show a run; it is played in the browser, which asks the server only for what has to be computed again."""


def show_run(setting: Setting, publish: Callable[..., None], stop: Callable[[], bool]) -> None:
    """Play the run of a setting and show it, and how far it is until then."""
    for news in follow_watched_run(setting, stop):
        if stop():
            return
        publish(partial(updated_view, news))


def updated_view(news: JobUpdate, shown: WatchView) -> WatchView:
    """Return what the stage shows after an update."""
    if not news.finished:
        return WatchView(news.result or shown.watched, progress_text(news))
    return WatchView(news.result or shown.watched, "", news.error)


def progress_text(news: JobUpdate) -> str:
    """Return how far a run is, in words."""
    return news.note or (f"Playing round {news.done} of {news.total}." if news.total else "Playing the run.")


@solara.component
def Watch(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the watched run of the link's setting, from the link's round on."""
    setting = link.setting._replace(worlds=0)
    shown, set_shown = solara.use_state(WatchView())
    answer, set_answer = solara.use_state(DecisionAnswer())
    error_text, show_error = solara.use_state("")
    playing, asking = use_task_slot(), use_task_slot()
    solara.use_effect(lambda: playing.start(partial(show_run, setting, set_shown)), [setting])
    handlers = WatchHandlers(link, go, asking, answer, set_answer)
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
