"""What the commands share: their common options, and errors told plainly."""

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path
from typing import Annotated, Any

import typer

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped name, or a path to a file.")]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of all dice.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the scenario; may be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

DRAFT_SUFFIX = re.compile(r"(\.\d+)+\.tmp$")  # what a draft has after the name of the file it becomes


def parse_path(text: str | Path) -> Path:
    """Read the path of an option; an empty one, as of a variable that is not set, would be the current folder."""
    if not str(text):
        raise typer.BadParameter("is empty; give the path of a file or folder")
    return Path(text)


def ensure_writable_file(path: Path) -> None:
    """Make the folder of a file, and see that one can be written there: better told before the work than after.

    Raises OSError with the name of the file if not.
    """
    if path.is_dir():
        raise IsADirectoryError(EISDIR, "is a folder, not a file", str(path))
    ensure_writable_folder(path.parent, path)


def ensure_writable_folder(folder: Path, reported_path: Path | None = None) -> None:
    """Make a folder and see that it can be written to. Raises OSError with the name of what is wanted if not."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        for each in made:
            with suppress(OSError):
                each.rmdir()
        raise OSError(error.errno, f"cannot be written: {error.strerror}", str(reported_path or folder)) from None


def check_overwrite(folder: Path, marker_file: str, expected_keys: Sequence[str], files: Sequence[str]) -> None:
    """Refuse to write over files of a folder that the same command did not write: its mark has keys of its own.

    Raises ScenarioError.
    """
    from model.errors import InputError, ScenarioError

    there = [name for name in files if (folder / name).exists()]
    try:
        facts = json.loads((folder / marker_file).read_text("utf-8"))
        ours = isinstance(facts, dict) and facts.keys() >= {*expected_keys}
    except (OSError, ValueError):
        ours = False
    if there and not ours:
        told = f"holds {', '.join(there)} of something else, which would be overwritten; choose another folder"
        raise ScenarioError([InputError("--out", str(folder), told)])


@contextmanager
def report_errors() -> Iterator[None]:
    """Turn what a user can get wrong into a clear message and exit code 2."""
    from model.errors import ScenarioError

    try:
        yield
    except ScenarioError as error:
        count = len(error.errors)
        typer.echo(f"{count} fault{'s' if count != 1 else ''} found:", err=True)
        for fault in error.errors:
            typer.echo(f"  {fault}", err=True)
        raise typer.Exit(2) from None
    except BrokenPipeError:
        raise  # whoever read our output has gone, which is no fault of theirs
    except OSError as error:
        named = DRAFT_SUFFIX.sub("", str(error.filename or "file"))
        typer.echo(f"{named}: {error.strerror or error}", err=True)
        raise typer.Exit(2) from None


def parse_changes(texts: list[str] | None, syntax: str = "PATH=VALUE") -> dict[str, Any]:
    """Read pairs as they are written; a value is written as in TOML, and a bare word is a text."""
    from model.errors import InputError, ScenarioError
    from model.loading import parse_toml

    changes: dict[str, Any] = {}
    for text in texts or []:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise ScenarioError([InputError("--set", text, f"is written {syntax}")])
        try:
            changes[path.strip()] = parse_toml(f"value = {value}")["value"]
        except ValueError:
            changes[path.strip()] = {"True": True, "False": False}.get(value.strip(), value.strip())
    return changes
