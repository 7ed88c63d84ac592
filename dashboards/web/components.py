"""Building blocks of all pages: HTML elements, templates, and event handlers that report errors."""

# pyright: reportPrivateImportUsage=false

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import solara

from model.errors import ScenarioError

PAGES_FOLDER = Path(__file__).parent / "pages"

log = logging.getLogger(__name__)


def html(tag: str, *children: Any, **attributes: str) -> solara.Element:
    """Return an element. Children are elements or texts; texts are never parsed as markup."""
    return solara.v.Html(tag=tag, class_=attributes.pop("class_", ""), attributes=attributes, children=[*children])


@cache
def page_templates(*names: str) -> dict[str, str]:
    """Return templates by tag: ``watch/why`` has the tag det-watch-why, ``shared/progress`` has det-progress."""
    return {template_tag(name): (PAGES_FOLDER / f"{name}.vue").read_text("utf-8") for name in names}


def template_tag(name: str) -> str:
    """Return the tag of a template in ``pages``."""
    return "det-" + name.removeprefix("shared/").replace("/", "-").replace("_", "-")


def safe_handler(handle: Callable[[Any], None], show_error: Callable[[str], None]) -> Callable[[Any], None]:
    """Return an event handler that shows an error message where ``handle`` raises, and clears it otherwise."""

    def handler(sent: Any) -> None:
        try:
            handle(sent)
            show_error("")
        except ScenarioError as error:
            show_error("; ".join(map(str, error.errors)))
        except Exception as error:
            log.exception("a handler failed")
            show_error(f"Unexpected error ({type(error).__name__}). Nothing was changed.")

    return handler
