"""Links: the state of a page as a query string.

Example: ``s=us-iran-2026&set=states.us.dialogue:0.6&seed=1&worlds=1000``. The keys of a baseline have the prefix
``base.``, those of the arms of a comparison ``arm1.``, ``arm2.`` and so on. Parsing checks every part; it omits invalid
parts and reports each in a sentence.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from dashboards import uploads
from dashboards.link_text import (
    NUMBER,
    WORD,
    forced_moves,
    format_event,
    format_value,
    note_former_names,
    parse_event,
    parse_value,
    read_number,
)
from model.errors import InputError, ScenarioError, make_printable
from model.former_names import current_act, current_path
from model.loading import apply_changes, build_scenario, load_scenario, read_scenario, scenario_names
from model.overrides import Override
from model.scenario import Scenario
from model.version import VERSION, describe_other_model

DEFAULT_SCENARIO = "us-iran-2026"
PAGES = ("explore", "watch", "turning", "compare", "sweeps", "about")
MIN_WORLDS, MAX_WORLDS = 20, 5000
MAX_SEED = 2**53 - 1 - MAX_WORLDS  # so that JavaScript represents the seeds of all worlds exactly
MAX_ARMS, MAX_CHANGES, MAX_EVENTS = 3, 300, 300
MIN_FUTURES, DEFAULT_FUTURES, MAX_FUTURES = 100, 200, 1000
MAX_ADDRESS_LENGTH, MAX_NAME_LENGTH, MAX_PATH_LENGTH = 30_000, 60, 1000  # characters: link, arm, folder
SETTING_KEYS = ("s", "set", "event", "seed", "worlds", "plausible")
SWEEP_VIEW_KEYS = {"folder": "folder", "outcome": "outcome", "across": "x", "upwards": "y", "above": "above"}


class Setting(NamedTuple):
    """Everything that the numbers on a page depend on."""

    scenario: str = DEFAULT_SCENARIO  # a built-in name, or the name of an upload
    changes: tuple[tuple[str, Any], ...] = ()  # path and value, in the order of the user
    events: tuple[Override, ...] = ()  # injected, sorted
    seed: int = 1
    worlds: int = 1000
    plausible: bool = False  # whether each world plays with a draw from the plausible sample


class SweepView(NamedTuple):
    """What the Sweeps page shows: a folder, an outcome, two factors and a threshold."""

    folder: str = ""
    outcome: str = ""
    x: str = ""
    y: str = ""
    above: float | None = None  # points at or above it are of interest


class Link(NamedTuple):
    """The state of a page."""

    setting: Setting = Setting()
    page: str = "explore"
    baseline: Setting | None = None
    arms: tuple[Setting, ...] = ()  # Compare: settings besides `setting`
    round: int = 0  # Watch: the round shown
    version: str = VERSION
    futures: int = DEFAULT_FUTURES  # Turning points: simulated futures from every round
    names: tuple[str, ...] = ()  # Compare: of `setting` and of each arm; empty if none has a name
    talks: str = ""  # Explore: the negotiation shown; empty: the first
    charts: tuple[str, ...] = ()  # Explore: additional charts that are open
    sweep_view: SweepView = SweepView()  # Sweeps; the page checks that the folder exists


@cache
def shipped_names() -> tuple[str, ...]:
    """Return the names of the built-in scenarios, the default one first."""
    return tuple(sorted(scenario_names(), key=lambda name: (name != DEFAULT_SCENARIO, name)))


@cache
def _shipped_data(name: str) -> Mapping[str, Any]:
    return read_scenario(name)


def load_scenario_data(name: str) -> Mapping[str, Any]:
    """Return the plain data of a built-in or uploaded scenario. Raises ScenarioError if it is unknown."""
    if name in shipped_names():
        return _shipped_data(name)
    if name.startswith("file:"):
        return uploads.find_upload(name)
    raise ScenarioError([InputError.unknown_name("scenario", name, shipped_names(), "scenario")])


@lru_cache(maxsize=64)
def _scenario(name: str, changes: tuple[tuple[str, Any], ...]) -> Scenario:
    return load_scenario(load_scenario_data(name), changes_with_lists(changes))


def scenario_of(setting: Setting) -> Scenario:
    """Load the scenario of a setting with its changes. Raises ScenarioError."""
    return _scenario(setting.scenario, setting.changes)


def changes_with_lists(changes: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return changes for the loader: lists instead of the tuples of a setting."""
    return {path: list(value) if isinstance(value, tuple) else value for path, value in changes}


