"""The Mesa interface: agents, collected tables, batch_run, and the stock SolaraViz with Reset."""

import os
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import mesa
import pytest
from support.browser import expect, wait_until_ready

from agents.assembly import Assembly
from agents.facilitator import Facilitator
from agents.state import State
from agents.verification_body import VerificationBody
from model.errors import ScenarioError
from model.protocol import PROTOCOL


def test_actors_are_mesa_agents_of_a_mesa_model():
    model = Assembly("us-iran-2026", rng=1)
    assert isinstance(model, mesa.Model)
    for kind, count in ((State, len(model.loaded_scenario.states)), (Facilitator, 3), (VerificationBody, 1)):
        assert len(model.agents.select(agent_type=kind)) == count
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)


def test_defaults_work_and_changes_are_a_mapping():
    assert Assembly(rng=3).loaded_scenario.name == "us-iran-2026"
    changed = Assembly("two-states", {"rounds": 7, "states.alba.resolve": 0.9}, rng=3)
    assert (changed.loaded_scenario.rounds, changed.loaded_scenario.states["alba"].resolve) == (7, 0.9)
    with pytest.raises(ScenarioError, match="resolve"):
        Assembly("two-states", {"states.alba.resolv": 0.9})
    with pytest.raises(TypeError):
        Assembly("two-states", resolve=0.9)


def test_seed_is_drawn_and_stored_if_none_is_given():
    one, other = Assembly("two-states"), Assembly("two-states")
    assert one.seed != other.seed
    assert Assembly("two-states", rng=one.seed).run(20).trajectory.tobytes() == one.run(20).trajectory.tobytes()


def test_every_act_of_an_actor_is_a_method_of_its_class():
    roles = {"state": State, "party": State, "facilitator": Facilitator, "body": VerificationBody}
    for act in PROTOCOL:
        if act.role != "nature":
            assert getattr(roles[act.role], act.name).rule is act.rule


def test_columns_of_an_actor_are_attributes():
    model = Assembly("two-states", rng=1)
    alba = model.states[0]
    assert alba.support == model.world.support[0]
    assert alba.trust[1] == model.world.trust[0, 1]
    with pytest.raises(AttributeError):
        _ = alba.stake


def test_collected_tables_store_values_not_references():
    model = Assembly("us-iran-2026", rng=1).run(10)
    table = model.datacollector.get_model_vars_dataframe()
    assert len(table) == 11
    assert table["trust"].nunique() > 5
    assert table["tension"].tolist() == model.trajectory[:, model.indicator_index["tension"]].tolist()
    states = model.datacollector.get_agenttype_vars_dataframe(State)
    assert states.groupby(level=0)["support"].first().nunique() > 3


@pytest.mark.parametrize("raises", [False, True])
def test_rewound_run_continues_identically(monkeypatch, raises):
    model = Assembly("two-states", rng=1).run(3)
    checkpoint = model.take_checkpoint()
    if raises:  # stops Mesa's own schedule
        monkeypatch.setattr(model, "_play", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            model.step()
        monkeypatch.undo()
    else:
        model.run(2)
    model.rewind(checkpoint)
    assert (model.round, model.steps, model.time) == (3, 3, 3.0)
    model.run(4)
    alone = Assembly("two-states", rng=1).run(7)
    assert model.trajectory.tobytes() == alone.trajectory.tobytes()
    assert model.ledger.digest() == alone.ledger.digest()
    assert (model.steps, model.time, model.running) == (7, 7.0, True)
    for table in (mesa.DataCollector.get_model_vars_dataframe, partial(kind_table, kind=State)):
        assert table(model.datacollector).equals(table(alone.datacollector))


def kind_table(collector, kind):
    return collector.get_agenttype_vars_dataframe(kind)


def test_batch_run_accepts_the_model_unchanged():
    rows = mesa.batch_run(
        Assembly, {"scenario": ["two-states"], "changes": [None, {"mechanisms.noise": False}]},
        rng=[1, 2], number_processes=1, max_steps=12, data_collection_period=-1, display_progress=False,
    )  # fmt: skip
    assert {row["RunId"] for row in rows} == {0, 1, 2, 3}
    ends = {(str(row["changes"]), row["trust"]) for row in rows}
    assert len(ends) == 4
    alone = Assembly("two-states", rng=1).run(12)
    assert alone.current_indicators[0] in {row["trust"] for row in rows if row["changes"] is None}


APP = """
from mesa.visualization import Slider, SolaraViz, make_plot_component
from agents.assembly import Assembly

page = SolaraViz(
    Assembly("two-states", rng=1),
    components=[make_plot_component("tension")],
    model_params={
        "scenario": {"type": "Select", "value": "two-states", "values": ["two-states", "us-iran-2026"], "label": "Scenario"},
        "rng": {"type": "SliderInt", "value": 1, "min": 1, "max": 99, "step": 1, "label": "Seed"},
    },
    name="Detente in SolaraViz",
)
"""


@pytest.fixture
def stock_page(tmp_path):
    """Serve the stock SolaraViz on a free port."""
    (tmp_path / "app.py").write_text(APP)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False", "MPLBACKEND": "agg"}
    command = [
        str(Path(sys.executable).with_name("solara")),
        "run",
        "app.py",
        "--port",
        str(port),
        "--production",
        "--no-open",
    ]
    server = subprocess.Popen([*command, "--no-check-version"], cwd=tmp_path, env={**os.environ, **settings})
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def test_stock_solaraviz_steps_and_resets(stock_page, browser):
    page = browser.new_page()
    page.goto(stock_page)
    step = page.get_by_role("button", name="Step")
    expect(step).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Time: 0", exact=False).first).to_be_visible(timeout=30_000)
    for now in (1, 2):
        step.click()
        expect(page.get_by_text(f"Time: {now}", exact=False).first).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("Time: 0", exact=False).first).to_be_visible(timeout=30_000)
    step.click()
    expect(page.get_by_text("Time: 1", exact=False).first).to_be_visible(timeout=30_000)
    assert page.get_by_text("Traceback (most recent").count() == 0
    page.context.close()
