"""Everything a page shows, written as an address that can be read, shared and opened anywhere.

``s=us-iran-2026&set=states.us.dialogue:0.6&seed=1&worlds=1000``: the parts of a baseline carry the
prefix ``base.``, those of the arms of a comparison ``arm1.``, ``arm2.`` and so on. Whatever comes from
an address is checked; what cannot be used is left out, and a sentence says so.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from dashboards import uploads
from dashboards.link_text import NUMBER, WORD, forced_moves, format_event, format_value, parse_event, parse_value
from model.errors import InputError, ScenarioError, make_printable
from model.former_names import current_act, current_path, describe_former_names
from model.loading import apply_changes, build_scenario, load_scenario, read_scenario, scenario_names
from model.overrides import Override
from model.scenario import Scenario

DEFAULT_SCENARIO = "us-iran-2026"
VERSION = version("detente")
PAGES = ("explore", "watch", "turning", "compare", "sweeps", "about")
MIN_WORLDS, MAX_WORLDS = 20, 5000  # worlds
MAX_SEED = 2**53 - 1 - MAX_WORLDS  # up to here a browser keeps the seeds of all worlds exact
MAX_ARMS, MAX_CHANGES, MAX_EVENTS = 3, 300, 300
MIN_FUTURES, DEFAULT_FUTURES, MAX_FUTURES = 100, 200, 1000
MAX_ADDRESS_LENGTH = 30_000  # characters of an address that are read
MAX_NAME_LENGTH = 60  # characters of the name of an arm
MAX_PATH_LENGTH = 1000  # characters of the path of a folder of results, or of a factor
SWEEP_VIEW_KEYS = {
    "folder": "folder",
    "outcome": "outcome",
    "across": "x",
    "upwards": "y",
    "above": "above",
}  # in an address


class Setting(NamedTuple):
    """Everything a number on a page depends on."""

    scenario: str = DEFAULT_SCENARIO  # a shipped name, or the name that `uploads` gave a file
    changes: tuple[tuple[str, Any], ...] = ()  # dotted path and value, in the order in which they were made
    events: tuple[Override, ...] = ()  # injected, sorted
    seed: int = 1
    worlds: int = 1000


class SweepView(NamedTuple):
    """What of the results of a sweep is looked at: a folder, an outcome, two factors, and what counts as high."""

    folder: str = ""
    outcome: str = ""
    x: str = ""
    y: str = ""
    above: float | None = None  # from where on a point is of interest


class Link(NamedTuple):
    """Everything that an address holds."""

    setting: Setting = Setting()
    page: str = "explore"
    baseline: Setting | None = None
    arms: tuple[Setting, ...] = ()  # Compare: further settings beside `setting`
    round: int = 0  # Watch: where the playhead stands
    version: str = VERSION
    futures: int = DEFAULT_FUTURES  # Turning points: redrawn from every round
    names: tuple[str, ...] = ()  # Compare: of `setting` and of each arm, where one was given; else empty
    talks: str = ""  # Explore: which negotiation is shown; the first if empty
    charts: tuple[str, ...] = ()  # Explore: further charts that are open
    sweep_view: SweepView = SweepView()  # Sweeps: whether there is such a folder is found when it is read


@cache
def shipped_names() -> tuple[str, ...]:
    """Name the shipped scenarios, the first one shown first."""
    return tuple(sorted(scenario_names(), key=lambda name: (name != DEFAULT_SCENARIO, name)))


@cache
def _shipped_data(name: str) -> Mapping[str, Any]:
    return read_scenario(name)


def load_scenario_data(name: str) -> Mapping[str, Any]:
    """Give a scenario as plain data. Raises ScenarioError if it is neither shipped nor uploaded here."""
    if name in shipped_names():
        return _shipped_data(name)
    if name.startswith("file:"):
        return uploads.find_upload(name)
    raise ScenarioError([InputError.unknown_name("scenario", name, shipped_names(), "scenario")])


@lru_cache(maxsize=64)
def _scenario(name: str, changes: tuple[tuple[str, Any], ...]) -> Scenario:
    return load_scenario(load_scenario_data(name), changes_with_lists(changes))


def scenario_of(setting: Setting) -> Scenario:
    """Load the scenario of a setting, its changes applied. Raises ScenarioError."""
    return _scenario(setting.scenario, setting.changes)


def changes_with_lists(changes: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Give changes as the loader wants them: lists where a setting, which never changes, holds tuples."""
    return {path: list(value) if isinstance(value, tuple) else value for path, value in changes}


def check_events(setting: Setting) -> None:
    """Check that the injected events fit the scenario. Raises ScenarioError."""
    data = apply_changes(load_scenario_data(setting.scenario), changes_with_lists(setting.changes))
    build_scenario({**data, "moves": forced_moves(setting.events)})


def sort_events(events: Sequence[Override]) -> tuple[Override, ...]:
    """Sort events by round, and within a round always in the same way."""
    return tuple(sorted({*events}, key=lambda each: tuple("" if part is None else part for part in each)))


