"""The cache of compiled rules: never stale, never in the way. On a copy of the model, so that it may be edited."""

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
"""Play one rule over a handful of fields: it calls others, in other files of the model."""

from typing import NamedTuple

import numpy as np

from model.compiler import CACHE_FOLDER
from model.rules.environment import drift_region


class Tiny(NamedTuple):
    clock: np.ndarray
    seed: np.uint64
    regional_tension: np.ndarray
    region_memory: float
    region_noise: float
    oil_region_link: float


world = Tiny(np.array([1]), np.uint64(5), np.array([0.5]), 0.9, 0.1, 0.3)
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


class Copy:
    """A copy of the model with a driver, and a cache folder of its own."""

    def __init__(self, folder: Path):
        self.folder, self.cache = folder / "copy", folder / "cache"
        skipped = shutil.ignore_patterns("__pycache__", "scenarios")
        shutil.copytree(Path(model.__file__).parent, self.folder / "model", ignore=skipped)
        (self.folder / "driver.py").write_text(DRIVER, "utf-8")

    def start(self, script: str = "import driver", **more: str) -> subprocess.Popen[str]:
        """Start a script in a process of its own."""
        inherited = {name: value for name, value in os.environ.items() if name != "NUMBA_DISABLE_JIT"}
        here = {**inherited, "PYTHONPATH": str(self.folder), "DETENTE_CACHE": str(self.cache), **more}
        command = [sys.executable, "-c", script]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.folder, env=here, text=True, stdout=pipe, stderr=pipe)

    def run(self, script: str = "import driver", **more: str) -> list[str]:
        """Run a script to its end and give the words it printed: of the driver, cache folder, answer and cache hits."""
        return finished(self.start(script, **more))

    def answer(self, **more: str) -> str:
        """Run the driver and give its answer alone."""
        return self.run(**more)[1]

    def edit(self, file: str, old: str, new: str) -> None:
        """Edit one source file of the copy."""
        path = self.folder / "model" / file
        source = path.read_text("utf-8")
        assert source.count(old) == 1
        path.write_text(source.replace(old, new), "utf-8")

    def kept(self) -> list[Path]:
        """List the files of compiled code: Numba's indices (.nbi) and the code itself."""
        return sorted(path for path in self.cache.rglob("*.nb?"))


