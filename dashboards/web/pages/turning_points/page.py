"""Turning points: from every round of a run the chance of a deal, and the decision that moved it most."""

# pyright: reportPrivateImportUsage=false

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import solara

from dashboards.injected_events import check_integer
from dashboards.page_link import MAX_FUTURES, MAX_SEED, MIN_FUTURES, Link, Setting, format_link, parse_link, scenario_of
from dashboards.web.components import html, page_templates, safe_handler
from dashboards.web.jobs.background import JobUpdate
from dashboards.web.pages.shared.messages import TaskProgress
from dashboards.web.pages.shared.shapes import vue_component
from dashboards.web.pages.shared.use_task import PageTask, Publish, Stop, task_progress, use_task
from dashboards.web.pages.turning_points import analysis as story
from dashboards.web.pages.turning_points.analysis import InvertedDecision, RunSummary
from dashboards.web.pages.turning_points.messages import OutlookPicture, RoundView, RunFrame, TurningHead, TurningRound
from model.errors import ScenarioError

FUTURES_CHOICES = (100, 200, 500, 1000)


class TurningPointsView(NamedTuple):
    """What the page shows: the run, the futures so far, the turned decisions, and how far all this is."""

    setting: Setting | None = None
    frame: RunFrame | None = None
    run: RunSummary | None = None
    picture: OutlookPicture | None = None
    turns: tuple[TurningRound, ...] = ()
    verdict: tuple[str, ...] = ()
    summary: str = ""
    decided: int | None = None  # the round that decided it, or moved it most
    number: int = 0  # the round that is looked into
    turned: tuple[InvertedDecision, ...] = ()
    conclusions: tuple[str, ...] = ()
    choices: int = 0
    text: str = "Starting."
    share: float = 0.0
    busy: bool = True
    cancelled: bool = False
    error: str = ""


@vue_component("board.vue")
def Board(  # noqa: N802
    components: dict[str, str],
    head: TurningHead,
    frame: RunFrame | None,
    picture: OutlookPicture | None,
    turns: list[TurningRound],
    verdict: list[str],
    summary: str,
    round: RoundView,
    progress: TaskProgress,
    error: str,
    event_pick: Callable[[int], None],
    event_ask: Callable[[dict[str, Any]], None],
    event_cancel: Callable[[Any], None],
    event_again: Callable[[Any], None],
    event_open: Callable[[str], None],
) -> None:
    """Show the evaluation bar, the verdict and the round that is looked into."""


class TurningPointsTask(PageTask):
    """One search for turning points, conclusions as it goes."""

    def __init__(self, link: Link, publish: Publish, before: TurningPointsView, stop: Stop):
        kept = before if before.setting == story.run_key(link.setting) else TurningPointsView()
        fresh = kept._replace(setting=story.run_key(link.setting), busy=True, cancelled=False, error="")
        super().__init__(fresh, publish, stop)
        self.link, self.setting = link, link.setting

    def run(self) -> None:
        """Tell the run, redraw its futures, turn the decisions of the round that decided it and of that asked for."""
        if not self._tell_run() or (found := self._redraw()) is None:
            return
        run = self.shown.run
        assert run is not None
        decided = story.default_round(run, found)
        self.publish(decided=decided, number=self.link.round or decided or 1, turned=(), conclusions=(), choices=0)
        if decided is None or (turned := self._turn(decided)) is None:
            return
        self.publish(verdict=tuple(story.verdict(run, found, turned, decided)))
        number = self.link.round or decided
        if number != decided and (turned := self._turn(number)) is None:
            return
        conclusions = (
            tuple(story.key_decision_text(turned, number, story.chance_rose(found, number)))
            if number != decided
            else ()
        )
        self.publish(conclusions=conclusions, busy=False, text=basis_text(self.link.futures))

    def _tell_run(self) -> bool:
        for news in story.follow_run(self.setting, self.stop):
            if not self._advances(news, "Playing the run", 0.0, 0.1):
                return False
            if news.finished and news.result is not None:
                self.publish(run=news.result, frame=story.run_frame(news.result))
                return True
        return False

    def _redraw(self) -> Any:
        what = f"Redrawing {self.link.futures:,} futures from every round"
        for news in story.follow_outlook(self.setting, self.link.futures, self.stop):
            if not self._advances(news, what, 0.1, 0.6):
                return None
            if news.result is not None:
                self._show(news)
            if news.finished:
                return news.result
        return None

    def _show(self, news: JobUpdate) -> None:
        run, found = self.shown.run, news.result
        assert run is not None
        whole = news.finished or found.played >= len(found.rounds)
        conclusions = story.verdict(run, found, [], None) if (found.ends[:, 0] >= 0).all() else []
        self.publish(
            picture={"columns": story.outlook_columns(found), "whole": whole},
            turns=tuple(story.turning_rounds(found)) if news.finished else self.shown.turns,
            verdict=self.shown.verdict
            if conclusions == list(self.shown.verdict[: len(conclusions)])
            else tuple(conclusions),
            summary=story.outlook_summary(found) if news.finished else "",
        )

    def _turn(self, now: int) -> list[InvertedDecision] | None:
        for news in story.follow_actions(self.setting, now, self.link.futures, self.stop):
            if not self._advances(news, f"Turning each decision of round {now}", 0.7, 0.3):
                return None
            if news.result and now == self.shown.number:
                self.publish(turned=shown_decisions(news.result), choices=len(news.result))
            if news.finished:
                return news.result
        return None

    def _advances(self, news: JobUpdate, what: str, begins: float, part: float) -> bool:
        """Tell how far some work is; say whether it goes on."""
        if news.error:
            self.publish(busy=False, error=news.error, text="Stopped.")
            return False
        if self.stop():
            return False
        share = begins + part * (news.done / news.total if news.total else 0.0)
        self.publish(
            text=news.note or f"{what}: {news.done:,} of {news.total:,}{news.time_left_text}", share=round(share, 3)
        )
        return True


