"""What a seat, and the wall, may know."""

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


def test_no_seat_sees_what_it_may_not_know(house):
    """Whatever is hidden from a seat is changed, a column at a time: not one character of its view may follow."""
    _, lesson, people = play_turns(house, "us-iran-2026", turns=9)
    lesson.phase = "playing"
    world, seen = lesson.table.world, 0

    def shown(seat):
        lesson._kept.clear()
        return json.dumps(student_view(lesson, people[seat], "Mina", seat, False))

    for seat in ("us", "iran", *(name for name, kind in lesson.kinds().items() if kind != "state")):
        eyes, before = Observer(world, lesson.scenario, seat), shown(seat)
        for column in COLUMNS:
            cells = getattr(world, column.name)
            hidden = [at for at in np.ndindex(cells.shape) if not eyes.can_see(column.name, *at)]
            if not hidden:
                continue
            kept = cells.copy()
            for at in hidden:
                cells[at] = 1 - cells[at] if column.kind == "integer" else 0.37 + 0.5 * cells[at]
            after = shown(seat)
            cells[...] = kept
            seen += len(hidden)
            assert after == before, f"{seat} sees {column.name}"
    assert seen > 300
    with pytest.raises(HiddenError):
        Observer(world, lesson.scenario, "us")("trust", 1, 0)


def test_a_doctrine_that_somebody_added_is_named_on_the_card(house, monkeypatch):
    assert tuple(Doctrine.__members__) == cards.DOCTRINES
    _, lesson, people = play_turns(house, turns=1)
    monkeypatch.setattr(cards, "DOCTRINES", (*cards.DOCTRINES, "forbearance"))
    lesson.table.world.doctrine[0] = 4
    lesson._kept.clear()
    card = student_view(lesson, people["alba"], "Mina", "alba", False)["card"]
    (habit,) = [each for each in card["interests"] if "doctrine" in each["key"]]
    assert (habit["key"], habit["names"]) == ("card.doctrine.other", {"doctrine": "forbearance"})


def test_a_card_says_how_heavy_each_step_is_for_the_party_that_reads_it_and_for_no_other(house):
    _, lesson, people = play_turns(house, "us-iran-2026", turns=1)
    heavy = {}
    for seat in ("us", "iran", "oman"):
        card = student_view(lesson, people[seat], "Mina", seat, False)["card"]
        heavy[seat] = [each["burden"] and each["burden"]["numbers"]["percent"] for each in card["rungs"]]
    world = lesson.table.world
    for seat in ("us", "iran"):
        side = lesson.scenario.negotiations["nuclear"].parties.index(seat)
        wanted = [100 * float(narrative_burden(world.compiled, 0, side, r)) for r in range(len(heavy[seat]))]
        assert heavy[seat] == pytest.approx(wanted, abs=0.51)
    assert heavy["us"] != heavy["iran"]
    assert {*heavy["oman"]} == {None}


def test_a_seat_hears_what_was_said_as_it_understood_it_and_nothing_between_others(house):
    _, lesson, people = play_turns(house, "us-iran-2026", turns=9)
    lesson.phase = "playing"
    lesson._kept.clear()
    us, mediator = (student_view(lesson, people[seat], "Mina", seat, False) for seat in ("us", "oman"))
    mine = [each for each in us["signals"] if each["kind"] in ("threat", "public statement", "initiative")]
    assert {each["reading"] is None for each in mine if each["mine"]} == {True}
    assert {each["reading"] for each in mine if not each["mine"]} <= {"friendly", "hostile"}
    assert not [each for each in mediator["signals"] if each["kind"] in ("threat", "public statement", "proposal")]
    assert us["charts"]["own"]["trust"].keys() == {"iran"}
    assert mediator["charts"]["own"] is None
    assert "trust" not in us["charts"]


def test_the_wall_shows_neither_names_nor_private_facts(house):
    room, *_ = play_turns(house, turns=3)
    with serve_api(house) as clients:
        told = clients().get(f"projector?code={room['code']}")
    assert "Mina" not in json.dumps(told)
    assert set(told["charts"]["talks"]["border"]) == {"tension", "deal_progress", "pressure", "programme", "contact"}
    assert "trust" not in told["charts"]
    assert told["charts"]["own"] is None
    assert told["qr"].startswith("<svg")
    assert told["link"].endswith(room["code"])


def test_every_word_that_a_view_asks_for_is_known(house):
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
        _, lesson, people = play_turns(house, scenario, turns=4, rounds=12)
        for seat, person in people.items():
            shown = student_view(lesson, person, "Mina", seat, False)
            for key, placeholders in facts(shown):
                assert set(MESSAGE_KEYS[key]) == placeholders
                found.add(key)
            for verb in shown["verbs"]:
                assert set(MESSAGE_KEYS[f"verb.{verb['act']}"]) <= set(verb["names"])
                assert {f"option.{verb['act']}.{each['option']}" for each in verb["options"]} <= set(MESSAGE_KEYS)
    assert len(found) > 60
