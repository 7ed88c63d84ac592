"""A rehearsal: everything that a lesson asks of compiled rules is asked once, so that the first student does not wait.

`python -m dashboards.classroom.warmup` fills the compile cache; a server rehearses on a thread of its own.
"""

import logging
import threading

from dashboards.classroom.game.actions import verbs_of
from dashboards.classroom.game.available_actions import completed, limits, offered, open_verbs
from dashboards.classroom.game.consequences import Standpoint, facts_of
from dashboards.classroom.game.simulation import Simulation
from dashboards.classroom.game.visibility import Eyes
from dashboards.classroom.views.role_cards import card
from dashboards.classroom.views.student import known
from model.loading import load

log = logging.getLogger(__name__)


def rehearse(months: int = 3) -> Simulation:
    """Play some months of the smallest scenario with every verb ordered, and weigh every option; gives the run."""
    scenario = load("two-states")
    table = Simulation(scenario, 1)
    for month in range(months):
        sheets = {}
        for seat in table.verbs:
            eyes = Eyes(table.world, scenario, seat)
            card(table, seat, eyes)
            _ = [*offered(table, seat, eyes, 1), *known(table, eyes), *limits(table, seat, 1)]
            choices = {verb.id: verb.options[month % len(verb.options)] for verb in open_verbs(table, seat, 1)}
            sheets[seat] = completed(table, seat, 1, choices)
            _weigh_all(table, seat, eyes)
        table.turn(sheets, 1)
    return table


def _weigh_all(table: Simulation, seat: str, eyes: Eyes) -> None:
    """Weigh every option of a seat, open or not."""
    names = {"other": seat, "talks": "border", "rung": "border/hotline", "service": "contact"}
    for verb in verbs_of(table.setting, seat):
        for option in verb.options:
            facts_of(Standpoint(eyes, verb, 0, 1 if verb.act != "task" else 0, 0, 0, names), option)


def begin() -> None:
    """Rehearse on a thread of its own, once the model is compiled."""
    threading.Thread(target=_when_ready, daemon=True, name="rehearsal").start()


def _when_ready() -> None:
    from dashboards.warmup import WARMTH

    while not WARMTH.wait(1.0):
        pass
    try:
        rehearse()
    except Exception:
        log.exception("the rehearsal failed")


if __name__ == "__main__":
    rehearse()
