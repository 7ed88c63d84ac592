"""A folder of results: a manifest, and a Parquet part for each finished run of points; whole or not at all.

A part is written beside its place, flushed to the disk and renamed, so that a kill at any moment leaves
finished parts and perhaps a draft, which the next sweep removes.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

import model
from experiments.studies.study import Study
from model.atomic_files import write_atomically
from model.errors import InputError, ScenarioError
from model.former_names import current_path

PART = re.compile(r"^(runs|kept)-(\d{8})-(\d{8})\.parquet$")
# Besides the model, what can alter a number.
CODE = (
    "engine/batch.py",
    "engine/draw_cache.py",
    "engine/kernel.py",
    "ensembles/cells.py",
    "ensembles/outcomes.py",
    "ensembles/statistics.py",
    "ensembles/stream.py",
    "studies/chunk.py",
    "studies/study.py",
    "studies/study_file.py",
)


def code_digests() -> dict[str, str]:
    """Hash every source file that can alter an outcome, by its name."""
    base, wing = Path(model.__file__).parent, Path(__file__).parent.parent
    sources = {f"model/{path.relative_to(base).as_posix()}": path for path in sorted(base.rglob("*.py"))}
    sources |= {f"experiments/{name}": wing / name for name in CODE}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for name, path in sources.items()}


def study_identity(study: Study) -> dict[str, Any]:
    """Write what identifies a study: its file and the scenario's data; a design's size is not part of it."""
    scenario = hashlib.sha256(json.dumps(study.scenario_data, sort_keys=True, default=str).encode()).hexdigest()[:16]
    facts = {**study.file.model_dump(mode="json"), "scenario_digest": scenario}
    if study.table is not None:
        facts["table_digest"] = hashlib.sha256(study.table.to_csv(index=False).encode()).hexdigest()[:16]
    return facts


def manifest_bytes(study: Study) -> bytes:
    """Write the manifest of a folder."""
    whole = {
        "study": study_identity(study),
        "code": code_digests(),
        "versions": versions(),
        "scenario": study.scenario_data,
    }
    return (json.dumps(whole, indent=1) + "\n").encode()


class StudyStore:
    """The results of one study in one folder, held by one sweep at a time.

    Raises ScenarioError if another sweep holds it, or if it holds another study or results of other code.
    """

    def __init__(self, folder: Path, study: Study):
        self.folder, self.study = folder, study
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = FileLock(folder / ".lock")
        try:
            self.lock.acquire(blocking=False)
        except Timeout:
            raise ScenarioError([InputError(str(folder), "", "another sweep is at work in this folder")]) from None
        try:
            self._match()
        except ScenarioError:
            self.lock.release()
            raise
        for path in damaged_parts(folder):
            path.replace(path.with_name(f"{path.name}.damaged"))  # its points are played again
        whole = {path.name.removeprefix("runs-") for path in folder.glob("runs-*.parquet")}
        twinless = [path for path in folder.glob("kept-*.parquet") if path.name.removeprefix("kept-") not in whole]
        for left_over in (*folder.glob("*.tmp"), *twinless):
            left_over.unlink()

    def __enter__(self) -> "StudyStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def _match(self) -> None:
        """Compare study and code with those of the folder; of an empty folder, write the manifest."""
        now = {"study": study_identity(self.study), "code": code_digests()}
        points, path = self.study.points(), self.folder / "manifest.json"
        if not path.exists():
            if part_ranges(self.folder, "runs"):
                raise ScenarioError(
                    [InputError(str(self.folder), "", "holds results without a manifest; choose another")]
                )
            write_atomically(self.folder / "points.parquet", points.to_parquet(index=False))
            write_atomically(path, manifest_bytes(self.study))
            return
        faults, there = [], read_manifest(self.folder)
        for kind in now:
            found = there[kind]
            for key in sorted({*found, *now[kind]}):
                before, after = found.get(key, "nothing"), now[kind].get(key, "nothing")
                if before != after:
                    told = f"was {before} there" if kind == "study" else "has changed since"
                    faults.append(InputError(f"{kind}.{key}", after if kind == "study" else "", told))
        if not faults and not stored_points(self.folder).equals(points):
            faults.append(InputError("design", "", "lays out other points than before; another version of a library?"))
        if faults:
            where = InputError(
                str(self.folder), "", "holds results of another study or of other code; choose another folder"
            )
            raise ScenarioError([where, *faults])

    def missing_ranges(self, count: int, size: int) -> Iterator[tuple[int, int]]:
        """List the runs of points below ``count`` that are not there yet, cut where chunks of ``size`` begin."""
        at = 0
        there = iter([*part_ranges(self.folder, "runs"), (count, count)])
        for begin, end in there:
            while at < min(begin, count):
                stop = min((at // size + 1) * size, begin, count)
                yield at, stop
                at = stop
            at = max(at, end)

    def add(self, begin: int, end: int, runs: pa.Table, kept: pa.Table | None) -> None:
        """Keep the results of some points; what was kept beside them is written first."""
        if kept is not None:
            floats = [field.name for field in kept.schema if pa.types.is_floating(field.type)]
            self._write(f"kept-{begin:08d}-{end:08d}.parquet", kept, floats)
        floats = [field.name for field in runs.schema if pa.types.is_floating(field.type)]
        self._write(f"runs-{begin:08d}-{end:08d}.parquet", runs, floats)

    def _write(self, name: str, table: pa.Table, floats: list[str]) -> None:
        sink = pa.BufferOutputStream()
        plain = [column for column in table.column_names if column not in floats]
        write: Any = pq.write_table  # its stubs know fewer kinds of options than it takes
        write(
            table, sink, compression="zstd", use_dictionary=plain, use_byte_stream_split=floats, write_statistics=False
        )
        write_atomically(self.folder / name, sink.getvalue().to_pybytes())


def part_ranges(folder: Path, kind: str) -> list[tuple[int, int]]:
    """List the runs of points whose results are there, in order."""
    found = [PART.match(path.name) for path in folder.glob(f"{kind}-*.parquet")]
    return sorted((int(each[2]), int(each[3])) for each in found if each)


def part_paths(folder: Path, kind: str) -> list[Path]:
    """List the files of results, in the order of their points."""
    return [folder / f"{kind}-{begin:08d}-{end:08d}.parquet" for begin, end in part_ranges(folder, kind)]


def damaged_parts(folder: Path) -> list[Path]:
    """List the files of results that cannot be read, and those of the same points, which are lost with them."""
    torn = {
        path.name.partition("-")[2] for kind in ("runs", "kept") for path in unreadable_files(part_paths(folder, kind))
    }
    paths = [path for kind in ("runs", "kept") for path in part_paths(folder, kind)]
    return [path for path in paths if path.name.partition("-")[2] in torn]


def unreadable_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Find the Parquet files that are no whole ones: their end, which is written last, tells."""
    for path in paths:
        try:
            pq.read_metadata(path)
        except (pa.ArrowException, OSError):
            yield path