def check_events(setting: Setting) -> None:
    """Check that the injected events are valid in the scenario. Raises ScenarioError."""
    data = apply_changes(load_scenario_data(setting.scenario), changes_with_lists(setting.changes))
    build_scenario({**data, "moves": forced_moves(setting.events)})


def sort_events(events: Sequence[Override]) -> tuple[Override, ...]:
    """Return events sorted by round, then by act and names, without duplicates."""
    return tuple(sorted({*events}, key=lambda each: tuple("" if part is None else part for part in each)))


def format_link(link: Link) -> str:
    """Return a link as a query string."""
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
    """Yield the parts of a setting; seed and worlds only if they differ from those of `main`."""
    yield f"{prefix}s", setting.scenario
    for path, value in setting.changes:
        yield f"{prefix}set", f"{path}:{format_value(value)}"
    for event in setting.events:
        yield f"{prefix}event", format_event(event)
    if main is None or setting.seed != main.seed:
        yield f"{prefix}seed", str(setting.seed)
    if main is None or setting.worlds != main.worlds:
        yield f"{prefix}worlds", str(setting.worlds)
    if setting.plausible:
        yield f"{prefix}plausible", "1"


def parse_link(query: str) -> tuple[Link, list[str]]:
    """Parse a query string; never raises. Returns the link and a sentence for each part that is invalid."""
    notes: list[str] = []
    query = query.removeprefix("?").encode("utf-8", "replace").decode()
    if len(query) > MAX_ADDRESS_LENGTH:
        return Link(), ["The link is too long. The default scenario is shown."]
    fields: dict[str, list[str]] = {}
    for name, text in parse_qsl(query, keep_blank_values=True, errors="replace"):
        fields.setdefault(name, []).append(text)
    setting = _read_setting("", fields, Setting(), notes)
    baseline = _read_setting("base.", fields, setting, notes) if "base.s" in fields else None
    prefixes = [f"arm{number}." for number in range(1, MAX_ARMS + 1)]
    arms = tuple(_read_setting(prefix, fields, setting, notes) for prefix in prefixes if f"{prefix}s" in fields)
    page = fields.get("page", ["explore"])[0]
    if page not in PAGES:
        notes.append(f"There is no page “{make_printable(page, 40)}”. Explore is shown.")
        page = "explore"
    scenario = scenario_of(setting)
    round_shown = read_number("round", fields, 0, 0, scenario.rounds, notes)
    futures = read_number("futures", fields, DEFAULT_FUTURES, MIN_FUTURES, MAX_FUTURES, notes)
    names = tuple(_read_name(f"{prefix}name", fields) for prefix in ("", *prefixes[: len(arms)]))
    notes += filter(None, [describe_other_model(fields.get("v", [VERSION])[0])])
    _note_unknown_parts(fields, prefixes, notes)
    talks = fields.get("talks", [""])[0]
    if talks and talks not in scenario.negotiations:
        notes.append(
            str(InputError.unknown_name("talks", talks, scenario.negotiations, "negotiation")) + ". The first is shown."
        )
        talks = ""
    charts = tuple(dict.fromkeys(filter(WORD.fullmatch, fields.get("charts", [""])[0].split(",")[:20])))
    names, view = names if any(names) else (), _read_sweep_view(fields, notes)
    return Link(setting, page, baseline, arms, round_shown, VERSION, futures, names, talks, charts, view), notes


def _read_sweep_view(fields: Mapping[str, list[str]], notes: list[str]) -> SweepView:
    """Read the view of a sweep; the page replaces an outcome or factor that the study does not have."""
    known = [(name, part) for name, part in SWEEP_VIEW_KEYS.items() if name in fields]
    given = {part: make_printable(fields[name][0], MAX_PATH_LENGTH) for name, part in known}
    factors = {part: current_path(path) for part, path in given.items() if part in ("x", "y")}
    note_former_names([(given[part], path) for part, path in factors.items() if given[part] != path], notes)
    choices: dict[str, Any] = given | factors
    if above := choices.pop("above", ""):
        if NUMBER.fullmatch(above) and math.isfinite(float(above)):
            choices["above"] = float(above)
        else:
            notes.append(f"`above` must be a number, not “{make_printable(above, 30)}”. The default is used.")
    return SweepView(**choices)


