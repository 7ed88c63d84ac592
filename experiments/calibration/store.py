"""A folder of a calibration: a manifest, and one Parquet file for each finished chunk of points.

A file is written under a temporary name and renamed. The points of every chunk follow from the seed and from earlier
chunks, so that a calibration that was killed resumes where it was.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout

from experiments.calibration.evaluation import Evaluation
from model.atomic_files import write_atomically
from model.errors import InputError, ScenarioError

MANIFEST = "manifest.json"


class CalibrationStore:
    """The evaluated points of one calibration, in a folder that one process uses at a time.

    Raises ScenarioError if another process has locked the folder, or if it holds another calibration.
    """

    def __init__(self, folder: Path, facts: dict[str, Any]):
        self.folder, self.facts = folder, facts
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = FileLock(folder / ".lock")
        try:
            self.lock.acquire(blocking=False)
        except Timeout:
            raise ScenarioError(
                [InputError(str(folder), "", "another calibration is running in this folder")]
            ) from None
        try:
            self._check()
        except BaseException:
            self.lock.release()
            raise

    def _check(self) -> None:
        """Write the manifest, or compare it. Raises ScenarioError with the facts that differ."""
        path = self.folder / MANIFEST
        if not path.exists():
            if any(each.name != ".lock" for each in self.folder.iterdir()):
                raise ScenarioError([InputError(str(self.folder), "", "holds other files: choose an empty folder")])
            write_atomically(path, (json.dumps(self.facts, indent=1) + "\n").encode())
            return
        found = read_facts(self.folder)
        errors = [
            InputError(f"{self.folder}: {name}", str(found.get(name)), f"differs from this calibration's, {value}")
            for name, value in self.facts.items()
            if found.get(name) != value
        ]
        if errors:
            raise ScenarioError([*errors, InputError("--out", str(self.folder), "choose another folder")])

    def __enter__(self) -> "CalibrationStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def load(self, name: str, count: int) -> list[Evaluation] | None:
        """Return the evaluations of a chunk of some points, or None if it is not there or cannot be read."""
        try:
            table = pd.read_parquet(self._path(name))
        except (OSError, ValueError):
            return None
        parts = [np.array(table[column].tolist(), float) for column in ("values", "variances", "implausibilities")]
        return [Evaluation(*rows) for rows in zip(*parts, strict=True)] if len(table) == count else None

    def save(self, name: str, points: np.ndarray, evaluations: Sequence[Evaluation]) -> None:
        """Write a chunk; points: [point, parameter]. Raises OSError."""
        table = pd.DataFrame({"point": list(points)})
        for at, column in enumerate(("values", "variances", "implausibilities")):
            table[column] = [each[at] for each in evaluations]
        content = io.BytesIO()
        table.to_parquet(content, index=False)
        write_atomically(self._path(name), content.getvalue())

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"


def read_facts(folder: Path) -> dict[str, Any]:
    """Return the manifest of a calibration's folder. Raises ScenarioError if there is none."""
    try:
        facts = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        raise ScenarioError([InputError(str(folder), "", "is not the folder of a calibration")]) from None
    if not isinstance(facts, dict):
        raise ScenarioError([InputError(str(folder), "", "is not the folder of a calibration")])
    return facts
