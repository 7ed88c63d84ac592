"""The page Turning points: the probability of a deal at every round of a run, and the decisions that changed it."""

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
from dashboards.web.pages.turning_points import analysis, wording
from dashboards.web.pages.turning_points.analysis import InvertedDecision, RunSummary
from dashboards.web.pages.turning_points.messages import OutlookPicture, RoundView, RunFrame, TurningHead, TurningRound
from experiments.counterfactuals.pivot import ContinuationOutcomes
from model.errors import ScenarioError

FUTURES_CHOICES = (100, 200, 500, 1000)


class TurningPointsView(NamedTuple):
    """What the page shows: the run, the futures so far, the alternatives, and the progress."""

    setting: Setting | None = None
    frame: RunFrame | None = None
    run: RunSummary | None = None
    picture: OutlookPicture | None = None
    turns: tuple[TurningRound, ...] = ()
    verdict: tuple[str, ...] = ()
    summary: str = ""
    decided: int | None = None  # the deciding round, or the one with the largest change
    number: int = 0  # the selected round
    inverted: tuple[InvertedDecision, ...] = ()
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
    """Show the chart of futures, the verdict and the selected round."""


class TurningPointsTask(PageTask):
    """A search for turning points that publishes its progress."""

    def __init__(self, link: Link, publish: Publish, before: TurningPointsView, stop: Stop):
        previous = before if before.setting == analysis.run_key(link.setting) else TurningPointsView()
        fresh = previous._replace(setting=analysis.run_key(link.setting), busy=True, cancelled=False, error="")
        super().__init__(fresh, publish, stop)
        self.link, self.setting = link, link.setting

    def run(self) -> None:
        """Simulate the run, its futures, and the alternatives in the deciding round and in the selected round."""
        if not self._summarize_run() or (outlook := self._simulate_futures()) is None:
            return
        run = self.shown.run
        assert run is not None
        decided = analysis.default_round(run, outlook)
        self.publish(decided=decided, number=self.link.round or decided or 1, inverted=(), conclusions=(), choices=0)
        if decided is None or (inverted := self._simulate_alternatives(decided)) is None:
            return
        self.publish(verdict=tuple(analysis.verdict(run, outlook, inverted, decided)))
        number = self.link.round or decided
        if number != decided and (inverted := self._simulate_alternatives(number)) is None:
            return
        conclusions = (
            tuple(analysis.key_decision_text(inverted, number, analysis.chance_rose(outlook, number)))
            if number != decided
            else ()
        )
        self.publish(conclusions=conclusions, busy=False, text=basis_text(self.link.futures))

    def _summarize_run(self) -> bool:
        for update in analysis.follow_run(self.setting, self.stop):
            if not self._publish_progress(update, "Running the watched run", 0.0, 0.1):
                return False
            if update.finished and update.result is not None:
                self.publish(run=update.result, frame=analysis.run_frame(update.result))
                return True
        return False

    def _simulate_futures(self) -> ContinuationOutcomes | None:
        description = f"Simulating {self.link.futures:,} futures from every round"
        for update in analysis.follow_outlook(self.setting, self.link.futures, self.stop):
            if not self._publish_progress(update, description, 0.1, 0.6):
                return None
            if update.result is not None:
                self._show(update)
            if update.finished:
                return update.result
        return None

    def _show(self, update: JobUpdate) -> None:
        run = self.shown.run
        outlook: ContinuationOutcomes = update.result
        assert run is not None
        complete = update.finished or outlook.played >= len(outlook.rounds)
        conclusions = analysis.verdict(run, outlook, [], None) if (outlook.outcomes[:, 0] >= 0).all() else []
        self.publish(
            picture={"columns": analysis.outlook_columns(outlook), "whole": complete},
            turns=tuple(analysis.turning_rounds(outlook)) if update.finished else self.shown.turns,
            verdict=self.shown.verdict
            if conclusions == list(self.shown.verdict[: len(conclusions)])
            else tuple(conclusions),
            summary=wording.outlook_summary(outlook) if update.finished else "",
        )

    def _simulate_alternatives(self, now: int) -> list[InvertedDecision] | None:
        for update in analysis.follow_actions(self.setting, now, self.link.futures, self.stop):
            if not self._publish_progress(update, f"Simulating the alternatives in round {now}", 0.7, 0.3):
                return None
            if update.result and now == self.shown.number:
                self.publish(inverted=shown_decisions(update.result), choices=len(update.result))
            if update.finished:
                return update.result
        return None

    def _publish_progress(self, update: JobUpdate, what: str, begins: float, part: float) -> bool:
        """Publish the progress of a job and return whether it continues."""
        if update.error:
            self.publish(busy=False, error=update.error, text="Stopped.")
            return False
        if self.stop():
            return False
        share = begins + part * (update.done / update.total if update.total else 0.0)
        self.publish(
            text=update.note or f"{what}: {update.done:,} of {update.total:,}{update.time_left_text}",
            share=round(share, 3),
        )
        return True


