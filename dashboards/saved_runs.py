"""Saved runs: one folder per run, with its scenario, trajectory and ledger."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from model.compiler import source_digest
from model.errors import InputError, ScenarioError
from model.version import VERSION

if TYPE_CHECKING:
    from agents.assembly import Assembly

RUNS_FOLDER = Path("runs")
METADATA_FILE = "run.json"
RUN_FILES = ("trajectory.parquet", "ledger.jsonl", "ledger.parquet", METADATA_FILE)


class SavedRun(NamedTuple):
    """The data of a saved run that are needed to replay it."""

    folder: Path
    scenario: dict[str, Any]
    seed: int
    rounds: int
    model_digest: str
    version: str = VERSION  # of Detente, which made it


def new_run_folder(name: str, seed: int) -> Path:
    """Return a new folder name: time, scenario and seed."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")[:-3]
    return RUNS_FOLDER / f"{stamp}-{name}-{seed}"


def save_run(folder: Path, model: "Assembly", data: dict[str, Any]) -> None:
    """Save a run; each file is written atomically. Raises OSError if the folder is not writable."""
    from model.atomic_files import atomic_replacement, write_atomically

    folder.mkdir(parents=True, exist_ok=True)
    with atomic_replacement(folder / "trajectory.parquet") as draft:
        model.frame().reset_index().to_parquet(draft, index=False)
    if model.ledger is not None:
        model.ledger.save(folder)
    facts = {
        "detente": VERSION,
        "model": source_digest(),
        "seed": model.seed,
        "rounds": model.round,
        "outcome": model.outcome.name,
        "scenario": data,
    }
    write_atomically(folder / "run.json", json.dumps(facts, ensure_ascii=False, indent=1).encode())


def latest_run() -> Path:
    """Return the folder of the latest run under `runs/`. Raises ScenarioError if there is none."""
    saved = sorted(RUNS_FOLDER.glob("*/run.json"))
    if not saved:
        raise ScenarioError([InputError("runs", "", "contains no saved run; create one with `detente run SCENARIO`")])
    return saved[-1].parent


def read_run(folder: Path) -> SavedRun:
    """Read a saved run. Raises ScenarioError if the folder contains none."""
    try:
        facts = json.loads((folder / "run.json").read_text("utf-8"))
        numbers, made_by = (int(facts["seed"]), int(facts["rounds"])), (str(facts["model"]), str(facts["detente"]))
        saved = SavedRun(folder, facts["scenario"], *numbers, *made_by)
        if not isinstance(saved.scenario, dict) or not 0 <= saved.seed < 2**64 or saved.rounds < 1:
            raise ValueError("run.json does not describe a run")
        return saved
    except OSError as error:
        raise ScenarioError(
            [InputError(str(folder), "", f"contains no saved run: run.json: {error.strerror}")]
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ScenarioError([InputError(str(folder), "", f"contains no readable run: {error}")]) from None
