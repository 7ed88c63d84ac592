"""The frame around all pages: header, navigation, undo and redo, and the address kept in step."""

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
MAX_HISTORY = 200  # links that can be undone

log = logging.getLogger(__name__)


class LinkHistory(NamedTuple):
    """The links that were shown, and the one shown now; what comes after it was undone."""

    links: tuple[Link, ...]
    position: int = 0
    address_number: int = 0  # grows whenever the address has to follow
    replaces_address: bool = False  # whether the address takes the place of the one before in the browser's history

    @property
    def current(self) -> Link:
        """Give the link that is shown."""
        return self.links[self.position]

    def visit(self, link: Link) -> "LinkHistory":
        """Go on to another link. Where only the playhead moved there is nothing to undo."""
        if link == self.current:
            return self
        if link._replace(round=self.current.round) == self.current:
            return LinkHistory(
                (*self.links[: self.position], link, *self.links[self.position + 1 :]),
                self.position,
                self.address_number + 1,
                True,
            )
        kept = self.links[: self.position + 1][-MAX_HISTORY:]
        return LinkHistory((*kept, link), len(kept), self.address_number + 1)

    def step(self, steps: int) -> "LinkHistory":
        """Undo (-1) or redo (1), as far as there is something to undo or redo."""
        at = min(max(self.position + steps, 0), len(self.links) - 1)
        return self if at == self.position else LinkHistory(self.links, at, self.address_number + 1)

    def follow_browser(self, link: Link) -> "LinkHistory":
        """Follow the browser's own Back and Forward, which are steps of ours if they lead where ours do."""
        for steps in (-1, 1):
            there = self.position + steps
            if 0 <= there < len(self.links) and self.links[there] == link:
                return LinkHistory(self.links, there, self.address_number)
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
    """Show the header; ``address`` is what the browser's address shall be from now on."""


def page_component(page: str) -> Callable[..., Any]:
    """Find a page's component; its module is imported when it is first opened, as some are heavy."""
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
    """Show the page that the link names; if it fails, say so in its place, and leave all else usable."""
    error, clear = reacton.use_exception()
    if error is not None:
        log.error("the page %s failed", link.page, exc_info=error)
        with html("main", class_="det-single"), html("section", class_="det-card", role="alert"):
            html("h1", f"{TITLES[link.page]} failed")
            html("p", f"Something went wrong ({type(error).__name__}). The link is unharmed: try again, or undo.")
            solara.Button("Try again", on_click=clear, outlined=True)
        return
    page_component(link.page)(link, go)


@solara.component
def Page() -> None:  # noqa: N802
    """Show the page that the link names, under the frame."""
    router = solara.use_router()
    first, told = solara.use_memo(lambda: parse_link(router.search or ""), [])
    trail, set_trail = solara.use_state(LinkHistory((first,)))
    notes, set_notes = solara.use_state(told)
    error, show_error = solara.use_state("")
    link = trail.current

    def go(new: Link) -> None:
        set_trail(lambda trail: trail.visit(new))

    def open_page(page: str) -> None:
        if page in PAGES:
            set_trail(lambda trail: trail.visit(trail.current._replace(page=page)))

    def step(steps: int) -> None:
        set_trail(lambda trail: trail.step(1 if steps > 0 else -1))

    def navigate(query: str) -> None:
        arrived, told = parse_link(query)
        set_trail(lambda trail: trail.follow_browser(arrived))
        set_notes(told)

    solara.Title(f"{TITLES[link.page]} · Detente")
    with html("div", class_="det-root"):
        with html("header", class_="det-header"):
            Frame(
                pages=[
                    {"page": page, "title": TITLES[page], "query": format_link(link._replace(page=page))}
                    for page in PAGES
                ],
                page=link.page,
                address={"query": format_link(link), "number": trail.address_number, "replace": trail.replaces_address},
                undo=trail.position > 0,
                redo=trail.position < len(trail.links) - 1,
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
    """Give the page the whole window: nothing of Solara's own around it."""
    html("div", *children)