def shown_decisions(ranked: list[InvertedDecision]) -> tuple[InvertedDecision, ...]:
    """Return the decisions to show: those simulated in all futures, or the first ones until then."""
    complete = [each for each in ranked if each.action.futures == ranked[0].action.futures]
    return tuple(complete[: analysis.MAX_DECISIONS])


def basis_text(futures: int) -> str:
    """Return the final progress text."""
    return f"{futures:,} simulated futures from every round, all with the same random events."


@solara.component
def TurningPoints(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the page."""
    needs = [analysis.run_key(link.setting), link.futures, link.round]
    shown, restart, cancel = use_task(TurningPointsView(), partial(TurningPointsTask, link), needs)
    error_text, show_error = solara.use_state("")

    def ask(sent: dict[str, Any]) -> None:
        seed = check_integer("seed", sent.get("seed", link.setting.seed), 0, MAX_SEED)
        futures = check_integer("futures", sent.get("futures", link.futures), MIN_FUTURES, MAX_FUTURES)
        previous = link.round if seed == link.setting.seed else 0
        go(link._replace(setting=link.setting._replace(seed=seed), futures=futures, round=previous))

    def pick(sent: int) -> None:
        go(link._replace(round=check_integer("round", sent, 1, scenario_of(link.setting).rounds)))

    try:
        title = scenario_of(link.setting).title["en"]
    except ScenarioError as error:
        title, scenario_error = "No scenario", "; ".join(map(str, error.errors))
    else:
        scenario_error = ""
    now = shown.value
    if now.setting != analysis.run_key(link.setting):
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
            error=error_text or scenario_error,
            event_pick=safe_handler(pick, show_error),
            event_ask=safe_handler(ask, show_error),
            event_cancel=safe_handler(cancel, show_error),
            event_again=safe_handler(restart, show_error),
            event_open=safe_handler(lambda query: go(parse_link(str(query))[0]), show_error),
        )


def turning_head(link: Link, title: str) -> TurningHead:
    """Return the run, and the choices of seed and futures."""
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
    """Return the selected round and its alternatives."""
    shown = [each for each in now.inverted if each.action.deal != each.action.deal_otherwise]
    return {
        "number": now.number,
        "decided": now.decided,
        "named": f"round {now.decided}" if now.decided is not None else "",
        "happened": now.run.happened[now.number] if now.run and now.number else [],
        "conclusions": list(now.conclusions),
        "rows": [analysis.decision_row(link, each) for each in shown],
        "waiting": "" if now.choices else "Shown when the futures are simulated." if now.busy else "Not simulated.",
        "note": round_note(now.choices, len(shown)),
        "watch": format_link(link._replace(page="watch", round=now.number)),
    }


def round_note(choices: int, shown: int) -> str:
    """Return the note below the table: what it omits, and how to read its intervals."""
    if not choices:
        return ""
    if not shown:
        return f"For each of the {choices} decisions of this round, the alternative makes no difference to the deal."
    return (
        f"Shares of futures with a deal. The other {choices - shown} decisions of this round changed it less in the "
        f"first 50 futures, or not at all. With {choices} comparisons, a few intervals exclude zero by chance."
    )
