"""Sweeps: killed at any moment they go on, and the table is the same; on any number of workers, here or elsewhere."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.studies import study
from typer.testing import CliRunner

from dashboards.cli.main import app
from experiments import sweep
from experiments.ensembles.ensemble import play_ensemble
from experiments.studies.chunk import run_chunk, seeds_of
from experiments.studies.results import ask, by_point, summary, table
from experiments.studies.sensitivity import sensitivity
from experiments.studies.store import part_paths, parts
from experiments.studies.study import load_study
from experiments.studies.sweep import plan
from model.enumerations import Outcome
from model.errors import ScenarioError

DETENTE = Path(sys.executable).with_name("detente")
POINTS = 960  # with so many replications 128 to a chunk, so eight chunks
BIG = {"replications": 32, "rounds": 12, "design": {"kind": "latin", "points": POINTS}}


def detente(*words, cwd, **more):
    """Run a command to its end."""
    return subprocess.run([DETENTE, *map(str, words)], cwd=cwd, capture_output=True, text=True, timeout=300, **more)


def called(*words):
    """Call the command in this process."""
    return CliRunner().invoke(app, [*map(str, words)])


def write(folder: Path, **more) -> Path:
    """Write the smallest study as a file."""
    import tomli_w

    path = folder / "small.toml"
    path.write_text(tomli_w.dumps(study(**more)))
    return path


def rows(folder: Path) -> pd.DataFrame:
    """Give the table of runs."""
    return table(folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Sweep a study once, undisturbed, in one thread."""
    folder = tmp_path_factory.mktemp("whole")
    sweep(study(**BIG), folder, workers=1)
    return rows(folder)


def test_a_row_is_the_run_of_its_point_and_seed(tmp_path):
    swept = sweep(study(), tmp_path)
    found, points = rows(tmp_path), load_study(study()).points()
    assert (swept.points, swept.played, swept.failed) == (6, 6, 0)
    assert len(found) == 18
    for point, values in enumerate(points.to_dict("records")):
        alone = play_ensemble("two-states", 3, 1, rounds=8, changes=values)
        mine = found[found["point"] == point]
        assert mine["outcome"].tolist() == [Outcome(int(each)).name for each in alone.overall]
        assert mine["seed"].tolist() == [1, 2, 3]
        np.testing.assert_array_equal(mine["mean_trust"], alone.means[:, 0])
        np.testing.assert_array_equal(mine["end_deal_progress"], alone.ends[:, 3])


def test_dice_are_common_to_all_points_unless_the_study_wants_its_own():
    common, own = load_study(study()), load_study(study(common_dice=False))
    assert seeds_of(common, 4).tolist() == seeds_of(common, 0).tolist() == [1, 2, 3]
    assert seeds_of(own, 4).tolist() == [13, 14, 15]


@pytest.mark.parametrize("workers", [2, 5])
def test_any_number_of_workers_gives_the_same_table(workers, whole, tmp_path):
    sweep(study(**BIG), tmp_path, workers=workers)
    pd.testing.assert_frame_equal(rows(tmp_path), whole)


def test_a_larger_number_of_points_extends_the_folder(whole, tmp_path):
    first = sweep(study(**BIG), tmp_path, points=200)
    before = {path: path.stat().st_mtime_ns for path in part_paths(tmp_path, "runs")}
    more = sweep(study(**BIG), tmp_path, points=600)
    rest = sweep(study(**BIG), tmp_path)
    assert (first.played, more.played, rest.played) == (200, 400, 360)
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())
    assert sweep(study(**BIG), tmp_path).played == 0
    pd.testing.assert_frame_equal(rows(tmp_path), whole)


def kill_and_resume(folder: Path, file: Path, kills: int, seed: int, signals=(signal.SIGKILL,)) -> int:
    """Start a sweep and kill it, each time after other progress of its own; let it end, and count the kills."""
    luck, cut_short, out = random.Random(seed), 0, folder / "out"
    command = [DETENTE, "sweep", str(file), "--out", str(out), "--json"]
    for _ in range(kills):
        had = len(parts(out, "runs")) if out.exists() else 0
        (out / ".lock").unlink(missing_ok=True)  # whoever held it is dead: the next is there when it begins
        wanted = had + luck.randint(0, 1)  # the lock alone, or a part more
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while process.poll() is None and not ((out / ".lock").exists() and len(parts(out, "runs")) >= wanted):
            time.sleep(0.002)
        time.sleep(luck.uniform(0.0, 0.1))
        process.send_signal(luck.choice(signals))
        process.communicate(timeout=60)
        cut_short += len(rows_there(out)) < POINTS
    done = detente("sweep", file, "--out", out, cwd=folder)
    assert done.returncode == 0, done.stderr
    return cut_short


