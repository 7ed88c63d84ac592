"""Names of earlier versions. Files, links and commands that contain one keep working.

``PATHS`` maps parameters and tables of a scenario (``*`` is any one name), ``ACTS`` acts of the protocol, and
``COLUMNS`` columns of the world. A warning gives the current name of each former name. ``REPLACED`` says what replaced
a parameter that no other one equals: its value would mean something else now, so it is an error that says so. So is a
value of a parameter that the rules fix at another one (``fixed_parameters``).
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from model.errors import InputError, ScenarioError
from model.fixed_parameters import FIXED, drop_fixed, has_fixed_value

PATHS = {
    "spoilers.attack_near_deal": "attacks.attack_near_deal",
    "spoilers.stopped_if_trustworthy": "attacks.stopped_if_trustworthy",
    "spoilers.stopped_if_not": "attacks.stopped_if_untrustworthy",
    "outsiders": "spoilers",
    "mechanisms.audience": "mechanisms.audience_costs",
    "states.*.patience": "states.*.discount_factor",
    "contact.pain_needed": "contact.pain_threshold",
    "contact.way_out_needed": "contact.way_out_threshold",
    "contact.pressing_costs": "contact.cost_of_pressure",
    "facilitation.shading": "facilitation.distortion",
    "facilitation.kinship": "facilitation.affinity",
}

SPELLS = "contact comes in spells: see `contact.contact_start`, `contact.contact_stop`, `contact.tension_ends_contact`"
ABANDONMENT = (
    "a ladder no longer falls by a draw: a side withdraws, more likely under tension; see `ladder.abandonment`"
)
SHOCKS = "one number sets the shocks of both processes: see `environment.shock_size`"
REPLACED = {
    "environment.oil_noise": SHOCKS,
    "environment.region_noise": SHOCKS,
    "contact.contact_probability": SPELLS,
    "contact.contact_ease": SPELLS,
    "contact.tension_blocks_contact": SPELLS,
    "contact.contact_chill": SPELLS,
    "contact.contact_persistence": SPELLS,
    "contact.contact_habit": SPELLS,
    "ladder.collapse_chance": ABANDONMENT,
    "ladder.tension_collapses": ABANDONMENT,
}

STUDY_KEYS = {"common_dice": "common_random_numbers"}

ACTS = {
    "roll_dice": "draw_random_numbers",
    "settle_type": "draw_government_type",
    "be_present": "update_presence",
    "tire": "update_fatigue",
    "spend": "pay_for_tasks",
    "shade": "distort_messages",
    "host": "host_exchange",
    "step_forward": "take_initiative",
    "judge_oneself": "judge_own_standing",
    "judge_other": "judge_other_standing",
    "dismay_at": "weigh_violence",
    "remember_kept": "update_good_evidence",
    "remember_broken": "update_bad_evidence",
    "revise_trust": "update_trust",
    "judge": "update_credibility",
    "harden": "update_posture",
    "pick_rung": "select_rung",
    "grow_impatient": "update_impatience",
    "weigh_reservation": "set_reservation_value",
    "table": "propose",
    "place_offer": "make_offer",
    "give_answer": "answer_proposal",
    "look_ahead": "find_next_stake",
    "record": "remember_compliance",
    "report_on": "report_findings",
    "suspect": "update_suspicion",
    "rub": "resolve_friction",
    "count_absence": "count_withdrawal",
    "advance": "advance_ladder",
    "grow_old": "age_rungs",
    "stay_barred": "bar_inspectors",
    "earn": "record_compliance",
    "betray": "record_betrayal",
    "press": "set_pressure",
    "run_programme": "set_programme",
    "strike": "attack_talks",
    "sway": "update_support",
    "bind_by_words": "update_audience_cost",
}

COLUMNS = {
    "dice": "random_draws",
    "region": "regional_tension",
    "credit": "credibility",
    "slant": "message_bias",
    "standing_before": "previous_standing",
    "esteem": "perceived_standing",
    "dismay": "violence_factor",
    "kept": "good_evidence",
    "broken": "bad_evidence",
    "stood": "previous_status",
    "seeks": "seeks_talks",
    "tabled": "proposed",
    "reservation": "reservation_value",
    "remembered": "past_compliance",
    "left": "rounds_withdrawn",
    "earned": "honoured_stake",
    "betrayed": "betrayed_stake",
    "barred": "inspectors_barred",
    "pressure_before": "previous_pressure",
    "audience": "audience_cost",
    "age": "status_age",
    "slip": "miscarried",
}


class FormerNameWarning(FutureWarning):
    """A file, link or command uses names of an earlier version."""


def current_path(path: str) -> str:
    """Return a dotted path into a scenario with its current names."""
    parts = path.split(".")
    for former, current in PATHS.items():
        pattern = former.split(".")
        is_table = former == "outsiders"  # everything in it is renamed with it
        if (len(parts) > len(pattern) and not is_table) or len(parts) < len(pattern):
            continue
        if all(a in ("*", b) for a, b in zip(pattern, parts, strict=False)):
            names = iter([b for a, b in zip(pattern, parts, strict=False) if a == "*"])
            renamed = [next(names) if part == "*" else part for part in current.split(".")]
            return ".".join([*renamed, *parts[len(pattern) :]])
    return path


def unknown_path(where: str, path: str, name: str, known: Iterable[str], kind: str) -> InputError:
    """Return an error for a path that is no parameter: what replaced it, else the closest known name."""
    if path in REPLACED:
        return InputError(where, "", f"is no parameter of this version: {REPLACED[path]}")
    if path in FIXED:
        return InputError(where, "", f"is no parameter of this version: the rules fix it at {FIXED[path]:g}")
    return InputError.unknown_name(where, name, known, kind)


def current_act(name: str) -> str:
    """Return the current name of an act, or of the column it decides."""
    return ACTS.get(name, COLUMNS.get(name, name))


def current_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes (dotted path to value) under their current paths, with one warning for all former ones.

    Raises ScenarioError if a path is not text, or a value is given under both its names.
    """
    if errors := [InputError("set", path, "each path must be text") for path in changes if not isinstance(path, str)]:
        raise ScenarioError(errors)
    renamed = {path: current_path(path) for path in changes}
    if errors := find_doubled(renamed):
        raise ScenarioError(errors)
    warn((path, now) for path, now in renamed.items() if path != now)
    return {renamed[path]: value for path, value in changes.items() if not has_fixed_value(path, value)}


