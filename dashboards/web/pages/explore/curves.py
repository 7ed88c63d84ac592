"""The response curves of one page: which levers it looks at, and what it sends to the browser."""

from collections.abc import Callable, Sequence

from dashboards.link_text import short_hash
from dashboards.page_link import Setting
from dashboards.theme import OUTCOME_STYLES
from dashboards.web.jobs.background import TaskSlot
from dashboards.web.jobs.lever_curves import WORLDS, LeverCurve, stream_curves
from dashboards.web.pages.explore.messages import CurveRow, Curves, KnownSpans
from dashboards.web.pages.explore.spans import lever_ranges, shipped_spans
from dashboards.web.pages.explore.state import goal_choices
from model.enumerations import Outcome

MAX_LEVERS = 400  # looked at by one page
NO_CURVES: Curves = {"asked": "", "worlds": WORLDS, "rows": {}}


class PageCurves:
    """Plays the curves of the levers in view once the page shows its setting; a new setting stops them."""

    def __init__(self, publish: Callable[[Curves], None]):
        self._publish, self._slot = publish, TaskSlot()
        self._looked: tuple[str, ...] = ()
        self._shown: tuple[Setting, str] | None = None

    def look(self, paths: Sequence[str]) -> None:
        """Note which levers are in view."""
        self._looked = tuple(str(path) for path in paths[:MAX_LEVERS])
        self._start()

    def settle(self, setting: Setting, talks: str) -> None:
        """Play the curves of a setting whose worlds are all shown, for one of its negotiations."""
        self._shown = (setting, talks)
        self._start()

    def await_setting(self, setting: Setting) -> None:
        """Stop if the page asks for another setting than the one whose curves it shows."""
        if self._shown is None or self._shown[0] != setting:
            self.stop()

    def stop(self) -> None:
        """Stop playing curves."""
        self._shown = None
        self._slot.cancel()

    def _start(self) -> None:
        if self._shown is None or not self._looked:
            return
        (setting, talks), levers = self._shown, lever_ranges(self._shown[0])
        looked = {path: levers[path] for path in self._looked if path in levers}
        asked, worlds = short_hash(setting), min(WORLDS, setting.worlds)

        def publish(curves: dict[str, LeverCurve]) -> None:
            rows = {path: curve_row(curve) for path, curve in curves.items()}
            self._publish({"asked": asked, "worlds": worlds, "rows": rows})

        self._slot.start(lambda stop: stream_curves(setting, talks, looked, publish, stop))


def curve_row(curve: LeverCurve) -> CurveRow:
    """Return a curve as a message."""
    return {"values": list(curve.values), "shares": curve.shares.round(4).tolist()}


def known_spans(setting: Setting) -> KnownSpans:
    """Return the spans of a scenario as shipped, none for a file of the user's, with the colours of the outcomes."""
    inks = {outcome.name: [style.light, style.dark] for outcome, style in OUTCOME_STYLES.items()}
    return {
        "choices": goal_choices(),
        "outcomes": [each.name for each in Outcome],
        "inks": inks,
        "by_path": shipped_spans(setting.scenario),
    }