# Writing


def format_link(link: Link) -> str:
    """Write a link as a query string."""
    parts = [*_setting_parts("", link.setting, None)]
    if link.baseline is not None:
        parts += _setting_parts("base.", link.baseline, link.setting)
    for number, arm in enumerate(link.arms, start=1):
        parts += _setting_parts(f"arm{number}.", arm, link.setting)
    prefixes = ("", *(f"arm{number}." for number in range(1, len(link.arms) + 1)))
    parts += [(f"{prefix}name", name) for prefix, name in zip(prefixes, link.names, strict=False) if name]
    if link.page != "explore":
        parts.append(("page", link.page))
    if link.round:
        parts.append(("round", str(link.round)))
    if link.futures != DEFAULT_FUTURES:
        parts.append(("futures", str(link.futures)))
    if link.talks:
        parts.append(("talks", link.talks))
    if link.charts:
        parts.append(("charts", ",".join(link.charts)))
    parts += [
        (name, str(part)) for name, part in zip(SWEEP_VIEW_KEYS, link.sweep_view, strict=True) if part not in ("", None)
    ]
    parts.append(("v", link.version))
    return urlencode(parts, quote_via=quote, safe=":,./")


def _setting_parts(prefix: str, setting: Setting, main: Setting | None) -> Iterator[tuple[str, str]]:
    """List the parts of one setting; seed and worlds only where they differ from those of the main one."""
    yield f"{prefix}s", setting.scenario
    for path, value in setting.changes:
        yield f"{prefix}set", f"{path}:{format_value(value)}"
    for event in setting.events:
        yield f"{prefix}event", format_event(event)
    if main is None or setting.seed != main.seed:
        yield f"{prefix}seed", str(setting.seed)
    if main is None or setting.worlds != main.worlds:
        yield f"{prefix}worlds", str(setting.worlds)


# Reading


def parse_link(query: str) -> tuple[Link, list[str]]:
    """Read a query string; never raises. The list says in sentences what could not be used."""
    notes: list[str] = []
    query = query.removeprefix("?").encode("utf-8", "replace").decode()
    if len(query) > MAX_ADDRESS_LENGTH:
        return Link(), ["The link is too long to be read; the first scenario is shown."]
    fields: dict[str, list[str]] = {}
    for name, text in parse_qsl(query, keep_blank_values=True, errors="replace"):
        fields.setdefault(name, []).append(text)
    setting = _read_setting("", fields, Setting(), notes)
    baseline = _read_setting("base.", fields, setting, notes) if "base.s" in fields else None
    prefixes = [f"arm{number}." for number in range(1, MAX_ARMS + 1)]
    arms = tuple(_read_setting(prefix, fields, setting, notes) for prefix in prefixes if f"{prefix}s" in fields)
    page = fields.get("page", ["explore"])[0]
    if page not in PAGES:
        notes.append(f"There is no page “{make_printable(page, 40)}”; Explore is shown.")
        page = "explore"
    scenario = scenario_of(setting)
    now = _read_number("round", fields, 0, 0, scenario.rounds, notes)
    futures = _read_number("futures", fields, DEFAULT_FUTURES, MIN_FUTURES, MAX_FUTURES, notes)
    names = tuple(_read_name(f"{prefix}name", fields) for prefix in ("", *prefixes[: len(arms)]))
    _note_version(fields.get("v", [VERSION])[0], notes)
    _note_unknown_parts(fields, prefixes, notes)
    talks = fields.get("talks", [""])[0]
    if talks and talks not in scenario.negotiations:
        notes.append(
            str(InputError.unknown_name("talks", talks, scenario.negotiations, "negotiation")) + "; the first is shown."
        )
        talks = ""
    charts = tuple(dict.fromkeys(filter(WORD.fullmatch, fields.get("charts", [""])[0].split(",")[:20])))
    named, look = names if any(names) else (), _read_sweep_view(fields, notes)
    return Link(setting, page, baseline, arms, now, VERSION, futures, named, talks, charts, look), notes


def _read_sweep_view(fields: Mapping[str, list[str]], notes: list[str]) -> SweepView:
    """Read what of a sweep is looked at; a study that has no such outcome or factor shows another."""
    found: dict[str, Any] = {
        part: make_printable(fields[name][0], MAX_PATH_LENGTH)
        for name, part in SWEEP_VIEW_KEYS.items()
        if name in fields
    }
    if above := found.pop("above", ""):
        if NUMBER.fullmatch(above) and math.isfinite(float(above)):
            found["above"] = float(above)
        else:
            notes.append(f"above must be a number, not “{make_printable(above, 30)}”; the usual one is used.")
    return SweepView(**found)


def _read_name(name: str, fields: Mapping[str, list[str]]) -> str:
    return make_printable(fields.get(name, [""])[0], MAX_NAME_LENGTH).strip()


def _note_version(made_with: str, notes: list[str]) -> None:
    if made_with != VERSION:
        notes.append(
            f"This link was made with version {make_printable(made_with, 20)}; this is {VERSION}, "
            "which may give other numbers for the same setting."
        )


