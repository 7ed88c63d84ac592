"""Warm-up: run everything that a lesson needs of the compiled rules once, so that the first student does not wait.

`python -m dashboards.classroom.warmup` fills the compile cache; a server warms up in a background thread.
"""

import logging
import threading

from dashboards.classroom.game.actions import seat_verbs
from dashboards.classroom.game.available_actions import available_verbs, choice_limits, complete_choices, offered_verbs
from dashboards.classroom.game.choice_context import ChoiceContext
from dashboards.classroom.game.consequences import option_facts
from dashboards.classroom.game.simulation import ClassSimulation
from dashboards.classroom.game.visibility import Observer
from dashboards.classroom.views.role_cards import role_card
from dashboards.classroom.views.student import known_facts
from model.loading import load_scenario

log = logging.getLogger(__name__)


def warm_up(months: int = 3) -> ClassSimulation:
    """Run some months of the smallest scenario with an order for every verb, and compute the facts of every option."""
    scenario = load_scenario("two-states")
    simulation = ClassSimulation(scenario, 1)
    for month in range(months):
        choices_by_seat = {}
        for seat in simulation.verbs:
            observer = Observer(simulation.world, scenario, seat)
            role_card(simulation, seat, observer)
            _ = [
                *offered_verbs(simulation, seat, observer, 1),
                *known_facts(simulation, observer),
                *choice_limits(simulation, seat, 1),
            ]
            choices = {
                verb.id: verb.options[month % len(verb.options)] for verb in available_verbs(simulation, seat, 1)
            }
            choices_by_seat[seat] = complete_choices(simulation, seat, 1, choices)
            _compute_all_facts(simulation, seat, observer)
        simulation.play_turn(choices_by_seat, 1)
    return simulation


def _compute_all_facts(simulation: ClassSimulation, seat: str, observer: Observer) -> None:
    """Compute the facts of every option of a seat, available or not."""
    names = {"other": seat, "talks": "border", "rung": "border/hotline", "service": "contact"}
    for verb in seat_verbs(simulation.loaded_scenario, seat):
        for option in verb.options:
            option_facts(ChoiceContext(observer, verb, 0, 1 if verb.act != "task" else 0, 0, 0, names), option)


def start_in_background() -> None:
    """Warm up in a background thread once the model is compiled."""
    threading.Thread(target=_warm_up_when_compiled, daemon=True, name="classroom warm-up").start()


def _warm_up_when_compiled() -> None:
    from dashboards.model_warmup import MODEL_WARMUP

    while not MODEL_WARMUP.wait(1.0):
        pass
    try:
        warm_up()
    except Exception:
        log.exception("the warm-up of the classroom failed")


if __name__ == "__main__":
    warm_up()
