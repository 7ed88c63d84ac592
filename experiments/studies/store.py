"""A folder of results: a manifest, and one Parquet file for each finished range of points.

A file is written under a temporary name, flushed to disk and renamed. A kill at any moment therefore leaves only
finished files and perhaps a temporary one, which the next sweep removes.
"""

import hashlib
import json
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

import model
from experiments.ensembles.plausible_worlds import sample_digest
from experiments.studies.study import Study
from model.atomic_files import write_atomically
from model.errors import InputError, ScenarioError
from model.former_names import current_path
from model.version import VERSION

PART = re.compile(r"^(runs|kept)-(\d{8})-(\d{8})\.parquet$")
# Source files, besides the model's, that can alter a result.
CODE = (
    "engine/batch.py",
    "engine/draw_cache.py",
    "engine/kernel.py",
    "ensembles/design.py",
    "ensembles/expression_functions.py",
    "ensembles/expressions.py",
    "ensembles/metrics.py",
    "ensembles/outcomes.py",
    "ensembles/plausible.py",
    "ensembles/plausible_worlds.py",
    "ensembles/play_design.py",
    "ensembles/statistics.py",
    "ensembles/stream.py",
    "studies/chunk.py",
    "studies/design.py",
    "studies/factor.py",
    "studies/point_table.py",
    "studies/study.py",
    "studies/study_file.py",
)


@cache
def code_digests() -> dict[str, str]:
    """Return the hash of every source file that can alter an outcome, by name, as it was at the first call."""
    base, package = Path(model.__file__).parent, Path(__file__).parent.parent
    sources = {f"model/{path.relative_to(base).as_posix()}": path for path in sorted(base.rglob("*.py"))}
    sources |= {f"experiments/{name}": package / name for name in CODE}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for name, path in sources.items()}


def check_code(expected: Mapping[str, str]) -> None:
    """Raise ScenarioError if the code of this process differs from that of the sweep, given by its digests."""
    own = code_digests()
    if changed := [name for name in sorted({*own, *expected}) if own.get(name) != expected.get(name)]:
        names = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
        problem = f"has other code than this sweep ({names}): start all workers with the same code, then sweep again"
        raise ScenarioError([InputError(f"the Dask worker on {platform.node()}", "", problem)])


def study_identity(study: Study) -> dict[str, Any]:
    """Return what identifies a study: its file's content, and the digests of its scenario, table and sample."""
    scenario = hashlib.sha256(json.dumps(study.scenario_data, sort_keys=True, default=str).encode()).hexdigest()[:16]
    facts = {**study.file.model_dump(mode="json"), "scenario_digest": scenario}
    if study.table is not None and study.file.design.kind == "table":
        facts["table_digest"] = table_digest(study.table)
    if study.sample is not None:
        facts["sample_digest"] = sample_digest(study.sample)
    return facts


def table_digest(table: pd.DataFrame) -> str:
    """Return the hash of the names and values of a table of points."""
    digest = hashlib.sha256()
    for name in table:
        values = table[name].to_numpy()
        digest.update(f"{name} ".encode())
        digest.update(repr(values.tolist()).encode() if values.dtype == object else values.tobytes())
    return digest.hexdigest()[:16]


def manifest_bytes(study: Study) -> bytes:
    """Return the content of a folder's manifest."""
    manifest = {
        "study": study_identity(study),
        "code": code_digests(),
        "versions": versions(),
        "scenario": study.scenario_data,
    }
    return (json.dumps(manifest, indent=1) + "\n").encode()


