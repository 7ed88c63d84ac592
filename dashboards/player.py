"""One page's player: a thread that plays the newest request, and drops what is older."""

import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from dashboards.ensemble import Ensemble, Request, play_worlds
from dashboards.warmth import WARMTH
from model.faults import ScenarioError

LEAST = 50  # worlds that an outdated request still plays, so that a moving slider always shows something
MANY = 400  # worlds from which on so few are shown first

log = logging.getLogger(__name__)


class Shown(NamedTuple):
    """What a page shows: the latest ensemble and its number, what is going on, what failed."""

    ensemble: Ensemble | None = None
    number: int = 0
    busy: str = "Starting."
    fault: str = ""


class Player:
    """Plays requests on its own thread, newest first, and hands each result to ``publish``."""

    def __init__(self, publish: Callable[[Shown], None]):
        self._publish = publish
        self._wake = threading.Condition()
        self._waiting: Request | None = None
        self._open = True
        self._shown = Shown()
        threading.Thread(target=self._live, daemon=True, name="player").start()

    def ask(self, request: Request) -> None:
        """Ask for an ensemble in place of whatever was asked before."""
        with self._wake:
            self._waiting = request
            self._wake.notify()

    def close(self) -> None:
        """Stop; nothing is published from now on."""
        with self._wake:
            self._open = False
            self._wake.notify()

    def _live(self) -> None:
        while (request := self._next()) is not None:
            try:
                self._await_compiler()
                self._say(busy=f"Playing {request.worlds:,} worlds.")
                if request.worlds >= MANY:
                    self._show(play_worlds(request._replace(worlds=LEAST)), self._shown.busy)
                ensemble = play_worlds(request, self._outdated)
                self._show(ensemble, "" if self._waiting is None else self._shown.busy)
            except ScenarioError as error:
                self._say(busy="", fault="; ".join(map(str, error.faults)))
            except Exception as error:
                log.exception("an ensemble failed")
                self._say(busy="", fault=f"Playing the worlds failed ({type(error).__name__}: {error}).")

    def _next(self) -> Request | None:
        """Wait for the next request; None once closed."""
        with self._wake:
            self._wake.wait_for(lambda: self._waiting is not None or not self._open)
            request, self._waiting = self._waiting, None
            return request if self._open else None

    def _await_compiler(self) -> None:
        """Tell how long the model has been compiling, until it is ready."""
        patience = 0.3
        while self._open and not WARMTH.wait(patience):
            self._say(busy=f"Compiling the model, this once: {WARMTH.elapsed} s so far.")
            patience = 1.0

    def _outdated(self, played: int) -> bool:
        return not self._open or (self._waiting is not None and played >= LEAST)

    def _show(self, ensemble: Ensemble, busy: str) -> None:
        self._say(ensemble=ensemble, number=self._shown.number + 1, busy=busy, fault="")

    def _say(self, **changes: object) -> None:
        """Publish a change of what is shown; a page that has gone is no fault of ours."""
        self._shown = self._shown._replace(**changes)
        if self._open:
            try:
                self._publish(self._shown)
            except Exception:
                log.exception("a page did not take what was published")