def _note_unknown_parts(fields: Mapping[str, Any], prefixes: list[str], notes: list[str]) -> None:
    known = {"page", "round", "v", "futures", "name", "talks", "charts", *SWEEP_VIEW_KEYS} | {
        f"{each}name" for each in prefixes
    }
    known |= {prefix + name for prefix in ("", "base.", *prefixes) for name in ("s", "set", "event", "seed", "worlds")}
    if unknown := sorted({*fields} - known):
        listed = ", ".join(f"“{make_printable(name, 30)}”" for name in unknown[:5])
        notes.append(f"The link holds parts that mean nothing here: {listed}.")


def _read_setting(prefix: str, fields: Mapping[str, list[str]], main: Setting, notes: list[str]) -> Setting:
    """Read one setting; what is at fault in it is left out."""
    scenario = fields.get(f"{prefix}s", [DEFAULT_SCENARIO])[0]
    seed = _read_number(f"{prefix}seed", fields, main.seed, 0, MAX_SEED, notes)
    worlds = _read_number(f"{prefix}worlds", fields, main.worlds, MIN_WORLDS, MAX_WORLDS, notes)
    try:
        scenario_of(Setting(scenario))
    except ScenarioError as error:
        told = "; ".join(map(str, error.errors))
        notes.append(f"{told}. Shown is {DEFAULT_SCENARIO}, without the link's changes and events.")
        return Setting(DEFAULT_SCENARIO, (), (), seed, worlds)
    bare = Setting(scenario, (), (), seed, worlds)
    changed = _with_changes(bare, fields.get(f"{prefix}set", []), notes)
    return _with_events(changed, fields.get(f"{prefix}event", []), notes)


def _read_number(
    name: str, fields: Mapping[str, list[str]], default: int, low: int, high: int, notes: list[str]
) -> int:
    text = fields.get(name, [str(default)])[0]
    if re.fullmatch(r"\d{1,17}", text, re.ASCII) and low <= int(text) <= high:
        return int(text)
    notes.append(
        f"{name} must be a whole number from {low} to {high}, not “{make_printable(text, 30)}”; {default} is used."
    )
    return default


def _with_changes(setting: Setting, texts: list[str], notes: list[str]) -> Setting:
    """Add the changes of a link: all at once if they fit, else one by one as far as they do."""
    if len(texts) > MAX_CHANGES:
        notes.append(f"The link holds more than {MAX_CHANGES} changes; the rest is left out.")
    wanted: dict[str, Any] = {}
    renamed: list[tuple[str, str]] = []
    for text in texts[:MAX_CHANGES]:
        path, colon, value = text.partition(":")
        try:
            if not colon or not path or len(path) > 300 or path.count(".") > 12:
                raise ValueError("is not written PATH:VALUE")
            current = current_path(path)
            renamed += [(path, current)] if path != current else []
            wanted.pop(current, None)
            wanted[current] = parse_value(value)
        except (ValueError, RecursionError) as error:
            notes.append(f"The change “{make_printable(text, 80)}” cannot be used: {make_printable(str(error), 80)}.")
    _note_former_names(renamed, notes)
    whole = setting._replace(changes=tuple(wanted.items()))
    try:
        scenario_of(whole)
        return whole
    except ScenarioError:
        return _one_by_one(setting, whole.changes, notes)


def _note_former_names(renamed: list[tuple[str, str]], notes: list[str]) -> None:
    """Add a note about the former names that a link holds, if there are any."""
    if line := describe_former_names(renamed):
        notes.append(f"The link holds {line}.")


def _one_by_one(setting: Setting, changes: Sequence[tuple[str, Any]], notes: list[str]) -> Setting:
    for each in changes:
        longer = setting._replace(changes=(*setting.changes, each))
        try:
            scenario_of(longer)
            setting = longer
        except ScenarioError as error:
            notes.append(f"A change cannot be used: {'; '.join(map(str, error.errors[:3]))}.")
    return setting


def _with_events(setting: Setting, texts: list[str], notes: list[str]) -> Setting:
    """Add the injected events of a link, as far as they fit."""
    if len(texts) > MAX_EVENTS:
        notes.append(f"The link holds more than {MAX_EVENTS} events; the rest is left out.")
    found: list[Override] = []
    renamed: list[tuple[str, str]] = []
    for text in texts[:MAX_EVENTS]:
        try:
            event = parse_event(text)
            renamed += [(event.act, current_act(event.act))] if event.act != current_act(event.act) else []
            event = event._replace(act=current_act(event.act))
            check_events(setting._replace(events=(event,)))
            found.append(event)
        except ScenarioError as error:
            told = "; ".join(str(fault).removeprefix("moves.0.") for fault in error.errors[:3])
            notes.append(f"The event “{make_printable(text, 80)}” cannot be used: {told}.")
    _note_former_names(renamed, notes)
    return setting._replace(events=sort_events(found))