def rows_there(folder: Path) -> range:
    """Count the points that are there."""
    return range(sum(end - begin for begin, end in parts(folder, "runs")))


def test_a_sweep_killed_at_any_moment_goes_on_and_its_table_is_the_same(whole, tmp_path):
    file = write(tmp_path, **BIG)
    cut_short = kill_and_resume(tmp_path, file, kills=3, seed=5, signals=(signal.SIGKILL, signal.SIGINT))
    assert cut_short > 0
    pd.testing.assert_frame_equal(rows(tmp_path / "out"), whole)
    assert not list((tmp_path / "out").glob("*.tmp"))


@pytest.mark.soak
def test_a_sweep_killed_a_hundred_times_gives_the_same_table(whole, tmp_path):
    file = write(tmp_path, **BIG)
    for batch in range(20):
        (tmp_path / str(batch)).mkdir()
        kill_and_resume(tmp_path / str(batch), file, kills=5, seed=batch)
        pd.testing.assert_frame_equal(rows(tmp_path / str(batch) / "out"), whole)


class Broken(Executor):
    """Plays two chunks, and is lost."""

    def __init__(self):
        self.left = 2

    def submit(self, function, /, *given, **named):
        done = Future()
        self.left -= 1
        if self.left >= 0:
            done.set_result(function(*given, **named))
        else:
            done.set_exception(ConnectionError("the scheduler has gone"))
        return done


def test_chunks_that_are_lost_are_told_kept_nothing_of_and_played_by_the_next_sweep(whole, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("experiments.studies.sweep.executor_of", lambda *_: nullcontext(Broken()))
        with pytest.raises(ScenarioError, match="the scheduler has gone; the same command goes on"):
            sweep(study(**BIG), tmp_path)
    assert 0 < len(rows_there(tmp_path)) < POINTS
    assert sweep(study(**BIG), tmp_path).failed == 0
    pd.testing.assert_frame_equal(rows(tmp_path), whole)


def test_results_keep_their_points_whatever_becomes_of_the_files(tmp_path):
    (tmp_path / "points.csv").write_text("states.alba.generosity\n0.25\n0.5\n")
    design = {"kind": "table", "file": "points.csv"}
    write(tmp_path, levers={"states.alba.generosity": [0.0, 1.0]}, uncertainties={}, design=design)
    sweep(tmp_path / "small.toml", tmp_path / "out")
    (tmp_path / "points.csv").write_text("states.alba.generosity\n0.9\n0.8\n")
    assert sorted(set(rows(tmp_path / "out")["states.alba.generosity"])) == [0.25, 0.5]
    with pytest.raises(ScenarioError, match="table_digest"):
        sweep(tmp_path / "small.toml", tmp_path / "out")
    (tmp_path / "points.csv").unlink()
    assert len(rows(tmp_path / "out")) == 6


def test_what_was_kept_beside_runs_that_never_came_is_removed(tmp_path):
    kept = study(keep="bands")
    sweep(kept, tmp_path, points=4)
    (path,) = part_paths(tmp_path, "runs")
    path.unlink()  # as a kill between the two leaves it
    sweep(kept, tmp_path, points=3)
    assert parts(tmp_path, "kept") == parts(tmp_path, "runs") == [(0, 3)]
    found = ask(tmp_path, "select distinct percentile from kept order by percentile")
    assert found["percentile"].tolist() == [5, 25, 50, 75, 95]


def test_a_manifest_of_something_else_is_told(tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "an app"}')
    for words in (("results", tmp_path), ("sweep", write(tmp_path), "--out", tmp_path)):
        done = called(*words)
        assert done.exit_code == 2
        assert "holds a manifest that is none of a sweep" in done.stderr


def test_a_half_written_part_is_not_there(tmp_path):
    sweep(study(), tmp_path, points=3)
    (tmp_path / "runs-00000003-00000006.parquet.tmp").write_bytes(b"half of it")
    sweep(study(), tmp_path)
    assert len(rows(tmp_path)) == 18
    assert not list(tmp_path.glob("*.tmp"))


def test_a_damaged_part_is_named_and_its_points_are_played_again(tmp_path):
    file, out = write(tmp_path, replications=2048), tmp_path / "out"  # two points to a chunk
    sweep(load_study(file), out)
    before, (path, *_) = rows(out), part_paths(out, "runs")
    path.write_bytes(path.read_bytes()[:-100])
    done = called("results", out)
    assert done.exit_code == 2
    assert f"{path}: is damaged" in done.stderr
    done = called("sweep", file, "--out", out, "--json")
    assert f"note: {path} is damaged" in done.stderr
    assert json.loads(done.stdout)["played"] == 2
    pd.testing.assert_frame_equal(rows(out), before)


def test_an_unknown_executor_is_refused_and_no_scheduler_that_answers_is_told(tmp_path):
    with pytest.raises(ScenarioError, match="--executor: allowed is local or dask"):
        sweep(study(), tmp_path, executor="foo")  # type: ignore[arg-type]
    with pytest.raises(ScenarioError, match="--scheduler: goes with --executor dask"):
        sweep(study(), tmp_path, scheduler="tcp://127.0.0.1:1")
    with pytest.raises(ScenarioError, match="--scheduler: no Dask scheduler answers there"):
        sweep(study(), tmp_path, executor="dask", scheduler="nonsense")


def test_a_disk_that_is_full_is_told_and_what_is_there_is_kept(tmp_path):
    """A limit on the size of files stands for the disk."""
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500)); import sys; sys.argv = ['detente', 'sweep', {str(write(tmp_path))!r}, '--out', {str(tmp_path / 'out')!r}]; import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from dashboards.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", limited], capture_output=True, text=True)
    assert done.returncode == 2
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert called("sweep", tmp_path / "small.toml", "--out", tmp_path / "out").exit_code == 0
    assert len(rows(tmp_path / "out")) == 18


