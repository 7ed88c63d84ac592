"""What all may see of a lesson: names, ladder, public story, charts. The parts of every page are made here."""

from collections.abc import Iterable

from agents.ledger import LedgerEntry
from dashboards.classroom.game.simulation import ClassSimulation
from dashboards.classroom.game.visibility import Observer
from dashboards.classroom.views.message_keys import STORY_VALUES
from dashboards.classroom.views.messages import (
    ChartMark,
    ClassCharts,
    ClassLadder,
    ClassRung,
    LocalizedText,
    OwnSeries,
    ScenarioName,
    StoryRow,
)
from dashboards.injected_events import describe_event, event_kind
from model.enumerations import RungStatus
from model.measures import negotiation_series
from model.overrides import Override
from model.scenario import Scenario

PUBLIC_INDICATORS = (
    "tension",
    "deal_progress",
    "pressure",
    "programme",
    "contact",
)  # indicators made of public columns alone


def localized(words: LocalizedText) -> LocalizedText:
    """Give a text of a scenario in all its languages; one that was left out has empty English."""
    return words or {"en": ""}


def written_names(scenario: Scenario) -> dict[str, LocalizedText]:
    """Give the written names of all actors, negotiations and rungs by id; a rung's is ``talks/rung``."""
    rows = (scenario.states, scenario.facilitators, scenario.bodies, scenario.spoilers)
    found = {name: actor.name for role in rows for name, actor in role.items()}
    found |= {name: talks.title for name, talks in scenario.negotiations.items()}
    found |= {
        f"{name}/{rung}": step.title
        for name, talks in scenario.negotiations.items()
        for rung, step in talks.rungs.items()
    }
    return found


def all_names(table: ClassSimulation) -> dict[str, LocalizedText]:
    """Give all written names, bundles of rungs as well."""
    found = written_names(table.loaded_scenario)
    for talks, rungs in zip(table.world.names.negotiation, table.world.names.rung, strict=True):
        for rung in rungs:
            found.setdefault(f"{talks}/{rung}", rung_title(table.loaded_scenario, talks, rung))
    return found


def rung_title(scenario: Scenario, talks: str, rung: str) -> LocalizedText:
    """Give a rung's title; a bundle's in English and in every language that all its parts have."""
    parts = [scenario.negotiations[talks].rungs[part].title for part in rung.split("+")]
    shared = set.intersection(*(set(part) for part in parts))
    return {language: " + ".join(part[language] for part in parts) for language in sorted(shared)}


def scenario_name(scenario: Scenario, source: str) -> ScenarioName:
    """Name a scenario: id, title, summary."""
    return {"id": source, "title": localized(scenario.title), "summary": localized(scenario.summary)}


def ladders(table: ClassSimulation) -> list[ClassLadder]:
    """Give every ladder with where its rungs stand, the lowest rung first."""
    world = table.world
    found: list[ClassLadder] = []
    for k, (talks, setting) in enumerate(table.loaded_scenario.negotiations.items()):
        rungs: list[ClassRung] = []
        for r, rung in enumerate(world.names.rung[k]):
            parts = [setting.rungs[part] for part in rung.split("+")]
            rungs.append(
                {
                    "rung": rung,
                    "id": f"{talks}/{rung}",
                    "title": rung_title(table.loaded_scenario, talks, rung),
                    "status": RungStatus(int(world.status[k, r])).name,
                    "age": int(world.status_age[k, r]),
                    "in_play": int(world.rung[k]) == r and table.round > 0,
                    "gives": {
                        party: join_texts([part.parties[party].gives for part in parts]) for party in setting.parties
                    },
                }
            )
        outcome = table.outcome_of(talks).name
        found.append({"talks": talks, "parties": list(setting.parties), "outcome": outcome, "rungs": rungs})
    return found