def _read_name(name: str, fields: Mapping[str, list[str]]) -> str:
    return make_printable(fields.get(name, [""])[0], MAX_NAME_LENGTH).strip()


def _note_unknown_parts(fields: Mapping[str, Any], prefixes: list[str], notes: list[str]) -> None:
    known = {"page", "round", "v", "futures", "name", "talks", "charts", *SWEEP_VIEW_KEYS}
    known |= {f"{prefix}name" for prefix in prefixes}
    known |= {prefix + name for prefix in ("", "base.", *prefixes) for name in SETTING_KEYS}
    if unknown := sorted({*fields} - known):
        listed = ", ".join(f"“{make_printable(name, 30)}”" for name in unknown[:5])
        notes.append(f"The link contains unknown parts: {listed}.")


def _read_setting(prefix: str, fields: Mapping[str, list[str]], main: Setting, notes: list[str]) -> Setting:
    """Read one setting without its invalid parts."""
    scenario = fields.get(f"{prefix}s", [DEFAULT_SCENARIO])[0]
    seed = read_number(f"{prefix}seed", fields, main.seed, 0, MAX_SEED, notes)
    worlds = read_number(f"{prefix}worlds", fields, main.worlds, MIN_WORLDS, MAX_WORLDS, notes)
    try:
        scenario_of(Setting(scenario))
    except ScenarioError as error:
        problems = "; ".join(map(str, error.errors))
        notes.append(f"{problems}. {DEFAULT_SCENARIO} is shown, without the changes and events of the link.")
        return Setting(DEFAULT_SCENARIO, (), (), seed, worlds)
    unchanged = Setting(scenario, (), (), seed, worlds, fields.get(f"{prefix}plausible") == ["1"])
    changed = _with_changes(unchanged, fields.get(f"{prefix}set", []), notes)
    return _with_events(changed, fields.get(f"{prefix}event", []), notes)


def _with_changes(setting: Setting, texts: list[str], notes: list[str]) -> Setting:
    """Add the changes of a link: all at once if they are valid together, else one by one."""
    if len(texts) > MAX_CHANGES:
        notes.append(f"The link contains more than {MAX_CHANGES} changes. The others are ignored.")
    requested: dict[str, Any] = {}
    renamed: list[tuple[str, str]] = []
    for text in texts[:MAX_CHANGES]:
        path, colon, value = text.partition(":")
        try:
            if not colon or not path or len(path) > 300 or path.count(".") > 12:
                raise ValueError("must have the form PATH:VALUE")
            current = current_path(path)
            renamed += [(path, current)] if path != current else []
            requested.pop(current, None)
            requested[current] = parse_value(value)
        except (ValueError, RecursionError) as error:
            notes.append(f"The change “{make_printable(text, 80)}” is invalid: {make_printable(str(error), 80)}.")
    note_former_names(renamed, notes)
    changed = setting._replace(changes=tuple(requested.items()))
    try:
        scenario_of(changed)
        return changed
    except ScenarioError:
        return _apply_one_by_one(setting, changed.changes, notes)


def _apply_one_by_one(setting: Setting, changes: Sequence[tuple[str, Any]], notes: list[str]) -> Setting:
    for each in changes:
        longer = setting._replace(changes=(*setting.changes, each))
        try:
            scenario_of(longer)
            setting = longer
        except ScenarioError as error:
            notes.append(f"A change is invalid: {'; '.join(map(str, error.errors[:3]))}.")
    return setting


def _with_events(setting: Setting, texts: list[str], notes: list[str]) -> Setting:
    """Add the valid injected events of a link."""
    if len(texts) > MAX_EVENTS:
        notes.append(f"The link contains more than {MAX_EVENTS} events. The others are ignored.")
    events: list[Override] = []
    renamed: list[tuple[str, str]] = []
    for text in texts[:MAX_EVENTS]:
        try:
            event = parse_event(text)
            renamed += [(event.act, current_act(event.act))] if event.act != current_act(event.act) else []
            event = event._replace(act=current_act(event.act))
            check_events(setting._replace(events=(event,)))
            events.append(event)
        except ScenarioError as error:
            problems = "; ".join(str(each).removeprefix("moves.0.") for each in error.errors[:3])
            notes.append(f"The event “{make_printable(text, 80)}” is invalid: {problems}.")
    note_former_names(renamed, notes)
    return setting._replace(events=sort_events(events))
