"""Record digests and golden chronicles anew: `make digests`, after a change of the model that is meant."""

import json
from pathlib import Path

from test_chronicles import DIGESTS, GOLDEN, TOLD

from agents.assembly import Assembly
from experiments.engine.kernel import run_trajectory
from model.loading import load_scenario, scenario_names
from model.measures import trajectory_digest
from model.overrides import collect_overrides
from model.world import World

found = {}
for name in scenario_names():
    setting = load_scenario(name)
    found[name] = trajectory_digest(run_trajectory(World(setting, 1, collect_overrides(setting)), setting.rounds))
Path(__file__).with_name("experiments").joinpath("engine", "digests.json").write_text(
    json.dumps(found, indent=1) + "\n"
)
GOLDEN.mkdir(exist_ok=True)
ledgers = {name: Assembly(name, rng=seed).run().ledger for name, seed in TOLD.items()}
for name, ledger in ledgers.items():
    (GOLDEN / f"{name}.txt").write_text(ledger.chronicle(), "utf-8")
DIGESTS.write_text(json.dumps({name: ledger.digest() for name, ledger in ledgers.items()}, indent=1) + "\n")
