"""A watched run as one message of plain data: computed once, kept for all browsers that ask for the same.

The browser plays it: nothing is asked of the server from round to round. A run with injected events
comes with its twin, the same run with the same dice and without them.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from agents.assembly import Assembly
from agents.ledger import Row
from dashboards.interventions import Openings, event_words, is_of, offers
from dashboards.labels import OUTCOME_MEANING
from dashboards.link import Setting, scenario_of
from dashboards.reports.run_data import (
    GROUPS,
    act_words,
    group_of,
    kept_groups,
    negotiation_data,
    place_of,
    scheduled,
    short,
)
from dashboards.theme import OUTCOMES
from dashboards.web.jobs.background import JobUpdate, Report, follow, never
from dashboards.web.pages.watch.network_layout import places
from experiments.engine.pool import CancelledError
from model.columns import SERVICES
from model.protocol import ACT
from model.signals import KINDS

SERVICE_WORDS = dict(zip(SERVICES, ("contact", "messages", "texts", "incentives", "hosts"), strict=True))
BEHIND = {  # the decision that a message comes from
    "public statement": "choose_conduct", "threat": "choose_conduct", "initiative": "step_forward",
    "pressure step": "press", "relief": "press", "proposal": "table", "acceptance": "give_answer",
    "refusal": "give_answer", "technical talk": "host", "facilitated message": "hold_talks",
    "direct talks": "hold_talks", "inspection report": "report_on", "accusation": "accuse", "withdrawal": "withdraw",
}  # fmt: skip

BEGINNINGS = (60, 180, 420, 780)  # rounds after which a long run is shown as far as it is played

Stop = Callable[[], bool]


class RunData(NamedTuple):
    """One run, or its beginning: the message (JSON), and every indicator in full."""

    message: str
    trajectory: np.ndarray


class WatchedRun(NamedTuple):
    """A run as the browser plays it (JSON), and its twin without the injected events, if there are any."""

    setting: Setting
    run: str
    twin: str = ""


def watch(setting: Setting, stop: Stop = never) -> Iterator[JobUpdate]:
    """Give news of a run until it is played: results are WatchedRun, and that of the last has its twin."""
    for news in follow(key(setting), partial(play, setting), stop):
        if news.over and news.result is not None and setting.events:
            yield from beside_twin(setting, news.result, stop)
        else:
            yield news._replace(result=news.result and WatchedRun(setting, news.result.message))


def beside_twin(setting: Setting, own: RunData, stop: Stop) -> Iterator[JobUpdate]:
    """Play the twin of a run, the same without what was injected, and compare the two."""
    twin = setting._replace(events=())
    for news in follow(key(twin), partial(play, twin), stop):
        if news.over and news.result is not None:
            yield news._replace(result=WatchedRun(setting, own.message, dumps(twin_data(own, news.result))))
        else:
            yield news._replace(result=None)


def key(setting: Setting) -> tuple[str, Setting]:
    """Say what a run depends on: not on how many others there are."""
    return "watch", setting._replace(worlds=0)


def play(setting: Setting, report: Report, stop: Stop = never) -> RunData:
    """Play a run round by round and gather what the page shows of it. Raises CancelledError if told to stop."""
    scenario = scenario_of(setting)
    model = Assembly(scenario, rng=setting.seed, overrides=setting.events)
    chances, deeds, begun = Openings(), [[]], None
    for now in range(scenario.rounds):
        if now in BEGINNINGS and now <= scenario.rounds / 2:
            begun = RunData(dumps(run_data(model, setting, chances, deeds)), model.trajectory)
        if now % 10 == 0:
            report(now, scenario.rounds, begun)
            if stop():
                raise CancelledError
        chances.before(model)
        model.step()
        chances.after(model)
        deeds.append(deeds_of(model))
    return RunData(dumps(run_data(model, setting, chances, deeds)), model.trajectory)


def dumps(plain: Any) -> str:
    """Write plain data shortly."""
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def run_data(model: Assembly, setting: Setting, chances: Openings, deeds: list[Any]) -> dict[str, Any]:
    """Gather all that the page shows of a run."""
    scenario = model.setting
    told = rows_by_round(model, setting)
    return {
        "scenario": scenario.name,
        "title": scenario.title["en"],
        "seed": setting.seed,
        "rounds": model.round,
        "planned": scenario.rounds,
        "changes": [[path, changed_words(value)] for path, value in setting.changes],
        "ceiling": scenario.tension.tension_ceiling,
        "outcome": outcome_words(model.outcome),
        "actors": [[name, scenario.written(name), role] for name, role in roles(model).items()],
        "talks": [talks_data(model, name) for name in scenario.negotiations],
        "kinds": list(KINDS),
        "messages": messages_by_round(model, told),
        "deeds": deeds,
        "events": events_of(model, setting),
        "offers": offers(scenario, chances),
        "groups": GROUPS,
        **told,
    }


def roles(model: Assembly) -> dict[str, str]:
    """List all actors with their role, in the order in which messages count them."""
    setting = model.setting
    return {
        **dict.fromkeys(setting.states, "state"),
        **dict.fromkeys(setting.bodies, "body"),
        **dict.fromkeys(setting.facilitators, "facilitator"),
        **dict.fromkeys(setting.outsiders, "spoiler"),
    }


def changed_words(value: Any) -> str:
    """Write a changed value shortly."""
    return f"{value:g}" if isinstance(value, float) else str(value)[:60]


def outcome_words(outcome: Any) -> list[str]:
    """Say how a run or a negotiation ends."""
    return [outcome.name, OUTCOMES[outcome].label, OUTCOME_MEANING[outcome]]


def talks_data(model: Assembly, name: str) -> dict[str, Any]:
    """Give one negotiation: its series and ladder as in the report, who gives what, and where each actor stands."""
    talks, actors = model.setting.negotiations[name], list(roles(model))
    found = negotiation_data(model, name)
    k = model.world.names.negotiation.index(name)
    where = places(model.setting, name)
    for step, rung in zip(model.world.names.rung[k], found["ladder"], strict=True):
        parts = [talks.rungs[part] for part in step.split("+")]
        rung["gives"] = [
            [model.narrator.title(party), "; ".join(part.parties[party].gives.get("en", "") for part in parts)]
            for party in talks.parties
        ]
        rung["name"], rung["duration"] = step, int(model.world.duration[k, model.world.names.rung[k].index(step)])
    return {
        **found,
        "name": name,
        "parties": [actors.index(party) for party in talks.parties],
        "places": [where.get(actor) for actor in actors],
        "outcome": outcome_words(model.outcome_of(name)),
    }


def deeds_of(model: Assembly) -> list[list[Any]]:
    """List what actors did in the round just played, beside their messages: actor, negotiation, code, words."""
    world, actors, done = model.world, list(roles(model)), []
    talks = list(model.setting.negotiations)
    for f, k, service in np.argwhere(world.effort):
        name = world.names.facilitator[f]
        done.append([actors.index(name), int(k), SERVICES[service], SERVICE_WORDS[SERVICES[service]]])
    for f in np.flatnonzero(world.present == 0):
        done.append([actors.index(world.names.facilitator[f]), -1, "absent", "not there"])
    for x in np.flatnonzero(world.attack):
        where = talks.index(world.names.negotiation[int(world.target[x])])
        done.append([actors.index(world.names.spoiler[x]), where, "attack", "attacks"])
    for s in np.flatnonzero(world.turnover):
        done.append([actors.index(world.names.state[s]), -1, "government", "new government"])
    for b, k in np.argwhere(world.inspected):
        done.append([actors.index(world.names.body[b]), int(k), "inspects", "inspects"])
    return done


def rows_by_round(model: Assembly, setting: Setting) -> dict[str, Any]:
    """Give the chronicle by round: group, act, negotiation, actor, counterpart, sentence, if forced, the choice."""
    kept = kept_groups(model)
    talks = {name: place for place, name in enumerate(model.setting.negotiations)}
    acts, names, sentences = {}, {"": 0}, {}
    rounds: list[list[list[int]]] = [[] for _ in range(model.round + 1)]
    for row in model.ledger.rows if model.ledger is not None else ():
        group = group_of(row)
        if group not in kept or row.kind == "signal":
            continue
        rounds[row.round].append(
            [
                group,
                place_of(row.act, acts),
                talks.get(row.negotiation or "", -1),
                place_of(row.actor or "", names),
                place_of(row.counterpart or "", names),
                place_of(sentence_of(row, model, setting), sentences),
                int(row.forced),
                int(row.value),
            ]
        )
    return {
        "rows": rounds,
        "acts": [[act, act_words(act)[0], int(act in ACT and bool(act_words(act)[1]))] for act in acts],
        "names": list(names),
        "sentences": list(sentences),
        "left_out": [GROUPS[group] for group in sorted(set(range(len(GROUPS))) - kept)],
    }


def sentence_of(row: Row, model: Assembly, setting: Setting) -> str:
    """Tell a row; what was injected is told as the event it is."""
    if row.forced:
        for move in setting.events:
            if move.round == row.round and is_of(move, row.act, (row.actor, row.counterpart, row.negotiation)):
                return f"Injected: {event_words(model.setting, move)}."
    return row.sentence


def messages_by_round(model: Assembly, told: dict[str, Any]) -> list[list[list[Any]]]:
    """Give the messages by round.

    Each: kind, sender, receiver, negotiation, channel, strength, meant, perceived, cost, and the row behind it.
    """
    actors = {name: place for place, name in enumerate(roles(model))}
    talks = {name: place for place, name in enumerate(model.setting.negotiations)}
    kinds = {name: place for place, name in enumerate(KINDS)}
    finds = [row_finder(rows, told) for rows in told["rows"]]
    rounds: list[list[list[Any]]] = [[] for _ in range(model.round + 1)]
    for row in model.ledger.rows if model.ledger is not None else ():
        if row.kind != "signal" or row.actor not in actors or row.counterpart not in actors:
            continue
        numbers = [short(value or 0.0) for value in (row.strength, row.meant, row.perceived, row.cost)]
        k = talks.get(row.negotiation or "", -1)
        places = kinds[row.act], actors[row.actor], actors[row.counterpart], k
        behind = finds[row.round](BEHIND.get(row.act, ""), row.actor, row.counterpart, k)
        rounds[row.round].append([*places, row.channel, *numbers, behind])
    return rounds


def row_finder(rows: list[list[int]], told: dict[str, Any]) -> Callable[[str, str, str, int], int]:
    """Find the row of the decision behind a message: by its full names, or by those that it has."""
    names = told["names"]
    known = {(told["acts"][row[1]][0], row[2], names[row[3]], names[row[4]]): at for at, row in enumerate(rows)}

    def find(act: str, actor: str, other: str, k: int) -> int:
        for key in ((act, k, actor, other), (act, -1, actor, other), (act, k, actor, ""), (act, k, "", "")):
            if key in known:
                return known[key]
        return -1

    return find


def events_of(model: Assembly, setting: Setting) -> list[list[Any]]:
    """List what comes from outside: round, words, and the place among the injected ones (-1: scheduled)."""
    planned = [[event.round, event.text["en"], -1] for event in scheduled(model)]
    put = [[move.round, event_words(model.setting, move), at] for at, move in enumerate(setting.events)]
    return sorted([*planned, *put], key=lambda event: event[0])


# The twin


def twin_data(own: RunData, twin: RunData) -> dict[str, Any]:
    """Say how a run would have gone without what was injected: series, ladders, outcome, the first difference."""
    here, there = json.loads(own.message), json.loads(twin.message)
    numbers, (now, told) = first_difference(own.trajectory, twin.trajectory), first_decision(here, there)
    found = [each for each in (numbers, now, first_message(here, there)) if each is not None]
    return {
        "outcome": there["outcome"],
        "talks": [
            {
                "series": talks["series"],
                "outcome": talks["outcome"],
                "ladder": [rung["spans"] for rung in talks["ladder"]],
            }
            for talks in there["talks"]
        ],
        "first": min(found) if found else None,
        "numbers": numbers,
        "decision": told and {"round": now, "here": told[0], "there": told[1]},
    }  # fmt: skip


def first_difference(one: np.ndarray, other: np.ndarray) -> int | None:
    """Find the first round in which any indicator differs."""
    rows = (one != other).any(axis=1)
    return int(rows.argmax()) if rows.any() else None


def first_message(here: dict[str, Any], there: dict[str, Any]) -> int | None:
    """Find the first round in which what is said, through which channel, or how it is read differs."""
    for now, (mine, theirs) in enumerate(zip(here["messages"], there["messages"], strict=True)):
        if [each[:-1] for each in mine] != [each[:-1] for each in theirs]:
            return now
    return None


def first_decision(here: dict[str, Any], there: dict[str, Any]) -> tuple[int | None, tuple[str, str] | None]:
    """Find the first decision, not itself forced, that comes out otherwise, and how it is told in either run."""
    for now, (mine, theirs) in enumerate(zip(here["rows"], there["rows"], strict=True)):
        known = _decisions(theirs, there)
        for decision, (choice, told) in _decisions(mine, here).items():
            if decision in known and known[decision][0] != choice:
                return now, (told, known[decision][1])
    return None, None


def _decisions(rows: list[list[int]], told: dict[str, Any]) -> dict[tuple[Any, ...], tuple[int, str]]:
    """Give the choices of a round and how they are told, by who decides what; what was set from outside is none."""
    names = told["names"]
    return {
        (told["acts"][act][0], k, names[actor], names[other]): (choice, told["sentences"][sentence])
        for group, act, k, actor, other, sentence, forced, choice in rows
        if not forced and group < GROUPS.index("levels") and told["acts"][act][0] != "rung"
    }