def finished(process: subprocess.Popen[str]) -> list[str]:
    """Wait for a process to end well and give the words it printed."""
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    return out.split()


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Fill one cache, which tests may copy; the right answer is the uncompiled one."""
    made = Copy(tmp_path_factory.mktemp("filled"))
    right = made.answer(NUMBA_DISABLE_JIT="1")
    assert made.answer() == right
    return made, right


def copy_of(filled: Copy, folder: Path) -> Copy:
    """Give a cache to damage: another folder of the same sources, so that its files count as fresh."""
    other = object.__new__(Copy)
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
    ids=["what the rule calls, in another file", "what that calls, in a third"],
)
def test_an_edited_rule_is_never_answered_by_a_stale_kernel(copy, file, old, new):
    before = copy.run()
    copy.edit(file, old, new)
    after, right = copy.run(), copy.answer(NUMBA_DISABLE_JIT="1")
    assert after[1] == right != before[1]
    assert after[0] != before[0]


def test_an_unwritable_cache_falls_back_to_another_folder(copy, filled, tmp_path):
    """A file is in the way: permissions would not stop root."""
    (tmp_path / "file").write_text("in the way")
    spare = tmp_path / "spare"
    spare.mkdir()
    there = {"DETENTE_CACHE": str(tmp_path / "file"), "TMPDIR": str(spare)}
    folder, answer, _ = copy.run(**there)
    assert Path(folder).is_relative_to(spare)
    assert answer == filled[1]
    assert copy.run(**there) == [folder, answer, "1"]  # the fallback is a cache too


def test_an_unwritable_home_falls_back_to_another_folder(copy, filled, tmp_path):
    spare = tmp_path / "spare"
    spare.mkdir()
    homeless = {"DETENTE_CACHE": "", "HOME": "/proc/none", "XDG_CACHE_HOME": "", "TMPDIR": str(spare)}
    folder, answer, _ = copy.run(**homeless)
    assert Path(folder).is_relative_to(spare)
    assert answer == filled[1]


def test_sources_that_cannot_be_written_to_are_compiled_all_the_same(copy, filled):
    """A read-only install: no bytecode and no cache beside the sources."""
    for path in [copy.folder, *copy.folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(copy.folder.rglob("*"))
    assert copy.answer(PYTHONDONTWRITEBYTECODE="1") == filled[1]
    assert sorted(copy.folder.rglob("*")) == before


def flipped(data: bytes, luck: random.Random) -> bytes:
    """Flip one bit somewhere."""
    at = luck.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << luck.randrange(8)]) + data[at + 1 :]


DAMAGES = {
    "emptied": lambda data: b"",
    "cut in half": lambda data: data[: len(data) // 2],
    "garbage": lambda data: random.Random(1).randbytes(len(data)),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", ["index", "code"])
def test_a_damaged_cache_is_rebuilt(filled, damage, kind, tmp_path):
    damaged = copy_of(filled[0], tmp_path)
    paths = [path for path in damaged.kept() if (path.suffix == ".nbi") == (kind == "index")]
    for path in paths:
        path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert damaged.answer() == filled[1]
    if damage == "garbage":
        assert damaged.run()[1:] == [filled[1], "1"]


def test_a_cache_of_which_files_are_gone_is_filled_again(filled, tmp_path):
    damaged = copy_of(filled[0], tmp_path)
    paths = damaged.kept()
    assert len(paths) > 4
    for path in paths[::2]:
        path.unlink()
    assert damaged.answer() == filled[1]
    assert damaged.run()[1:] == [filled[1], "1"]


@pytest.mark.parametrize("seed", range(2))
def test_bits_flipped_anywhere_in_the_cache_give_no_wrong_answer(filled, seed, tmp_path):
    flip_and_run(*filled, seed, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 100))
def test_many_more_bits_flipped_in_the_cache_give_no_wrong_answer(filled, seed, tmp_path):
    flip_and_run(*filled, seed, tmp_path)


def flip_and_run(whole: Copy, right: str, seed: int, folder: Path) -> None:
    """Flip one bit in every cache file, and run."""
    damaged, luck = copy_of(whole, folder), random.Random(seed)
    for path in damaged.kept():
        path.write_bytes(flipped(path.read_bytes(), luck))
    assert damaged.answer() == right


def test_two_processes_at_once_on_an_empty_cache_agree(copy, filled):
    both = [copy.start(), copy.start()]
    assert [finished(each)[1] for each in both] == [filled[1]] * 2
    assert copy.run()[1:] == [filled[1], "1"]


def test_eight_threads_may_generate_code_at_once(copy):
    assert "".join(copy.run(THREADS)) == "[" + ",".join(["42.0"] * 8) + "]"


def test_generated_code_is_written_anew_when_it_differs(copy):
    script = "from model.compiler import import_generated; print(import_generated('made', 'answer = {}').answer)"
    assert [copy.run(script.format(number)) for number in (41, 42, 42)] == [["41"], ["42"], ["42"]]
    for made in copy.cache.rglob("made*.py"):
        made.write_text("answer = ")  # as a crash of the machine may leave it
    assert copy.run(script.format(42)) == ["42"]


def kill_while_it_writes(copy: Copy, luck: random.Random) -> None:
    """Start on an empty cache, kill -9 at some moment from the first cache file on, and run again."""
    process = copy.start()
    while process.poll() is None and not any(path.is_file() for path in copy.cache.rglob("*")):
        time.sleep(0.001)
    time.sleep(luck.uniform(0.0, 0.8))  # compiling and writing the whole cache takes about as long
    process.send_signal(signal.SIGKILL)
    process.communicate()


def kills(copy: Copy, right: str, count: int, seed: int) -> None:
    """Kill so many times; after each the next run is right, and at least one kill came before the end."""
    luck, cut_short = random.Random(seed), 0
    for _ in range(count):
        shutil.rmtree(copy.cache, ignore_errors=True)
        kill_while_it_writes(copy, luck)
        found = copy.run()
        assert found[1] == right
        cut_short += found[2] == "0"
    assert cut_short


def test_a_run_after_one_killed_while_it_wrote_the_cache_is_right(copy, filled):
    kills(copy, filled[1], count=2, seed=1)


@pytest.mark.soak
def test_a_run_after_each_of_a_hundred_killed_while_they_wrote_the_cache_is_right(copy, filled):
    kills(copy, filled[1], count=100, seed=2)
