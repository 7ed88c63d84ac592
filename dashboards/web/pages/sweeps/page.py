"""Sweeps: a folder of results opened as a map over two factors, a ranking and a box; each leads to Explore."""

# pyright: reportPrivateImportUsage=false

import math
import shlex
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import solara

from dashboards.link import LONGEST_PATH, Link, SweepView, read_link, written
from dashboards.web.components import guarded, html, parts
from dashboards.web.jobs.background import JobUpdate, follow
from dashboards.web.pages.shared.messages import TaskProgress
from dashboards.web.pages.shared.shapes import vue_component
from dashboards.web.pages.shared.use_task import PageTask, Publish, Stop, progress_of, use_task
from dashboards.web.pages.sweeps import folders
from dashboards.web.pages.sweeps.box import box_of, usual_threshold
from dashboards.web.pages.sweeps.heat_map import map_data, map_of
from dashboards.web.pages.sweeps.messages import (
    FolderList,
    FolderRow,
    FoundBox,
    HeatMap,
    Ranking,
    SweepChoice,
    SweepFacts,
    SweepFault,
    SweepHead,
)
from dashboards.web.pages.sweeps.opened import Opened, head_of, read_folder
from dashboards.web.pages.sweeps.ranking import ranking_of
from experiments.studies.study import shipped
from model.errors import Fault, ScenarioError


def filled(look: SweepView, opened: Opened) -> SweepView:
    """Fill in what was not chosen, and leave what this study does not have."""
    paths = opened.paths
    outcome = look.outcome if look.outcome in opened.outcomes else opened.outcomes[0]
    x = look.x if look.x in paths else next((each for each in paths if each != look.y), paths[0])
    others = [each for each in paths if each != x]
    y = look.y if look.y in others else next(iter(others), "")
    above = usual_threshold(opened, outcome) if look.above is None else look.above
    return SweepView(look.folder, outcome, x, y, above)


class SweepsView(NamedTuple):
    """What the page shows so far, and how far it is; a part that is still to come is None."""

    rows: list[FolderRow] | None = None
    opened: Opened | None = None
    look: SweepView = SweepView()
    map: HeatMap | SweepFault | None = None
    ranking: Ranking | None = None
    box: FoundBox | SweepFault | None = None
    text: str = "Looking for results."
    share: float = 0.0
    busy: bool = True
    cancelled: bool = False
    fault: str = ""


@vue_component("board.vue")
def Board(  # noqa: N802
    components: dict[str, str],
    facts: SweepFacts,
    folders: FolderList,
    head: SweepHead | None,
    choice: SweepChoice,
    heat: HeatMap | SweepFault | None,
    ranking: Ranking | None,
    box: FoundBox | SweepFault | None,
    progress: TaskProgress,
    fault: str,
    event_enter: Callable[[str], None],
    event_choose: Callable[[dict[str, Any]], None],
    event_cancel: Callable[[Any], None],
    event_again: Callable[[Any], None],
    event_open: Callable[[str], None],
) -> None:
    """Show the folders, and of the one that is open its map, ranking and box."""


