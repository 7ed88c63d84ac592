"""Events and moves of a scenario: names of cells, and values in the column's range."""

import pytest
from support.scenario_errors import load_errors, only_error, rich_scenario, with_event, with_move

from model.enumerations import RungStatus
from model.errors import ScenarioError
from model.loading import build_scenario, load_scenario
from model.overrides import EVENT_KINDS, Override, collect_overrides, resolve_override
from model.protocol import ACT_INDEX, ACT_INDEX_BY_COLUMN, PROTOCOL
from model.world import World


def test_an_unknown_event_kind_is_reported():
    assert only_error(rich_scenario(), with_event("electoin", actor="alba")).startswith(
        "events.0.kind: no such kind of event; did you mean `election`?"
    )


def test_an_unknown_act_is_reported():
    assert only_error(rich_scenario(), with_move("take_initiatives")).startswith(
        "moves.0.act: no such act; did you mean `take_initiative`?"
    )


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_an_event_without_a_required_name_is_reported(kind):
    errors = load_errors(rich_scenario(), with_event(kind))
    for need in EVENT_KINDS[kind].needs:
        assert any(error.startswith(f"events.0.{need}: is missing; `{kind}` needs a") for error in errors)
    assert len(errors) == len(EVENT_KINDS[kind].needs)


def test_an_unused_name_in_an_event_or_move_is_reported():
    assert "events.0.negotiation: is not used by `election`" in only_error(
        rich_scenario(), with_event("election", actor="alba", negotiation="talks")
    )
    assert "moves.0.counterpart: is not used by `change_government`" in only_error(
        rich_scenario(), with_move("change_government", actor="alba", counterpart="borea")
    )


def test_an_event_cannot_end_before_it_begins():
    good = with_event("silence", negotiation="talks", until=2)
    assert load_errors(rich_scenario(), good) == []
    assert "events.0.until: must not be before the event's first round (found 1)" in only_error(
        rich_scenario(), with_event("silence", negotiation="talks", until=1)
    )


def test_a_state_cannot_act_on_itself():
    assert "events.0.counterpart: must differ from the actor" in only_error(
        rich_scenario(), with_event("hostile_act", actor="alba", counterpart="alba")
    )


@pytest.mark.parametrize(
    ("changes", "low", "high"),
    [
        (with_event("leak", negotiation="talks"), 0, 2),
        (with_event("pressure_step", actor="alba", counterpart="borea"), 0, 1),
        (with_move("advance_ladder", negotiation="talks", counterpart="step-1"), 0, max(RungStatus)),
        (with_move("answer_proposal", negotiation="talks", actor="alba"), -1, 1),
        (with_move("select_rung", negotiation="talks"), -1, 2),
        (with_move("resolve_friction", negotiation="talks"), 0, 2),
        (with_move("draw_stance", actor="alba"), -5, 5),
        (with_move("choose_author", negotiation="talks"), -1, 2),
        (with_move("update_good_evidence", actor="alba", counterpart="borea"), 1, 1e6),
    ],
)
def test_event_and_move_values_stay_in_the_column_range(changes, low, high):
    ((key, (row,)),) = changes.items()
    for value in (low, high):
        assert load_errors(rich_scenario(), {key: [{**row, "value": float(value)}]}) == []
    for value in (low - 1, high + 1):
        assert f"must be between {low} and {high}" in "".join(
            load_errors(rich_scenario(), {key: [{**row, "value": float(value)}]})
        )


def test_an_integer_column_refuses_a_fraction():
    assert "moves.0.value: must be a whole number" in only_error(
        rich_scenario(), with_move("seek_talks", 0.5, actor="alba", negotiation="talks")
    )


def test_each_combination_of_names_is_refused_or_playable():
    """Each act, by name and by column, with each actor, counterpart and negotiation, valid and invalid."""
    data, accepted = rich_scenario(), set()
    actors = (None, "alba", "third-0", "helper", "watch", "wreckers", "nobody")
    for act in {*ACT_INDEX, *ACT_INDEX_BY_COLUMN}:
        number = ACT_INDEX.get(act, ACT_INDEX_BY_COLUMN.get(act, -1))
        for actor in actors:
            for counterpart in (*actors[:4], "step-2", "clarity"):
                for talks in (None, "talks", "nothing"):
                    names = {"actor": actor, "counterpart": counterpart, "negotiation": talks}
                    row = {key: name for key, name in names.items() if name is not None}
                    try:
                        scenario = build_scenario({**data, **with_move(act, 1.0, **row)})
                    except ScenarioError:
                        continue
                    (place,) = collect_overrides(scenario)
                    column = getattr(World(scenario, 1), PROTOCOL[number].column)
                    assert place.act == number
                    assert 0 <= place.cell < column.size
                    accepted.add(number)
    unaddressable = {"remember_compliance", "draw_random_numbers"}  # past rounds and draws have no names
    assert {PROTOCOL[number].name for number in accepted} == {*ACT_INDEX} - unaddressable


def test_a_name_unknown_to_an_override_is_refused_in_a_file():
    with pytest.raises(ScenarioError, match="no such state"):
        resolve_override(build_scenario(rich_scenario()), Override(2, "set_pressure", None, "alba", "nobody", 1.0))
    assert "no such state" in only_error(rich_scenario(), with_move("set_pressure", actor="alba", counterpart="nobody"))


def test_a_move_can_name_a_bundle_of_rungs():
    changes = {
        "negotiations.talks.bundling": 2,
        **with_move("advance_ladder", negotiation="talks", counterpart="step-1+step-2"),
    }
    assert len(collect_overrides(load_scenario(rich_scenario(), changes))) == 1
    assert "no such rung" in only_error(
        rich_scenario(), {**changes, **with_move("advance_ladder", negotiation="talks", counterpart="step-1")}
    )
