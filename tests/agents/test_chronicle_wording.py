"""The chronicle reads as history: changes are narrated, months without change are not; signals are sent once."""

from collections import Counter
from itertools import pairwise

import pytest

from agents.assembly import Assembly
from agents.ledger import is_routine
from model.enumerations import RungStatus
from model.overrides import Override
from model.signals import round_signals

SCENARIOS = ("us-iran-2026", "us-iran-2018", "us-dprk-1994", "egypt-israel-1973")
US, IRAN, TALKS = "us", "iran", "nuclear"


@pytest.fixture(scope="module", params=SCENARIOS)
def run(request):
    return Assembly(request.param, {"mechanisms.force": True}, rng=1).run()


def narrated(run, act):
    """Return the entries of an act that the chronicle tells."""
    return [row for row in run.ledger.rows if row.act == act and not is_routine(row)]


def forced(*overrides, rounds=3, **changes):
    """Return a run of us-iran-2026 with overrides."""
    return Assembly("us-iran-2026", changes, rng=1, overrides=overrides).run(rounds)


def test_chronicle_has_no_empty_and_no_repeated_lines(run):
    lines = run.chronicle().splitlines()
    assert not [line for line in lines if not line.partition(": ")[2].strip() or "{" in line or "None" in line]
    assert not [line for line, count in Counter(lines).items() if count > 1]


def test_chronicle_tells_only_the_start_and_the_end_of_contact(run):
    values = [row.value for row in narrated(run, "hold_talks") if not row.forced]
    assert all(row.changed for row in narrated(run, "hold_talks") if not row.forced)
    assert len(values) < sum(row.act == "hold_talks" for row in run.ledger.rows) / 2 or not values
    monthly = [row.value for row in run.ledger.rows if row.act == "hold_talks"]
    assert len(monthly) > len(values)


def test_end_of_contact_is_narrated_when_a_side_stays_away():
    run = forced(Override(2, "hold_talks", TALKS, value=1.0), Override(3, "seek_talks", TALKS, US, value=0.0))
    (lapse,) = [row for row in narrated(run, "hold_talks") if row.round == 3]
    assert lapse.sentence == "Contact between the two sides lapses (Nuclear file)."
    assert lapse.conditions == ()


@pytest.mark.parametrize(
    ("gives_way", "carries_out", "sentences"),
    [
        (1.0, 0.0, ["Iran gives way to a demand from United States."]),
        (
            0.0,
            1.0,
            [
                "Iran stands firm against a demand from United States.",
                "United States carries out its threat against Iran.",
            ],
        ),
        (
            0.0,
            0.0,
            [
                "Iran stands firm against a demand from United States.",
                "United States backs down from its threat against Iran.",
            ],
        ),
    ],
)
def test_a_threat_is_narrated_as_a_sequence(gives_way, carries_out, sentences):
    moves = [
        Override(1, "make_demand", None, US, IRAN, 1.0),
        Override(1, "concede", None, IRAN, US, gives_way),
        Override(1, "carry_out_threat", None, US, IRAN, carries_out),
    ]
    run = forced(*moves[: 2 if gives_way else 3], rounds=1)
    acts = ("make_demand", "concede", "carry_out_threat")
    shown = [row.sentence.removesuffix(" (set externally)") for row in run.ledger.rows if row.act in acts]
    assert shown == ["United States makes a demand on Iran and threatens consequences.", *sentences]
    kinds = {message.kind for message in round_signals(run.world)} & {
        "demand", "concession", "imposition", "backing down",
    }  # fmt: skip
    answer = "concession" if gives_way else "imposition" if carries_out else "backing down"
    assert kinds == {"demand", answer}


def test_force_collapses_the_ladder_and_is_narrated_soberly():
    run = Assembly(
        "us-dprk-1994",
        {"mechanisms.force": True},
        rng=1,
        overrides=[Override(3, "use_force", None, "us", "dprk", 1.0)],
    ).run(3)
    assert [row.sentence for row in narrated(run, "use_force")] == [
        "United States uses force against DPRK. (set externally)"
    ]
    assert (run.world.status == RungStatus.COLLAPSED).any()
    assert "use of force" in {message.kind for message in round_signals(run.world)}


def test_end_of_a_process_is_narrated_with_its_reason():
    reasons = {
        row.sentence.partition(", because ")[2]
        for name in ("us-iran-2026", "us-dprk-1994")
        for seed in range(1, 5)
        for row in narrated(Assembly(name, rng=seed).run(), "end_process")
    }
    assert reasons
    assert reasons <= {"of past failures.", "tension is high.", "force was used."}


def test_an_acceptance_is_signalled_in_the_month_of_the_decision(run):
    rows = run.ledger.rows
    sent = {(row.round, row.actor) for row in rows if row.act == "acceptance"}
    decided = {(row.round, row.actor) for row in rows if row.act == "answer_proposal" and row.value == 1}
    assert sent == decided


def test_silent_months_send_no_act(run):
    for row in run.ledger.rows:
        if row.act in ("cooperative act", "hostile act"):
            assert -10.0 <= row.strength <= 10.0
            assert (row.strength > 0) == (row.act == "cooperative act")
    world = run.world
    sent = {(each.sender, each.receiver) for each in round_signals(world) if each.kind.endswith(" act")}
    names = world.names.state
    silent = {(a, b) for i, a in enumerate(names) for j, b in enumerate(names) if world.silent[i, j]}
    assert not sent & silent


def test_sizes_of_acts_vary_their_strength(run):
    strengths = {row.strength for row in run.ledger.rows if row.act == "cooperative act" and row.negotiation}
    assert len(strengths) > 5


def test_a_process_never_ends_twice_without_a_new_start(run):
    rows = [row for row in run.ledger.rows if row.act in ("end_process", "reopen_process") and row.value]
    assert all(one.act != other.act for one, other in pairwise(rows))
