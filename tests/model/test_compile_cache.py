"""The cache of compiled rules, on a copy of the model that tests may edit."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import model

DRIVER = '''
"""Call one rule with a few fields; it calls others, in other files of the model."""

from typing import NamedTuple

import numpy as np

from model.compiler import CACHE_FOLDER
from model.rules.environment import drift_region


class Tiny(NamedTuple):
    clock: np.ndarray
    seed: np.uint64
    regional_tension: np.ndarray
    shock_size: float


world = Tiny(np.array([1]), np.uint64(5), np.array([0.5]), 0.1)
print(CACHE_FOLDER)
print(drift_region(world, 0).hex())
print(drift_region.stats.cache_hits.total() if hasattr(drift_region, "stats") else "uncompiled")
'''

THREADS = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from model.compiler import import_generated
source = "from model.compiler import rule\\n\\n\\n@rule\\ndef twice(x):\\n    return 2.0 * x\\n"
gate = Barrier(8)
def make(_):
    gate.wait()
    return import_generated("made", source).twice(21.0)
with ThreadPoolExecutor(8) as callers:
    print(list(callers.map(make, range(8))))
"""


class ModelCopy:
    """A copy of the model with a driver and its own cache folder."""

    def __init__(self, folder: Path):
        self.folder, self.cache = folder / "copy", folder / "cache"
        skipped = shutil.ignore_patterns("__pycache__", "scenarios")
        shutil.copytree(Path(model.__file__).parent, self.folder / "model", ignore=skipped)
        (self.folder / "driver.py").write_text(DRIVER, "utf-8")

    def start(self, script: str = "import driver", **more: str) -> subprocess.Popen[str]:
        """Start a script in a new process."""
        inherited = {name: value for name, value in os.environ.items() if name != "NUMBA_DISABLE_JIT"}
        here = {**inherited, "PYTHONPATH": str(self.folder), "DETENTE_CACHE": str(self.cache), **more}
        command = [sys.executable, "-c", script]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.folder, env=here, text=True, stdout=pipe, stderr=pipe)

    def run(self, script: str = "import driver", **more: str) -> list[str]:
        """Run a script and return the words that it prints; for the driver: cache folder, result and cache hits."""
        return output_of(self.start(script, **more))

    def result(self, **more: str) -> str:
        """Run the driver and return its result only."""
        return self.run(**more)[1]

    def edit(self, file: str, old: str, new: str) -> None:
        """Edit one source file of the copy."""
        path = self.folder / "model" / file
        source = path.read_text("utf-8")
        assert source.count(old) == 1
        path.write_text(source.replace(old, new), "utf-8")

    def cache_files(self) -> list[Path]:
        """Return the files of compiled code: Numba's indices (.nbi) and the code itself."""
        return sorted(path for path in self.cache.rglob("*.nb?"))


def output_of(process: subprocess.Popen[str]) -> list[str]:
    """Wait for a process to succeed and return the words that it prints."""
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    return out.split()


