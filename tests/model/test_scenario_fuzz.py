"""Fuzz tests: any file or change loads or is refused quickly, and any scenario that loads can run."""

import datetime
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from agents.assembly import Assembly
from dashboards.cli.options import parse_changes
from model.checks import OVERRIDE_RANGES
from model.columns import SERVICES
from model.errors import ScenarioError
from model.loading import apply_changes, build_scenario, find_scenario, load_scenario, read_scenario, scenario_names
from model.overrides import EVENT_KINDS
from model.parameter_space import every_parameter as settings_of
from model.protocol import ACT_INDEX, ACT_INDEX_BY_COLUMN, PROTOCOL
from model.scenario import Scenario
from model.world import axis_names

TIME_LIMIT = 5.0  # seconds for one file


FILES = {name: find_scenario(name).read_bytes() for name in scenario_names()}


DATA = {name: read_scenario(name) for name in scenario_names()}


SMALL = ["two-states", "us-dprk-1994", "us-iran-2026", "egypt-israel-1973"]


def many(examples: int) -> settings:
    """Return settings with a number of examples, the same in each run."""
    return settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )


def nested(depth: int) -> dict[str, Any]:
    """Return tables nested to a depth."""
    inner: dict[str, Any] = {}
    for _ in range(depth):
        inner = {"a": inner}
    return inner


HOSTILE_VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2.5, -0.0, 1e308, math.nan, math.inf, -math.inf, 10**30, -(10**30), 10**400, 1 << 20000,
    "", "en", "x" * 5000, "us", "iran", "alba", "A", "\x1b[2J", "\ud800", "ß", [], [[]], [None], [0] * 2000, ["us", "us"],
    {}, {"en": 1}, {"en": "x"}, {"us": {}}, {"": 1}, nested(60), nested(20_000), [nested(60)], [{"round": 1}],
    [{"round": 1, "kind": ["election"]}], [{"round": 1, "act": {}, "value": 1.0}],
    datetime.date(2020, 1, 1), datetime.time(12), b"bytes", 1j, (1, 2), {1, 2}, Exception,
]  # fmt: skip


TOKENS = [
    b"nan", b"inf", b"-1", b"1e400", b"9" * 5000, b"0x" + b"f" * 6000, b"[", b"]]", b"{", b"}", b'"', b'"""', b"=", b".",
    b"\n", b"\r", b"\x00", b"\xff", b"\xed\xa0\x80", b"\\u0000", b"true", b"1979-05-27", b"[" * 3000, b"{a=" * 3000,
    b"a" + b".a" * 3000, b"#", b"us", b"[[events]]", b"\xef\xbb\xbf", b"'", b"+", b"1_000", b"\n[states]\n",
]  # fmt: skip


def load_or_refuse(load: Any) -> Scenario | ScenarioError:
    """Return the scenario, or the error, which must have printable messages."""
    started = time.process_time()
    try:
        result = load()
    except ScenarioError as error:
        result = error
        lines = [str(each) for each in error.errors]
        assert lines
        assert all(": " in line and len(line) < 1500 and "\n" not in line for line in lines)
    assert time.process_time() - started < TIME_LIMIT
    assert isinstance(result, Scenario | ScenarioError)
    return result


@st.composite
def mutated_bytes(draw: st.DrawFn) -> bytes:
    """Draw a shipped file with some bytes replaced, dropped or doubled, or with hostile ones inserted."""
    content = FILES[draw(st.sampled_from(sorted(FILES)))]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        end = min(at + draw(st.sampled_from([0, 1, 1, 2, 5, 40, 2000])), len(content))
        way = draw(st.sampled_from(["token", "token", "noise", "drop", "double", "cut"]))
        put = {"drop": b"", "double": content[at:end] * 2, "cut": b""}.get(way)
        if way == "token":
            put = draw(st.sampled_from(TOKENS))
        elif way == "noise":
            put = draw(st.binary(min_size=1, max_size=8))
        content = content[:at] + (put or b"") + (b"" if way == "cut" else content[end:])
    return content