def join_texts(parts: Iterable[LocalizedText]) -> LocalizedText:
    """Join texts in every language that they all have."""
    parts = [localized(part) for part in parts]
    shared = set.intersection(*(set(part) for part in parts))
    return {language: "; ".join(filter(None, (part[language] for part in parts))) for language in sorted(shared)}


def public_story(table: ClassSimulation, events: Iterable[Override] = ()) -> list[StoryRow]:
    """Tell the public happenings of the run, in order: what the ledger has of them, and the events that befell it."""
    rows: list[StoryRow] = []
    held: dict[str | None, int] = {}
    for row in table.ledger.rows if table.ledger is not None else ():
        value = int(row.value)
        if row.act == "hold_talks":
            if held.get(row.negotiation) == value:
                continue
            held[row.negotiation] = value
        if row.act == "rung" or value in STORY_VALUES.get(row.act, ()):
            rows.append(_ledger_story(row))
    for event in table.loaded_scenario.events:
        if event.text and event.round <= table.round:
            rows.append(_event_story(event.round, dict(event.text)))
    rows += [_injected_story(table.loaded_scenario, event) for event in events]
    return sorted(rows, key=lambda row: row["month"])


def _ledger_story(row: LedgerEntry) -> StoryRow:
    rung = f"{row.negotiation}/{row.counterpart}" if row.act == "rung" else None
    return {
        "month": row.round,
        "act": row.act,
        "value": int(row.value),
        "actor": row.actor,
        "counterpart": None if rung else row.counterpart,
        "talks": row.negotiation,
        "rung": rung,
        "sentence": row.sentence.removesuffix(" (set from outside)"),
    }


def _event_story(month: int, words: LocalizedText) -> StoryRow:
    return {
        "month": month,
        "act": "event",
        "value": 0,
        "actor": None,
        "counterpart": None,
        "talks": None,
        "rung": None,
        "sentence": words["en"],
        "text": words,
    }


def _injected_story(scenario: Scenario, event: Override) -> StoryRow:
    """Tell an event that was set off from outside: its English words, and its kind and names for all others."""
    return {
        **_event_story(event.round, {"en": describe_event(scenario, event)}),
        "actor": event.actor,
        "counterpart": event.counterpart,
        "talks": event.negotiation,
        "kind": event_kind(event),
        "value": round(event.value, 2),
    }


def visible_charts(table: ClassSimulation, eyes: Observer) -> ClassCharts:
    """Give the series that these eyes may see, round by round from the start."""
    seen = table.trajectory
    talks: dict[str, dict[str, list[float]]] = {}
    trust: dict[str, dict[str, list[float]]] = {}
    own: OwnSeries | None = None
    states = table.world.names.state
    for k, (name, setting) in enumerate(table.loaded_scenario.negotiations.items()):
        rows = negotiation_series(seen, k)
        talks[name] = {indicator: rows[indicator].round(4).tolist() for indicator in PUBLIC_INDICATORS}
        pairs = (("trust_first", *setting.parties), ("trust_second", *setting.parties[::-1]))
        for indicator, truster, trusted in pairs:
            if eyes.can_see("trust", states.index(truster), states.index(trusted)):
                trust.setdefault(truster, {})[trusted] = rows[indicator].round(4).tolist()
        for indicator, party in zip(("support_first", "support_second"), setting.parties, strict=True):
            if party == eyes.seat and eyes.can_see("support", states.index(party)):
                own = {"support": rows[indicator].round(4).tolist(), "trust": {}}
    if own is not None:
        own["trust"] = trust.get(str(eyes.seat), {})
    marks: list[ChartMark] = [
        {"month": event.round, "text": dict(event.text)}
        for event in table.loaded_scenario.events
        if event.text and event.round <= table.round
    ]
    found: ClassCharts = {
        "months": list(range(table.round + 1)),
        "talks": talks,
        "ceiling": float(table.world.tension_ceiling),
        "own": own,
        "marks": marks,
    }
    if eyes.visibility == "all":
        found["trust"] = trust
    return found
