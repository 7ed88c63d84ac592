"""The visibility of facts to seats and the projector."""

import json

import numpy as np
import pytest
from support.classroom import play_turns, serve_api

from dashboards.classroom.game.visibility import HiddenError, Observer
from dashboards.classroom.views import role_cards as cards
from dashboards.classroom.views.message_keys import MESSAGE_KEYS
from dashboards.classroom.views.student import student_view
from model.columns import COLUMNS
from model.enumerations import Doctrine
from model.loading import scenario_names
from model.rules.lookups import narrative_burden


def test_no_seat_sees_hidden_cells(context):
    """The view of a seat must not change when hidden cells change, one column at a time."""
    _, lesson, people = play_turns(context, "us-iran-2026", turns=9)
    lesson.phase = "playing"
    world, n_hidden = lesson.simulation.world, 0

    def view(seat):
        lesson._cache.clear()
        return json.dumps(student_view(lesson, people[seat], "Mina", seat, False))

    for seat in ("us", "iran", *(name for name, kind in lesson.seat_kinds().items() if kind != "state")):
        observer, before = Observer(world, lesson.scenario, seat), view(seat)
        for column in COLUMNS:
            cells = getattr(world, column.name)
            hidden = [at for at in np.ndindex(cells.shape) if not observer.can_see(column.name, *at)]
            if not hidden:
                continue
            saved = cells.copy()
            for at in hidden:
                cells[at] = 1 - cells[at] if column.kind == "integer" else 0.37 + 0.5 * cells[at]
            after = view(seat)
            cells[...] = saved
            n_hidden += len(hidden)
            assert after == before, f"{seat} sees {column.name}"
    assert n_hidden > 300
    with pytest.raises(HiddenError):
        Observer(world, lesson.scenario, "us")("trust", 1, 0)


def test_added_doctrine_is_named_on_the_card(context, monkeypatch):
    assert tuple(Doctrine.__members__) == cards.DOCTRINES
    _, lesson, people = play_turns(context, turns=1)
    monkeypatch.setattr(cards, "DOCTRINES", (*cards.DOCTRINES, "forbearance"))
    lesson.simulation.world.doctrine[0] = 4
    lesson._cache.clear()
    card = student_view(lesson, people["alba"], "Mina", "alba", False)["card"]
    (habit,) = [each for each in card["interests"] if "doctrine" in each["key"]]
    assert (habit["key"], habit["names"]) == ("card.doctrine.other", {"doctrine": "forbearance"})


def test_card_shows_the_cost_of_steps_to_its_own_party_only(context):
    _, lesson, people = play_turns(context, "us-iran-2026", turns=1)
    costs = {}
    for seat in ("us", "iran", "oman"):
        card = student_view(lesson, people[seat], "Mina", seat, False)["card"]
        costs[seat] = [each["burden"] and each["burden"]["numbers"]["percent"] for each in card["rungs"]]
    world = lesson.simulation.world
    for seat in ("us", "iran"):
        side = lesson.scenario.negotiations["nuclear"].parties.index(seat)
        expected = [100 * float(narrative_burden(world.compiled, 0, side, r)) for r in range(len(costs[seat]))]
        assert costs[seat] == pytest.approx(expected, abs=0.51)
    assert costs["us"] != costs["iran"]
    assert {*costs["oman"]} == {None}


def test_seats_see_signals_as_perceived_and_none_of_others(context):
    _, lesson, people = play_turns(context, "us-iran-2026", turns=9)
    lesson.phase = "playing"
    lesson._cache.clear()
    us, mediator = (student_view(lesson, people[seat], "Mina", seat, False) for seat in ("us", "oman"))
    own = [each for each in us["signals"] if each["kind"] in ("hostile act", "cooperative act", "initiative")]
    assert {each["reading"] is None for each in own if each["mine"]} == {True}
    assert {each["reading"] for each in own if not each["mine"]} <= {"friendly", "hostile"}
    assert not [each for each in mediator["signals"] if each["kind"] in ("hostile act", "cooperative act", "proposal")]
    assert us["charts"]["own"]["trust"].keys() == {"iran"}
    assert mediator["charts"]["own"] is None
    assert "trust" not in us["charts"]


def test_projector_shows_no_names_and_no_private_facts(context):
    room, *_ = play_turns(context, turns=3)
    with serve_api(context) as clients:
        projector = clients().get(f"projector?code={room['code']}")
    assert "Mina" not in json.dumps(projector)
    assert set(projector["charts"]["talks"]["border"]) == {
        "tension",
        "deal_progress",
        "pressure",
        "programme",
        "contact",
    }
    assert "trust" not in projector["charts"]
    assert projector["charts"]["own"] is None
    assert projector["qr"].startswith("<svg")
    assert projector["link"].endswith(room["code"])


def test_every_key_in_a_view_is_declared(context):
    def facts(part):
        if isinstance(part, dict):
            if "key" in part and "names" in part:
                yield part["key"], {*part["numbers"], *part["names"]}
            for each in part.values():
                yield from facts(each)
        elif isinstance(part, list):
            for each in part:
                yield from facts(each)

    found = set()
    for scenario in scenario_names():
        _, lesson, people = play_turns(context, scenario, turns=4, rounds=12)
        for seat, person in people.items():
            view = student_view(lesson, person, "Mina", seat, False)
            for key, placeholders in facts(view):
                assert set(MESSAGE_KEYS[key]) == placeholders
                found.add(key)
            for verb in view["verbs"]:
                assert set(MESSAGE_KEYS[f"verb.{verb['act']}"]) <= set(verb["names"])
                assert {f"option.{verb['act']}.{each['option']}" for each in verb["options"]} <= set(MESSAGE_KEYS)
    assert len(found) > 60
