"""The ledger: decisions follow from their terms; saved ledgers are read back; flips are confirmed by replays."""

import itertools
import math

import pytest
from support.worlds import text

from agents.assembly import Assembly
from agents.ledger import Ledger, read_ledger, recompute_value
from agents.state import State
from experiments.cases.case import goldstein_weights
from experiments.counterfactuals import lever_search
from experiments.counterfactuals.flips import ReplayedDecision
from model.loading import apply_changes, load_scenario, read_scenario
from model.overrides import Override
from model.parameter_space import list_levers
from model.protocol import ACT_INDEX, PROTOCOL
from model.signals import SIGNAL_KINDS

CASES = [
    ("answer_proposal", -1),
    ("answer_proposal", 1),
    ("choose_conduct", 0),
    ("ratify", 1),
    ("seek_talks", 1),
    ("hold_talks", 0),
]


PROOF = {"verification.proof_standard": 0.05, "verification.national_means": 1.0}  # breaches are found


@pytest.fixture(scope="module")
def watched():
    """Return the first run in which every case occurs."""
    for seed in range(1, 60):
        run = Assembly("us-iran-2026", rng=seed).run()
        if {*CASES} <= {(row.act, row.value) for row in run.ledger.rows if row.conditions}:
            return run
    raise AssertionError("no run has all cases")


def test_every_decision_follows_from_its_recorded_terms(watched):
    decisions = [row for row in watched.ledger.rows if row.kind == "decision" and row.conditions and not row.forced]
    assert len(decisions) > 1200
    assert all(row.value == recompute_value(row) for row in decisions)


def test_terms_add_up_exactly_to_the_score(watched):
    for row in watched.ledger.rows:
        for condition in row.conditions:
            score = 0.0
            for value in condition.terms.values():
                score += value
            assert score == condition.score
            assert condition.holds == (score >= condition.threshold)


def test_digest_depends_on_ids_and_numbers_only(watched):
    reworded, digest = Ledger(), watched.ledger.digest()
    for row in watched.ledger.rows:
        conditions = (each._replace(name="?", terms=dict(enumerate(each.terms.values()))) for each in row.conditions)
        reworded.add(row._replace(sentence="Something happens.", conditions=tuple(conditions)))
    assert reworded.digest() == digest
    last = reworded.rows[-1]
    for field, value in {"value": last.value + 1, "actor": "x", "forced": True, "round": 0}.items():
        reworded.rows[-1] = last._replace(**{field: value})
        assert reworded.digest() != digest, field


def test_ids_of_acts_and_signals_are_unique():
    assert len({act.id for act in PROTOCOL}) == len(PROTOCOL)
    assert len({kind.cameo for kind in SIGNAL_KINDS.values()}) == len(SIGNAL_KINDS)


def test_strengths_are_the_weights_of_coded_cases():
    weights = goldstein_weights()
    coded = {kind.cameo: kind.strength for kind in SIGNAL_KINDS.values() if kind.cameo in weights}
    assert len(coded) > 10
    assert coded == {cameo: weights[cameo][0] for cameo in coded}


def test_each_kind_of_signal_occurs_in_some_scenario():
    sent = set()
    names = ("us-iran-2026", "us-ussr-1985", "us-dprk-1994", "egypt-israel-1973", "gulf-region")
    for changes in ({}, {"mechanisms.force": True, "threats.force_hazard": 0.1}, PROOF):
        for name, seed in itertools.product(names, (1, 2, 3)):
            rows = Assembly(name, changes, rng=seed).run().ledger.rows
            sent |= {row.act for row in rows if row.kind == "signal"}
            if sent == set(SIGNAL_KINDS):
                return
    assert sent == set(SIGNAL_KINDS)


