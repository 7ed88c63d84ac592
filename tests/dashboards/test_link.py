"""Links: round trip, and robust parsing with notes about invalid parts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards import uploads
from dashboards.link_text import format_value, parse_value
from dashboards.page_link import (
    DEFAULT_SCENARIO,
    MAX_SEED,
    MAX_WORLDS,
    PAGES,
    Link,
    Setting,
    SweepView,
    format_link,
    parse_link,
    scenario_of,
    shipped_names,
    sort_events,
)
from model.errors import ScenarioError
from model.loading import load_scenario, read_scenario
from model.overrides import Override
from model.parameter_space import every_parameter as settings_of
from model.version import VERSION, describe_other_model, model_version

PARAMETERS = {name: settings_of(load_scenario(name)) for name in shipped_names()}
SWITCHES = ("facilitation", "noise", "spoilers", "alliances")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@st.composite
def changes(draw, name):
    chosen = draw(st.lists(st.sampled_from(PARAMETERS[name]), max_size=6, unique_by=lambda parameter: parameter.path))
    found = {}
    for parameter in chosen:
        numbers = (
            st.integers(int(parameter.low), int(parameter.high))
            if parameter.whole
            else st.floats(parameter.low, parameter.high)
        )
        found[parameter.path] = draw(numbers)
    found |= {f"mechanisms.{switch}": draw(st.booleans()) for switch in draw(st.sets(st.sampled_from(SWITCHES)))}
    if draw(st.booleans()):
        found["title.en"] = draw(TEXTS)
    return tuple(found.items())


@st.composite
def events(draw, name):
    shock = Override(draw(st.integers(1, 60)), "drift_oil", value=draw(st.floats(-5, 5)))
    talks = next(iter(load_scenario(name).negotiations))
    contact = Override(draw(st.integers(1, 60)), "hold_talks", talks, value=float(draw(st.booleans())))
    return sort_events(draw(st.lists(st.sampled_from([shock, contact]), max_size=4)))


@st.composite
def some_settings(draw):
    name = draw(st.sampled_from(shipped_names()))
    seed, worlds = draw(st.integers(0, MAX_SEED)), draw(st.integers(20, MAX_WORLDS))
    return Setting(name, draw(changes(name)), draw(events(name)), seed, worlds)


@st.composite
def links(draw):
    setting = draw(some_settings())
    round_number = draw(st.integers(0, scenario_of(setting).rounds))
    arms = tuple(draw(st.lists(some_settings(), max_size=3)))
    names = tuple(draw(st.sampled_from(["", "As it is", "A & B <i>", "ün=1"])) for _ in range(1 + len(arms)))
    link = Link(setting, draw(st.sampled_from(PAGES)), draw(st.none() | some_settings()), arms, round_number)
    talks = draw(st.sampled_from(["", *scenario_of(setting).negotiations]))
    charts = tuple(draw(st.lists(st.sampled_from(["pressure", "support", "contact"]), unique=True)))
    futures, arm_names = draw(st.integers(100, 1000)), names if any(names) else ()
    paths = st.sampled_from(["", "runs/grid", "states.us.dialogue", "a folder/“x” & y=1", "true", "7"])
    view = SweepView(*(draw(paths) for _ in range(4)), draw(st.none() | st.floats(-1e6, 1e6)))
    return link._replace(futures=futures, names=arm_names, talks=talks, charts=charts, sweep_view=view)


def assert_usable(link: Link) -> None:
    """Assert that a page can show a link."""
    for setting in (link.setting, *link.arms, *filter(None, [link.baseline])):
        assert scenario_of(setting).rounds >= link.round or setting != link.setting
    assert link.page in PAGES


@settings(deadline=None, max_examples=150)
@given(links())
def test_a_link_survives_a_round_trip(link):
    try:
        assert_usable(link)
    except ScenarioError:  # some combinations are invalid
        return
    assert parse_link(format_link(link)) == (link, [])


@settings(deadline=None, max_examples=300)
@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "s=us-iran-2026",
                "s=<script>",
                "s=../../etc/passwd",
                "s=file:x",
                "set=states.us.dialogue:0.6",
                "set=rounds:1200",
                "set=states.us:3",
                "set=title.en:%22<b>%22",
                "set=a.b.c:1e999",
                "set=:::",
                "set=x:[[[[",
                "set=%FF:%00",
                "event=1,drift_oil,,,,nan",
                "event=1,drift_oil,,,,inf",
                "event=9,drift_oil,,,,1",
                "event=x",
                "event=1,2,3,4,5,6",
                "seed=1e9",
                "seed=-3",
                "seed=%D9%A3",
                "worlds=999999999999",
                "worlds=",
                "page=nowhere",
                "round=10000000",
                "base.s=",
                "arm1.s=two-states",
                "arm2.set=x:1",
                "arm9.s=us",
                "v=",
                "v=9.9",
                "&&&",
                "=",
                "%",
            ]
        ),
        max_size=8,
    ).map("&".join)
)
def test_any_address_opens_a_page(query):
    link, notes = parse_link(query)
    assert_usable(link)
    assert all(isinstance(note, str) for note in notes)
    assert parse_link(format_link(link)) == (link, [])


@pytest.mark.parametrize("above", ["nan", "inf", "1e999", "true", "0.5x"])
def test_the_threshold_must_be_a_number(above):
    link, notes = parse_link(f"s=two-states&folder=runs/grid&above={above}")
    assert (link.sweep_view.folder, link.sweep_view.above) == ("runs/grid", None)
    assert "`above` must be a number" in notes[0]


def test_a_link_is_short_and_readable():
    link = Link(Setting(DEFAULT_SCENARIO, (("states.us.dialogue", 0.6), ("mechanisms.facilitation", False))))
    assert format_link(link) == (
        "s=us-iran-2026&set=states.us.dialogue:0.6&set=mechanisms.facilitation:false&seed=1&worlds=1000&v=0.2.0"
    )


def test_values_keep_their_type():
    values = (("a.whole", 3), ("a.real", 3.0), ("a.word", "3"), ("a.no", "false"), ("a.words", ("x", "y: & z")))
    query = format_link(Link(Setting(DEFAULT_SCENARIO, values)))
    notes = parse_link(query)[1]
    assert len(notes) == 5  # there is no `a`, so each change is invalid
    assert [parse_value(format_value(value)) for _, value in values] == [value for _, value in values]
    assert [type(parse_value(format_value(value))) for _, value in values] == [type(value) for _, value in values]


def test_invalid_parts_are_omitted_with_a_note():
    link, notes = parse_link("set=states.us.dialogue:7&set=states.us.resolve:0.3&event=3,drift_oil,,,,99&round=7")
    assert link == Link(Setting(DEFAULT_SCENARIO, (("states.us.resolve", 0.3),)), round=7)
    assert len(notes) == 2
    assert "states.us.dialogue: must be between 0.0 and 1.0" in notes[0] or "between 0 and 1" in notes[0]
    assert "3,drift_oil,,,,99" in notes[1]


def test_a_link_of_another_version_opens_with_a_note():
    link, notes = parse_link("s=two-states&seed=5&v=0.0.9")
    assert link == Link(Setting("two-states", seed=5))
    sentence = "Made with the model of Detente 0.0.9; this version plays it by other rules, so the run differs."
    assert notes == [sentence]
    assert parse_link(f"s=two-states&seed=5&v={VERSION}") == (link, [])
    assert parse_link(f"s=two-states&seed=5&v={model_version(VERSION)}.99") == (link, [])


def test_a_link_of_the_first_model_opens_with_a_note():
    query = "s=us-iran-2026&set=states.us.dialogue:0.6&event=14,choose_channel,nuclear,,,2.0&seed=7&worlds=200&v=0.1.0"
    link, notes = parse_link(query)
    assert (link.setting.changes, link.setting.seed) == ((("states.us.dialogue", 0.6),), 7)
    assert len(link.setting.events) == 1
    assert notes == [describe_other_model("0.1.0")]
    assert "Detente 0.1.0" in notes[0]


def test_an_upload_opens_only_on_its_server():
    data = {**read_scenario("two-states"), "name": "our-own"}
    name = uploads.store_upload(data)
    assert name.startswith("file:our-own.")
    assert parse_link(format_link(Link(Setting(name)))) == (Link(Setting(name)), [])
    assert scenario_of(Setting(name)).name == "our-own"
    elsewhere, notes = parse_link("s=file:our-own.0123456789abcdef01234567&set=states.us.resolve:0.3")
    assert elsewhere == Link()
    assert "upload it first" in notes[0]


def test_an_unknown_path_is_reported_by_the_loader():
    with pytest.raises(ScenarioError, match="did you mean `dialogue`"):
        scenario_of(Setting(DEFAULT_SCENARIO, (("states.us.dialog", 0.5),)))
