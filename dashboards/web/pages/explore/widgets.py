"""The Vue components of Explore."""

from collections.abc import Callable
from typing import Any

from dashboards.web.pages.explore.messages import (
    AdviceState,
    BoardState,
    ChartSpec,
    Curves,
    KnownSpans,
    LiveState,
    PanelState,
    StoryText,
)
from dashboards.web.pages.shared.messages import Catalogue, ScenarioChoice
from dashboards.web.pages.shared.shapes import vue_component


@vue_component("panel.vue")
def Panel(  # noqa: N802
    components: dict[str, str],
    scenarios: list[ScenarioChoice],
    catalogue: Catalogue,
    panel: PanelState,
    curves: Curves,
    spans: KnownSpans,
    event_choose: Callable[[str], None],
    event_move: Callable[[dict[str, Any]], None],
    event_commit: Callable[[Any], None],
    event_reset: Callable[[list[str] | None], None],
    event_sample: Callable[[dict[str, Any]], None],
    event_upload: Callable[[dict[str, Any]], None],
    event_look: Callable[[list[str]], None],
) -> None:
    """Show the adjustable values (``catalogue``) with their current state (``panel``) and where each leads."""


@vue_component("story.vue")
def Story(  # noqa: N802
    components: dict[str, str],
    story: StoryText,
    event_attempt: Callable[[int], None],
    event_show: Callable[[str], None],
    event_restore: Callable[[list[str] | None], None],
    event_remove: Callable[[int], None],
) -> None:
    """Show the scenario's name and what is changed in it; in drawers its description and what to notice and to try."""


@vue_component("board.vue")
def Board(  # noqa: N802
    components: dict[str, str],
    charts: list[ChartSpec],
    board: BoardState,
    live: LiveState,
    event_baseline: Callable[[bool], None],
    event_chart_toggle: Callable[[str], None],
    event_remove: Callable[[int], None],
    event_stop: Callable[[Any], None],
    event_again: Callable[[Any], None],
    event_uncertainty: Callable[[bool], None],
) -> None:
    """Show charts and outcomes: ``charts`` specifies the charts, ``live`` has the results."""


@vue_component("advice.vue")
def AdviceDrawer(  # noqa: N802
    components: dict[str, str],
    advice: AdviceState,
    event_find: Callable[[dict[str, Any]], None],
    event_cancel: Callable[[Any], None],
    event_apply: Callable[[int], None],
    event_compare: Callable[[int], None],
) -> None:
    """Ask what it would take to reach a share of an outcome, and show the answers."""
