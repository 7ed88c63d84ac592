"""The ledger: choices follow from their terms; it reads back; why finds flips that come true when played again."""

import math

import pytest
from support.worlds import text

from agents.assembly import Assembly
from agents.ledger import Ledger, read_ledger, recompute_value
from agents.state import State
from experiments.counterfactuals.flips import ReplayedDecision
from model.loading import load_scenario, read_scenario
from model.overrides import Override
from model.parameter_space import list_levers
from model.protocol import ACT_INDEX, PROTOCOL
from model.signals import SIGNAL_KINDS


@pytest.fixture(scope="module")
def watched():
    return Assembly("us-iran-2026", rng=2).run()


def test_every_choice_is_recomputed_from_its_recorded_terms(watched):
    choices = [row for row in watched.ledger.rows if row.kind == "decision" and row.conditions and not row.forced]
    assert len(choices) > 2000
    assert all(row.value == recompute_value(row) for row in choices)


def test_terms_add_up_to_the_score_that_was_used_bit_for_bit(watched):
    for row in watched.ledger.rows:
        for condition in row.conditions:
            total = 0.0
            for value in condition.terms.values():
                total += value
            assert total == condition.score
            assert condition.holds == (total >= condition.threshold)


def test_a_digest_is_of_ids_and_numbers_and_not_of_words(watched):
    reworded, wanted = Ledger(), watched.ledger.digest()
    for row in watched.ledger.rows:
        held = (each._replace(name="?", terms=dict(enumerate(each.terms.values()))) for each in row.conditions)
        reworded.add(row._replace(sentence="Something happens.", conditions=tuple(held)))
    assert reworded.digest() == wanted
    last = reworded.rows[-1]
    for part, value in {"value": last.value + 1, "actor": "x", "forced": True, "round": 0}.items():
        reworded.rows[-1] = last._replace(**{part: value})
        assert reworded.digest() != wanted, part


def test_no_two_acts_or_signals_share_an_id():
    assert len({act.id for act in PROTOCOL}) == len(PROTOCOL)
    assert len({kind.cameo for kind in SIGNAL_KINDS.values()}) == len(SIGNAL_KINDS)


def test_every_kind_of_signal_is_sent_in_some_scenario():
    sent = set()
    for name in ("us-iran-2026", "us-iran-2018", "us-dprk-1994", "egypt-israel-1973", "gulf-region"):
        for seed in (1, 2, 3):
            rows = Assembly(name, rng=seed).run().ledger.rows
            sent |= {row.act for row in rows if row.kind == "signal"}
            if sent == set(SIGNAL_KINDS):
                return
    assert sent == set(SIGNAL_KINDS)


def test_misread_signals_differ_in_what_was_meant_and_what_was_perceived(watched):
    rows = watched.ledger.rows
    misread = {(row.round, row.counterpart, row.actor) for row in rows if row.act == "misread_act" and row.value}
    talks = {"us", "iran"}
    told = {
        (row.round, row.actor, row.counterpart)
        for row in rows
        if row.act in ("threat", "public statement", "initiative") and {row.actor, row.counterpart} == talks
        and (row.perceived < 0) != (row.strength < 0)
    }  # fmt: skip
    assert told == {place for place in misread if {place[1], place[2]} == talks}
    assert told


def test_a_saved_ledger_reads_back_the_same(watched, tmp_path):
    watched.ledger.save(tmp_path)
    back = read_ledger(tmp_path)
    assert len(back) == len(watched.ledger.rows)
    assert len((tmp_path / "ledger.jsonl").read_text("utf-8").splitlines()) == len(back)
    for row, (_, saved) in zip(watched.ledger.rows, back.iterrows(), strict=True):
        assert (row.round, row.act, row.sentence, row.value) == (
            saved["round"],
            saved["act"],
            saved["sentence"],
            saved["value"],
        )
        assert [condition._asdict() for condition in row.conditions] == saved["conditions"]


def question(watched, act, when=lambda row: True):
    """Ask about a decision of the watched run."""
    row = next(row for row in watched.ledger.rows if row.act == act and row.conditions and when(row))
    number = ACT_INDEX[act]
    asked = next(
        each for each in watched.decision_cells[number]
        if watched.narrator.name_cell(PROTOCOL[number], each.cell) == (row.actor, row.counterpart, row.negotiation)
    )  # fmt: skip
    return row, ReplayedDecision(read_scenario("us-iran-2026"), 2, row.round, number, asked.cell)


