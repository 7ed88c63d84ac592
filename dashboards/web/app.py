"""The frame around all pages: header, navigation, undo and redo, and the address kept in step."""

# pyright: reportPrivateImportUsage=false

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import reacton
import solara
import solara.lab

from dashboards.link import PAGES, Link, read_link, written
from dashboards.web.components import guarded, html

TITLES = {
    "explore": "Explore",
    "watch": "Watch",
    "turning": "Turning points",
    "compare": "Compare",
    "sweeps": "Sweeps",
    "about": "About",
}
LONGEST_TRAIL = 200  # links that can be undone

log = logging.getLogger(__name__)


class Trail(NamedTuple):
    """The links that were shown, and the one shown now; what comes after it was undone."""

    links: tuple[Link, ...]
    at: int = 0
    told: int = 0  # grows whenever the address has to follow
    replaces: bool = False  # whether the address takes the place of the one before in the browser's history

    @property
    def now(self) -> Link:
        """Give the link that is shown."""
        return self.links[self.at]

    def gone(self, link: Link) -> "Trail":
        """Go on to another link. Where only the playhead moved there is nothing to undo."""
        if link == self.now:
            return self
        if link._replace(round=self.now.round) == self.now:
            return Trail((*self.links[: self.at], link, *self.links[self.at + 1 :]), self.at, self.told + 1, True)
        kept = self.links[: self.at + 1][-LONGEST_TRAIL:]
        return Trail((*kept, link), len(kept), self.told + 1)

    def moved(self, steps: int) -> "Trail":
        """Undo (-1) or redo (1), as far as there is something to undo or redo."""
        at = min(max(self.at + steps, 0), len(self.links) - 1)
        return self if at == self.at else Trail(self.links, at, self.told + 1)

    def arrived(self, link: Link) -> "Trail":
        """Follow the browser's own Back and Forward, which are steps of ours if they lead where ours do."""
        for steps in (-1, 1):
            there = self.at + steps
            if 0 <= there < len(self.links) and self.links[there] == link:
                return Trail(self.links, there, self.told)
        return self.gone(link)._replace(told=self.told)


@solara.component_vue("frame.vue")
def Frame(  # noqa: N802
    pages: list[dict[str, str]],
    page: str,
    address: dict[str, Any],
    undo: bool,
    redo: bool,
    notes: list[str],
    fault: str,
    event_open: Callable[[str], None],
    event_step: Callable[[int], None],
    event_arrive: Callable[[str], None],
    event_dismiss: Callable[[Any], None],
) -> None:
    """Show the header; ``address`` is what the browser's address shall be from now on."""


def component_of(page: str) -> Callable[..., Any]:
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
    fault, clear = reacton.use_exception()
    if fault is not None:
        log.error("the page %s failed", link.page, exc_info=fault)
        with html("main", class_="det-single"), html("section", class_="det-card", role="alert"):
            html("h1", f"{TITLES[link.page]} failed")
            html("p", f"Something went wrong ({type(fault).__name__}). The link is unharmed: try again, or undo.")
            solara.Button("Try again", on_click=clear, outlined=True)
        return
    component_of(link.page)(link, go)


@solara.component
def Page() -> None:  # noqa: N802
    """Show the page that the link names, under the frame."""
    router = solara.use_router()
    first, told = solara.use_memo(lambda: read_link(router.search or ""), [])
    trail, set_trail = solara.use_state(Trail((first,)))
    notes, set_notes = solara.use_state(told)
    fault, complain = solara.use_state("")
    link = trail.now

    def go(new: Link) -> None:
        set_trail(lambda trail: trail.gone(new))

    def open_page(page: str) -> None:
        if page in PAGES:
            set_trail(lambda trail: trail.gone(trail.now._replace(page=page)))

    def step(steps: int) -> None:
        set_trail(lambda trail: trail.moved(1 if steps > 0 else -1))

    def arrive(query: str) -> None:
        arrived, told = read_link(query)
        set_trail(lambda trail: trail.arrived(arrived))
        set_notes(told)

    solara.Title(f"{TITLES[link.page]} · Detente")
    with html("div", class_="det-root"):
        with html("header", class_="det-header"):
            Frame(
                pages=[
                    {"page": page, "title": TITLES[page], "query": written(link._replace(page=page))} for page in PAGES
                ],
                page=link.page,
                address={"query": written(link), "number": trail.told, "replace": trail.replaces},
                undo=trail.at > 0,
                redo=trail.at < len(trail.links) - 1,
                notes=notes,
                fault=fault,
                event_open=guarded(open_page, complain),
                event_step=guarded(step, complain),
                event_arrive=guarded(arrive, complain),
                event_dismiss=guarded(lambda _: set_notes([]), complain),
            )
            solara.lab.ThemeToggle()
        Content(link, go).key(link.page)


@solara.component
def Layout(children: Any = ()) -> None:  # noqa: N802
    """Give the page the whole window: nothing of Solara's own around it."""
    html("div", *children)