def test_misread_signals_differ_in_intention_and_perception(watched):
    rows = watched.ledger.rows
    misread = {(row.round, row.counterpart, row.actor) for row in rows if row.act == "misread_act" and row.value}
    parties = {"us", "iran"}
    signals = {
        (row.round, row.actor, row.counterpart)
        for row in rows
        if row.act in ("hostile act", "cooperative act", "initiative") and {row.actor, row.counterpart} == parties
        and (row.perceived < 0) != (row.strength < 0)
    }  # fmt: skip
    assert signals == {place for place in misread if {place[1], place[2]} == parties}
    assert signals


def test_saved_ledger_is_read_back_unchanged(watched, tmp_path):
    watched.ledger.save(tmp_path)
    saved = read_ledger(tmp_path)
    assert len(saved) == len(watched.ledger.rows)
    assert len((tmp_path / "ledger.jsonl").read_text("utf-8").splitlines()) == len(saved)
    for row, (_, read) in zip(watched.ledger.rows, saved.iterrows(), strict=True):
        for field in ("round", "act", "sentence", "value"):
            assert getattr(row, field) == read[field]
        assert [condition._asdict() for condition in row.conditions] == read["conditions"]


def replay(watched, act, value):
    """Return the first decision of the watched run with a value, and its replay."""
    row = next(row for row in watched.ledger.rows if row.act == act and row.conditions and row.value == value)
    number = ACT_INDEX[act]
    cell = next(
        each.cell for each in watched.decision_cells[number]
        if watched.narrator.cell_names(PROTOCOL[number], each.cell) == (row.actor, row.counterpart, row.negotiation)
    )  # fmt: skip
    return row, ReplayedDecision(read_scenario("us-iran-2026"), watched.seed, row.round, number, cell)


@pytest.mark.parametrize(("act", "value"), CASES)
def test_replayed_conditions_equal_those_in_the_ledger(watched, act, value):
    row, replayed = replay(watched, act, value)
    assert replayed.value == row.value == value
    assert [(c.name, c.terms, c.threshold) for c in replayed.conditions] == [
        (c.name, c.terms, c.threshold) for c in row.conditions
    ]


@pytest.mark.parametrize(("act", "value"), CASES)
def test_each_term_flip_is_the_smallest_possible(watched, act, value):
    _, replayed = replay(watched, act, value)
    found = 0
    for flip in replayed.term_flips():
        if flip.to is None:
            continue
        found += 1
        assert flip.low <= flip.to <= flip.high
        condition = next(c for c in replayed.conditions if c.name == flip.condition)
        beyond = condition._replace(terms={**condition.terms, flip.term: flip.to})
        short = flip.value + (flip.to - flip.value) * (1 - 1e-6)
        before = condition._replace(terms={**condition.terms, flip.term: short})
        assert beyond.holds != condition.holds
        if not math.isclose(flip.to, flip.value, rel_tol=1e-6):
            assert before.holds == condition.holds
    assert found or act == "choose_conduct" or value == -1


def answer_that_bundling_changes():
    """Return seed, round and cell of an answer that is another one where two rungs are one step."""
    for seed in range(1, 30):
        answers = [
            {(row.round, row.actor): row.value for row in model.ledger.rows if row.act == "answer_proposal"}
            for bundling in (1, 2)
            for model in [Assembly("us-iran-2026", {"negotiations.nuclear.bundling": bundling}, rng=seed).run()]
        ]
        for place, value in answers[0].items():
            if answers[1].get(place, value) != value:
                return seed, place[0], (0, ("us", "iran").index(place[1]))
    raise AssertionError("no answer changes with the number of rungs")


def test_integer_levers_flip_at_the_nearest_integer():
    """A number of rungs is among them, which changes what the world consists of."""
    data = read_scenario("us-iran-2026")
    number, (seed, now, cell) = ACT_INDEX["answer_proposal"], answer_that_bundling_changes()
    replayed = ReplayedDecision(data, seed, now, number, cell)
    flips = {flip.lever.path: flip for flip in replayed.lever_flips() if flip.lever.whole and flip.to is not None}
    assert "negotiations.nuclear.bundling" in flips
    for path, (lever, to, becomes) in flips.items():
        assert isinstance(to, int)
        towards = 1 if to < lever.value else -1
        changed = [apply_changes(data, {path: x}) for x in (to, to + towards)]
        decided = [ReplayedDecision(each, seed, now, number, cell) for each in changed]
        assert decided[0].value == becomes != replayed.value, path
        assert decided[1].value == replayed.value or not decided[1].is_open, path