def shown_decisions(ranked: list[InvertedDecision]) -> tuple[InvertedDecision, ...]:
    """Choose the decisions that are shown: those in all futures, or while these are being played, the first ones."""
    whole = [each for each in ranked if each.action.futures == ranked[0].action.futures]
    return tuple(whole[: story.MAX_DECISIONS])


def basis_text(futures: int) -> str:
    """Say what all is based on."""
    return f"{futures:,} redrawn futures from every round; the same dice everywhere."


@solara.component
def TurningPoints(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show where a run was won or lost."""
    needs = [story.run_key(link.setting), link.futures, link.round]
    shown, begin, cancel = use_task(TurningPointsView(), partial(TurningPointsTask, link), needs)
    error_text, show_error = solara.use_state("")

    def ask(sent: dict[str, Any]) -> None:
        seed = check_integer("seed", sent.get("seed", link.setting.seed), 0, MAX_SEED)
        futures = check_integer("futures", sent.get("futures", link.futures), MIN_FUTURES, MAX_FUTURES)
        kept = link.round if seed == link.setting.seed else 0
        go(link._replace(setting=link.setting._replace(seed=seed), futures=futures, round=kept))

    def pick(sent: int) -> None:
        go(link._replace(round=check_integer("round", sent, 1, scenario_of(link.setting).rounds)))

    try:
        title = scenario_of(link.setting).title["en"]
    except ScenarioError as error:
        title, found_fault = "No scenario", "; ".join(map(str, error.errors))
    else:
        found_fault = ""
    now = shown.value
    if now.setting != story.run_key(link.setting):
        now = TurningPointsView()
    with html("main", class_="det-single"):
        Board(
            components=page_templates("shared/progress", "shared/typed", "shared/line_chart"),
            head=turning_head(link, title),
            frame=now.frame,
            picture=now.picture,
            turns=list(now.turns),
            verdict=list(now.verdict),
            summary=now.summary,
            round=round_view(link, now),
            progress=task_progress(now),
            error=error_text or found_fault,
            event_pick=safe_handler(pick, show_error),
            event_ask=safe_handler(ask, show_error),
            event_cancel=safe_handler(cancel, show_error),
            event_again=safe_handler(begin, show_error),
            event_open=safe_handler(lambda query: go(parse_link(str(query))[0]), show_error),
        )


def turning_head(link: Link, title: str) -> TurningHead:
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
        "largest_seed": MAX_SEED,
        "futures": link.futures,
        "choices": sorted({*FUTURES_CHOICES, link.futures}),
        "changed": ", with " + " and ".join(parts) if parts else "",
    }  # fmt: skip


def round_view(link: Link, now: TurningPointsView) -> RoundView:
    """Return the round that is looked into, and its turned decisions."""
    shown = [each for each in now.turned if each.action.deal != each.action.deal_otherwise]
    return {
        "number": now.number,
        "decided": now.decided,
        "named": f"round {now.decided}" if now.decided is not None else "",
        "happened": now.run.happened[now.number] if now.run and now.number else [],
        "conclusions": list(now.conclusions),
        "rows": [story.decision_row(link, each) for each in shown],
        "waiting": "" if now.choices else "Comes when the futures are redrawn." if now.busy else "Not reached.",
        "note": round_note(now.choices, len(shown)),
        "watch": format_link(link._replace(page="watch", round=now.number)),
    }


def round_note(choices: int, shown: int) -> str:
    """Say what the table leaves out, and how to take its intervals."""
    if not choices:
        return ""
    if not shown:
        return f"Turning any one of the {choices} decisions of this round makes no difference to the deal."
    return (
        f"Shares of futures with some deal. The other {choices - shown} decisions of this round moved it less in the "
        f"first 50 futures, or not at all. With {choices} tried, a few intervals miss zero by luck alone."
    )
