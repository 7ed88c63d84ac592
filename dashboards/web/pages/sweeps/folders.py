"""The folders of results in the server's folder."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from dashboards.web.pages.sweeps.messages import FolderRow
from experiments.studies.results import sweep_summary
from experiments.studies.store import part_ranges
from model.errors import InputError, ScenarioError, make_printable

ROOTS, MAX_DEPTH = ("runs", "sweeps"), 2  # the folders to search, and the depth of the search
MAX_LISTED = 200


def result_folders(base: Path) -> list[str]:
    """Return the folders of results in ``runs/`` and ``sweeps/``, relative to ``base``; skip links to the outside."""
    folders: set[Path] = set()
    for top in ROOTS:
        for depth in range(MAX_DEPTH + 1):
            folders |= {path.parent for path in (base / top).glob(f"{'*/' * depth}manifest.json")}
    root = base.resolve()
    is_inside = [path for path in folders if path.resolve().is_relative_to(root)]
    return [path.relative_to(base).as_posix() for path in sorted(is_inside)][:MAX_LISTED]


def check_folder(text: str, base: Path) -> str:
    """Return a typed path relative to ``base``. Raises ScenarioError if it is outside or has no results."""
    name, root = make_printable(text, 80), base.resolve()
    path = root
    try:
        path = (root / text.strip()).resolve()
        is_inside = path.is_relative_to(root)
        has_results = is_inside and (path / "manifest.json").is_file()
    except (OSError, ValueError, RuntimeError):
        is_inside = has_results = False
    if not is_inside:
        problem = "is outside the folder in which this server was started; choose a folder inside it"
        raise ScenarioError([InputError("folder", name, problem)])
    if not has_results:
        raise ScenarioError([InputError("folder", name, "has no results of a sweep: manifest.json is missing")])
    return path.relative_to(root).as_posix()


def folder_version(folder: Path) -> tuple[int, ...]:
    """Return a value that changes whenever results are added to a folder."""
    try:
        times = [path.stat().st_mtime_ns for path in (folder, folder / "manifest.json")]
        return (*times, len(part_ranges(folder, "runs")))
    except OSError:
        return ()


def folder_rows(base: Path, names: Iterable[str]) -> list[FolderRow]:
    """Return the question and progress of each folder, or the reason why it cannot be read."""
    return [_row(base, name, folder_version(base / name)) for name in names]


@lru_cache(maxsize=2 * MAX_LISTED)
def _row(base: Path, name: str, _: tuple[int, ...]) -> FolderRow:
    try:
        summary = sweep_summary(base / name)
        return {
            "folder": name,
            "error": "",
            "study": summary["study"],
            "question": summary["question"],
            "points": summary["points"],
            "of": summary["of"],
            "failed": summary["failed"],
        }
    except ScenarioError as error:
        problem = "; ".join(map(str, error.errors[:3])).removeprefix(f"{base / name}: ")
    except Exception as error:  # one bad folder must not hide the others
        problem = f"cannot be read ({type(error).__name__}: {error})"
    return {"folder": name, "error": make_printable(problem, 300)}
