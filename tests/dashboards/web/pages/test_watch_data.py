"""The data of Watch: runs, twins, injected events and explanations."""

import pytest
from support.watched import SETTING, decision_sentences, watch_run

from agents.assembly import Assembly
from dashboards.event_forms import EVENT_FORMS
from dashboards.injected_events import describe_event, impossible_reason, parse_injected_event
from dashboards.messages import Columns
from dashboards.page_link import Setting, check_events, scenario_of
from dashboards.reports.chronicle import DECISIONS as TOLD_GROUP
from dashboards.reports.messages import RunData
from dashboards.reports.run_data import run_data
from dashboards.web.pages.shared.shapes import shape_errors
from dashboards.web.pages.watch.job import play_run
from dashboards.web.pages.watch.messages import RunMessage, TwinMessage
from dashboards.web.pages.watch.network_layout import actor_positions
from dashboards.web.pages.watch.why import DecisionQuery, explain, opposite_event, read_decision_query
from model.errors import ScenarioError
from model.loading import load_scenario, scenario_names
from model.measures import negotiation_series
from model.overrides import EVENT_KINDS, Override

SEED, REFUSAL = 37, 11  # a seed, and the round in which its share makes the United States refuse


@pytest.fixture(scope="module")
def run() -> Assembly:
    return Assembly("us-iran-2026", rng=1).run()


@pytest.fixture(scope="module")
def message() -> RunMessage:
    return watch_run(SETTING).run.read()


@pytest.mark.parametrize("name", ["us-iran-2026", "gulf-region"])
def test_messages_have_the_declared_types(name):
    event = Override(14, "drift_oil", None, None, None, 0.6)
    watched = watch_run(Setting(name, events=(event,)))
    assert [*shape_errors(RunMessage, watched.run.read())] == []
    assert [*shape_errors(TwinMessage, watched.twin.read())] == []
    assert [*shape_errors(RunData, run_data(Assembly(name, rng=1).run(12)))] == []


def test_the_message_matches_the_ledger_and_the_world(run, message):
    assert (
        message["talks"][0]["series"]["tension"] == negotiation_series(run.trajectory, 0)["tension"].round(4).tolist()
    )
    for now in range(1, 61):
        rows = [
            message["sentences"][row["sentence"]]
            for row in Columns(message["rows"]).rows()
            if row["round"] == now and row["group"] == TOLD_GROUP
        ]
        assert rows == decision_sentences(run, now)
        sent = [row for row in run.ledger.rows if row.round == now and row.kind == "signal"]
        assert message["messages"]["round"].count(now) == len(sent)


def test_a_signal_refers_to_its_decision():
    message = watch_run(Setting("us-iran-2026", seed=5)).run.read()  # with refusals
    rows, refusal = Columns(message["rows"]).rows(), message["kinds"].index("refusal")
    refusals = [each for each in Columns(message["messages"]).rows() if each["kind"] == refusal]
    for sent in refusals:
        row = [row for row in rows if row["round"] == sent["round"]][sent["row"]]
        assert message["acts"][row["act"]]["act"] == "answer_proposal"
        assert message["names"][row["actor"]] == message["actors"][sent["sender"]]["name"]
        assert "rejects" in message["sentences"][row["sentence"]]
    assert refusals


def test_the_terms_of_every_decision_match_the_ledger(run):
    scenario, seen = scenario_of(SETTING), set()
    for row in run.ledger.rows:
        if row.act in seen or not row.conditions:
            continue
        seen.add(row.act)
        sent = {"act": row.act, "round": row.round, "actor": row.actor, "counterpart": row.counterpart}
        decision = read_decision_query(SETTING, scenario, {**sent, "negotiation": row.negotiation})
        for shown, recorded in zip(explain(decision, scenario)["conditions"], row.conditions, strict=True):
            assert [term["value"] for term in shown["terms"]] == list(recorded.terms.values())
            assert (shown["score"], shown["threshold"], shown["holds"]) == (
                recorded.score,
                recorded.threshold,
                recorded.holds,
            )
    assert len(seen) >= 15


