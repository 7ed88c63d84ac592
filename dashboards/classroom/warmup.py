"""A rehearsal: everything that a lesson asks of compiled rules is asked once, so that the first student does not wait.

`python -m dashboards.classroom.warmup` fills the compile cache; a server rehearses on a thread of its own.
"""

import logging
import threading

from dashboards.classroom.game.actions import seat_verbs
from dashboards.classroom.game.available_actions import available_verbs, choice_limits, complete_choices, offered_verbs
from dashboards.classroom.game.consequences import ChoiceContext, option_facts
from dashboards.classroom.game.simulation import ClassSimulation
from dashboards.classroom.game.visibility import Observer
from dashboards.classroom.views.role_cards import role_card
from dashboards.classroom.views.student import known_facts
from model.loading import load_scenario

log = logging.getLogger(__name__)


def warm_up(months: int = 3) -> ClassSimulation:
    """Play some months of the smallest scenario with every verb ordered, and weigh every option; gives the run."""
    scenario = load_scenario("two-states")
    table = ClassSimulation(scenario, 1)
    for month in range(months):
        sheets = {}
        for seat in table.verbs:
            eyes = Observer(table.world, scenario, seat)
            role_card(table, seat, eyes)
            _ = [*offered_verbs(table, seat, eyes, 1), *known_facts(table, eyes), *choice_limits(table, seat, 1)]
            choices = {verb.id: verb.options[month % len(verb.options)] for verb in available_verbs(table, seat, 1)}
            sheets[seat] = complete_choices(table, seat, 1, choices)
            _compute_all_facts(table, seat, eyes)
        table.play_turn(sheets, 1)
    return table


def _compute_all_facts(table: ClassSimulation, seat: str, eyes: Observer) -> None:
    """Weigh every option of a seat, open or not."""
    names = {"other": seat, "talks": "border", "rung": "border/hotline", "service": "contact"}
    for verb in seat_verbs(table.loaded_scenario, seat):
        for option in verb.options:
            option_facts(ChoiceContext(eyes, verb, 0, 1 if verb.act != "task" else 0, 0, 0, names), option)


def start_in_background() -> None:
    """Rehearse on a thread of its own, once the model is compiled."""
    threading.Thread(target=_warm_up_when_compiled, daemon=True, name="rehearsal").start()


def _warm_up_when_compiled() -> None:
    from dashboards.model_warmup import MODEL_WARMUP

    while not MODEL_WARMUP.wait(1.0):
        pass
    try:
        warm_up()
    except Exception:
        log.exception("the rehearsal failed")


if __name__ == "__main__":
    warm_up()
