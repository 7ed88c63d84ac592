"""Violations grow in secret, are seen or reported, clarified, and accused."""

import pytest
from support.rounds import record_rounds
from support.worlds import make_world, rung, smallest_scenario, text

from experiments.validation.degenerate import isolated_scenario
from model.enumerations import InspectionReport, RungStatus
from model.overrides import Override
from model.rules.compliance import incentive_terms
from model.rules.lookups import visible_share
from model.rules.pressure import pressure_target_terms
from model.rules.verification import CLARIFICATION_ROUNDS

pytestmark = pytest.mark.uncompiled
EVADER, VICTIM, STEP = (0, 1), (0, 0), (0, 0)


def agreement(changes=None, commission=True, mechanisms=("concealment", "verification")):
    """Return a scenario with one verified rung, and a commission that reports nothing by itself."""
    data = smallest_scenario(rungs=1)
    data["bodies"] = {"watch": {"name": text("Watch"), "detection": 0.0, "false_alarm": 0.0, "delay": 0}}
    step = rung(status="verified", verifiability=1.0, **({"verifier": "watch"} if commission else {}))
    data["negotiations"]["talks"]["rungs"]["step-1"] = step
    data["negotiations"]["talks"]["access"] = 1.0
    calm = {
        "verification.compliance_noise": 0.0, "verification.national_means": 0.0, "states.alba.trustworthiness": 1.0,
        "states.borea.trustworthiness": 1.0, "states.alba.dialogue": 0.0, "verification.forgiveness": 0.0,
    }  # fmt: skip
    return isolated_scenario(mechanisms, {**calm, **(changes or {})}, data)


def evades(*rounds):
    """Return moves by which the second party evades its obligations in some rounds."""
    return tuple(Override(now, "comply", "talks", "borea", None, 0) for now in rounds)


def reported(now):
    """Return a report of a violation by the second party."""
    return Override(now, "report_findings", "talks", "watch", "borea", InspectionReport.VIOLATION)


def suspected(now):
    """Return the first party's belief, beyond the standard of proof."""
    return Override(now, "update_suspicion", "talks", "alba", None, 0.99)


def test_a_violation_grows_and_is_undone_by_compliance():
    seen = record_rounds(
        agreement({"verification.violation_growth": 0.2}), 5, ("violation", EVADER), overrides=evades(1, 2, 3)
    )[:, 0]
    assert seen.tolist() == pytest.approx([0.2, 0.36, 0.488, 0.244, 0.122])


def test_without_concealment_no_violation_grows():
    scenario = agreement(mechanisms=("verification",))
    assert not record_rounds(scenario, 5, ("violation", EVADER), ("sighted", VICTIM), overrides=evades(1, 2, 3)).any()


def test_an_accusation_ends_the_violation_and_breaches_the_rung():
    moves = (*evades(1, 2, 3, 4), Override(3, "accuse", "talks", "alba", None, 1))
    seen = record_rounds(agreement(), 4, ("violation", EVADER), ("status", STEP), overrides=moves)
    assert seen[2, 0] > seen[1, 0] > 0.0
    assert seen[2, 1] == RungStatus.BREACHED
    assert seen[3, 0] == 0.0


def test_a_commission_clarifies_before_it_accuses():
    moves = (*evades(*range(1, 10)), reported(2), suspected(2), reported(4), suspected(4))
    columns = ("asks_clarification", VICTIM), ("clarification", VICTIM), ("accuses", VICTIM), ("status", STEP)
    seen = record_rounds(agreement(), 5, *columns, overrides=moves)
    assert seen[1].tolist() == [1.0, CLARIFICATION_ROUNDS, 0.0, RungStatus.VERIFIED]
    assert seen[2].tolist() == [0.0, CLARIFICATION_ROUNDS - 1, 0.0, RungStatus.VERIFIED]
    assert seen[3, 2:].tolist() == [1.0, RungStatus.BREACHED]


def test_a_request_for_clarification_lapses_after_six_months():
    late = 3 + CLARIFICATION_ROUNDS
    moves = (*evades(*range(1, 12)), reported(2), suspected(2), reported(late), suspected(late))
    columns = ("asks_clarification", VICTIM), ("accuses", VICTIM), ("clarification", VICTIM)
    seen = record_rounds(agreement(), late, *columns, overrides=moves)
    assert seen[late - 2, 2] == 0.0
    assert not seen[:, 1].any()
    assert seen[late - 1].tolist() == [1.0, 0.0, CLARIFICATION_ROUNDS]


def test_without_concealment_a_report_is_accused_at_once():
    seen = record_rounds(
        agreement(mechanisms=("verification",)),
        2,
        ("accuses", VICTIM),
        overrides=(*evades(2), reported(2), suspected(2)),
    )
    assert seen[:, 0].tolist() == [0.0, 1.0]


def test_without_a_commission_a_sighting_is_accused_at_once():
    changes = {"verification.national_means": 1.0, "verification.violation_growth": 1.0}
    columns = ("sighted", VICTIM), ("accuses", VICTIM), ("asks_clarification", VICTIM), ("status", STEP)
    seen = record_rounds(agreement(changes, commission=False), 2, *columns, overrides=evades(1))
    assert seen[0].tolist() == [1.0, 1.0, 0.0, RungStatus.BREACHED]
    first = record_rounds(agreement(changes), 1, *columns, overrides=evades(1))[0]
    assert first.tolist() == [1.0, 0.0, 1.0, RungStatus.VERIFIED]


def test_a_violation_just_begun_escapes_inspectors():
    world = make_world(agreement({"verification.concealment": 0.6}))
    shares = []
    for size in (0.0, 0.5, 1.0):
        world.violation[EVADER] = size
        shares.append(visible_share(world.compiled, *EVADER))
    assert shares == pytest.approx([0.4, 0.7, 1.0])


def test_evasion_costs_the_victim_its_relief_and_support():
    """The stake of the victim erodes: less relief from the evader, and a smaller dividend at home."""
    changes = {"relations.borea.alba.campaign": 0.8, "negotiations.talks.rungs.step-1.parties.borea.relief": 0.5}
    mechanisms = ("concealment", "verification", "pressure", "ratification")
    world = make_world(agreement(changes, mechanisms=mechanisms))
    assert pressure_target_terms(world.compiled, 1, 0).relief == pytest.approx(-0.4)
    world.violation[EVADER] = 0.5
    assert pressure_target_terms(world.compiled, 1, 0).relief == pytest.approx(-0.2)
    honest, evaded = (
        record_rounds(agreement(changes, mechanisms=mechanisms), 8, ("support", (0,)), overrides=moves)[:, 0]
        for moves in ((), evades(*range(1, 9)))
    )
    assert evaded[-1] < honest[-1]


def test_a_request_for_clarification_deters_fully():
    world = make_world(agreement({"verification.deterrence": 2.0}))
    world.rung[0] = -1
    assert incentive_terms(world.compiled, *EVADER).deterrence == 0.0
    world.clarification[VICTIM] = 3
    assert incentive_terms(world.compiled, *EVADER).deterrence == pytest.approx(2.0)


@pytest.mark.parametrize(("growth", "size"), [(0.05, 0.33), (0.6, 0.84)])
def test_a_breach_counts_by_the_size_of_the_violation(growth, size):
    moves = (*evades(1, 2), Override(2, "accuse", "talks", "alba", None, 1))
    scenario = agreement({"verification.violation_growth": growth})
    assert record_rounds(scenario, 2, ("betrayed_stake", EVADER), overrides=moves)[1, 0] == pytest.approx(size)