def test_a_point_that_fails_is_a_row_with_its_stage_and_error(tmp_path):
    """A doctrine that does not exist is found out only when its point is made."""
    faulty = study(
        levers={"states.alba.doctrine": {"values": ["reciprocity", "appeasement"]}},
        uncertainties={},
        design={"kind": "grid"},
    )
    swept = sweep(faulty, tmp_path)
    found = rows(tmp_path)
    assert swept.failed == 1
    assert found["error"].notna().sum() == 1
    lost = found[found["error"].notna()].iloc[0]
    assert lost["stage"] == "scenario"
    assert "states.alba.doctrine" in lost["error"]
    assert len(found[found["error"].isna()]) == 3
    assert summary(tmp_path)["failed"] == 1
    done = called("results", tmp_path)
    assert "failed (scenario): 1 points from point 1" in done.stdout


def test_another_study_or_other_code_in_the_same_folder_is_refused_with_the_difference(tmp_path):
    sweep(study(), tmp_path)
    with pytest.raises(ScenarioError, match=r"study\.replications: was 3 there .found 4"):
        sweep(study(replications=4), tmp_path)
    with pytest.raises(ScenarioError, match=r"study\.scenario_digest"):
        sweep(study(changes={"states.alba.resolve": 0.9}), tmp_path)
    path = tmp_path / "manifest.json"
    facts = json.loads(path.read_text())
    facts["code"]["model/rules/home.py"] = "0"
    path.write_text(json.dumps(facts))
    with pytest.raises(ScenarioError, match=r"code\.model/rules/home\.py: has changed since"):
        sweep(study(), tmp_path)


