"""Update the recorded digests and chronicles after an intended change of the model: `make digests`."""

import json
from pathlib import Path

from test_chronicles import DIGESTS, GOLDEN, TOLD

from agents.assembly import Assembly
from experiments.engine.kernel import run_trajectory
from model.loading import load_scenario, scenario_names
from model.measures import trajectory_digest
from model.overrides import collect_overrides
from model.world import World

digests = {}
for name in scenario_names():
    scenario = load_scenario(name)
    digests[name] = trajectory_digest(run_trajectory(World(scenario, 1, collect_overrides(scenario)), scenario.rounds))
Path(__file__).with_name("experiments").joinpath("engine", "digests.json").write_text(
    json.dumps(digests, indent=1) + "\n"
)
GOLDEN.mkdir(exist_ok=True)
ledgers = {name: Assembly(name, rng=seed).run().ledger for name, seed in TOLD.items()}
for name, ledger in ledgers.items():
    (GOLDEN / f"{name}.txt").write_text(ledger.chronicle(), "utf-8")
DIGESTS.write_text(json.dumps({name: ledger.digest() for name, ledger in ledgers.items()}, indent=1) + "\n")
