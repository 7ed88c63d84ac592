"""The page Sweeps: the results of a study as a map over two factors, a ranking and a box."""

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


def complete_choice(view: SweepView, opened: StudyResults) -> SweepView:
    """Return the choices with defaults where the study does not have the chosen value."""
    paths = opened.paths
    outcome = view.outcome if view.outcome in opened.outcomes else opened.outcomes[0]
    x = view.x if view.x in paths else next((each for each in paths if each != view.y), paths[0])
    others = [each for each in paths if each != x]
    y = view.y if view.y in others else next(iter(others), "")
    above = default_threshold(opened, outcome) if view.above is None else view.above
    return SweepView(view.folder, outcome, x, y, above)


class SweepsView(NamedTuple):
    """What the page shows, and the progress; a part that is not ready is None."""

    rows: list[FolderRow] | None = None
    opened: StudyResults | None = None
    view: SweepView = SweepView()
    map: HeatMap | SweepFailure | None = None
    ranking: Ranking | None = None
    box: FoundBox | SweepFailure | None = None
    text: str = "Searching for results."
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
    """Show the folders, and the map, ranking and box of the open one."""


class SweepTask(PageTask):
    """A task that lists the folders and reads the open one, part by part."""

    def __init__(self, view: SweepView, worlds: int, publish: Publish, before: SweepsView, stop: Stop):
        same = before.opened is not None and before.opened.folder == view.folder
        fresh = before._replace(busy=True, cancelled=False, error="", opened=before.opened if same else None)
        super().__init__(fresh, publish, stop)
        self.view, self.worlds, self.base = view, worlds, Path.cwd()

    def run(self) -> None:
        """List the folders, and read the selected one."""
        try:
            self._list()
            if self.view.folder:
                self._read()
            self.publish(busy=False, text="Done." if self.view.folder else "")
        except ScenarioError as error:
            self.publish(busy=False, text="Stopped.", error="; ".join(map(str, error.errors)))
        except StoppedError:
            pass

    def _do(self, text: str, share: float, key: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
        """Run a shared job and return its result. Raises ScenarioError if it fails, StoppedError if it is stopped."""
        self.publish(text=text, share=share)
        last: JobUpdate | None = None
        for update in self._follow(key, compute):
            if update.note:
                self.publish(text=update.note)
            last = update
        if last is None or not last.finished or self.stop():
            raise StoppedError
        if last.error:
            raise ScenarioError([InputError(self.view.folder or "folders", "", last.error)])
        return last.result

    def _follow(self, key: tuple[Any, ...], compute: Callable[[], Any]) -> Iterator[JobUpdate]:
        yield from follow(("sweeps", str(self.base), *key), lambda report, stop: compute(), self.stop)

    def _list(self) -> None:
        names = folders.result_folders(self.base)
        versions = tuple((name, folders.folder_version(self.base / name)) for name in names)
        if versions or self.shown.rows is None:
            rows = self._do(
                "Searching for results.", 0.1, ("list", versions), lambda: folders.folder_rows(self.base, names)
            )
        else:
            rows = []
        self.publish(rows=rows)

    def _read(self) -> None:
        base, name = self.base, folders.check_folder(self.view.folder, self.base)
        key = (name, folders.folder_version(base / name))
        opened = self._do(f"Reading {name}.", 0.25, ("open", *key), lambda: read_folder(base, name))
        choice, before = complete_choice(self.view, opened), self.shown
        same = before.opened is not None and before.view.outcome == choice.outcome
        previous = {"ranking": before.ranking if same else None}
        previous["box"] = before.box if same and before.view.above == choice.above else None
        self.publish(opened=opened, view=choice, map=self._map(opened, choice), **previous)
        ranking = self._do(
            "Ranking the factors.", 0.5, ("rank", *key, choice.outcome),
            lambda: rank_factors(base, opened, choice.outcome),
        )  # fmt: skip
        self.publish(ranking=ranking)
        above = float(choice.above or 0.0)
        box = self._do(
            "Finding the box and checking it in resamples.", 0.75,
            ("box", *key, choice.outcome, above, self.worlds),
            lambda: find_box(base, opened, choice.outcome, above, self.worlds),
        )  # fmt: skip
        self.publish(box=box)

    def _map(self, opened: StudyResults, choice: SweepView) -> HeatMap | SweepFailure:
        try:
            mapped = factor_map(opened, choice.outcome, choice.x, choice.y)
        except ScenarioError as error:
            return {"error": "; ".join(map(str, error.errors))}
        return map_message(opened, choice.outcome, mapped, self.worlds)


class StoppedError(Exception):
    """A newer task has replaced this one."""


@solara.component
def Sweeps(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the page."""
    needs = [link.sweep_view, link.setting.worlds]
    shown, restart, cancel = use_task(SweepsView(), partial(SweepTask, *needs), needs)
    error_text, show_error = solara.use_state("")

    def enter(folder: Any) -> None:
        view = SweepView(folders.check_folder(str(folder)[:MAX_PATH_LENGTH], Path.cwd())) if folder else SweepView()
        go(link._replace(sweep_view=view))

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
            choice={"outcome": now.view.outcome, "x": now.view.x, "y": now.view.y, "above": now.view.above},
            heat=now.map if opened else None,
            ranking=now.ranking if opened else None,
            box=now.box if opened else None,
            progress=task_progress(now),
            error=error_text,
            event_enter=safe_handler(enter, show_error),
            event_choose=safe_handler(choose, show_error),
            event_cancel=safe_handler(cancel, show_error),
            event_again=safe_handler(restart, show_error),
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


def updated_choice(opened: StudyResults | None, view: SweepView, sent: dict[str, Any]) -> SweepView:
    """Return the choices with changes from the browser. Raises ScenarioError for a value not in the study."""
    if opened is None or opened.folder != view.folder:
        raise ScenarioError([InputError("folder", "", "no folder is open yet")])
    view = complete_choice(view, opened)
    for part, value in sent.items():
        if part == "outcome" and value in opened.outcomes:
            view = view._replace(outcome=value, above=None)
        elif part in ("x", "y") and value in opened.paths:
            other = {"x": "y", "y": "x"}[part]
            swapped = {other: getattr(view, part)} if getattr(view, other) == value else {}
            view = view._replace(**{part: value}, **swapped)
        elif part == "above" and type(value) in (int, float) and math.isfinite(value):
            view = view._replace(above=float(value))
        else:
            raise ScenarioError([InputError(str(part), str(value), "does not exist in this study")])
    return view


def sweep_facts(link: Link) -> SweepFacts:
    """Return the commands and links that the page shows if there are no results."""
    name = next(iter(shipped_studies()), "")
    return {
        "studies": "detente studies",
        "sweep": shlex.join(["detente", "sweep", name, "--out", f"runs/{name}"]),
        "results": shlex.join(["detente", "results", f"runs/{name}"]),
        "to_compare": format_link(link._replace(page="compare")),
        "to_explore": format_link(link._replace(page="explore")),
    }