def test_a_second_sweep_into_one_folder_is_refused(tmp_path):
    from experiments.studies.store import StudyStore

    with StudyStore(tmp_path / "out", load_study(study())):
        done = detente("sweep", write(tmp_path), "--out", tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "another sweep is at work" in done.stderr
    assert called("sweep", tmp_path / "small.toml", "--out", tmp_path / "out").exit_code == 0


def test_a_truncated_sobol_design_is_refused_by_sensitivity(tmp_path):
    sobol = study(design={"kind": "sobol", "points": 8})
    sweep(sobol, tmp_path, points=20)
    with pytest.raises(ScenarioError, match="a truncated one has no indices"):
        sensitivity(tmp_path, "some_deal")
    sweep(sobol, tmp_path)
    found = sensitivity(tmp_path, "mean_trust")
    assert set(found.indices["factor"]) == {"states.alba.generosity", "belief.betrayal_weight"}
    assert 0.0 <= found.noise <= 1.0


@pytest.mark.parametrize(("keep", "rows_a_point"), [("bands", 5 * 9), ("trajectories", 3 * 9)])
def test_bands_and_trajectories_are_kept_if_asked_for(keep, rows_a_point, tmp_path):
    sweep(study(keep=keep), tmp_path)
    kept = pd.concat(map(pd.read_parquet, part_paths(tmp_path, "kept")))
    assert len(kept) == 6 * rows_a_point
    if keep == "trajectories":
        values = load_study(study()).points().iloc[2].to_dict()
        alone = play_ensemble("two-states", 3, 1, rounds=8, changes=values, keep=True)
        assert alone.trajectories is not None
        mine = kept[kept["point"] == 2]["trust"].to_numpy().reshape(3, 9)
        np.testing.assert_array_equal(mine, alone.trajectories[:, :, 0].astype(np.float32))


def test_questions_in_sql_are_answered_and_a_wrong_one_is_told(tmp_path):
    sweep(study(), tmp_path)
    answer = ask(
        tmp_path,
        'select point, avg(mean_trust) as trust, min("states.alba.generosity") as g from results group by point order by point',
    )
    assert len(answer) == 6
    np.testing.assert_allclose(answer["trust"], by_point(tmp_path)["mean_trust"], rtol=1e-6)
    with pytest.raises(ScenarioError, match="--sql"):
        ask(tmp_path, "select nothing from nowhere")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "is empty"),
        ("-- nothing", "gives no rows"),
        ("select * from 'https://example.invalid/x.csv'", "httpfs"),
    ],
)
def test_a_question_without_an_answer_is_told_and_nothing_is_fetched_for_it(query, told, tmp_path):
    sweep(study(), tmp_path, points=1)
    with pytest.raises(ScenarioError, match=told) as refused:
        ask(tmp_path, query)
    assert "NoneType" not in str(refused.value)
    assert "nstall" not in str(refused.value)


def test_a_folder_without_results_is_told(tmp_path):
    done = called("results", tmp_path)
    assert done.exit_code == 2
    assert "holds no readable results" in done.stderr


@pytest.mark.parametrize(("above", "told"), [("2", "no"), ("nan", "no"), ("-1", "every")])
def test_a_threshold_that_sets_nothing_apart_is_told_with_what_there_is(above, told, tmp_path):
    sweep(study(design={"kind": "latin", "points": 30}), tmp_path)
    done = called("discover", tmp_path, "--outcome", "mean_trust", "--above", above)
    assert done.exit_code == 2
    assert f"--above: {told} point reaches it; mean_trust goes from 0." in done.stderr


def test_the_size_that_is_told_is_that_of_the_whole_folder(tmp_path):
    asked = load_study(study(design={"kind": "latin", "points": 100}))
    told = plan(asked, tmp_path / "out").size
    sweep(asked, tmp_path / "out")
    size = sum(path.stat().st_size for path in (tmp_path / "out").iterdir())
    assert 0.7 * size < told < 1.4 * size


def test_dry_run_prints_the_plan_and_plays_nothing(tmp_path):
    done = called("sweep", "two-tracks", "--out", tmp_path / "out", "--dry-run")
    assert done.exit_code == 0
    assert "108 of 108 points (grid), 108 to play, 40 runs of 60 rounds each: 4,320 runs" in done.stdout
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_two_dask_workers_of_which_one_is_killed_give_the_same_table(whole, tmp_path):
    """A scheduler and two worker processes on loopback; the one that is killed is not missed."""
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        with Client(cluster) as client:
            pids = list(client.run(os.getpid).values())
        killed = []

        def kill(done: int, failed: int) -> None:
            if done > 150 and not killed:
                os.kill(pids[0], signal.SIGKILL)
                killed.append(pids[0])

        sweep(study(**BIG), tmp_path, executor="dask", scheduler=cluster.scheduler_address, progress=kill)
    assert killed
    pd.testing.assert_frame_equal(rows(tmp_path), whole)


def test_workers_need_no_mesa_and_no_page():
    text = "import sys; from experiments.studies.chunk import run_chunk; print([name for name in ('mesa', 'solara', 'plotly') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert run_chunk.__module__ == "experiments.studies.chunk"


def test_a_summary_takes_fewer_than_32_bytes_a_run_on_disk(whole, tmp_path):
    sweep(study(**BIG), tmp_path)
    assert sum(path.stat().st_size for path in part_paths(tmp_path, "runs")) < 32 * len(whole)