def find_doubled(renamed: Mapping[str, str], table: str = "") -> list[InputError]:
    """Return an error for each former name whose current name is given as well; ``renamed`` maps all names given."""
    return [
        InputError(table + former, "", f"is the former name of `{now}`, which is given as well")
        for former, now in renamed.items()
        if former != now and now in renamed
    ]


def current_scenario(data: Mapping[str, Any], where: str = "scenario") -> dict[str, Any]:
    """Return the plain data of a scenario under its current names, in the current format; ``data`` is not changed.

    Warns once for all former names. Raises ScenarioError if a value is given under both its names.
    """
    renamed: list[tuple[str, str]] = []
    current = dict(data)
    for former in PATHS:
        for path in list(_matches(current, former.split("."))):
            renamed.append((path, current_path(path)))
            _move(current, *renamed[-1])
    drop_fixed(current)
    _rename_acts(current, renamed)
    _rename_suggestions(current, renamed)
    if data.get("format") == 1:
        current["format"] = 2
    warn(renamed, where)
    return current


def warn(names: Iterable[tuple[str, str]], where: str = "") -> None:
    """Warn about former names, in one line with the current ones; do nothing if there are none."""
    if line := describe_former_names(names):
        warnings.warn(f"{where}: {line}" if where else line, FormerNameWarning, stacklevel=3)


def describe_former_names(names: Iterable[tuple[str, str]]) -> str:
    """Describe former names in one line, the first five of them; empty if there are none."""
    renamed = list(dict.fromkeys(names))
    listed = ", ".join(f"`{former}` is now `{current}`" for former, current in renamed[:5])
    more = f", and {len(renamed) - 5} more" if len(renamed) > 5 else ""
    return f"names of an earlier version: {listed}{more}" if renamed else ""


def _matches(data: Any, pattern: list[str], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the dotted paths of plain data that match a pattern."""
    if not pattern:
        yield ".".join(path)
    elif isinstance(data, Mapping):
        for name in data if pattern[0] == "*" else {pattern[0]} & {*data}:
            if isinstance(name, str) and "." not in name:  # others are no valid names
                yield from _matches(data[name], pattern[1:], (*path, name))


def _move(data: dict[str, Any], former: str, current: str) -> None:
    """Move a value to its current path; the tables along both paths are copied, and an emptied one is removed."""
    *tables, last = former.split(".")
    place, above = data, data
    for name in tables:
        place[name] = dict(place[name])
        above, place = place, place[name]
    value = place.pop(last)
    if tables and not place:
        del above[tables[-1]]
    place = data
    *tables, last = current.split(".")
    for name in tables:
        if not isinstance(place.get(name, {}), Mapping):
            raise ScenarioError([InputError(name, "", "is not a table")])
        place[name] = dict(place.get(name, {}))
        place = place[name]
    if last in place:
        raise ScenarioError([InputError(former, "", f"is the former name of `{current}`, which is given as well")])
    place[last] = value


def _rename_acts(data: dict[str, Any], former_acts: list[tuple[str, str]]) -> None:
    """Rename the acts of forced moves."""
    moves = data.get("moves")
    if not isinstance(moves, list):
        return
    renamed = []
    for number, move in enumerate(moves):
        act = move.get("act") if isinstance(move, Mapping) else None
        if isinstance(act, str) and current_act(act) != act:
            former_acts.append((f"moves.{number}.act: {act}", current_act(act)))
            move = {**move, "act": current_act(act)}
        renamed.append(move)
    data["moves"] = renamed


def _rename_suggestions(data: dict[str, Any], renamed: list[tuple[str, str]]) -> None:
    """Rename the paths of things to try."""
    things = data.get("try")
    if not isinstance(things, list):
        return
    suggestions = []
    for thing in things:
        changes = thing.get("set") if isinstance(thing, Mapping) else None
        if isinstance(changes, Mapping):
            paths = {path: current_path(str(path)) for path in changes}
            if errors := find_doubled({str(path): now for path, now in paths.items()}, "try.set."):
                raise ScenarioError(errors)
            renamed += [(str(path), now) for path, now in paths.items() if path != now]
            thing = {**thing, "set": {paths[path]: value for path, value in changes.items()}}
        suggestions.append(thing)
    data["try"] = suggestions
