"""The message of a watched run, from which the browser plays it back."""

from typing import Any

import numpy as np

from agents.assembly import Assembly
from dashboards.injected_events import EffectiveRounds, describe_event, event_offers
from dashboards.labels import OUTCOME_MEANINGS
from dashboards.messages import Columns
from dashboards.page_link import Setting
from dashboards.reports.chronicle import GROUPS, omitted_groups
from dashboards.reports.messages import RungSpans
from dashboards.reports.run_data import negotiation_data
from dashboards.run_history import events_in_run
from dashboards.theme import OUTCOME_STYLES
from dashboards.web.pages.watch.messages import (
    Activity,
    ActorPosition,
    ChronicleRow,
    EventMark,
    LadderRung,
    OutcomeText,
    RunMessage,
    WatchedTalks,
    WatchMessage,
)
from dashboards.web.pages.watch.network_layout import Position, actor_positions
from dashboards.web.pages.watch.rows import build_chronicle, messages_of
from model.columns import SERVICES
from model.enumerations import Outcome
from model.signals import SIGNAL_KINDS

SERVICE_WORDS = dict(zip(SERVICES, ("contact", "messages", "texts", "incentives", "hosts"), strict=True))


def run_message(
    model: Assembly, setting: Setting, effective_rounds: EffectiveRounds, activities: list[Activity]
) -> RunMessage:
    """Return the message of a run."""
    scenario = model.loaded_scenario
    chronicle, actors = build_chronicle(model, setting), actor_roles(model)
    return {
        "scenario": scenario.name,
        "title": scenario.title["en"],
        "seed": setting.seed,
        "rounds": model.round,
        "planned": scenario.rounds,
        "changes": [{"path": path, "value": value_text(value)} for path, value in setting.changes],
        "ceiling": scenario.tension.tension_ceiling,
        "outcome": outcome_text(model.outcome),
        "actors": [{"name": name, "title": scenario.display_name(name), "role": role} for name, role in actors.items()],
        "talks": [talks_data(model, name) for name in scenario.negotiations],
        "kinds": list(SIGNAL_KINDS),
        "messages": Columns.of(WatchMessage, messages_of(model, list(actors), chronicle.places)),
        "activities": Columns.of(Activity, activities),
        "events": event_marks(model, setting),
        "offers": event_offers(scenario, effective_rounds),
        "groups": GROUPS,
        "left_out": omitted_groups(model),
        "rows": Columns.of(ChronicleRow, chronicle.rows),
        "acts": chronicle.acts,
        "names": chronicle.names,
        "sentences": chronicle.sentences,
    }


def actor_roles(model: Assembly) -> dict[str, str]:
    """Return the roles of all actors, in the order of their indices in messages."""
    scenario = model.loaded_scenario
    return {
        **dict.fromkeys(scenario.states, "state"),
        **dict.fromkeys(scenario.bodies, "body"),
        **dict.fromkeys(scenario.facilitators, "facilitator"),
        **dict.fromkeys(scenario.spoilers, "spoiler"),
    }


def value_text(value: Any) -> str:
    """Return a changed value as short text."""
    return f"{value:g}" if isinstance(value, float) else str(value)[:60]


def outcome_text(outcome: Outcome) -> OutcomeText:
    """Return an outcome in words."""
    return {"label": OUTCOME_STYLES[outcome].label, "meaning": OUTCOME_MEANINGS[outcome]}


def talks_data(model: Assembly, name: str) -> WatchedTalks:
    """Return one negotiation: series and ladder as in the report, parties, and the positions of all actors."""
    talks, actors = model.loaded_scenario.negotiations[name], list(actor_roles(model))
    data, where = negotiation_data(model, name), actor_positions(model.loaded_scenario, name)
    return {
        "name": name,
        "title": data["title"],
        "first": data["first"],
        "second": data["second"],
        "series": data["series"],
        "ladder": ladder_rungs(model, name, data["ladder"]),
        "parties": [actors.index(party) for party in talks.parties],
        "places": [position_data(where.get(actor)) for actor in actors],
    }


def ladder_rungs(model: Assembly, name: str, spans: list[RungSpans]) -> list[LadderRung]:
    """Return the rungs of a ladder with what each party gives."""
    talks, k = model.loaded_scenario.negotiations[name], model.world.names.negotiation.index(name)
    rungs: list[LadderRung] = []
    for r, (step, rung) in enumerate(zip(model.world.names.rung[k], spans, strict=True)):
        parts = [talks.rungs[part] for part in step.split("+")]
        given = {party: "; ".join(part.parties[party].gives.get("en", "") for part in parts) for party in talks.parties}
        rungs.append(
            {
                "name": step,
                "title": rung["title"],
                "spans": rung["spans"],
                "gives": [
                    {"party": model.narrator.display_name(party), "gives": words} for party, words in given.items()
                ],
                "duration": int(model.world.duration[k, r]),
            }
        )
    return rungs


def position_data(place: Position | None) -> ActorPosition | None:
    """Return a position as a message."""
    return place and {"x": place[0], "y": place[1]}


def round_activities(model: Assembly) -> list[Activity]:
    """Return the activities of actors in the latest round, other than signals."""
    world, actors = model.world, list(actor_roles(model))
    talks, names = list(model.loaded_scenario.negotiations), world.names
    done: list[Activity] = []

    def add(actor: str, negotiation: int, activity: str, text: str) -> None:
        done.append(
            {
                "round": model.round,
                "actor": actors.index(actor),
                "negotiation": negotiation,
                "activity": activity,
                "text": text,
            }
        )

    for f, k, service in np.argwhere(world.effort):
        add(names.facilitator[f], int(k), SERVICES[service], SERVICE_WORDS[SERVICES[service]])
    for f in np.flatnonzero(world.present == 0):
        add(names.facilitator[f], -1, "absent", "absent")
    for x in np.flatnonzero(world.attack):
        add(names.spoiler[x], talks.index(names.negotiation[int(world.target[x])]), "attack", "attacks")
    for s in np.flatnonzero(world.turnover):
        add(names.state[s], -1, "government", "new government")
    for b, k in np.argwhere(world.inspected):
        add(names.body[b], int(k), "inspects", "inspects")
    return done


def event_marks(model: Assembly, setting: Setting) -> list[EventMark]:
    """Return scheduled and injected events by round."""
    planned: list[EventMark] = [
        {"round": event.round, "text": event.text["en"], "place": -1} for event in events_in_run(model)
    ]
    injected: list[EventMark] = [
        {"round": move.round, "text": describe_event(model.loaded_scenario, move), "place": at}
        for at, move in enumerate(setting.events)
    ]
    return sorted([*planned, *injected], key=lambda event: event["round"])