@many(250)
@given(content=mutated_bytes())
def test_a_file_with_mutated_bytes_loads_or_is_refused(content, tmp_path_factory):
    file = tmp_path_factory.getbasetemp() / "mutated.toml"
    file.write_bytes(content)
    load_or_refuse(lambda: load_scenario(file))


@many(100)
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda words: words.encode("utf-8", "replace")))
def test_a_file_of_random_bytes_is_refused(content, tmp_path_factory):
    file = tmp_path_factory.getbasetemp() / "noise.toml"
    file.write_bytes(content)
    assert isinstance(load_or_refuse(lambda: load_scenario(file)), ScenarioError)


def paths(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths in plain data, from the top down, to a depth of 20."""
    if len(at) > 20:
        return [at]
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [at, *(path for key, value in inner for path in paths(value, (*at, key)))]


def put(data: Any, path: tuple[Any, ...], value: Any, way: str) -> Any:
    """Return a copy of plain data with one path set or dropped, or with an additional key."""
    if not path:
        return {**data, "surprise": value} if way == "add" and isinstance(data, dict) else value
    key, *rest = path
    copied: Any = dict(data) if isinstance(data, dict) else list(data)
    if way == "drop" and not rest:
        del copied[key]
    else:
        copied[key] = put(copied[key], tuple(rest), value, way)
    return copied


@st.composite
def mutated_data(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the data of a shipped scenario with arbitrary values at some paths."""
    data = DATA[draw(st.sampled_from(sorted(DATA)))]
    anything = st.sampled_from(HOSTILE_VALUES) | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    )
    for _ in range(draw(st.integers(1, 3))):
        places = [path for path in paths(data) if path]
        shallow = [path for path in places if len(path) <= 3]
        path = draw(st.sampled_from(places) | st.sampled_from(shallow))
        data = put(data, path, draw(anything), draw(st.sampled_from(["set", "set", "add", "drop"])))
    return data


@many(300)
@given(data=mutated_data())
def test_mutated_data_loads_or_is_refused(data):
    load_or_refuse(lambda: build_scenario(data))


@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=range(len(HOSTILE_VALUES)))
def test_hostile_values_at_any_path_load_or_are_refused(value):
    """Each hostile value at each path of the smallest scenario."""
    data = DATA["two-states"]
    for path in paths(data)[1:]:
        load_or_refuse(lambda path=path: build_scenario(put(data, path, value, "set")))


KNOWN = sorted({each.path for name in SMALL for each in settings_of(load_scenario(name))})


PARTS = [
    "",
    "states",
    "us",
    "resolve",
    "negotiations",
    "rungs",
    "events",
    "0",
    "moves",
    "en",
    "a b",
    "ü",
    "[",
    "\ud800",
]


SET_PATHS = st.sampled_from(KNOWN) | st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map(".".join) | st.text()


SET_VALUES = st.sampled_from(
    ["", "1", "nan", "-inf", "true", '"x"', "[1]", "[" * 3000, "{a=1}", "9" * 5000, "1e999", "x\ny=1", "1 # 2", "\x00", "=",
     "\ud800", "1979-05-27", "{a" + ".a" * 3000 + "=1}", "'''", "0x" + "f" * 6000]
) | st.text(max_size=8)  # fmt: skip


@many(250)
@given(texts=st.lists(st.tuples(SET_PATHS, SET_VALUES).map("=".join) | st.text(max_size=9), min_size=1, max_size=3))
def test_command_line_changes_load_or_are_refused(texts):
    load_or_refuse(lambda: load_scenario("us-iran-2026", parse_changes(texts)))


