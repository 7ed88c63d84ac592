"""Run a sweep: all points of a study, on the cores of one machine or of several, storing each finished chunk."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from experiments.engine.kernel import BLOCK_SIZE, load_kernel
from experiments.engine.processes import processor_count
from experiments.ensembles.design import Design
from experiments.ensembles.play_design import estimate_design
from experiments.studies import results
from experiments.studies.chunk import ChunkTables, StudyKey, run_chunk, study_plans, study_replications
from experiments.studies.design import ORDERS
from experiments.studies.store import (
    StudyStore,
    check_same_study,
    code_digests,
    count_failed_points,
    damaged_parts,
    manifest_bytes,
    part_ranges,
)
from experiments.studies.study import Study, load_study
from model.compiler import COMPILED
from model.errors import InputError, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

RUNS_PER_CHUNK = 4096
ANY_PORT = ":0"  # of the HTTP server of a Dask cluster; None would be port 8787, which may be in use
BYTES_PER_RUN, BYTES_PER_METRIC, BYTES_PER_VALUE = 20, 3, 3.2  # on disk, measured; VALUE: of a band or a trajectory
BYTES_PER_TABLE, BYTES_PER_POINT = 1000, 10  # of the table of points: an empty table; one factor value


class SweepPlan(NamedTuple):
    """What a sweep will do.

    points, runs: in total. to_play: points still to run. chunk: points per chunk. size: estimated bytes on disk at
    the end. damaged: result files that cannot be read; their points run again. order: of the points.
    """

    points: int
    to_play: int
    runs: int
    chunk: int
    size: int
    damaged: list[str]
    order: str


class SweepResult(NamedTuple):
    """What a sweep did: points in the folder, points run now, points in the folder that failed, seconds."""

    folder: Path
    points: int
    played: int
    failed: int
    seconds: float

    def frame(self) -> "pd.DataFrame":
        """Return one row for each run: the values of the factors, outcome, indicators; the error of a failed point."""
        return results.runs_table(self.folder)

    def by_point(self) -> "pd.DataFrame":
        """Return one row for each point: the values of the factors, shares of outcomes, mean indicators."""
        return results.summary_by_point(self.folder)


def plan_sweep(study: Study, folder: Path, points: int | None = None) -> SweepPlan:
    """Return what a sweep would do.

    Raises ScenarioError if the design has fewer points than requested, or if the folder holds another study.
    """
    if (folder / "manifest.json").exists():
        check_same_study(folder, study)
    count = study.size if points is None else points
    if not 1 <= count <= study.size:
        raise ScenarioError([InputError("--points", count, f"the design has 1 to {study.size:,} points")])
    chunk = max(RUNS_PER_CHUNK // study.file.replications, 1)
    damaged = [path.name for path in damaged_parts(folder)]
    finished = [
        (at, end) for at, end in part_ranges(folder, "runs") if f"runs-{at:08d}-{end:08d}.parquet" not in damaged
    ]
    done = sum(min(end, count) - begin for begin, end in finished if begin < count)
    width = {"summaries": 0, "bands": 5, "trajectories": study.file.replications}[study.file.keep]
    indicators = len({name.partition("_")[2] for name in study.file.indicators})
    series = count * width * (study.rounds + 1) * indicators * BYTES_PER_VALUE
    runs = count * study.file.replications
    width_of_run = BYTES_PER_RUN + BYTES_PER_METRIC * len(study.file.metrics)
    size = round(runs * width_of_run + series + overhead_bytes(study))
    return SweepPlan(count, count - done, runs, chunk, size, damaged, ORDERS[study.file.design.kind])


def estimate_seconds(study: Study, plan: SweepPlan, workers: int | None = None) -> float:
    """Return an estimate of the time of a sweep on this machine, from the time of a few runs of its first points."""
    first = study.points().head(BLOCK_SIZE)
    estimate = estimate_design(
        Design(study_plans(StudyKey(study)), first), study_replications(study._replace(sample=None))
    )
    return estimate.seconds / len(first) * plan.to_play / (workers or processor_count())


def overhead_bytes(study: Study) -> float:
    """Estimate the bytes of the manifest and of the table of points."""
    values = sum(len(each.values or ()) or study.size for each in study.factors)
    return len(manifest_bytes(study)) + BYTES_PER_TABLE * (1 + len(study.factors) / 2) + BYTES_PER_POINT * values


def check_executor(kind: str, scheduler: str | None) -> None:
    """Raise ScenarioError for an unknown executor, or for a scheduler that the executor would not use."""
    if kind not in ("local", "dask"):
        raise ScenarioError([InputError("--executor", kind, "allowed is local or dask")])
    if scheduler is not None and kind != "dask":
        raise ScenarioError([InputError("--scheduler", scheduler, "requires --executor dask")])


@contextmanager
def open_executor(kind: Literal["local", "dask"], workers: int | None, scheduler: str | None) -> Iterator[Executor]:
    """Open the executor of the chunks: threads of this process, or Dask workers."""
    if kind == "local":
        with ThreadPoolExecutor(workers or processor_count(), thread_name_prefix="sweep") as threads:
            yield threads
        return
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise ScenarioError(
            [InputError("--executor", "dask", "requires the extra: pip install 'detente[dask]'")]
        ) from None
    if scheduler is not None:
        try:
            client = Client(scheduler)
        except (OSError, ValueError) as error:  # a timeout is an OSError too
            problem = f"no Dask scheduler responds at this address: {error}"
            raise ScenarioError([InputError("--scheduler", scheduler, problem)]) from None
        with client:
            yield client.get_executor(pure=False)
        return
    processes = workers or processor_count()
    with (
        LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=ANY_PORT) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor(pure=False)


def sweep(
    study: str | Path | Mapping[str, Any] | Study,
    out: str | Path,
    points: int | None = None,
    workers: int | None = None,
    executor: Literal["local", "dask"] = "local",
    scheduler: str | None = None,
    progress: Callable[[int, int], None] = lambda done, failures: None,
) -> SweepResult:
    """Run the points of a study that have no results in the folder yet; a larger ``points`` extends the folder.

    ``progress`` receives the number of points done and of those that failed. Raises ScenarioError if the study is
    invalid or the folder holds other results. After any interruption, the same call resumes the sweep.
    """
    check_executor(executor, scheduler)
    loaded = study if isinstance(study, Study) else load_study(study)
    folder, started = Path(out), time.perf_counter()
    with StudyStore(folder, loaded) as store:
        plan = plan_sweep(loaded, folder, points)
        done, failures = plan.points - plan.to_play, 0
        progress(done, failures)
        if plan.to_play:
            if COMPILED and executor == "local":
                load_kernel()
            table = loaded.points()
            with open_executor(executor, workers, scheduler) as pool:
                for begin, end, tables in _run_chunks(loaded, store, table, plan, pool, workers):
                    store.add(begin, end, *tables)
                    done += end - begin
                    failures += tables.runs.num_rows - tables.runs.column("error").null_count
                    progress(done, failures)
        stored = sum(end - begin for begin, end in part_ranges(folder, "runs"))
        return SweepResult(folder, stored, plan.to_play, count_failed_points(folder), time.perf_counter() - started)


def _run_chunks(
    study: Study, store: StudyStore, table: Any, plan: SweepPlan, pool: Executor, workers: int | None
) -> Iterator[tuple[int, int, ChunkTables]]:
    """Submit chunks, a few ahead; yield each when it is done. Raises ScenarioError if one is lost twice or refused."""
    waiting = store.missing_ranges(plan.points, plan.chunk)
    without_table, code = study._replace(table=None), code_digests()
    running: dict[Future[ChunkTables], tuple[int, int, int]] = {}

    def start(begin: int, end: int, tries: int) -> None:
        running[pool.submit(run_chunk, without_table, begin, table.iloc[begin:end], code)] = begin, end, tries

    try:
        for begin, end in waiting:
            start(begin, end, 1)
            if len(running) < 2 * (workers or processor_count()) + 2:
                continue
            yield from _finished(running, start)
        while running:
            yield from _finished(running, start)
    finally:
        for each in running:
            each.cancel()


def _finished(running: dict[Any, tuple[int, int, int]], start: Callable[[int, int, int], None]) -> Iterator[Any]:
    """Yield the finished chunks; submit one that raised an error once more."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for each in done:
        begin, end, tries = running.pop(each)
        if each.cancelled():
            raise ScenarioError(
                [InputError("sweep", "", "the executor has stopped; the same command resumes the sweep")]
            )
        error = each.exception()
        if error is None:
            yield begin, end, each.result()
        elif isinstance(error, ScenarioError):  # a worker has other code
            raise error
        elif tries < 2:
            start(begin, end, tries + 1)
        else:  # not an error of these points: nothing is stored, and the next sweep runs them
            problem = f"were lost twice: {type(error).__name__}: {error}; the same command resumes the sweep"
            raise ScenarioError([InputError(f"points {begin} to {end - 1}", "", problem)])
