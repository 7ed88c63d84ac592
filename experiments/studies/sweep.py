"""A sweep: every point of a study played, on the cores of this machine or on those of many, and kept as it comes."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from experiments.engine.kernel import load_kernel
from experiments.studies import results
from experiments.studies.chunk import ChunkTables, run_chunk
from experiments.studies.store import StudyStore, count_failed_points, damaged_parts, manifest_bytes, part_ranges
from experiments.studies.study import Study, load_study
from model.compiler import COMPILED
from model.errors import InputError, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

RUNS_A_CHUNK = 4096
NO_DASHBOARD: Any = None  # Dask wants no dashboard of its own
BYTES_A_RUN, BYTES_A_VALUE = 20, 3.2  # on disk, measured: a summary; a number of a band or a trajectory
BYTES_A_TABLE, BYTES_A_POINT = 1000, 10  # of the table of points: an empty one; a value of a factor


class SweepPlan(NamedTuple):
    """What a sweep will do: points in all and yet to play, runs, points to a chunk, bytes on disk at the end.

    damaged: files of results that cannot be read; their points are played again.
    """

    points: int
    to_play: int
    runs: int
    chunk: int
    size: int
    damaged: list[str]


class SweepResult(NamedTuple):
    """What a sweep did: points in the folder, points played now, points in the folder that failed, seconds."""

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
    """Say what a sweep would do. Raises ScenarioError if so many points are not in the design."""
    count = study.size if points is None else points
    if not 1 <= count <= study.size:
        raise ScenarioError([InputError("--points", count, f"the design has 1 to {study.size:,} points")])
    chunk = max(RUNS_A_CHUNK // study.file.replications, 1)
    torn = [path.name for path in damaged_parts(folder)]
    whole = [(at, end) for at, end in part_ranges(folder, "runs") if f"runs-{at:08d}-{end:08d}.parquet" not in torn]
    done = sum(min(end, count) - begin for begin, end in whole if begin < count)
    width = {"summaries": 0, "bands": 5, "trajectories": study.file.replications}[study.file.keep]
    indicators = len({name.partition("_")[2] for name in study.file.indicators})
    kept = count * width * (study.rounds + 1) * indicators * BYTES_A_VALUE
    runs = count * study.file.replications
    return SweepPlan(count, count - done, runs, chunk, round(runs * BYTES_A_RUN + kept + overhead_bytes(study)), torn)


def overhead_bytes(study: Study) -> float:
    """Estimate the bytes of what lies beside the runs: the manifest, and the table of all points of the design."""
    different = sum(len(each.values or ()) or study.size for each in study.factors)
    return len(manifest_bytes(study)) + BYTES_A_TABLE * (1 + len(study.factors) / 2) + BYTES_A_POINT * different


def check_executor(kind: str, scheduler: str | None) -> None:
    """Raise ScenarioError for a kind of executor that there is not, or a scheduler that it would leave unheard."""
    if kind not in ("local", "dask"):
        raise ScenarioError([InputError("--executor", kind, "allowed is local or dask")])
    if scheduler is not None and kind != "dask":
        raise ScenarioError([InputError("--scheduler", scheduler, "goes with --executor dask, and only with it")])


@contextmanager
def open_executor(kind: Literal["local", "dask"], workers: int | None, scheduler: str | None) -> Iterator[Executor]:
    """Open what plays the chunks: threads of this process, or Dask's scheduler and workers."""
    if kind == "local":
        with ThreadPoolExecutor(workers or os.cpu_count() or 1, thread_name_prefix="sweep") as threads:
            yield threads
        return
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise ScenarioError(
            [InputError("--executor", "dask", "needs the extra: pip install 'detente[dask]'")]
        ) from None
    if scheduler is not None:
        try:
            client = Client(scheduler)
        except (OSError, ValueError) as error:  # a time-out is an OSError, too
            told = f"no Dask scheduler answers there: {error}"
            raise ScenarioError([InputError("--scheduler", scheduler, told)]) from None
        with client:
            yield client.get_executor(pure=False)
        return
    processes = workers or os.cpu_count() or 1
    with (
        LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=NO_DASHBOARD) as cluster,
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
    """Play the points of a study that are not in the folder yet; a larger ``points`` extends it.

    progress is told how many points are done and how many of them failed. Raises ScenarioError if the study
    is at fault or the folder holds something else. Whatever stops it, the same call goes on from there.
    """
    check_executor(executor, scheduler)
    asked = study if isinstance(study, Study) else load_study(study)
    folder, begun = Path(out), time.perf_counter()
    with StudyStore(folder, asked) as store:
        wanted = plan_sweep(asked, folder, points)
        done, failures = wanted.points - wanted.to_play, 0
        progress(done, failures)
        if wanted.to_play:
            if COMPILED and executor == "local":
                load_kernel()
            table = asked.points()
            with open_executor(executor, workers, scheduler) as hands:
                for begin, end, played in _play(asked, store, table, wanted, hands, workers):
                    store.add(begin, end, *played)
                    done += end - begin
                    failures += played.runs.num_rows - played.runs.column("error").null_count
                    progress(done, failures)
        there = sum(end - begin for begin, end in part_ranges(folder, "runs"))
        return SweepResult(folder, there, wanted.to_play, count_failed_points(folder), time.perf_counter() - begun)


def _play(
    study: Study, store: StudyStore, table: Any, wanted: SweepPlan, hands: Executor, workers: int | None
) -> Iterator[tuple[int, int, ChunkTables]]:
    """Hand out chunks, a few ahead, and give each when it is done. Raises ScenarioError if one is lost twice."""
    waiting = store.missing_ranges(wanted.points, wanted.chunk)
    light = study._replace(table=None)
    running: dict[Future[ChunkTables], tuple[int, int, int]] = {}

    def start(begin: int, end: int, tries: int) -> None:
        rows = table.iloc[begin:end].to_dict("records")
        running[hands.submit(run_chunk, light, begin, rows)] = begin, end, tries

    try:
        for begin, end in waiting:
            start(begin, end, 1)
            if len(running) < 2 * (workers or os.cpu_count() or 1) + 2:
                continue
            yield from _finished(running, start)
        while running:
            yield from _finished(running, start)
    finally:
        for each in running:
            each.cancel()


def _finished(running: dict[Any, tuple[int, int, int]], start: Callable[[int, int, int], None]) -> Iterator[Any]:
    """Give the chunks that are done; one that broke is tried once more."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for each in done:
        begin, end, tries = running.pop(each)
        if each.cancelled():
            raise ScenarioError(
                [InputError("sweep", "", "what plays the chunks has stopped; the same command goes on")]
            )
        error = each.exception()
        if error is None:
            yield begin, end, each.result()
        elif tries < 2:
            start(begin, end, tries + 1)
        else:  # no fault of these points: nothing is kept of them, and the next sweep plays them
            told = f"were lost twice: {type(error).__name__}: {error}; the same command goes on from here"
            raise ScenarioError([InputError(f"points {begin} to {end - 1}", "", told)])