def test_every_event_is_offered_or_refused_with_a_reason():
    for name in ("us-iran-2026", "us-ussr-1985", "gulf-region"):
        for offer in watch_run(Setting(name)).run.read()["offers"]:
            assert bool(offer["never"]) != bool(offer["choices"])
    off = scenario_of(Setting("us-iran-2026", (("mechanisms.spoilers", False),)))
    assert "switched off" in impossible_reason(off, "attack")
    assert {*EVENT_FORMS} == {*EVENT_KINDS}


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "flood", "round": 3},
        {"kind": "election", "round": 0, "actor": "us"},
        {"kind": "election", "round": 3, "actor": "nobody"},
        {"kind": "oil_shock", "round": 3, "value": 1e9},
        {"kind": "oil_shock", "round": 3, "value": "much"},
        {"kind": "attack", "round": True, "actor": "hardline-network-a"},
    ],
)
def test_an_invalid_event_is_refused(sent):
    with pytest.raises(ScenarioError):
        parse_injected_event(scenario_of(SETTING), sent)


def test_the_start_of_a_long_run_is_shown_early():
    shown = []
    play_run(Setting("two-states", (("rounds", 130),)), lambda now, total, begun=None: shown.append((now, begun)))
    beginnings = [(now, begun.message.read()) for now, begun in shown if begun is not None]
    assert beginnings[0][0] == 60
    first = beginnings[0][1]
    assert (first["rounds"], first["planned"]) == (60, 130)
    assert max(first["rows"]["round"]) == max(first["messages"]["round"]) == 60


def test_a_branch_equals_its_twin_up_to_the_event():
    event = Override(14, "attack_talks", None, "hardline-network-a", None, 1.0)
    watched = watch_run(SETTING._replace(events=(event,)))
    with_it, twin = watched.run.read(), watched.twin.read()
    plain = Assembly("us-iran-2026", rng=1).run()
    forced = Assembly("us-iran-2026", rng=1, overrides=(event,)).run()
    assert twin["talks"][0]["series"]["tension"] == negotiation_series(plain.trajectory, 0)["tension"].round(4).tolist()
    assert (
        with_it["talks"][0]["series"]["tension"]
        == negotiation_series(forced.trajectory, 0)["tension"].round(4).tolist()
    )
    rows = (plain.trajectory != forced.trajectory).any(axis=1)
    assert twin["numbers"] == rows.argmax() >= twin["first"] >= 14
    assert "Injected: Attack by Armed network A." in with_it["sentences"]


def test_a_leak_differs_in_channel_only():
    leak = Override(12, "choose_channel", "nuclear", None, None, 2.0)
    twin = watch_run(SETTING._replace(events=(leak,))).twin.read()
    assert (twin["first"], twin["numbers"], twin["decision"]) == (12, None, None)


def test_the_opposite_of_a_refusal_is_an_acceptance():
    setting = SETTING._replace(seed=SEED)
    decision = DecisionQuery(setting, REFUSAL, "answer_proposal", "us", None, "nuclear")
    event = opposite_event(decision, scenario_of(setting))
    played = Assembly("us-iran-2026", rng=SEED, overrides=(event,)).run(REFUSAL)
    assert "United States accepts “Technical clarification”. (set externally)" in decision_sentences(played, REFUSAL)


def test_an_occurrence_can_be_prevented(run):
    attack = next(row for row in run.ledger.rows if row.act == "attack_talks" and row.value == 1)
    change = next(row for row in run.ledger.rows if row.act == "change_government" and row.forced)
    for row in (attack, change):
        sent = {"act": row.act, "round": row.round, "actor": row.actor, "negotiation": row.negotiation, "value": 1}
        event = opposite_event(read_decision_query(SETTING, scenario_of(SETTING), sent), scenario_of(SETTING))
        check_events(SETTING._replace(events=(event,)))
        model = Assembly("us-iran-2026", rng=1, overrides=(event,)).run(row.round)
        assert not any(
            (now.round, now.act, now.actor) == (row.round, row.act, row.actor) and now.value
            for now in model.ledger.rows
        )
        assert describe_event(scenario_of(SETTING), event).startswith("Does not happen: ")


def test_every_actor_has_its_own_position():
    for name in scenario_names():
        scenario = load_scenario(name)
        for talks in scenario.negotiations:
            positions = actor_positions(scenario, talks)
            assert {*scenario.negotiations[talks].parties, *scenario.negotiations[talks].facilitators} <= {*positions}
            assert len({*positions.values()}) == len(positions)
            assert all(0 < x < 1 and 0 < y < 1 for x, y in positions.values())
