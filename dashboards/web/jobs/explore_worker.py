"""The worker of a page: a thread that runs the newest requested setting and drops older requests."""

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

MIN_FRAME_SECONDS = 0.09  # minimum seconds between two results while a slider moves
SETTLE_SECONDS = 0.15  # seconds without a newer request after which a slider counts as still, if others wait
MAX_WAIT_SECONDS = 2.0  # seconds that a moving slider waits for a result, if others wait

log = logging.getLogger(__name__)


class ExploreRequest(NamedTuple):
    """A setting to run, and a baseline to compare it with."""

    setting: Setting
    baseline: Setting | None = None


class ExploreView(NamedTuple):
    """What a page shows: the latest results and their number, the progress, and the error."""

    result: EnsembleResult | None = None
    base: EnsembleResult | None = None
    number: int = 0
    busy: str = "Starting."
    error: str = ""
    stopped: bool = False  # by the user, before all worlds were run


class ExploreWorker:
    """Runs the newest request in its own thread and passes each result to ``publish``."""

    def __init__(self, publish: Callable[[ExploreView], None]):
        self._publish = publish
        self._wake = threading.Condition()
        self._waiting: ExploreRequest | None = None
        self._open, self._stopped = True, False
        self._shown, self._shown_at = ExploreView(), 0.0
        threading.Thread(target=self._run, daemon=True, name="explore worker").start()

    def request(self, request: ExploreRequest) -> None:
        """Request a setting, replacing any earlier request."""
        with self._wake:
            self._waiting, self._stopped = request, False
            self._wake.notify()

    def stop(self) -> None:
        """Stop running worlds; the page keeps the results so far."""
        self._stopped = True

    def close(self) -> None:
        """End the thread; nothing is published afterwards."""
        with self._wake:
            self._open = False
            self._wake.notify()

    def _run(self) -> None:
        while (request := self._next()) is not None:
            try:
                self._await_compiler()
                if not self._open:
                    return
                if self._is_shown(request):
                    self._publish_change(busy="", error="")
                elif not self._is_superseded():
                    with JOB_QUEUE.slot(self._is_outdated) as acquired:
                        if acquired:
                            self._run_request(request)
            except ScenarioError as error:
                self._publish_change(busy="", error="; ".join(map(str, error.errors)))
            except Exception as error:
                log.exception("an ensemble failed")
                self._publish_change(busy="", error=f"Unexpected error ({type(error).__name__}: {error}).")

    def _next(self) -> ExploreRequest | None:
        """Return the next request, or None after ``close``."""
        with self._wake:
            self._wake.wait_for(lambda: self._waiting is not None or not self._open)
            request, self._waiting = self._waiting, None
            return request if self._open else None

    def _is_superseded(self) -> bool:
        """Return whether a newer request replaces this one while other pages wait."""
        if not JOB_QUEUE.is_full or time.monotonic() - self._shown_at > MAX_WAIT_SECONDS:
            return False
        with self._wake:
            return self._wake.wait_for(self._has_newer_request, SETTLE_SECONDS)

    def _await_compiler(self) -> None:
        """Publish the progress of compilation until the model is ready."""
        interval = 0.3
        while self._open and not MODEL_WARMUP.wait(interval):
            self._publish_change(busy=f"Compiling the model (first start only): {MODEL_WARMUP.elapsed} s so far.")
            interval = 1.0

    def _run_request(self, request: ExploreRequest) -> None:
        """Run the setting, then the baseline if it is not cached."""
        base, result = cached_result(request.baseline), None
        if cached_result(request.setting) is None and self._shown.result is None:
            self._publish_change(busy=f"Running {request.setting.worlds:,} worlds.")
        for result in stream_results(request.setting, self._is_outdated):
            if self._has_newer_request() and time.monotonic() - self._shown_at < MIN_FRAME_SECONDS:
                return
            progress = "" if result.is_complete else f"Running: {result.worlds:,} of {request.setting.worlds:,} worlds."
            self._show(result, base, progress or ("Running the baseline." if request.baseline and not base else ""))
        if self._has_newer_request():
            return
        if result is None or not result.is_complete:
            self._publish_change(busy="", stopped=True)
        elif request.baseline is not None and base is None:
            self._run_baseline(result, request.baseline)

    def _run_baseline(self, result: EnsembleResult, baseline: Setting) -> None:
        base = None
        for base in stream_results(baseline, self._is_outdated):
            self._publish_change(busy=f"Running the baseline: {base.worlds:,} of {baseline.worlds:,} worlds.")
        if not self._has_newer_request():
            self._show(result, base if base is not None and base.is_complete else None, "")

    def _is_shown(self, request: ExploreRequest) -> bool:
        """Return whether the page already shows the request, as when a released slider becomes part of the link."""
        result, base = self._shown.result, self._shown.base
        same = result is not None and result.setting == request.setting and result.is_complete
        return same and (base.setting if base is not None else None) == request.baseline

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
        """Publish a changed view; log errors of a closed page."""
        self._shown = self._shown._replace(**changes)
        if self._open:
            try:
                self._publish(self._shown)
            except Exception:
                log.exception("a page could not be updated")
