"""One page's player: a thread that plays the newest setting asked for, and drops what is older."""

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from dashboards.link import Setting
from dashboards.warmup import WARMTH
from dashboards.web.jobs.ensemble_results import Result, find, results
from dashboards.web.jobs.queue import TURNS
from model.errors import ScenarioError

PAUSE = 0.09  # seconds between two pictures of a moving slider; more of them only keep the browser busy
AT_REST = 0.15  # seconds without a newer request after which, in a crowd, a slider is taken to be at rest
PATIENCE = 2.0  # seconds that a moving slider goes without a picture in a crowd

log = logging.getLogger(__name__)


class Ask(NamedTuple):
    """What a page wants to see: a setting, and one to compare it with."""

    setting: Setting
    baseline: Setting | None = None


class ExploreView(NamedTuple):
    """What a page shows: the latest results and their number, what is going on, what failed."""

    result: Result | None = None
    base: Result | None = None
    number: int = 0
    busy: str = "Starting."
    fault: str = ""
    stopped: bool = False  # by the reader, before all worlds were played


class Player:
    """Plays what is asked on its own thread, newest first, and hands each result to ``publish``."""

    def __init__(self, publish: Callable[[ExploreView], None]):
        self._publish = publish
        self._wake = threading.Condition()
        self._waiting: Ask | None = None
        self._open, self._stopped = True, False
        self._shown, self._shown_at = ExploreView(), 0.0
        threading.Thread(target=self._live, daemon=True, name="player").start()

    def ask(self, ask: Ask) -> None:
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

    def _live(self) -> None:
        while (ask := self._next()) is not None:
            try:
                self._await_compiler()
                if not self._open:
                    return
                if self._is_shown(ask):
                    self._say(busy="", fault="")
                elif not self._moves_on():
                    with TURNS.taken(self._outdated) as mine:
                        if mine:
                            self._play(ask)
            except ScenarioError as error:
                self._say(busy="", fault="; ".join(map(str, error.faults)))
            except Exception as error:
                log.exception("an ensemble failed")
                self._say(busy="", fault=f"Playing the worlds failed ({type(error).__name__}: {error}).")

    def _next(self) -> Ask | None:
        """Wait for the next request; None once closed."""
        with self._wake:
            self._wake.wait_for(lambda: self._waiting is not None or not self._open)
            ask, self._waiting = self._waiting, None
            return ask if self._open else None

    def _moves_on(self) -> bool:
        """Say whether the slider is still moving, where that matters: others wait, and its pictures can."""
        if not TURNS.crowded or time.monotonic() - self._shown_at > PATIENCE:
            return False
        with self._wake:
            return self._wake.wait_for(self._newer, AT_REST)

    def _await_compiler(self) -> None:
        """Tell how long the model has been compiling, until it is ready."""
        patience = 0.3
        while self._open and not WARMTH.wait(patience):
            self._say(busy=f"Compiling the model, this once: {WARMTH.elapsed} s so far.")
            patience = 1.0

    def _play(self, ask: Ask) -> None:
        """Play the setting, and then the one to compare it with if nobody has played that yet."""
        base, result = find(ask.baseline), None
        if find(ask.setting) is None and self._shown.result is None:
            self._say(busy=f"Playing {ask.setting.worlds:,} worlds.")
        for result in results(ask.setting, self._outdated):
            if self._newer() and time.monotonic() - self._shown_at < PAUSE:
                return
            rest = "" if result.complete else f"Playing: {result.worlds:,} of {ask.setting.worlds:,} worlds so far."
            self._show(result, base, rest or ("Playing the baseline." if ask.baseline and not base else ""))
        if self._newer():
            return
        if result is None or not result.complete:
            self._say(busy="", stopped=True)
        elif ask.baseline is not None and base is None:
            self._play_baseline(result, ask.baseline)

    def _play_baseline(self, result: Result, baseline: Setting) -> None:
        base = None
        for base in results(baseline, self._outdated):
            self._say(busy=f"Playing the baseline: {base.worlds:,} of {baseline.worlds:,} worlds so far.")
        if not self._newer():
            self._show(result, base if base is not None and base.complete else None, "")

    def _is_shown(self, ask: Ask) -> bool:
        """Say whether the page shows all this already, as when a slider that was let go becomes part of the link."""
        result, base = self._shown.result, self._shown.base
        same = result is not None and result.setting == ask.setting and result.complete
        return same and (base.setting if base is not None else None) == ask.baseline

    def _newer(self) -> bool:
        return not self._open or self._waiting is not None

    def _outdated(self) -> bool:
        return self._newer() or self._stopped

    def _show(self, result: Result, base: Result | None, busy: str) -> None:
        self._shown_at = time.monotonic()
        self._say(result=result, base=base, number=self._shown.number + 1, busy=busy, fault="", stopped=False)

    def _say(self, **changes: object) -> None:
        """Publish a change of what is shown; a page that has gone is no fault of ours."""
        self._shown = self._shown._replace(**changes)
        if self._open:
            try:
                self._publish(self._shown)
            except Exception:
                log.exception("a page did not take what was published")
