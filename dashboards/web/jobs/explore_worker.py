"""One page's player: a thread that plays the newest setting asked for, and drops what is older."""

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from dashboards.model_warmup import MODEL_WARMUP
from dashboards.page_link import Setting
from dashboards.web.jobs.ensemble_results import EnsembleResult, cached_result, stream_results
from dashboards.web.jobs.queue import JOB_QUEUE
from model.errors import ScenarioError

MIN_FRAME_SECONDS = 0.09  # seconds between two pictures of a moving slider; more of them only keep the browser busy
SETTLE_SECONDS = 0.15  # seconds without a newer request after which, in a crowd, a slider is taken to be at rest
MAX_WAIT_SECONDS = 2.0  # seconds that a moving slider goes without a picture in a crowd

log = logging.getLogger(__name__)


class ExploreRequest(NamedTuple):
    """What a page wants to see: a setting, and one to compare it with."""

    setting: Setting
    baseline: Setting | None = None


class ExploreView(NamedTuple):
    """What a page shows: the latest results and their number, what is going on, what failed."""

    result: EnsembleResult | None = None
    base: EnsembleResult | None = None
    number: int = 0
    busy: str = "Starting."
    error: str = ""
    stopped: bool = False  # by the reader, before all worlds were played


class ExploreWorker:
    """Plays what is asked on its own thread, newest first, and hands each result to ``publish``."""

    def __init__(self, publish: Callable[[ExploreView], None]):
        self._publish = publish
        self._wake = threading.Condition()
        self._waiting: ExploreRequest | None = None
        self._open, self._stopped = True, False
        self._shown, self._shown_at = ExploreView(), 0.0
        threading.Thread(target=self._run, daemon=True, name="player").start()

    def request(self, ask: ExploreRequest) -> None:
        """Ask for a setting in place of whatever was asked before."""
        with self._wake:
            self._waiting, self._stopped = ask, False
            self._wake.notify()

    def stop(self) -> None:
        """Stop playing; what was played stays on the page."""
        self._stopped = True

    def close(self) -> None:
        """Stop for good; nothing is published from now on."""
        with self._wake:
            self._open = False
            self._wake.notify()

    def _run(self) -> None:
        while (ask := self._next()) is not None:
            try:
                self._await_compiler()
                if not self._open:
                    return
                if self._is_shown(ask):
                    self._publish_change(busy="", error="")
                elif not self._is_superseded():
                    with JOB_QUEUE.slot(self._is_outdated) as mine:
                        if mine:
                            self._play(ask)
            except ScenarioError as error:
                self._publish_change(busy="", error="; ".join(map(str, error.errors)))
            except Exception as error:
                log.exception("an ensemble failed")
                self._publish_change(busy="", error=f"Playing the worlds failed ({type(error).__name__}: {error}).")

    def _next(self) -> ExploreRequest | None:
        """Wait for the next request; None once closed."""
        with self._wake:
            self._wake.wait_for(lambda: self._waiting is not None or not self._open)
            ask, self._waiting = self._waiting, None
            return ask if self._open else None

    def _is_superseded(self) -> bool:
        """Say whether the slider is still moving, where that matters: others wait, and its pictures can."""
        if not JOB_QUEUE.is_full or time.monotonic() - self._shown_at > MAX_WAIT_SECONDS:
            return False
        with self._wake:
            return self._wake.wait_for(self._has_newer_request, SETTLE_SECONDS)

    def _await_compiler(self) -> None:
        """Tell how long the model has been compiling, until it is ready."""
        patience = 0.3
        while self._open and not MODEL_WARMUP.wait(patience):
            self._publish_change(busy=f"Compiling the model, this once: {MODEL_WARMUP.elapsed} s so far.")
            patience = 1.0

    def _play(self, ask: ExploreRequest) -> None:
        """Play the setting, and then the one to compare it with if nobody has played that yet."""
        base, result = cached_result(ask.baseline), None
        if cached_result(ask.setting) is None and self._shown.result is None:
            self._publish_change(busy=f"Playing {ask.setting.worlds:,} worlds.")
        for result in stream_results(ask.setting, self._is_outdated):
            if self._has_newer_request() and time.monotonic() - self._shown_at < MIN_FRAME_SECONDS:
                return
            rest = "" if result.is_complete else f"Playing: {result.worlds:,} of {ask.setting.worlds:,} worlds so far."
            self._show(result, base, rest or ("Playing the baseline." if ask.baseline and not base else ""))
        if self._has_newer_request():
            return
        if result is None or not result.is_complete:
            self._publish_change(busy="", stopped=True)
        elif ask.baseline is not None and base is None:
            self._play_baseline(result, ask.baseline)

    def _play_baseline(self, result: EnsembleResult, baseline: Setting) -> None:
        base = None
        for base in stream_results(baseline, self._is_outdated):
            self._publish_change(busy=f"Playing the baseline: {base.worlds:,} of {baseline.worlds:,} worlds so far.")
        if not self._has_newer_request():
            self._show(result, base if base is not None and base.is_complete else None, "")

    def _is_shown(self, ask: ExploreRequest) -> bool:
        """Say whether the page shows all this already, as when a slider that was let go becomes part of the link."""
        result, base = self._shown.result, self._shown.base
        same = result is not None and result.setting == ask.setting and result.is_complete
        return same and (base.setting if base is not None else None) == ask.baseline

    def _has_newer_request(self) -> bool:
        return not self._open or self._waiting is not None

    def _is_outdated(self) -> bool:
        return self._has_newer_request() or self._stopped

    def _show(self, result: EnsembleResult, base: EnsembleResult | None, busy: str) -> None:
        self._shown_at = time.monotonic()
        self._publish_change(
            result=result, base=base, number=self._shown.number + 1, busy=busy, error="", stopped=False
        )

    def _publish_change(self, **changes: object) -> None:
        """Publish a change of what is shown; a page that has gone is no error of ours."""
        self._shown = self._shown._replace(**changes)
        if self._open:
            try:
                self._publish(self._shown)
            except Exception:
                log.exception("a page did not take what was published")
