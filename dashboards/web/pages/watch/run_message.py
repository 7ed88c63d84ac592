"""A watched run as one message, from which the browser plays it."""

from typing import Any

import numpy as np

from agents.assembly import Assembly
from dashboards.interventions import Openings, event_words, offers
from dashboards.labels import OUTCOME_MEANING
from dashboards.link import Setting
from dashboards.messages import Columns
from dashboards.reports.chronicle import GROUPS, left_out
from dashboards.reports.messages import RungSpans
from dashboards.reports.run_data import negotiation_data
from dashboards.run_history import scheduled
from dashboards.theme import OUTCOMES
from dashboards.web.pages.watch.messages import (
    ChronicleRow,
    Deed,
    EventMark,
    LadderRung,
    OutcomeWords,
    RunMessage,
    StagePlace,
    WatchedTalks,
    WatchMessage,
)
from dashboards.web.pages.watch.network_layout import Place, places
from dashboards.web.pages.watch.rows import chronicle_of, messages_of
from model.columns import SERVICES
from model.enumerations import Outcome
from model.signals import KINDS

SERVICE_WORDS = dict(zip(SERVICES, ("contact", "messages", "texts", "incentives", "hosts"), strict=True))


def run_message(model: Assembly, setting: Setting, chances: Openings, deeds: list[Deed]) -> RunMessage:
    """Return all that the page shows of a run."""
    scenario = model.setting
    chronicle, actors = chronicle_of(model, setting), roles(model)
    return {
        "scenario": scenario.name,
        "title": scenario.title["en"],
        "seed": setting.seed,
        "rounds": model.round,
        "planned": scenario.rounds,
        "changes": [{"path": path, "value": changed_words(value)} for path, value in setting.changes],
        "ceiling": scenario.tension.tension_ceiling,
        "outcome": outcome_words(model.outcome),
        "actors": [{"name": name, "title": scenario.written(name), "role": role} for name, role in actors.items()],
        "talks": [talks_data(model, name) for name in scenario.negotiations],
        "kinds": list(KINDS),
        "messages": Columns.of(WatchMessage, messages_of(model, list(actors), chronicle.places)),
        "deeds": Columns.of(Deed, deeds),
        "events": events_of(model, setting),
        "offers": offers(scenario, chances),
        "groups": GROUPS,
        "left_out": left_out(model),
        "rows": Columns.of(ChronicleRow, chronicle.rows),
        "acts": chronicle.acts,
        "names": chronicle.names,
        "sentences": chronicle.sentences,
    }


def roles(model: Assembly) -> dict[str, str]:
    """Return all actors with their role, in the order in which messages count them."""
    setting = model.setting
    return {
        **dict.fromkeys(setting.states, "state"),
        **dict.fromkeys(setting.bodies, "body"),
        **dict.fromkeys(setting.facilitators, "facilitator"),
        **dict.fromkeys(setting.outsiders, "spoiler"),
    }


def changed_words(value: Any) -> str:
    """Write a changed value in few characters."""
    return f"{value:g}" if isinstance(value, float) else str(value)[:60]


def outcome_words(outcome: Outcome) -> OutcomeWords:
    """Return how a run ends, in words."""
    return {"label": OUTCOMES[outcome].label, "meaning": OUTCOME_MEANING[outcome]}


def talks_data(model: Assembly, name: str) -> WatchedTalks:
    """Return one negotiation: its series and ladder as in the report, its parties and the places of all actors."""
    talks, actors = model.setting.negotiations[name], list(roles(model))
    found, where = negotiation_data(model, name), places(model.setting, name)
    return {
        "name": name,
        "title": found["title"],
        "first": found["first"],
        "second": found["second"],
        "series": found["series"],
        "ladder": ladder_of(model, name, found["ladder"]),
        "parties": [actors.index(party) for party in talks.parties],
        "places": [place_data(where.get(actor)) for actor in actors],
    }


def ladder_of(model: Assembly, name: str, spans: list[RungSpans]) -> list[LadderRung]:
    """Return the rungs of a ladder with what each party gives on them."""
    talks, k = model.setting.negotiations[name], model.world.names.negotiation.index(name)
    found: list[LadderRung] = []
    for r, (step, rung) in enumerate(zip(model.world.names.rung[k], spans, strict=True)):
        parts = [talks.rungs[part] for part in step.split("+")]
        given = {party: "; ".join(part.parties[party].gives.get("en", "") for part in parts) for party in talks.parties}
        found.append(
            {
                "name": step,
                "title": rung["title"],
                "spans": rung["spans"],
                "gives": [{"party": model.narrator.title(party), "gives": words} for party, words in given.items()],
                "duration": int(model.world.duration[k, r]),
            }
        )
    return found


def place_data(place: Place | None) -> StagePlace | None:
    """Return a place with named parts."""
    return place and {"x": place[0], "y": place[1]}


def deeds_of(model: Assembly) -> list[Deed]:
    """Return what actors did in the round just played, beside their messages."""
    world, actors = model.world, list(roles(model))
    talks, names = list(model.setting.negotiations), world.names
    done: list[Deed] = []

    def add(actor: str, negotiation: int, deed: str, text: str) -> None:
        done.append(
            {"round": model.round, "actor": actors.index(actor), "negotiation": negotiation, "deed": deed, "text": text}
        )

    for f, k, service in np.argwhere(world.effort):
        add(names.facilitator[f], int(k), SERVICES[service], SERVICE_WORDS[SERVICES[service]])
    for f in np.flatnonzero(world.present == 0):
        add(names.facilitator[f], -1, "absent", "not there")
    for x in np.flatnonzero(world.attack):
        add(names.spoiler[x], talks.index(names.negotiation[int(world.target[x])]), "attack", "attacks")
    for s in np.flatnonzero(world.turnover):
        add(names.state[s], -1, "government", "new government")
    for b, k in np.argwhere(world.inspected):
        add(names.body[b], int(k), "inspects", "inspects")
    return done


def events_of(model: Assembly, setting: Setting) -> list[EventMark]:
    """Return what comes from outside, in order."""
    planned: list[EventMark] = [
        {"round": event.round, "text": event.text["en"], "place": -1} for event in scheduled(model)
    ]
    put: list[EventMark] = [
        {"round": move.round, "text": event_words(model.setting, move), "place": at}
        for at, move in enumerate(setting.events)
    ]
    return sorted([*planned, *put], key=lambda event: event["round"])