@st.composite
def playable(draw: st.DrawFn) -> Scenario:
    """Draw a scenario that loads: parameters at their bounds, with valid events and moves."""
    name = draw(st.sampled_from(SMALL))
    scenario = load_scenario(name)
    known = settings_of(scenario)
    changes: dict[str, Any] = {}
    for each in draw(st.lists(st.sampled_from(known), max_size=40, unique_by=lambda each: each.path)):
        end = draw(st.sampled_from([each.low, each.high]))
        changes[each.path] = int(end) if each.whole else end
    for each in draw(st.lists(st.sampled_from(sorted(DATA[name].get("mechanisms", {"noise": True}))), max_size=3)):
        changes[f"mechanisms.{each}"] = draw(st.booleans())
    events, moves = [], []
    for kind in draw(st.lists(st.sampled_from(sorted(EVENT_KINDS)), max_size=4)):
        row = cell_names(scenario, EVENT_KINDS[kind].act, lambda names: draw(st.sampled_from(names)))
        events.append({"round": draw(st.integers(1, 3)), "kind": kind} | row)
    for act in draw(st.lists(st.sampled_from([*ACT_INDEX, *ACT_INDEX_BY_COLUMN]), max_size=8)):
        value = draw(st.sampled_from([*value_range(act), 0.0, 1.0, -1.0, 2.0, 9.0, 100.0, 1e6, -5.0, 0.5, 50.0, -50.0]))
        row = cell_names(scenario, act, lambda names: draw(st.sampled_from(names)))
        moves.append({"round": draw(st.integers(1, 3)), "act": act, "value": value} | row)
    data = {**apply_changes(DATA[name], changes), "events": [], "moves": []}
    data["events"] = [row for row in events if is_accepted(data, "events", row)]
    data["moves"] = [row for row in moves if is_accepted(data, "moves", row)]
    try:
        return build_scenario(data)
    except ScenarioError:  # two changes that are incompatible
        assume(False)
        raise


def value_range(act: str) -> list[float]:
    """Return the range of an act's values."""
    low, high = OVERRIDE_RANGES.get(PROTOCOL[ACT_INDEX.get(act, ACT_INDEX_BY_COLUMN.get(act, 0))].column, (0, 1))
    return [float(low), float(high)]


def cell_names(scenario: Scenario, act: str, choose: Callable[[list[str]], str]) -> dict[str, str]:
    """Return the names of a cell of an act."""
    talks, row = choose(list(scenario.negotiations)), {}
    known = {
        "negotiation": [talks], "side": scenario.negotiations[talks].parties, "service": list(SERVICES),
        "rung": axis_names(scenario).rung[list(scenario.negotiations).index(talks)], "state": list(scenario.states),
        "facilitator": list(scenario.facilitators), "body": list(scenario.bodies), "spoiler": list(scenario.spoilers),
    }  # fmt: skip
    for axis in PROTOCOL[ACT_INDEX.get(act, ACT_INDEX_BY_COLUMN.get(act, 0))].axes:
        key = "negotiation" if axis == "negotiation" else "counterpart" if axis in ("rung", "service") else "actor"
        key = "counterpart" if key == "actor" and "actor" in row else key
        if known.get(axis):
            row[key] = choose(known[axis])
    return row


def is_accepted(data: dict[str, Any], key: str, row: dict[str, Any]) -> bool:
    """Return whether one event or move alone is accepted."""
    try:
        build_scenario({**data, "events": [], "moves": [], key: [row]})
    except ScenarioError as error:
        return not any(each.path.startswith(key) for each in error.errors)
    return True


@pytest.mark.uncompiled
@many(80)
@given(scenario=playable(), seed=st.integers(0, 2**63 - 1))
def test_a_scenario_that_loads_can_run(scenario, seed):
    model = Assembly(scenario, rng=seed).run(3)
    assert model.round == 3
    assert np.isfinite(model.trajectory).all()
    assert all(row.sentence for row in model.ledger.rows)
    assert len(model.ledger.digest()) == 64


@pytest.mark.uncompiled
def test_every_act_can_be_set_to_the_ends_of_its_range():
    rows, data = {}, DATA["us-iran-2026"]
    for act in ACT_INDEX:
        for end in (0, 1):
            row = cell_names(load_scenario(data), act, lambda names: names[0]) | {
                "round": 2,
                "act": act,
                "value": value_range(act)[end],
            }
            if "actor" in row and row["actor"] == row.get("counterpart"):
                row["counterpart"] = "iran"
            if is_accepted(data, "moves", row):
                model = Assembly(build_scenario({**data, "moves": [row]}), rng=1).run(4)
                assert np.isfinite(model.trajectory).all(), row
                rows[act] = len(model.ledger.rows)
    assert {*ACT_INDEX} - {*rows} == {"remember_compliance", "draw_random_numbers"}  # these cannot be set