class StudyStore:
    """The results of one study in one folder, locked by one sweep at a time.

    Raises ScenarioError if another sweep has locked the folder, or if it holds results of another study or version.
    """

    def __init__(self, folder: Path, study: Study):
        self.folder, self.study = folder, study
        if (folder / "manifest.json").exists():
            read_manifest(folder)  # refuses the folder of another program before a lock is created in it
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = FileLock(folder / ".lock")
        try:
            self.lock.acquire(blocking=False)
        except Timeout:
            raise ScenarioError([InputError(str(folder), "", "another sweep is running in this folder")]) from None
        try:
            self._check_identity()
            self._remove_leftovers()
        except BaseException:
            self.lock.release()
            raise

    def __enter__(self) -> "StudyStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def _remove_leftovers(self) -> None:
        """Rename damaged files, so that their points run again; remove unfinished files."""
        for path in damaged_parts(self.folder):
            path.replace(path.with_name(f"{path.name}.damaged"))
        finished = {path.name.removeprefix("runs-") for path in self.folder.glob("runs-*.parquet")}
        kept = self.folder.glob("kept-*.parquet")
        unpaired = [path for path in kept if path.name.removeprefix("kept-") not in finished]
        for leftover in (*self.folder.glob("*.tmp"), *unpaired):
            leftover.unlink()

    def _check_identity(self) -> None:
        """Compare study and code with those of the folder. In an empty folder, write the manifest."""
        path = self.folder / "manifest.json"
        if not path.exists():
            if part_ranges(self.folder, "runs"):
                raise ScenarioError(
                    [InputError(str(self.folder), "", "holds results without a manifest: choose another folder")]
                )
            write_atomically(self.folder / "points.parquet", self.study.points().to_parquet(index=False))
            write_atomically(path, manifest_bytes(self.study))
            return
        check_same_study(self.folder, self.study)

    def missing_ranges(self, count: int, size: int) -> Iterator[tuple[int, int]]:
        """Yield the ranges of points below ``count`` that have no results, cut at multiples of ``size``."""
        at = 0
        stored = iter([*part_ranges(self.folder, "runs"), (count, count)])
        for begin, end in stored:
            while at < min(begin, count):
                stop = min((at // size + 1) * size, begin, count)
                yield at, stop
                at = stop
            at = max(at, end)

    def add(self, begin: int, end: int, runs: pa.Table, series: pa.Table | None) -> None:
        """Write the results of a range of points. Bands or trajectories go first: runs mark the range as finished."""
        if series is not None:
            floats = [field.name for field in series.schema if pa.types.is_floating(field.type)]
            self._write(f"kept-{begin:08d}-{end:08d}.parquet", series, floats)
        floats = [field.name for field in runs.schema if pa.types.is_floating(field.type)]
        self._write(f"runs-{begin:08d}-{end:08d}.parquet", runs, floats)

    def _write(self, name: str, table: pa.Table, floats: list[str]) -> None:
        sink = pa.BufferOutputStream()
        others = [column for column in table.column_names if column not in floats]
        write: Any = pq.write_table  # its stubs declare fewer option types than it accepts
        write(
            table, sink, compression="zstd", use_dictionary=others, use_byte_stream_split=floats, write_statistics=False
        )
        write_atomically(self.folder / name, sink.getvalue().to_pybytes())


def check_same_study(folder: Path, study: Study) -> None:
    """Raise ScenarioError if a folder with a manifest holds results of another study, or of other code."""
    current = {"study": study_identity(study), "code": code_digests()}
    errors, stored = [], read_manifest(folder)
    for kind in current:
        stored_value = stored[kind]
        for key in sorted({*stored_value, *current[kind]}):
            before, after = stored_value.get(key, "nothing"), current[kind].get(key, "nothing")
            if before != after:
                change = f"was {before} in this folder" if kind == "study" else "has changed"
                errors.append(InputError(f"{kind}.{key}", after if kind == "study" else "", change))
    if not errors and not stored_points(folder).equals(study.points()):
        problem = "gives other points than the stored ones: a library may have another version"
        errors.append(InputError("design", "", problem))
    if errors:
        where = InputError(str(folder), "", "holds results of another study or another version: choose another folder")
        raise ScenarioError([where, *errors])


def part_ranges(folder: Path, kind: str) -> list[tuple[int, int]]:
    """Return the ranges of points that have results, in order."""
    matches = [PART.match(path.name) for path in folder.glob(f"{kind}-*.parquet")]
    return sorted((int(each[2]), int(each[3])) for each in matches if each)


def part_paths(folder: Path, kind: str) -> list[Path]:
    """Return the result files, in the order of their points."""
    return [folder / f"{kind}-{begin:08d}-{end:08d}.parquet" for begin, end in part_ranges(folder, kind)]


def damaged_parts(folder: Path) -> list[Path]:
    """Return the unreadable result files, and the other files of the same points."""
    damaged = {
        path.name.partition("-")[2] for kind in ("runs", "kept") for path in unreadable_files(part_paths(folder, kind))
    }
    paths = [path for kind in ("runs", "kept") for path in part_paths(folder, kind)]
    return [path for path in paths if path.name.partition("-")[2] in damaged]


def unreadable_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the Parquet files whose footer, which is written last, cannot be read."""
    for path in paths:
        try:
            pq.read_metadata(path)
        except (pa.ArrowException, OSError):
            yield path


def check_parts(folder: Path) -> None:
    """Raise ScenarioError with the name of every damaged result file."""
    problem = "is damaged: run the sweep again to compute its points"
    paths = (path for kind in ("runs", "kept") for path in part_paths(folder, kind))
    if errors := [InputError(str(path), "", problem) for path in unreadable_files(paths)]:
        raise ScenarioError(errors)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return a folder's manifest. Raises ScenarioError if it is missing or not that of a sweep."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise ScenarioError(
            [InputError(str(folder), "", "holds no readable results; run `detente sweep` first")]
        ) from None
    except (OSError, ValueError) as error:
        raise ScenarioError([InputError(str(folder), "", f"holds no readable results: {error}")]) from None
    if not (
        isinstance(manifest, dict) and all(isinstance(manifest.get(key), dict) for key in ("study", "code", "scenario"))
    ):
        raise ScenarioError([InputError(str(folder), "", "holds a manifest that is not a sweep's")])
    return manifest


def count_failed_points(folder: Path) -> int:
    """Count the points that failed. Raises ScenarioError if a result file is damaged."""
    count = 0
    for path in part_paths(folder, "runs"):
        try:
            column = pq.read_table(path, columns=["error"]).column("error")
        except (pa.ArrowException, OSError) as error:
            raise ScenarioError([InputError(str(path), "", f"is damaged: {str(error).splitlines()[0]}")]) from None
        count += len(column) - column.null_count
    return count


def stored_points(folder: Path) -> pd.DataFrame:
    """Return the stored factor values of each point."""
    try:
        return pd.read_parquet(folder / "points.parquet").rename(columns=current_path)
    except (OSError, ValueError) as error:
        raise ScenarioError([InputError(str(folder), "", f"holds no readable points: {error}")]) from None


def stored_version(folder: str | Path) -> str:
    """Return the version of Detente that made a folder's results. Raises ScenarioError if it holds none."""
    return str(read_manifest(Path(folder)).get("versions", {}).get("detente", "0.1.0"))


def versions() -> dict[str, str]:
    """Return the versions of the libraries that can alter a design or a result."""
    return {"detente": VERSION} | {name: version(name) for name in ("numpy", "numba", "scipy", "salib")}
