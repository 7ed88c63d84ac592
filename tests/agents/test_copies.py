"""Copies and pickles of a run, a world and every result: equal, independent, and continued with the same numbers."""

import copy
import pickle
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.experimental.mesa_signals import ObservableSignals

import detente
from agents.assembly import Assembly
from agents.facilitator import Facilitator
from agents.state import State
from dashboards.classroom.game.simulation import ClassSimulation
from experiments.counterfactuals.branch import Branch
from experiments.engine.batch import block_of_copies, block_of_one
from experiments.engine.kernel import advance
from experiments.engine.worlds import Worlds
from experiments.ensembles.ensemble import play_ensemble
from model.errors import InputError, ScenarioError
from model.loading import load_scenario
from model.overrides import Override
from model.world import World

BOTH_MODES = pytest.mark.parametrize("mode", ["compiled", pytest.param("uncompiled", marks=pytest.mark.uncompiled)])


def pickled(thing: Any) -> Any:
    """Return what a pickle of an object contains."""
    return pickle.loads(pickle.dumps(thing))


WAYS = pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
ALL_WAYS = pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled])


class CountingState(State):
    """A state that never agrees, and counts its answers."""

    answers = 0

    def answer_proposal(self, talks: int) -> int:
        self.answers += 1
        return -1


def content(model: Assembly) -> list[Any]:
    """Return everything that a run consists of."""
    collected = model.datacollector
    tables = [collected.get_agenttype_vars_dataframe(kind) for kind in (State, Facilitator)]
    return [
        model.world.snapshot(),
        model.trajectory.tobytes(),
        model.ledger and (model.ledger.digest(), model.ledger.chronicle()),
        (model.round, model.steps, model.time, model.running),
        [(agent.unique_id, type(agent)) for agent in model.agents],
        *(table.to_csv() for table in (collected.get_model_vars_dataframe(), *tables)),
        model.rng.bit_generator.state,
        model.random.getstate(),
    ]


@BOTH_MODES
@ALL_WAYS
def test_copied_run_continues_like_the_original(duplicate, mode):
    moves = [Override(9, "seek_talks", "border", "alba", value=1.0)]
    model = Assembly("two-states", {"rounds": 20}, rng=5, overrides=moves).run(6)
    other = duplicate(model)
    before = content(model)
    assert content(other) == before
    other.run(14)
    assert content(model) == before
    model.run(14)
    assert content(model) == content(other)
    alone = Assembly("two-states", {"rounds": 20}, rng=5, overrides=moves).run(20)
    assert content(alone) == content(other)
    assert not other.running


@BOTH_MODES
@WAYS
def test_copied_run_keeps_what_a_user_added(duplicate, mode):
    model = Assembly("two-states", rng=5, state={"alba": CountingState}, ledger=False).run(8)
    extra = mesa.Agent(model)
    model.label, model.states[0].mood = "mine", [1]
    other = duplicate(model).run(4)
    assert (other.label, other.states[0].mood, len(other.agents)) == ("mine", [1], len(model.agents))
    assert other.states[0].mood is not model.states[0].mood
    assert other.states[0].answers > model.states[0].answers > 0
    assert all(agent.model is other for agent in other.agents)
    assert extra.model is model
    assert content(model.run(4)) == content(other)


@WAYS
def test_copied_run_rewinds_apart_from_the_original(duplicate):
    model = Assembly("two-states", rng=1).run(3)
    checkpoint = model.take_checkpoint()
    other = duplicate(model.run(4))
    before = content(model)
    other.rewind(checkpoint)
    assert content(model) == before
    assert content(other.run(4)) == before


@WAYS
def test_events_scheduled_with_mesa_are_copied(duplicate):
    model = CountingRun("two-states", rng=1)
    model.schedule_event(model.count, at=3)
    other = duplicate(model.run(2)).run(2)
    assert (model.counted, other.counted) == (0, 1)
    assert model.run(2).counted == 1


@ALL_WAYS
def test_observed_run_refuses_to_be_copied(duplicate):
    model = Assembly("two-states", rng=1)

    def notice(_: Any) -> None:
        assert model.round > 0

    model.observe("time", ObservableSignals.CHANGED, notice)
    with pytest.raises(TypeError, match="an observed run cannot be copied or pickled: end its observation"):
        duplicate(model)
    model.unobserve("time", ObservableSignals.CHANGED, notice)
    assert content(duplicate(model).run(3)) == content(model.run(3))


class CountingRun(Assembly):
    """A run that counts the calls of its event."""

    counted = 0

    def count(self) -> None:
        """Count a call."""
        self.counted += 1


