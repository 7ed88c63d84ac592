"""What all pages are made of: elements whose text is never markup, and handlers that never break a page."""

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
    """Make an element whose children are elements or texts; a text is never read as markup."""
    return solara.v.Html(tag=tag, class_=attributes.pop("class_", ""), attributes=attributes, children=[*children])


@cache
def page_templates(*names: str) -> dict[str, str]:
    """Return the templates of a page by their tags: watch/why is det-watch-why, shared/progress det-progress."""
    return {template_tag(name): (PAGES_FOLDER / f"{name}.vue").read_text("utf-8") for name in names}


def template_tag(name: str) -> str:
    """Return the tag of a template below ``pages``."""
    return "det-" + name.removeprefix("shared/").replace("/", "-").replace("_", "-")


def safe_handler(handle: Callable[[Any], None], show_error: Callable[[str], None]) -> Callable[[Any], None]:
    """Wrap a handler of something a browser sent: a failure becomes a sentence, and the page lives on."""

    def answer(sent: Any) -> None:
        try:
            handle(sent)
            show_error("")
        except ScenarioError as error:
            show_error("; ".join(map(str, error.errors)))
        except Exception as error:
            log.exception("a handler failed")
            show_error(f"That did not work ({type(error).__name__}); nothing was changed.")

    return answer