CASES = [
    ("answer_proposal", -1),
    ("answer_proposal", 1),
    ("choose_conduct", 0),
    ("ratify", 1),
    ("seek_talks", 0),
    ("hold_talks", 0),
]


@pytest.mark.parametrize(("act", "value"), CASES)
def test_the_question_weighs_what_the_ledger_recorded(watched, act, value):
    row, asked = question(watched, act, lambda row: row.value == value)
    assert asked.value == row.value == value
    assert [(c.name, c.terms, c.threshold) for c in asked.conditions] == [
        (c.name, c.terms, c.threshold) for c in row.conditions
    ]


@pytest.mark.parametrize(("act", "value"), CASES)
def test_each_term_flip_is_the_smallest_that_flips(watched, act, value):
    _, asked = question(watched, act, lambda row: row.value == value)
    found = 0
    for flip in asked.term_flips():
        if flip.to is None:
            continue
        found += 1
        assert flip.low <= flip.to <= flip.high
        condition = next(c for c in asked.conditions if c.name == flip.condition)
        beyond = condition._replace(terms={**condition.terms, flip.term: flip.to})
        short = flip.value + (flip.to - flip.value) * (1 - 1e-6)
        before = condition._replace(terms={**condition.terms, flip.term: short})
        assert beyond.holds != condition.holds
        if not math.isclose(flip.to, flip.value, rel_tol=1e-6):
            assert before.holds == condition.holds
    assert found or act == "choose_conduct" or value == -1


@pytest.mark.parametrize(("act", "value"), [("answer_proposal", -1), ("answer_proposal", 1)])
def test_every_lever_flip_comes_true_in_a_watched_run(watched, act, value):
    row, asked = question(watched, act, lambda row: row.value == value)
    flips = [flip for flip in asked.lever_flips(steps=5) if flip.to is not None]
    assert flips
    for flip in flips:
        to = int(flip.to) if flip.lever.whole else flip.to
        again = Assembly("us-iran-2026", {flip.lever.path: to}, rng=2).run(row.round)
        told = [
            each for each in again.ledger.rows
            if (each.round, each.act, each.actor, each.negotiation) == (row.round, act, row.actor, row.negotiation)
        ]  # fmt: skip
        assert [each.value for each in told] == [flip.becomes]
        assert flip.becomes != row.value


def test_levers_are_what_someone_at_the_table_can_choose():
    paths = {lever.path for lever in list_levers(load_scenario("us-iran-2026"))}
    assert "negotiations.nuclear.bundling" in paths
    assert "bodies.iaea.detection" in paths
    assert not {path for path in paths if path.startswith(("environment.", "belief."))}


def test_a_forced_move_is_told_as_set_from_outside():
    model = Assembly("two-states", rng=1, overrides=(Override(3, "choose_conduct", None, "alba", "borea", 0),)).run(4)
    (row,) = [row for row in model.ledger.rows if row.forced]
    assert (row.round, row.act, row.actor, row.value) == (3, "choose_conduct", "alba", 0)
    assert "set from outside" in row.sentence


class Stubborn(State):
    """A state that never answers with good will."""

    def choose_conduct(self, other):
        return other == self.index


def test_one_decision_overridden_in_plain_python_works_and_is_told():
    model = Assembly("two-states", rng=1, state={"alba": Stubborn}).run(5)
    rows = [row for row in model.ledger.rows if row.act == "choose_conduct" and row.actor == "alba"]
    assert {row.value for row in rows} == {0.0}
    assert all("a rule of its own" in row.sentence for row in rows)
    plain = Assembly("two-states", rng=1).run(5)
    assert plain.trajectory[:2].tobytes() != model.trajectory[:2].tobytes()


def test_hostile_text_in_names_stays_text():
    data = read_scenario("two-states")
    data["states"]["alba"]["name"] = text("{actor} <script>alert(1)</script> %s")
    model = Assembly(load_scenario(data), rng=1).run(10)
    assert any("<script>" in row.sentence for row in model.ledger.rows)
