"""The frame of all pages: header, navigation, undo, redo, and the browser's address."""

# pyright: reportPrivateImportUsage=false

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import reacton
import solara
import solara.lab

from dashboards.page_link import PAGES, Link, format_link, parse_link
from dashboards.web.components import html, safe_handler

TITLES = {
    "explore": "Explore",
    "watch": "Watch",
    "turning": "Turning points",
    "compare": "Compare",
    "sweeps": "Sweeps",
    "about": "About",
}
MAX_HISTORY = 200  # links

log = logging.getLogger(__name__)


class LinkHistory(NamedTuple):
    """The links that the user visited and the position of the current one. Later links can be redone."""

    links: tuple[Link, ...]
    position: int = 0
    address_number: int = 0  # increases whenever the browser's address must change
    replaces_address: bool = False  # whether to replace the latest entry of the browser's history

    @property
    def current(self) -> Link:
        """Return the current link."""
        return self.links[self.position]

    def visit(self, link: Link) -> "LinkHistory":
        """Return the history after visiting a link. A change of the round alone replaces the current link."""
        if link == self.current:
            return self
        if link._replace(round=self.current.round) == self.current:
            return LinkHistory(
                (*self.links[: self.position], link, *self.links[self.position + 1 :]),
                self.position,
                self.address_number + 1,
                True,
            )
        earlier = self.links[: self.position + 1][-MAX_HISTORY:]
        return LinkHistory((*earlier, link), len(earlier), self.address_number + 1)

    def step(self, steps: int) -> "LinkHistory":
        """Return the history after undoing (-1) or redoing (1) one link, if there is one."""
        position = min(max(self.position + steps, 0), len(self.links) - 1)
        return self if position == self.position else LinkHistory(self.links, position, self.address_number + 1)

    def follow_browser(self, link: Link) -> "LinkHistory":
        """Return the history after the browser's Back or Forward; a neighbouring link counts as undo or redo."""
        for steps in (-1, 1):
            neighbour = self.position + steps
            if 0 <= neighbour < len(self.links) and self.links[neighbour] == link:
                return LinkHistory(self.links, neighbour, self.address_number)
        return self.visit(link)._replace(address_number=self.address_number)


@solara.component_vue("frame.vue")
def Frame(  # noqa: N802
    pages: list[dict[str, str]],
    page: str,
    address: dict[str, Any],
    undo: bool,
    redo: bool,
    notes: list[str],
    error: str,
    event_open: Callable[[str], None],
    event_step: Callable[[int], None],
    event_navigate: Callable[[str], None],
    event_dismiss: Callable[[Any], None],
) -> None:
    """Show the header and set the browser's address to ``address``."""


def page_component(page: str) -> Callable[..., Any]:
    """Return the component of a page. Import its module on first use, since some are slow to import."""
    match page:
        case "explore":
            from dashboards.web.pages.explore.page import Explore

            return Explore
        case "watch":
            from dashboards.web.pages.watch.page import Watch

            return Watch
        case "turning":
            from dashboards.web.pages.turning_points.page import TurningPoints

            return TurningPoints
        case "compare":
            from dashboards.web.pages.compare.page import Compare

            return Compare
        case "sweeps":
            from dashboards.web.pages.sweeps.page import Sweeps

            return Sweeps
        case _:
            from dashboards.web.pages.about.page import About

            return About


@solara.component
def Content(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the page that the link names, or an error message in its place."""
    error, clear = reacton.use_exception()
    if error is not None:
        log.error("the page %s failed", link.page, exc_info=error)
        with html("main", class_="det-single"), html("section", class_="det-card", role="alert"):
            html("h1", f"{TITLES[link.page]} failed")
            html("p", f"Unexpected error ({type(error).__name__}). The link is unchanged. Try again or undo.")
            solara.Button("Try again", on_click=clear, outlined=True)
        return
    page_component(link.page)(link, go)


@solara.component
def Page() -> None:  # noqa: N802
    """Show the frame and the page that the link names."""
    router = solara.use_router()
    first, link_notes = solara.use_memo(lambda: parse_link(router.search or ""), [])
    history, set_history = solara.use_state(LinkHistory((first,)))
    notes, set_notes = solara.use_state(link_notes)
    error, show_error = solara.use_state("")
    link = history.current

    def go(new: Link) -> None:
        set_history(lambda history: history.visit(new))

    def open_page(page: str) -> None:
        if page in PAGES:
            set_history(lambda history: history.visit(history.current._replace(page=page)))

    def step(steps: int) -> None:
        set_history(lambda history: history.step(1 if steps > 0 else -1))

    def navigate(query: str) -> None:
        arrived, link_notes = parse_link(query)
        set_history(lambda history: history.follow_browser(arrived))
        set_notes(link_notes)

    solara.Title(f"{TITLES[link.page]} · Detente")
    with html("div", class_="det-root"):
        with html("header", class_="det-header"):
            Frame(
                pages=[
                    {"page": page, "title": TITLES[page], "query": format_link(link._replace(page=page))}
                    for page in PAGES
                ],
                page=link.page,
                address={
                    "query": format_link(link),
                    "number": history.address_number,
                    "replace": history.replaces_address,
                },
                undo=history.position > 0,
                redo=history.position < len(history.links) - 1,
                notes=notes,
                error=error,
                event_open=safe_handler(open_page, show_error),
                event_step=safe_handler(step, show_error),
                event_navigate=safe_handler(navigate, show_error),
                event_dismiss=safe_handler(lambda _: set_notes([]), show_error),
            )
            solara.lab.ThemeToggle()
        Content(link, go).key(link.page)


@solara.component
def Layout(children: Any = ()) -> None:  # noqa: N802
    """Show the page in the whole window, without Solara's layout."""
    html("div", *children)
