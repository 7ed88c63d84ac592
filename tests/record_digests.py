"""Record the digests and golden chronicles: `make digests`, after an intended change of the model or its sentences."""

import json
from pathlib import Path

from test_chronicles import CHRONICLES, DIGESTS, ROUNDS, SEEDS

from agents.assembly import Assembly
from experiments.engine.kernel import run_trajectory
from model.loading import load_scenario, scenario_names
from model.measures import trajectory_digest
from model.overrides import collect_overrides
from model.world import World

digests = {}
for name in scenario_names():
    scenario = load_scenario(name)
    trajectory = run_trajectory(World(scenario, 1, collect_overrides(scenario)), scenario.rounds)
    digests[name] = trajectory_digest(trajectory)
path = Path(__file__).with_name("experiments").joinpath("engine", "digests.json")
path.write_text(json.dumps(digests, indent=1) + "\n")
CHRONICLES.mkdir(exist_ok=True)
ledgers = {name: Assembly(name, rng=seed).run(ROUNDS).ledger for name, seed in SEEDS.items()}
for name, ledger in ledgers.items():
    (CHRONICLES / f"{name}.txt").write_text(ledger.chronicle(), "utf-8")
DIGESTS.write_text(json.dumps({name: ledger.digest() for name, ledger in ledgers.items()}, indent=1) + "\n")