@pytest.fixture
def copy(tmp_path):
    return ModelCopy(tmp_path)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Fill one cache, which tests may copy; the correct result is the uncompiled one."""
    original = ModelCopy(tmp_path_factory.mktemp("filled"))
    correct = original.result(NUMBA_DISABLE_JIT="1")
    assert original.result() == correct
    return original, correct


def copy_of(filled: ModelCopy, folder: Path) -> ModelCopy:
    """Return a copy of the cache to damage, for the same sources, so that its files count as current."""
    other = object.__new__(ModelCopy)
    other.folder, other.cache = filled.folder, folder / "cache"
    shutil.copytree(filled.cache, other.cache)
    return other


def test_a_second_run_compiles_nothing(copy):
    first, second = copy.run(), copy.run()
    assert Path(first[0]).parent == copy.cache
    assert second == [first[0], first[1], "1"]
    assert first[2] == "0"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("chance.py", "* 1.1102230246251565e-16", "* 1.1102230246251565e-16 * 0.5"),
        ("arithmetic.py", "return top * q / low", "return 0.5 * top * q / low"),
    ],
    ids=["a called rule in another file", "an indirectly called rule"],
)
def test_an_edited_rule_is_recompiled(copy, file, old, new):
    before = copy.run()
    copy.edit(file, old, new)
    after, correct = copy.run(), copy.result(NUMBA_DISABLE_JIT="1")
    assert after[1] == correct != before[1]
    assert after[0] != before[0]


def test_an_unwritable_cache_falls_back_to_another_folder(copy, filled, tmp_path):
    """A file has the name of the folder; permissions do not stop root."""
    (tmp_path / "file").write_text("not a folder")
    spare = tmp_path / "spare"
    spare.mkdir()
    there = {"DETENTE_CACHE": str(tmp_path / "file"), "TMPDIR": str(spare)}
    folder, result, _ = copy.run(**there)
    assert Path(folder).is_relative_to(spare)
    assert result == filled[1]
    assert copy.run(**there) == [folder, result, "1"]  # the fallback is a cache too


def test_an_unwritable_home_falls_back_to_another_folder(copy, filled, tmp_path):
    spare = tmp_path / "spare"
    spare.mkdir()
    homeless = {"DETENTE_CACHE": "", "HOME": "/proc/none", "XDG_CACHE_HOME": "", "TMPDIR": str(spare)}
    folder, result, _ = copy.run(**homeless)
    assert Path(folder).is_relative_to(spare)
    assert result == filled[1]


def test_read_only_sources_compile(copy, filled):
    """A read-only install: no bytecode and no cache beside the sources."""
    for path in [copy.folder, *copy.folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(copy.folder.rglob("*"))
    assert copy.result(PYTHONDONTWRITEBYTECODE="1") == filled[1]
    assert sorted(copy.folder.rglob("*")) == before


def flip_bit(data: bytes, generator: random.Random) -> bytes:
    """Return data with one bit flipped."""
    at = generator.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << generator.randrange(8)]) + data[at + 1 :]


DAMAGES = {
    "emptied": lambda data: b"",
    "cut in half": lambda data: data[: len(data) // 2],
    "garbage": lambda data: random.Random(1).randbytes(len(data)),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", ["index", "code"])
def test_a_damaged_cache_is_rebuilt(filled, damage, kind, tmp_path):
    damaged = copy_of(filled[0], tmp_path)
    paths = [path for path in damaged.cache_files() if (path.suffix == ".nbi") == (kind == "index")]
    for path in paths:
        path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert damaged.result() == filled[1]
    if damage == "garbage":
        assert damaged.run()[1:] == [filled[1], "1"]


def test_missing_cache_files_are_rebuilt(filled, tmp_path):
    damaged = copy_of(filled[0], tmp_path)
    paths = damaged.cache_files()
    assert len(paths) > 4
    for path in paths[::2]:
        path.unlink()
    assert damaged.result() == filled[1]
    assert damaged.run()[1:] == [filled[1], "1"]


@pytest.mark.parametrize("seed", range(2))
def test_flipped_cache_bits_give_no_wrong_result(filled, seed, tmp_path):
    flip_and_run(*filled, seed, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 100))
def test_many_flipped_cache_bits_give_no_wrong_result(filled, seed, tmp_path):
    flip_and_run(*filled, seed, tmp_path)


def flip_and_run(original: ModelCopy, correct: str, seed: int, folder: Path) -> None:
    """Flip one bit in every cache file, then run."""
    damaged, generator = copy_of(original, folder), random.Random(seed)
    for path in damaged.cache_files():
        path.write_bytes(flip_bit(path.read_bytes(), generator))
    assert damaged.result() == correct


def test_two_processes_on_an_empty_cache_agree(copy, filled):
    both = [copy.start(), copy.start()]
    assert [output_of(each)[1] for each in both] == [filled[1]] * 2
    assert copy.run()[1:] == [filled[1], "1"]


def test_eight_threads_can_generate_code_concurrently(copy):
    assert "".join(copy.run(THREADS)) == "[" + ",".join(["42.0"] * 8) + "]"


def test_generated_code_is_rewritten_when_it_differs(copy):
    script = "from model.compiler import import_generated; print(import_generated('made', 'answer = {}').answer)"
    assert [copy.run(script.format(number)) for number in (41, 42, 42)] == [["41"], ["42"], ["42"]]
    for file in copy.cache.rglob("made*.py"):
        file.write_text("answer = ")  # as after a crash of the machine
    assert copy.run(script.format(42)) == ["42"]


def kill_during_cache_write(copy: ModelCopy, generator: random.Random) -> None:
    """Start with an empty cache and kill the process at a random time after the first cache file."""
    process = copy.start()
    while process.poll() is None and not any(path.is_file() for path in copy.cache.rglob("*")):
        time.sleep(0.001)
    time.sleep(generator.uniform(0.0, 0.8))  # about the time to write the whole cache
    process.send_signal(signal.SIGKILL)
    process.communicate()


def check_runs_after_kills(copy: ModelCopy, correct: str, count: int, seed: int) -> None:
    """Check that the run after each kill is correct, and that at least one kill came before the end."""
    generator, interrupted = random.Random(seed), 0
    for _ in range(count):
        shutil.rmtree(copy.cache, ignore_errors=True)
        kill_during_cache_write(copy, generator)
        found = copy.run()
        assert found[1] == correct
        interrupted += found[2] == "0"
    assert interrupted


def test_a_run_is_correct_after_a_kill_during_a_cache_write(copy, filled):
    check_runs_after_kills(copy, filled[1], count=2, seed=1)


@pytest.mark.soak
def test_runs_are_correct_after_many_kills_during_cache_writes(copy, filled):
    check_runs_after_kills(copy, filled[1], count=100, seed=2)
