"""What Explore sends to the browser: the story, the changes in words, the pictures and the state of the controls."""

from typing import NamedTuple

from dashboards.injected_events import describe_event
from dashboards.labels import GOAL_LABELS
from dashboards.link_text import short_hash
from dashboards.page_link import MAX_SEED, MAX_WORLDS, MIN_WORLDS, VERSION, Link, Setting, scenario_of, shipped_names
from dashboards.web.downloads import export_rows
from dashboards.web.jobs.explore_worker import ExploreView
from dashboards.web.pages.explore.actions import compared_with
from dashboards.web.pages.explore.charts import explore_numbers
from dashboards.web.pages.explore.messages import (
    BoardState,
    ChangeChip,
    EventRow,
    ExplorePicture,
    GoalChoice,
    PanelState,
    StoryText,
)
from dashboards.web.pages.shared.messages import ScenarioChoice
from dashboards.web.pages.shared.setting_edits import describe_change, has_changes, shipped_choices
from model.overrides import describe_condition
from model.scenario import Event, Scenario


def change_chips(setting: Setting) -> list[ChangeChip]:
    """Return every change and injected event of a setting in words."""
    shipped, now = scenario_of(Setting(setting.scenario)), scenario_of(setting)
    changes = [
        ChangeChip(text=describe_change(path, each, shipped), path=path, place=-1) for path, each in setting.changes
    ]
    return changes + [
        ChangeChip(text=f"month {event.round}: {describe_event(now, event)}", path="", place=place)
        for place, event in enumerate(setting.events)
    ]


def story_text(setting: Setting, talks: str) -> StoryText:
    """Return the description of the scenario."""
    scenario = scenario_of(Setting(setting.scenario))
    now = scenario_of(setting)
    return {
        "title": now.title["en"],
        "chips": change_chips(setting),
        "summary": now.summary["en"].strip(),
        "talks": [{"name": name, "title": now.display_name(name)} for name in now.negotiations],
        "shown": talks,
        "parties": [
            {
                "name": now.display_name(party),
                "text": now.states[party].narrative.get("en", "No narrative is available.").strip(),
            }
            for party in now.negotiations[talks].parties
        ],
        "notice": now.notice.get("en", []),
        "tries": [
            {
                "text": suggestion.text["en"],
                "sets": "; ".join(describe_change(path, value, scenario) for path, value in suggestion.set.items()),
                "active": bool(suggestion.set) and has_changes(setting, suggestion.set),
            }
            for suggestion in scenario.things_to_try
        ],
    }


def event_rows(setting: Setting) -> list[EventRow]:
    """Return the scenario's events and the injected events, by round."""
    scenario = scenario_of(setting)
    own = [EventRow(round=event.round, text=scheduled_text(scenario, event), place=-1) for event in scenario.events]
    injected: list[EventRow] = [
        {"round": event.round, "text": describe_event(scenario, event), "place": place}
        for place, event in enumerate(setting.events)
    ]
    return sorted([*own, *injected], key=lambda row: (row["round"], row["place"]))


def scheduled_text(scenario: Scenario, event: Event) -> str:
    """Return the text of a scheduled event, with its condition."""
    text, condition = event.text.get("en", event.kind.replace("_", " ")), describe_condition(scenario, event)
    return f"{text} ({condition})" if condition else text


class PictureFamily(NamedTuple):
    """What two results must share so that a replay can interpolate between them."""

    scenario: str
    talks: str
    rounds: int


def live_picture(shown: ExploreView, link: Link, talks: str, scenario: Scenario) -> ExplorePicture | None:
    """Return the data of the latest result, or None if it belongs to another scenario."""
    result = shown.result
    if result is None or result.setting.scenario != link.setting.scenario or result.rounds != scenario.rounds:
        return None
    family = PictureFamily(link.setting.scenario, talks, result.rounds)
    return {
        **explore_numbers(result, shown.base, scenario, talks, link.charts),
        "setting": short_hash(result.setting),
        "family": short_hash(family),
        "number": shown.number,
        "settled": result.is_complete,
    }


def board_state(link: Link) -> BoardState:
    """Return the part of the board that does not depend on results."""
    setting, baseline = link.setting, compared_with(link, link.setting)
    words = ""
    if baseline is not None:
        words = "; ".join(chip["text"] for chip in change_chips(baseline)) or "the scenario as shipped"
        if baseline.scenario != setting.scenario:
            words = f"{scenario_of(Setting(baseline.scenario)).title['en']}, {words}"
    return {
        "baseline": words,
        "pinned": link.baseline is not None,
        "plausible": setting.plausible,
        "described": "; ".join(chip["text"] for chip in change_chips(setting)) or "as shipped",
        "open": list(link.charts),
        "events": event_rows(link.setting),
        "exports": export_rows(link),
        "named": scenario_of(link.setting).name,
        "version": VERSION,
    }


def panel_state(setting: Setting, echoes: int) -> PanelState:
    """Return the state of the controls."""
    return {
        "scenario": setting.scenario,
        "events": len(setting.events),
        "changes": {path: list(value) if isinstance(value, tuple) else value for path, value in setting.changes},
        "seed": setting.seed,
        "worlds": setting.worlds,
        "echoes": echoes,
        "asked": short_hash(setting),
        "largest_seed": MAX_SEED,
        "fewest": MIN_WORLDS,
        "most": MAX_WORLDS,
    }


def goal_choices() -> list[GoalChoice]:
    """Return the outcomes to choose from, some deal first."""
    return [{"key": key, "label": label} for key, label in GOAL_LABELS.items()]


def scenario_choices(setting: Setting) -> list[ScenarioChoice]:
    """Return the scenarios to choose from: the shipped ones, and an uploaded one if it is open."""
    if setting.scenario in shipped_names():
        return shipped_choices()
    own = scenario_of(setting).title["en"]
    return [*shipped_choices(), {"name": setting.scenario, "title": f"{own} (your file)"}]
