"""The folders of results below the folder in which the server was started."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from dashboards.web.pages.sweeps.messages import FolderRow
from experiments.studies.results import sweep_summary
from experiments.studies.store import part_ranges
from model.errors import InputError, ScenarioError, make_printable

ROOTS, MAX_DEPTH = ("runs", "sweeps"), 2  # where results are looked for, and how far below
MAX_LISTED = 200


def result_folders(base: Path) -> list[str]:
    """List the folders of results below ``runs/`` and ``sweeps/``, as paths from ``base``; none that leads outside."""
    found: set[Path] = set()
    for top in ROOTS:
        for depth in range(MAX_DEPTH + 1):
            found |= {path.parent for path in (base / top).glob(f"{'*/' * depth}manifest.json")}
    home = base.resolve()
    near = [path for path in found if path.resolve().is_relative_to(home)]
    return [path.relative_to(base).as_posix() for path in sorted(near)][:MAX_LISTED]


def check_folder(text: str, base: Path) -> str:
    """Check a path that somebody typed; give it as it is seen from ``base``. Raises ScenarioError."""
    shown, home = make_printable(text, 80), base.resolve()
    path = home
    try:
        path = (home / text.strip()).resolve()
        near = path.is_relative_to(home)
        holds = near and (path / "manifest.json").is_file()
    except (OSError, ValueError, RuntimeError):
        near = holds = False
    if not near:
        told = "lies outside the folder in which this server was started; nothing out there is opened"
        raise ScenarioError([InputError("folder", shown, told)])
    if not holds:
        raise ScenarioError(
            [InputError("folder", shown, "holds no results of a sweep: there is no manifest.json in it")]
        )
    return path.relative_to(home).as_posix()


def folder_version(folder: Path) -> tuple[int, ...]:
    """Give what changes whenever there is more in a folder."""
    try:
        times = [path.stat().st_mtime_ns for path in (folder, folder / "manifest.json")]
        return (*times, len(part_ranges(folder, "runs")))
    except OSError:
        return ()


def folder_rows(base: Path, names: Iterable[str]) -> list[FolderRow]:
    """Return for each folder its question and how far it is; for one that cannot be read, why."""
    return [_row(base, name, folder_version(base / name)) for name in names]


@lru_cache(maxsize=2 * MAX_LISTED)
def _row(base: Path, name: str, _: tuple[int, ...]) -> FolderRow:
    try:
        found = sweep_summary(base / name)
        return {
            "folder": name,
            "error": "",
            "study": found["study"],
            "question": found["question"],
            "points": found["points"],
            "of": found["of"],
            "failed": found["failed"],
        }
    except ScenarioError as error:
        told = "; ".join(map(str, error.errors[:3])).removeprefix(f"{base / name}: ")
    except Exception as error:  # whatever lies in a folder, the others stay listed
        told = f"cannot be read ({type(error).__name__}: {error})"
    return {"folder": name, "error": make_printable(told, 300)}
