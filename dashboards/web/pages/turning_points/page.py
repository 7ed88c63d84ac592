"""Turning points: from every round of a run the chance of a deal, and the decision that moved it most."""

# pyright: reportPrivateImportUsage=false

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import solara

from dashboards.interventions import whole
from dashboards.link import LARGEST_SEED, LEAST_FUTURES, MOST_FUTURES, Link, Setting, read_link, scenario_of, written
from dashboards.web.components import guarded, html, parts
from dashboards.web.jobs.background import JobUpdate
from dashboards.web.pages.shared.messages import TaskProgress
from dashboards.web.pages.shared.shapes import vue_component
from dashboards.web.pages.shared.use_task import PageTask, Publish, Stop, progress_of, use_task
from dashboards.web.pages.turning_points import analysis as story
from dashboards.web.pages.turning_points.analysis import Run, Turned
from dashboards.web.pages.turning_points.messages import OutlookPicture, RoundView, RunFrame, TurningHead, TurnRow
from model.errors import ScenarioError

CHOICES = (100, 200, 500, 1000)


class TurningPointsView(NamedTuple):
    """What the page shows: the run, the futures so far, the turned decisions, and how far all this is."""

    setting: Setting | None = None
    frame: RunFrame | None = None
    run: Run | None = None
    picture: OutlookPicture | None = None
    turns: tuple[TurnRow, ...] = ()
    verdict: tuple[str, ...] = ()
    summary: str = ""
    decided: int | None = None  # the round that decided it, or moved it most
    number: int = 0  # the round that is looked into
    turned: tuple[Turned, ...] = ()
    told: tuple[str, ...] = ()
    choices: int = 0
    text: str = "Starting."
    share: float = 0.0
    busy: bool = True
    cancelled: bool = False
    fault: str = ""


@vue_component("board.vue")
def Board(  # noqa: N802
    components: dict[str, str],
    head: TurningHead,
    frame: RunFrame | None,
    picture: OutlookPicture | None,
    turns: list[TurnRow],
    verdict: list[str],
    summary: str,
    round: RoundView,
    progress: TaskProgress,
    fault: str,
    event_pick: Callable[[int], None],
    event_ask: Callable[[dict[str, Any]], None],
    event_cancel: Callable[[Any], None],
    event_again: Callable[[Any], None],
    event_open: Callable[[str], None],
) -> None:
    """Show the evaluation bar, the verdict and the round that is looked into."""


class Search(PageTask):
    """One search for turning points, told as it goes."""

    def __init__(self, link: Link, publish: Publish, before: TurningPointsView, stop: Stop):
        kept = before if before.setting == story.key(link.setting) else TurningPointsView()
        fresh = kept._replace(setting=story.key(link.setting), busy=True, cancelled=False, fault="")
        super().__init__(fresh, publish, stop)
        self.link, self.setting = link, link.setting

    def go(self) -> None:
        """Tell the run, redraw its futures, turn the decisions of the round that decided it and of that asked for."""
        if not self._tell_run() or (found := self._redraw()) is None:
            return
        run = self.shown.run
        assert run is not None
        decided = story.round_asked(run, found)
        self.say(decided=decided, number=self.link.round or decided or 1, turned=(), told=(), choices=0)
        if decided is None or (turned := self._turn(decided)) is None:
            return
        self.say(verdict=tuple(story.verdict(run, found, turned, decided)))
        number = self.link.round or decided
        if number != decided and (turned := self._turn(number)) is None:
            return
        told = tuple(story.what_mattered(turned, number, story.rose(found, number))) if number != decided else ()
        self.say(told=told, busy=False, text=finished(self.link.futures))

    def _tell_run(self) -> bool:
        for news in story.follow_run(self.setting, self.stop):
            if not self._advances(news, "Playing the run", 0.0, 0.1):
                return False
            if news.over and news.result is not None:
                self.say(run=news.result, frame=story.frame_of(news.result))
                return True
        return False

    def _redraw(self) -> Any:
        what = f"Redrawing {self.link.futures:,} futures from every round"
        for news in story.follow_outlook(self.setting, self.link.futures, self.stop):
            if not self._advances(news, what, 0.1, 0.6):
                return None
            if news.result is not None:
                self._show(news)
            if news.over:
                return news.result
        return None

    def _show(self, news: JobUpdate) -> None:
        run, found = self.shown.run, news.result
        assert run is not None
        whole = news.over or found.played >= len(found.rounds)
        told = story.verdict(run, found, [], None) if (found.ends[:, 0] >= 0).all() else []
        self.say(
            picture={"columns": story.columns_of(found), "whole": whole},
            turns=tuple(story.turns(found)) if news.over else self.shown.turns,
            verdict=self.shown.verdict if told == list(self.shown.verdict[: len(told)]) else tuple(told),
            summary=story.summary(found) if news.over else "",
        )

    def _turn(self, now: int) -> list[Turned] | None:
        for news in story.follow_actions(self.setting, now, self.link.futures, self.stop):
            if not self._advances(news, f"Turning each decision of round {now}", 0.7, 0.3):
                return None
            if news.result and now == self.shown.number:
                self.say(turned=leading(news.result), choices=len(news.result))
            if news.over:
                return news.result
        return None

    def _advances(self, news: JobUpdate, what: str, begins: float, part: float) -> bool:
        """Tell how far some work is; say whether it goes on."""
        if news.fault:
            self.say(busy=False, fault=news.fault, text="Stopped.")
            return False
        if self.stop():
            return False
        share = begins + part * (news.done / news.total if news.total else 0.0)
        self.say(text=news.note or f"{what}: {news.done:,} of {news.total:,}{news.wait}", share=round(share, 3))
        return True


