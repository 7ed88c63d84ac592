"""Sweeps: a folder of results opened as a map over two factors, a ranking and a box; each leads to Explore."""

# pyright: reportPrivateImportUsage=false

import math
import shlex
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import solara

from dashboards.page_link import MAX_PATH_LENGTH, Link, SweepView, format_link, parse_link
from dashboards.web.components import html, page_templates, safe_handler
from dashboards.web.jobs.background import JobUpdate, follow
from dashboards.web.pages.shared.messages import TaskProgress
from dashboards.web.pages.shared.shapes import vue_component
from dashboards.web.pages.shared.use_task import PageTask, Publish, Stop, task_progress, use_task
from dashboards.web.pages.sweeps import folders
from dashboards.web.pages.sweeps.box import default_threshold, find_box
from dashboards.web.pages.sweeps.heat_map import factor_map, map_message
from dashboards.web.pages.sweeps.messages import (
    FolderList,
    FolderRow,
    FoundBox,
    HeatMap,
    Ranking,
    SweepChoice,
    SweepFacts,
    SweepFailure,
    SweepHead,
)
from dashboards.web.pages.sweeps.opened import StudyResults, read_folder, sweep_head
from dashboards.web.pages.sweeps.ranking import rank_factors
from experiments.studies.study import shipped_studies
from model.errors import InputError, ScenarioError


def complete_choice(look: SweepView, opened: StudyResults) -> SweepView:
    """Fill in what was not chosen, and leave what this study does not have."""
    paths = opened.paths
    outcome = look.outcome if look.outcome in opened.outcomes else opened.outcomes[0]
    x = look.x if look.x in paths else next((each for each in paths if each != look.y), paths[0])
    others = [each for each in paths if each != x]
    y = look.y if look.y in others else next(iter(others), "")
    above = default_threshold(opened, outcome) if look.above is None else look.above
    return SweepView(look.folder, outcome, x, y, above)


class SweepsView(NamedTuple):
    """What the page shows so far, and how far it is; a part that is still to come is None."""

    rows: list[FolderRow] | None = None
    opened: StudyResults | None = None
    look: SweepView = SweepView()
    map: HeatMap | SweepFailure | None = None
    ranking: Ranking | None = None
    box: FoundBox | SweepFailure | None = None
    text: str = "Looking for results."
    share: float = 0.0
    busy: bool = True
    cancelled: bool = False
    error: str = ""


@vue_component("board.vue")
def Board(  # noqa: N802
    components: dict[str, str],
    facts: SweepFacts,
    folders: FolderList,
    head: SweepHead | None,
    choice: SweepChoice,
    heat: HeatMap | SweepFailure | None,
    ranking: Ranking | None,
    box: FoundBox | SweepFailure | None,
    progress: TaskProgress,
    error: str,
    event_enter: Callable[[str], None],
    event_choose: Callable[[dict[str, Any]], None],
    event_cancel: Callable[[Any], None],
    event_again: Callable[[Any], None],
    event_open: Callable[[str], None],
) -> None:
    """Show the folders, and of the one that is open its map, ranking and box."""


class SweepTask(PageTask):
    """One look: at the folders, then at the one that is open, part by part."""

    def __init__(self, look: SweepView, worlds: int, publish: Publish, before: SweepsView, stop: Stop):
        same = before.opened is not None and before.opened.folder == look.folder
        fresh = before._replace(busy=True, cancelled=False, error="", opened=before.opened if same else None)
        super().__init__(fresh, publish, stop)
        self.look, self.worlds, self.base = look, worlds, Path.cwd()

    def run(self) -> None:
        """Look for folders, and read the one that is chosen."""
        try:
            self._list()
            if self.look.folder:
                self._read()
            self.publish(busy=False, text="All is read." if self.look.folder else "")
        except ScenarioError as error:
            self.publish(busy=False, text="Stopped.", error="; ".join(map(str, error.errors)))
        except StoppedError:
            pass

    def _do(self, text: str, share: float, key: tuple[Any, ...], play: Callable[[], Any]) -> Any:
        """Do one piece of work once for all who ask; a failure is a ScenarioError."""
        self.publish(text=text, share=share)
        last: JobUpdate | None = None
        for news in self._follow(key, play):
            if news.note:
                self.publish(text=news.note)
            last = news
        if last is None or not last.finished or self.stop():
            raise StoppedError
        if last.error:
            raise ScenarioError([InputError(self.look.folder or "folders", "", last.error)])
        return last.result

    def _follow(self, key: tuple[Any, ...], play: Callable[[], Any]) -> Iterator[JobUpdate]:
        yield from follow(("sweeps", str(self.base), *key), lambda report, stop: play(), self.stop)

    def _list(self) -> None:
        names = folders.result_folders(self.base)
        stamps = tuple((name, folders.folder_version(self.base / name)) for name in names)
        if stamps or self.shown.rows is None:
            rows = self._do(
                "Looking for results.", 0.1, ("list", stamps), lambda: folders.folder_rows(self.base, names)
            )
        else:
            rows = []
        self.publish(rows=rows)

    def _read(self) -> None:
        base, name = self.base, folders.check_folder(self.look.folder, self.base)
        key = (name, folders.folder_version(base / name))
        opened = self._do(f"Reading {name}.", 0.25, ("open", *key), lambda: read_folder(base, name))
        wanted, before = complete_choice(self.look, opened), self.shown
        same = before.opened is not None and before.look.outcome == wanted.outcome
        kept = {"ranking": before.ranking if same else None}
        kept["box"] = before.box if same and before.look.above == wanted.above else None
        self.publish(opened=opened, look=wanted, map=self._map(opened, wanted), **kept)
        ranking = self._do(
            "Ranking the factors.", 0.5, ("rank", *key, wanted.outcome),
            lambda: rank_factors(base, opened, wanted.outcome),
        )  # fmt: skip
        self.publish(ranking=ranking)
        above = float(wanted.above or 0.0)
        box = self._do(
            "Looking for the box, and whether it stands in resamples.", 0.75,
            ("box", *key, wanted.outcome, above, self.worlds),
            lambda: find_box(base, opened, wanted.outcome, above, self.worlds),
        )  # fmt: skip
        self.publish(box=box)

    def _map(self, opened: StudyResults, wanted: SweepView) -> HeatMap | SweepFailure:
        try:
            found = factor_map(opened, wanted.outcome, wanted.x, wanted.y)
        except ScenarioError as error:
            return {"error": "; ".join(map(str, error.errors))}
        return map_message(opened, wanted.outcome, found, self.worlds)


