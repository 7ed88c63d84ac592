"""The panel of controls: scenario, seed, worlds, and the levers."""

# pyright: reportPrivateImportUsage=false

from collections.abc import Callable
from typing import Any

import solara


@solara.component_vue("controls.vue")
def Controls(  # noqa: N802  # a component is named like a class
    scenarios: list[dict[str, str]],
    panel: dict[str, Any],
    event_choose: Callable[[str], None],
    event_move: Callable[[dict[str, Any]], None],
    event_sample: Callable[[dict[str, Any]], None],
) -> None:
    """Show the panel; ``panel`` carries scenario, seed, worlds and groups, and replaces what is on screen."""