def leading(ranked: list[Turned]) -> tuple[Turned, ...]:
    """Choose the decisions that are shown: those in all futures, or while these are being played, the first ones."""
    whole = [each for each in ranked if each.action.futures == ranked[0].action.futures]
    return tuple(whole[: story.LEADING])


def finished(futures: int) -> str:
    """Say what all is based on."""
    return f"{futures:,} redrawn futures from every round; the same dice everywhere."


@solara.component
def TurningPoints(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show where a run was won or lost."""
    needs = [story.key(link.setting), link.futures, link.round]
    shown, begin, cancel = use_task(TurningPointsView(), partial(Search, link), needs)
    complaint, complain = solara.use_state("")

    def ask(sent: dict[str, Any]) -> None:
        seed = whole("seed", sent.get("seed", link.setting.seed), 0, LARGEST_SEED)
        futures = whole("futures", sent.get("futures", link.futures), LEAST_FUTURES, MOST_FUTURES)
        kept = link.round if seed == link.setting.seed else 0
        go(link._replace(setting=link.setting._replace(seed=seed), futures=futures, round=kept))

    def pick(sent: int) -> None:
        go(link._replace(round=whole("round", sent, 1, scenario_of(link.setting).rounds)))

    try:
        title = scenario_of(link.setting).title["en"]
    except ScenarioError as error:
        title, found_fault = "No scenario", "; ".join(map(str, error.faults))
    else:
        found_fault = ""
    now = shown.value
    if now.setting != story.key(link.setting):
        now = TurningPointsView()
    with html("main", class_="det-single"):
        Board(
            components=parts("shared/progress", "shared/typed", "shared/line_chart"),
            head=head_of(link, title),
            frame=now.frame,
            picture=now.picture,
            turns=list(now.turns),
            verdict=list(now.verdict),
            summary=now.summary,
            round=round_of(link, now),
            progress=progress_of(now),
            fault=complaint or found_fault,
            event_pick=guarded(pick, complain),
            event_ask=guarded(ask, complain),
            event_cancel=guarded(cancel, complain),
            event_again=guarded(begin, complain),
            event_open=guarded(lambda query: go(read_link(str(query))[0]), complain),
        )


def head_of(link: Link, title: str) -> TurningHead:
    """Return which run is shown, and what can be chosen."""
    changes, events = len(link.setting.changes), len(link.setting.events)
    parts = [
        f"{count} {word}{'s' * (count > 1)}"
        for count, word in ((changes, "change"), (events, "injected event"))
        if count
    ]
    return {
        "title": title,
        "seed": link.setting.seed,
        "largest_seed": LARGEST_SEED,
        "futures": link.futures,
        "choices": sorted({*CHOICES, link.futures}),
        "changed": ", with " + " and ".join(parts) if parts else "",
    }  # fmt: skip


def round_of(link: Link, now: TurningPointsView) -> RoundView:
    """Return the round that is looked into, and its turned decisions."""
    shown = [each for each in now.turned if each.action.deal != each.action.deal_otherwise]
    return {
        "number": now.number,
        "decided": now.decided,
        "named": f"round {now.decided}" if now.decided is not None else "",
        "happened": now.run.happened[now.number] if now.run and now.number else [],
        "told": list(now.told),
        "rows": [story.row_of(link, each) for each in shown],
        "waiting": "" if now.choices else "Comes when the futures are redrawn." if now.busy else "Not reached.",
        "note": note(now.choices, len(shown)),
        "watch": written(link._replace(page="watch", round=now.number)),
    }


def note(choices: int, shown: int) -> str:
    """Say what the table leaves out, and how to take its intervals."""
    if not choices:
        return ""
    if not shown:
        return f"Turning any one of the {choices} decisions of this round makes no difference to the deal."
    return (
        f"Shares of futures with some deal. The other {choices - shown} decisions of this round moved it less in the "
        f"first 50 futures, or not at all. With {choices} tried, a few intervals miss zero by luck alone."
    )