class StoppedError(Exception):
    """Something newer is being read."""


@solara.component
def Sweeps(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show which results there are, and what those say that are open."""
    needs = [link.sweep_view, link.setting.worlds]
    shown, begin, cancel = use_task(SweepsView(), partial(SweepTask, *needs), needs)
    error_text, show_error = solara.use_state("")

    def enter(folder: Any) -> None:
        look = SweepView(folders.check_folder(str(folder)[:MAX_PATH_LENGTH], Path.cwd())) if folder else SweepView()
        go(link._replace(sweep_view=look))

    def choose(sent: dict[str, Any]) -> None:
        go(link._replace(sweep_view=updated_choice(shown.peek().opened, link.sweep_view, sent)))

    def open_link(query: str) -> None:
        go(parse_link(query)[0]._replace(sweep_view=link.sweep_view))

    with html("main", class_="det-single"):
        now, opened = shown.value, shown.value.opened
        Board(
            components=page_templates(*TEMPLATES),
            facts=solara.use_memo(lambda: sweep_facts(link), [link]),
            folders={"rows": now.rows, "open": link.sweep_view.folder, "where": ROOTS_TEXT},
            head=solara.use_memo(lambda: sweep_head(opened) if opened else None, [id(opened)]),
            choice={"outcome": now.look.outcome, "x": now.look.x, "y": now.look.y, "above": now.look.above},
            heat=now.map if opened else None,
            ranking=now.ranking if opened else None,
            box=now.box if opened else None,
            progress=task_progress(now),
            error=error_text,
            event_enter=safe_handler(enter, show_error),
            event_choose=safe_handler(choose, show_error),
            event_cancel=safe_handler(cancel, show_error),
            event_again=safe_handler(begin, show_error),
            event_open=safe_handler(lambda query: open_link(str(query)), show_error),
        )


TEMPLATES = (
    "shared/progress",
    "shared/typed",
    "sweeps/guide",
    "sweeps/heat",
    "sweeps/ranking",
    "sweeps/box",
    "sweeps/plot",
)
ROOTS_TEXT = " and ".join(f"{top}/" for top in folders.ROOTS)


def updated_choice(opened: StudyResults | None, look: SweepView, sent: dict[str, Any]) -> SweepView:
    """Look at something else within the open folder. Raises ScenarioError if there is no such thing."""
    if opened is None or opened.folder != look.folder:
        raise ScenarioError([InputError("folder", "", "none is open yet")])
    look = complete_choice(look, opened)
    for part, value in sent.items():
        if part == "outcome" and value in opened.outcomes:
            look = look._replace(outcome=value, above=None)
        elif part in ("x", "y") and value in opened.paths:
            other = {"x": "y", "y": "x"}[part]
            swapped = {other: getattr(look, part)} if getattr(look, other) == value else {}
            look = look._replace(**{part: value}, **swapped)
        elif part == "above" and type(value) in (int, float) and math.isfinite(value):
            look = look._replace(above=float(value))
        else:
            raise ScenarioError([InputError(str(part), str(value), "is nothing that this study has")])
    return look


def sweep_facts(link: Link) -> SweepFacts:
    """Return what the page shows where there are no results: commands that run as they are, and links."""
    name = next(iter(shipped_studies()), "")
    return {
        "studies": "detente studies",
        "sweep": shlex.join(["detente", "sweep", name, "--out", f"runs/{name}"]),
        "results": shlex.join(["detente", "results", f"runs/{name}"]),
        "to_compare": format_link(link._replace(page="compare")),
        "to_explore": format_link(link._replace(page="explore")),
    }
