"""The page Explore: choose a scenario, move levers, and see the results over many worlds."""

# pyright: reportPrivateImportUsage=false

from collections.abc import Callable
from typing import Any

import solara

from dashboards.link_text import short_hash
from dashboards.page_link import Link, Setting, scenario_of
from dashboards.web.components import html, page_templates, safe_handler
from dashboards.web.jobs.explore_worker import ExploreView, ExploreWorker
from dashboards.web.pages.explore.actions import Draft, ExploreActions
from dashboards.web.pages.explore.advice import WhatWouldItTake
from dashboards.web.pages.explore.charts import chart_rows
from dashboards.web.pages.explore.curves import NO_CURVES, PageCurves, known_spans
from dashboards.web.pages.explore.messages import Curves, LiveState
from dashboards.web.pages.explore.state import (
    board_state,
    live_picture,
    panel_state,
    scenario_choices,
    story_text,
)
from dashboards.web.pages.explore.widgets import Board, Panel, Story
from dashboards.web.pages.shared.setting_edits import catalogue_of

PANEL_TEMPLATES = ("explore/lever",)
TEMPLATES = ("explore/outcomes", "explore/chart", "shared/line_chart")
FILE_NOTICE = (
    "This scenario comes from your file, and its differences from shipped scenarios do not fit into a link. A link to "
    "it works on this server only, until the server restarts. To open it elsewhere, upload the file there."
)


@solara.component
def Live(  # noqa: N802
    link: Link,
    talks: str,
    shown: solara.Reactive[ExploreView],
    error_text: str,
    settle: Callable[[Setting, str], None],
    events: dict[str, Any],
) -> None:
    """Show the board, the only part that is rendered when results arrive.

    settle: called once all worlds of the setting are shown.
    """
    view = shown.value
    scenario = scenario_of(link.setting)
    charts = solara.use_memo(lambda: chart_rows(scenario, talks), [link.setting.scenario, link.setting.changes, talks])
    known = [view.number, link.setting.scenario, talks, link.charts]
    picture = solara.use_memo(lambda: live_picture(view, link, talks, scenario), known)
    board = solara.use_memo(lambda: board_state(link), [link])
    live: LiveState = {
        "picture": picture,
        "busy": view.busy,
        "stopped": view.stopped,
        "error": error_text or view.error,
        "asked": short_hash(link.setting),  # equals the panel's hash while both show one setting
    }
    result = view.result
    shows_all = result is not None and result.is_complete and not view.busy and result.setting == link.setting
    solara.use_effect(lambda: settle(link.setting, talks) if shows_all else None, [shows_all, talks, link.setting])
    Board(components=page_templates(*TEMPLATES), charts=charts, board=board, live=live, **events)


@solara.component
def Controls(link: Link, curves: solara.Reactive[Curves], echoes: int, events: dict[str, Any]) -> None:  # noqa: N802
    """Show the panel of controls, the only part that is rendered when curves arrive."""
    setting = link.setting
    Panel(
        components=page_templates(*PANEL_TEMPLATES),
        scenarios=scenario_choices(setting),
        catalogue=solara.use_memo(lambda: catalogue_of(setting), [setting]),
        panel=solara.use_memo(lambda: panel_state(setting, echoes), [setting, echoes]),
        curves=curves.value,
        spans=solara.use_memo(lambda: known_spans(setting), [setting.scenario]),
        **events,
    )


def use_worker() -> tuple[solara.Reactive[ExploreView], ExploreWorker]:
    """Return the worker's view and the worker, which lasts as long as the page."""
    shown = solara.use_reactive(ExploreView())
    worker = solara.use_memo(lambda: ExploreWorker(shown.set), [])
    solara.use_effect(lambda: worker.close, [])
    return shown, worker


def use_curves() -> tuple[solara.Reactive[Curves], PageCurves]:
    """Return the latest response curves and what plays them, which lasts as long as the page."""
    shown = solara.use_reactive(NO_CURVES)
    curves = solara.use_memo(lambda: PageCurves(shown.set), [])
    solara.use_effect(lambda: curves.stop, [])
    return shown, curves


@solara.component
def Explore(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the controls, the description of the scenario, and the results."""
    shown, worker = use_worker()
    curves, page_curves = use_curves()
    draft = solara.use_memo(Draft, [])
    error_text, set_error_text = solara.use_state("")
    echoes, set_echoes = solara.use_state(0)
    setting = link.setting
    talks = link.talks or next(iter(scenario_of(setting).negotiations))

    def refresh_panel() -> None:
        set_echoes(lambda count: count + 1)

    def show_error(error: str) -> None:
        set_error_text(error)
        if error:
            refresh_panel()

    actions = ExploreActions(link, go, worker, draft, refresh_panel, page_curves.await_setting)
    solara.use_effect(actions.play_link, [setting, actions.baseline])
    with html("div", class_="det-page"):
        panel_events = {
            "event_choose": safe_handler(actions.choose, show_error),
            "event_move": safe_handler(actions.preview, show_error),
            # the commit that follows a refused move must not clear its error
            "event_commit": safe_handler(actions.commit, lambda error: show_error(error) if error else None),
            "event_reset": safe_handler(actions.reset, show_error),
            "event_sample": safe_handler(actions.sample, show_error),
            "event_upload": safe_handler(actions.upload, show_error),
            "event_look": safe_handler(page_curves.look, lambda error: show_error(error) if error else None),
        }
        Controls(link, curves, echoes, panel_events)
        with html("main"):
            if setting.scenario.startswith("file:"):
                html("p", FILE_NOTICE, class_="det-error det-travels", role="status")
            with html("div", class_="det-headrow"):
                Story(
                    components=page_templates("explore/drawer"),
                    story=solara.use_memo(lambda: story_text(setting, talks), [setting, talks]),
                    event_attempt=safe_handler(actions.toggle_suggestion, show_error),
                    event_show=safe_handler(actions.show_negotiation, show_error),
                    event_restore=safe_handler(actions.reset, show_error),
                    event_remove=safe_handler(actions.remove, show_error),
                )
                WhatWouldItTake(link, go, actions.apply, show_error)
            Live(link, talks, shown, error_text, page_curves.settle, board_events(actions, show_error))


def board_events(actions: ExploreActions, show_error: Callable[[str], None]) -> dict[str, Any]:
    """Return the handlers of the board's events."""
    return {
        "event_baseline": safe_handler(actions.toggle_baseline, show_error),
        "event_chart_toggle": safe_handler(actions.toggle_chart, show_error),
        "event_remove": safe_handler(actions.remove, show_error),
        "event_stop": safe_handler(actions.stop, show_error),
        "event_uncertainty": safe_handler(actions.set_uncertainty, show_error),
        "event_again": safe_handler(actions.restart, show_error),
    }
