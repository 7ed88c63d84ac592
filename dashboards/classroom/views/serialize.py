"""The parts shared by all views: names, ladders, public story, charts."""

from collections.abc import Iterable

from agents.ledger import LedgerEntry, is_routine
from agents.sentences import FORCED_SUFFIX
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
from dashboards.run_history import events_in_run
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
)  # computed from public columns only


def localized(words: LocalizedText) -> LocalizedText:
    """Return a text of a scenario in all its languages; a missing one has empty English."""
    return words or {"en": ""}


def written_names(scenario: Scenario) -> dict[str, LocalizedText]:
    """Return the names of all actors, negotiations and rungs by id; the id of a rung is ``talks/rung``."""
    rows = (scenario.states, scenario.facilitators, scenario.bodies, scenario.spoilers)
    names = {name: actor.name for role in rows for name, actor in role.items()}
    names |= {name: talks.title for name, talks in scenario.negotiations.items()}
    names |= {
        f"{name}/{rung}": step.title
        for name, talks in scenario.negotiations.items()
        for rung, step in talks.rungs.items()
    }
    return names


def all_names(simulation: ClassSimulation) -> dict[str, LocalizedText]:
    """Return all names, including bundles of rungs."""
    names = written_names(simulation.loaded_scenario)
    for talks, rungs in zip(simulation.world.names.negotiation, simulation.world.names.rung, strict=True):
        for rung in rungs:
            names.setdefault(f"{talks}/{rung}", rung_title(simulation.loaded_scenario, talks, rung))
    return names


def rung_title(scenario: Scenario, talks: str, rung: str) -> LocalizedText:
    """Return the title of a rung; of a bundle in every language that all its parts have."""
    parts = [scenario.negotiations[talks].rungs[part].title for part in rung.split("+")]
    shared = set.intersection(*(set(part) for part in parts))
    return {language: " + ".join(part[language] for part in parts) for language in sorted(shared)}


def scenario_name(scenario: Scenario, source: str) -> ScenarioName:
    """Return id, title and summary of a scenario."""
    return {"id": source, "title": localized(scenario.title), "summary": localized(scenario.summary)}


def ladders(simulation: ClassSimulation) -> list[ClassLadder]:
    """Return every ladder with the status of its rungs, first rung first."""
    world = simulation.world
    class_ladders: list[ClassLadder] = []
    for k, (talks, negotiation) in enumerate(simulation.loaded_scenario.negotiations.items()):
        rungs: list[ClassRung] = []
        for r, rung in enumerate(world.names.rung[k]):
            parts = [negotiation.rungs[part] for part in rung.split("+")]
            rungs.append(
                {
                    "rung": rung,
                    "id": f"{talks}/{rung}",
                    "title": rung_title(simulation.loaded_scenario, talks, rung),
                    "status": RungStatus(int(world.status[k, r])).name,
                    "age": int(world.status_age[k, r]),
                    "in_play": int(world.rung[k]) == r and simulation.round > 0,
                    "gives": {
                        party: join_texts([part.parties[party].gives for part in parts])
                        for party in negotiation.parties
                    },
                }
            )
        outcome = simulation.outcome_of(talks).name
        class_ladders.append({"talks": talks, "parties": list(negotiation.parties), "outcome": outcome, "rungs": rungs})
    return class_ladders


def join_texts(parts: Iterable[LocalizedText]) -> LocalizedText:
    """Return texts joined in every language that they all have."""
    parts = [localized(part) for part in parts]
    shared = set.intersection(*(set(part) for part in parts))
    return {language: "; ".join(filter(None, (part[language] for part in parts))) for language in sorted(shared)}


def public_story(simulation: ClassSimulation, events: Iterable[Override] = ()) -> list[StoryRow]:
    """Return the public acts and events of the run, in order of months."""
    rows: list[StoryRow] = []
    for row in simulation.ledger.rows if simulation.ledger is not None else ():
        value = int(row.value)
        if row.act == "rung" or (value in STORY_VALUES.get(row.act, ()) and not is_routine(row)):
            rows.append(_ledger_story(row))
    rows += [_event_story(event.round, event.text) for event in events_in_run(simulation)]
    rows += [_injected_story(simulation.loaded_scenario, event) for event in events]
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
        "sentence": row.sentence.removesuffix(FORCED_SUFFIX),
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
    """Return an injected event: its English text, and its kind and names for translations."""
    return {
        **_event_story(event.round, {"en": describe_event(scenario, event)}),
        "actor": event.actor,
        "counterpart": event.counterpart,
        "talks": event.negotiation,
        "kind": event_kind(event),
        "value": round(event.value, 2),
    }


def visible_charts(simulation: ClassSimulation, observer: Observer) -> ClassCharts:
    """Return the series that an observer can see, by month from the start."""
    seen = simulation.trajectory
    talks: dict[str, dict[str, list[float]]] = {}
    trust: dict[str, dict[str, list[float]]] = {}
    own: OwnSeries | None = None
    states = simulation.world.names.state
    for k, (name, negotiation) in enumerate(simulation.loaded_scenario.negotiations.items()):
        rows = negotiation_series(seen, k)
        talks[name] = {indicator: rows[indicator].round(4).tolist() for indicator in PUBLIC_INDICATORS}
        pairs = (("trust_first", *negotiation.parties), ("trust_second", *negotiation.parties[::-1]))
        for indicator, truster, trusted in pairs:
            if observer.can_see("trust", states.index(truster), states.index(trusted)):
                trust.setdefault(truster, {})[trusted] = rows[indicator].round(4).tolist()
        for indicator, party in zip(("support_first", "support_second"), negotiation.parties, strict=True):
            if party == observer.seat and observer.can_see("support", states.index(party)):
                own = {"support": rows[indicator].round(4).tolist(), "trust": {}}
    if own is not None:
        own["trust"] = trust.get(str(observer.seat), {})
    marks: list[ChartMark] = [{"month": event.round, "text": event.text} for event in events_in_run(simulation)]
    charts: ClassCharts = {
        "months": list(range(simulation.round + 1)),
        "talks": talks,
        "ceiling": float(simulation.world.tension_ceiling),
        "own": own,
        "marks": marks,
    }
    if observer.visibility == "all":
        charts["trust"] = trust
    return charts