class Reading(PageTask):
    """One look: at the folders, then at the one that is open, part by part."""

    def __init__(self, look: SweepView, worlds: int, publish: Publish, before: SweepsView, stop: Stop):
        same = before.opened is not None and before.opened.folder == look.folder
        fresh = before._replace(busy=True, cancelled=False, fault="", opened=before.opened if same else None)
        super().__init__(fresh, publish, stop)
        self.look, self.worlds, self.base = look, worlds, Path.cwd()

    def go(self) -> None:
        """Look for folders, and read the one that is chosen."""
        try:
            self._list()
            if self.look.folder:
                self._read()
            self.say(busy=False, text="All is read." if self.look.folder else "")
        except ScenarioError as error:
            self.say(busy=False, text="Stopped.", fault="; ".join(map(str, error.faults)))
        except StoppedError:
            pass

    def _do(self, text: str, share: float, key: tuple[Any, ...], play: Callable[[], Any]) -> Any:
        """Do one piece of work once for all who ask; a failure is a ScenarioError."""
        self.say(text=text, share=share)
        last: JobUpdate | None = None
        for news in self._follow(key, play):
            if news.note:
                self.say(text=news.note)
            last = news
        if last is None or not last.over or self.stop():
            raise StoppedError
        if last.fault:
            raise ScenarioError([Fault(self.look.folder or "folders", "", last.fault)])
        return last.result

    def _follow(self, key: tuple[Any, ...], play: Callable[[], Any]) -> Iterator[JobUpdate]:
        yield from follow(("sweeps", str(self.base), *key), lambda report, stop: play(), self.stop)

    def _list(self) -> None:
        names = folders.folders(self.base)
        stamps = tuple((name, folders.stamp(self.base / name)) for name in names)
        if stamps or self.shown.rows is None:
            rows = self._do("Looking for results.", 0.1, ("list", stamps), lambda: folders.listed(self.base, names))
        else:
            rows = []
        self.say(rows=rows)

    def _read(self) -> None:
        base, name = self.base, folders.inside(self.look.folder, self.base)
        key = (name, folders.stamp(base / name))
        opened = self._do(f"Reading {name}.", 0.25, ("open", *key), lambda: read_folder(base, name))
        wanted, before = filled(self.look, opened), self.shown
        same = before.opened is not None and before.look.outcome == wanted.outcome
        kept = {"ranking": before.ranking if same else None}
        kept["box"] = before.box if same and before.look.above == wanted.above else None
        self.say(opened=opened, look=wanted, map=self._map(opened, wanted), **kept)
        ranking = self._do(
            "Ranking the factors.", 0.5, ("rank", *key, wanted.outcome),
            lambda: ranking_of(base, opened, wanted.outcome),
        )  # fmt: skip
        self.say(ranking=ranking)
        above = float(wanted.above or 0.0)
        box = self._do(
            "Looking for the box, and whether it stands in resamples.", 0.75,
            ("box", *key, wanted.outcome, above, self.worlds),
            lambda: box_of(base, opened, wanted.outcome, above, self.worlds),
        )  # fmt: skip
        self.say(box=box)

    def _map(self, opened: Opened, wanted: SweepView) -> HeatMap | SweepFault:
        try:
            found = map_of(opened, wanted.outcome, wanted.x, wanted.y)
        except ScenarioError as error:
            return {"fault": "; ".join(map(str, error.faults))}
        return map_data(opened, wanted.outcome, found, self.worlds)


class StoppedError(Exception):
    """Something newer is being read."""


@solara.component
def Sweeps(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show which results there are, and what those say that are open."""
    needs = [link.look, link.setting.worlds]
    shown, begin, cancel = use_task(SweepsView(), partial(Reading, *needs), needs)
    complaint, complain = solara.use_state("")

    def enter(folder: Any) -> None:
        look = SweepView(folders.inside(str(folder)[:LONGEST_PATH], Path.cwd())) if folder else SweepView()
        go(link._replace(look=look))

    def choose(sent: dict[str, Any]) -> None:
        go(link._replace(look=changed(shown.peek().opened, link.look, sent)))

    def open_link(query: str) -> None:
        go(read_link(query)[0]._replace(look=link.look))

    with html("main", class_="det-single"):
        now, opened = shown.value, shown.value.opened
        Board(
            components=parts(*PARTS),
            facts=solara.use_memo(lambda: facts_of(link), [link]),
            folders={"rows": now.rows, "open": link.look.folder, "where": TOPS_WORDS},
            head=solara.use_memo(lambda: head_of(opened) if opened else None, [id(opened)]),
            choice={"outcome": now.look.outcome, "x": now.look.x, "y": now.look.y, "above": now.look.above},
            heat=now.map if opened else None,
            ranking=now.ranking if opened else None,
            box=now.box if opened else None,
            progress=progress_of(now),
            fault=complaint,
            event_enter=guarded(enter, complain),
            event_choose=guarded(choose, complain),
            event_cancel=guarded(cancel, complain),
            event_again=guarded(begin, complain),
            event_open=guarded(lambda query: open_link(str(query)), complain),
        )


PARTS = (
    "shared/progress",
    "shared/typed",
    "sweeps/guide",
    "sweeps/heat",
    "sweeps/ranking",
    "sweeps/box",
    "sweeps/plot",
)
TOPS_WORDS = " and ".join(f"{top}/" for top in folders.TOPS)


def changed(opened: Opened | None, look: SweepView, sent: dict[str, Any]) -> SweepView:
    """Look at something else within the open folder. Raises ScenarioError if there is no such thing."""
    if opened is None or opened.folder != look.folder:
        raise ScenarioError([Fault("folder", "", "none is open yet")])
    look = filled(look, opened)
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
            raise ScenarioError([Fault(str(part), str(value), "is nothing that this study has")])
    return look


def facts_of(link: Link) -> SweepFacts:
    """Return what the page shows where there are no results: commands that run as they are, and links."""
    name = next(iter(shipped()), "")
    return {
        "studies": "detente studies",
        "sweep": shlex.join(["detente", "sweep", name, "--out", f"runs/{name}"]),
        "results": shlex.join(["detente", "results", f"runs/{name}"]),
        "to_compare": written(link._replace(page="compare")),
        "to_explore": written(link._replace(page="explore")),
    }