def check_parts(folder: Path) -> None:
    """Raise ScenarioError with the name of every file of results that is damaged."""
    told = "is damaged; the sweep that wrote it, called again, plays its points again"
    paths = (path for kind in ("runs", "kept") for path in part_paths(folder, kind))
    if faults := [InputError(str(path), "", told) for path in unreadable_files(paths)]:
        raise ScenarioError(faults)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a folder's manifest. Raises ScenarioError if there is none of a sweep."""
    try:
        found = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ScenarioError([InputError(str(folder), "", f"holds no readable results: {error}")]) from None
    if not (isinstance(found, dict) and all(isinstance(found.get(key), dict) for key in ("study", "code", "scenario"))):
        raise ScenarioError([InputError(str(folder), "", "holds a manifest that is none of a sweep")])
    return found


def count_failed_points(folder: Path) -> int:
    """Count the points that failed. Raises ScenarioError if a file of results is damaged."""
    count = 0
    for path in part_paths(folder, "runs"):
        try:
            column = pq.read_table(path, columns=["error"]).column("error")
        except (pa.ArrowException, OSError) as error:
            raise ScenarioError([InputError(str(path), "", f"is damaged: {str(error).splitlines()[0]}")]) from None
        count += len(column) - column.null_count
    return count


def stored_points(folder: Path) -> pd.DataFrame:
    """Read the values of the factors at each point, as they were swept."""
    try:
        return pd.read_parquet(folder / "points.parquet").rename(columns=current_path)
    except (OSError, ValueError) as error:
        raise ScenarioError([InputError(str(folder), "", f"holds no readable points: {error}")]) from None


def versions() -> dict[str, str]:
    """Name the versions of what can have a say in a design or a number."""
    return {name: version(name) for name in ("detente", "numpy", "numba", "scipy", "salib")}