@WAYS
def test_copied_lesson_plays_the_same_turns(duplicate):
    lesson, choices = ClassSimulation(load_scenario("two-states"), 7), {"alba": {"conduct:borea": "hostile"}}
    lesson.play_turn(choices, 3)
    other = duplicate(lesson)
    before = content(lesson), list(lesson.overrides)
    results = other.play_turn(choices, 3)
    assert (content(lesson), lesson.overrides) == before
    assert lesson.play_turn(choices, 3) == results
    assert content(lesson) == content(other)


@BOTH_MODES
@WAYS
def test_copied_world_continues_like_the_original(duplicate, mode):
    world = World(load_scenario("us-iran-2026"), 3)
    advance(world, 7)
    other = duplicate(world)
    before = world.snapshot()
    assert other.snapshot() == before
    advance(other, 9)
    assert world.snapshot() == before
    advance(world, 9)
    assert world.snapshot() == other.snapshot() != before
    started = other.copy_at_start(3)
    advance(started, 16)
    assert started.snapshot() == world.snapshot()


@BOTH_MODES
@WAYS
def test_copied_branch_gives_the_same_continuations(duplicate, mode):
    branch = Branch("two-states", 4, 12, {"belief.betrayal_weight": 6.0})
    other = duplicate(branch)
    assert other.digests == branch.digests
    before = branch.past.snapshot()
    advance(other.past, 5)
    assert branch.past.snapshot() == before != other.past.snapshot()
    (base, changed), again = branch.resample(6), duplicate(branch).resample(6)
    assert (base.tobytes(), changed.tobytes()) == (again.base.tobytes(), again.changed.tobytes())


def test_world_of_another_version_is_refused():
    state = World(load_scenario("two-states"), 3).__getstate__()
    with pytest.raises(TypeError, match="pickled by a version of Detente with other columns or parameters"):
        World.__new__(World).__setstate__({**state, "layout": ("trust", *state["layout"])})


@BOTH_MODES
@ALL_WAYS
def test_blocks_of_worlds_refuse_to_be_copied(duplicate, mode):
    scenario = load_scenario("two-states")
    world = World(scenario, 1)
    blocks = [block_of_one(world), block_of_copies(world, 3), Worlds(scenario, 3, 1)]
    for block in blocks if duplicate is not copy.copy else blocks[:2]:
        with pytest.raises(TypeError, match="a block of worlds cannot be copied or pickled: copy the World"):
            duplicate(block)
    if mode == "compiled":
        with pytest.raises(TypeError, match="copy or pickle its World instead"):
            duplicate(world.compiled)


def same(one: Any, other: Any) -> bool:
    """Return whether two results have the same type and content."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, World):
        return one.snapshot() == other.snapshot()
    if hasattr(one, "equals"):
        return one.equals(other)
    return one == other or same(vars(one), vars(other))


def results(tmp_path) -> dict[str, Any]:
    """Return one result of each kind that the Python interface has."""
    study = {
        "name": "small", "question": "Does it move?", "scenario": "two-states", "rounds": 6, "replications": 2,
        "levers": {"states.alba.generosity": {"values": [0, 1]}}, "design": {"kind": "grid"},
    }  # fmt: skip
    run = detente.run("two-states", rounds=20)
    return {
        "Scenario": detente.load_scenario("two-states"),
        "Ensemble": play_ensemble("two-states", 20, rounds=6, keep=True, paired=True),
        "DesignEnsemble": detente.ensemble("two-states", worlds=2, rounds=6, design={"belief.memory": [0.6, 0.9]}),
        "Advice": detente.advise("two-states", "some_deal >= 0.9", may="*.dialogue", most=1, rounds=6),
        "Tradeoffs": detente.advise(
            "two-states", ["some_deal >= 0.1", "mean(tension) <= 0.5"], may="facilitators.*", most=1, rounds=6
        ),
        "Comparison": detente.compare("two-states", {"belief.memory": 0.9}, worlds=20, rounds=6),
        "PivotResult": detente.pivot("two-states", futures=4, rounds=6),
        "DecisionExplanation": detente.why(run, 3, "alba", levers=False),
        "Study": detente.load_study(study),
        "SweepResult": detente.sweep(study, tmp_path / "out"),
        "Outcome": run.outcome,
        "ScenarioError": ScenarioError([InputError("rounds", 0, "must be at least 1")]),
    }


def test_every_result_has_equal_copies(tmp_path):
    kinds = results(tmp_path)
    classes = {name for name in detente.__all__ if isinstance(getattr(detente, name), type)}
    assert {type(each).__name__ for each in kinds.values()} == set(kinds) == classes - {"Assembly", "State"}
    for name, result in kinds.items():
        for duplicate in (copy.copy, copy.deepcopy, pickled):
            other = duplicate(result)
            assert same(other, result), name
            assert (str(other), repr(other)) == (str(result), repr(result))
