"""Watch: one run played round by round, every decision explained, and branches from any round."""

# pyright: reportPrivateImportUsage=false

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

import solara

from dashboards.link import Link, Setting
from dashboards.messages import Json
from dashboards.theme import (
    CHANNEL_DASHES,
    FAMILIES,
    INDICATORS,
    SHAPES,
    SIGNALS,
    STATUSES,
    LineStyle,
)
from dashboards.web.components import html, parts
from dashboards.web.jobs.background import JobUpdate
from dashboards.web.pages.shared.shapes import vue_component
from dashboards.web.pages.shared.use_task import use_desk
from dashboards.web.pages.watch.handlers import DecisionAnswer, WatchHandlers
from dashboards.web.pages.watch.job import WatchedRun, watch
from dashboards.web.pages.watch.messages import AnswerMessage, RunMessage, TwinMessage, WatchLine, WatchLooks
from model.enumerations import Status

WATCHED = ("branch", "charts", "chronicle", "deck", "gauges", "inject", "ladder", "network", "why")
PARTS = ["shared/typed", "shared/line_chart", *(f"watch/{part}" for part in WATCHED)]


@cache
def looks() -> WatchLooks:
    """Return all that the browser draws with."""
    return {
        "indicators": {name: line_look(look) for name, look in INDICATORS.items()},
        "families": {name: line_look(look) for name, look in FAMILIES.items()},
        "signals": {
            name: {"family": mark.family, "shape": mark.shape, "short": mark.short} for name, mark in SIGNALS.items()
        },
        "dashes": CHANNEL_DASHES,
        "shapes": SHAPES,
        "statuses": [
            {
                "label": look.label,
                "light": look.light,
                "dark": look.dark,
                "stage": look.stage,
                "shape": look.shape,
                "timed": status == Status.IMPLEMENTING,
            }
            for status, look in sorted(STATUSES.items())
        ],
    }


def line_look(look: LineStyle) -> WatchLine:
    """Return how a line is drawn."""
    return {"label": look.label, "unit": look.unit, "light": look.light, "dark": look.dark, "dash": look.dash}


class WatchView(NamedTuple):
    """What the stage shows: the run, its twin, how far it is, what failed."""

    watched: WatchedRun | None = None
    busy: str = "Starting."
    fault: str = ""


@vue_component("board.vue")
def Stage(  # noqa: N802
    components: dict[str, str],
    looks: WatchLooks,
    run: Json[RunMessage],
    twin: Json[TwinMessage],
    start: int,
    talks: str,
    answer: AnswerMessage,
    busy: str,
    fault: str,
    event_rest: Callable[[int], None],
    event_choose: Callable[[str], None],
    event_inject: Callable[[dict[str, Any]], None],
    event_remove: Callable[[int], None],
    event_reseed: Callable[[int], None],
    event_ask: Callable[[dict[str, Any]], None],
    event_turn: Callable[[dict[str, Any]], None],
    event_search: Callable[[dict[str, Any]], None],
    event_cancel: Callable[[Any], None],
    event_adopt: Callable[[dict[str, Any]], None],
) -> None:
    """Show a run; it is played in the browser, which asks the server only for what has to be computed again."""


def show_run(setting: Setting, publish: Callable[..., None], stop: Callable[[], bool]) -> None:
    """Play the run of a setting and show it, and how far it is until then."""
    for news in watch(setting, stop):
        if stop():
            return
        publish(partial(shown_with, news))


def shown_with(news: JobUpdate, shown: WatchView) -> WatchView:
    """Return what the stage shows after an update."""
    if not news.over:
        return WatchView(news.result or shown.watched, progress(news))
    return WatchView(news.result or shown.watched, "", news.fault)


def progress(news: JobUpdate) -> str:
    """Return how far a run is, in words."""
    return news.note or (f"Playing round {news.done} of {news.total}." if news.total else "Playing the run.")


@solara.component
def Watch(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the watched run of the link's setting, from the link's round on."""
    setting = link.setting._replace(worlds=0)
    shown, set_shown = solara.use_state(WatchView())
    answer, set_answer = solara.use_state(DecisionAnswer())
    complaint, complain = solara.use_state("")
    playing, asking = use_desk(), use_desk()
    solara.use_effect(lambda: playing.begin(partial(show_run, setting, set_shown)), [setting])
    handlers = WatchHandlers(link, go, asking, answer, set_answer)
    watched = shown.watched
    current = watched if watched and watched.setting.scenario == setting.scenario else None
    with html("main", class_="det-watch-page", id="det-content"):
        Stage(
            components=parts(*PARTS),
            looks=looks(),
            run=current.run if current else Json(),
            twin=current.twin if current else Json(),
            start=link.round,
            talks=link.talks,
            answer=answer.message(),
            busy=shown.busy,
            fault=complaint or shown.fault,
            **handlers.guarded(complain),
        )