@pytest.mark.parametrize(("act", "value"), [("answer_proposal", -1), ("answer_proposal", 1)])
def test_each_lever_flip_is_confirmed_by_a_watched_run(watched, act, value):
    row, replayed = replay(watched, act, value)
    flips = [flip for flip in replayed.lever_flips(steps=5) if flip.to is not None]
    assert flips
    for flip in flips:
        to = int(flip.to) if flip.lever.whole else flip.to
        again = Assembly("us-iran-2026", {flip.lever.path: to}, rng=watched.seed).run(row.round)
        decided = [
            each for each in again.ledger.rows
            if (each.round, each.act, each.actor, each.negotiation) == (row.round, act, row.actor, row.negotiation)
        ]  # fmt: skip
        assert [each.value for each in decided] == [flip.becomes]
        assert flip.becomes != row.value


def test_levers_are_parameters_that_negotiators_can_choose():
    paths = {lever.path for lever in list_levers(load_scenario("us-iran-2026"))}
    assert "negotiations.nuclear.bundling" in paths
    assert "bodies.iaea.detection" in paths
    assert not {path for path in paths if path.startswith(("environment.", "belief."))}


def test_forced_move_is_marked_in_its_sentence():
    model = Assembly("two-states", rng=1, overrides=(Override(3, "choose_conduct", None, "alba", "borea", 0),)).run(4)
    (row,) = [row for row in model.ledger.rows if row.forced]
    assert (row.round, row.act, row.actor, row.value) == (3, "choose_conduct", "alba", 0)
    assert "set externally" in row.sentence


class Stubborn(State):
    """A state that is always hostile."""

    def choose_conduct(self, other):
        return other == self.index


def test_overridden_method_decides_and_is_marked():
    model = Assembly("two-states", rng=1, state={"alba": Stubborn}).run(5)
    rows = [row for row in model.ledger.rows if row.act == "choose_conduct" and row.actor == "alba"]
    assert {row.value for row in rows} == {0.0}
    assert all("a custom rule" in row.sentence for row in rows)
    unchanged = Assembly("two-states", rng=1).run(5)
    assert unchanged.trajectory[:2].tobytes() != model.trajectory[:2].tobytes()


def test_markup_in_names_stays_text():
    data = read_scenario("two-states")
    data["states"]["alba"]["name"] = text("{actor} <script>alert(1)</script> %s")
    model = Assembly(load_scenario(data), rng=1).run(10)
    assert any("<script>" in row.sentence for row in model.ledger.rows)


def test_a_lever_that_flips_a_decision_is_replayed_elsewhere(watched, monkeypatch):
    monkeypatch.setattr(lever_search, "HISTORIES", 12)
    row = next(each for each in watched.ledger.rows if (each.act, each.value) == ("answer_proposal", -1))
    cell = (0, 0 if row.actor == "us" else 1)
    place = (row.round, ACT_INDEX["answer_proposal"], cell)
    decision = ReplayedDecision(read_scenario("us-iran-2026"), watched.seed, *place)
    lever = next(each for each in list_levers(load_scenario("us-iran-2026")) if each.path == "states.us.dialogue")
    (robust,) = decision.robust_flips(
        [lever_search.LeverFlip(lever, 0.1, 1), lever_search.LeverFlip(lever, None, None)]
    )

    def share(value):
        same = 0
        for seed in range(watched.seed + 1, watched.seed + 13):
            data = apply_changes(read_scenario("us-iran-2026"), {lever.path: value})
            other = ReplayedDecision(data, seed, *place)
            same += other.is_open and other.value == row.value
        return same / 12

    assert (robust.before, robust.after) == (share(lever.value), share(0.1))
    assert robust.effect.difference == pytest.approx(robust.after - robust.before)
