"""Common options of the commands, checks of output paths, and error messages."""

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path
from typing import Annotated, Any

import typer


def parse_path(text: str | Path) -> Path:
    """Parse the path of an option. Refuses an empty path, such as from an unset shell variable."""
    if not str(text):
        raise typer.BadParameter("is empty; give the path of a file or folder")
    return Path(text)


ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Name of a built-in scenario, or path of a scenario file.")
]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Random seed.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the scenario; repeatable."),
]
Metrics = Annotated[
    list[str] | None,
    typer.Option(
        "--metric",
        metavar="NAME=EXPRESSION",
        help="Add a metric: one number per world, such as calm='share(tension < 0.4)'; repeatable.",
    ),
]
StopWhen = Annotated[
    str | None,
    typer.Option(
        "--stop-when",
        metavar="CONDITION",
        help="End each world in the first round in which a condition holds, such as 'deal_progress > 0.5'.",
    ),
]
Plausible = Annotated[
    bool, typer.Option("--plausible", help="Play each world with a draw from the plausible sample; --set wins.")
]
Sample = Annotated[
    Path | None,
    typer.Option(
        "--sample",
        parser=parse_path,
        metavar="FILE",
        help="Plausible sample, as `detente calibrate` writes it; default: the one that comes with Detente.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

DRAFT_SUFFIX = re.compile(r"(\.\d+)+\.tmp$")  # of the temporary file of an atomic write


def ensure_writable_file(path: Path) -> None:
    """Create the folder of a file and check that it is writable, before any long computation.

    Raises OSError, with the path of the file, if it is not.
    """
    if path.is_dir():
        raise IsADirectoryError(EISDIR, "is a folder, not a file", str(path))
    ensure_writable_folder(path.parent, path)


def ensure_writable_folder(folder: Path, reported_path: Path | None = None) -> None:
    """Create a folder and check that it is writable. Raises OSError, with `reported_path`, if it is not."""
    created = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        for each in created:
            with suppress(OSError):
                each.rmdir()
        raise OSError(error.errno, f"cannot be written: {error.strerror}", str(reported_path or folder)) from None


def check_overwrite(folder: Path, marker_file: str, expected_keys: Sequence[str], files: Sequence[str]) -> None:
    """Raise ScenarioError if a folder contains output files that the same command did not write.

    The command recognizes its own folder by `marker_file`, a JSON object with `expected_keys`.
    """
    from model.errors import InputError, ScenarioError

    existing = [name for name in files if (folder / name).exists()]
    try:
        facts = json.loads((folder / marker_file).read_text("utf-8"))
        is_own_folder = isinstance(facts, dict) and facts.keys() >= {*expected_keys}
    except (OSError, ValueError):
        is_own_folder = False
    if existing and not is_own_folder:
        problem = f"contains {', '.join(existing)} from another source; choose another folder"
        raise ScenarioError([InputError("--out", str(folder), problem)])


@contextmanager
def report_errors() -> Iterator[None]:
    """Print errors of the input and of files as messages, and exit with code 2."""
    from model.errors import ScenarioError

    try:
        yield
    except ScenarioError as error:
        count = len(error.errors)
        typer.echo(f"{count} error{'s' if count != 1 else ''}:", err=True)
        for each in error.errors:
            typer.echo(f"  {each}", err=True)
        raise typer.Exit(2) from None
    except BrokenPipeError:
        raise  # the reader of the output closed the pipe; `main` handles it
    except OSError as error:
        path = DRAFT_SUFFIX.sub("", str(error.filename or "file"))
        typer.echo(f"{path}: {error.strerror or error}", err=True)
        raise typer.Exit(2) from None


def note_other_model(made_with: str) -> None:
    """Print a note if something was made with another model, by the version of Detente that made it."""
    from model.version import describe_other_model

    if sentence := describe_other_model(made_with):
        typer.echo(f"Note: {sentence}", err=True)


def parse_metrics(texts: list[str] | None) -> dict[str, str]:
    """Parse NAME=EXPRESSION pairs. Raises ScenarioError if one has no name or is given twice."""
    from model.errors import InputError, ScenarioError

    metrics: dict[str, str] = {}
    errors = []
    for text in texts or []:
        name, equals, expression = text.partition("=")
        if not equals or not name.strip():
            errors.append(InputError("--metric", text, "must have the form NAME=EXPRESSION"))
        elif name.strip() in metrics:
            errors.append(InputError("--metric", text, f"there is another metric with the name `{name.strip()}`"))
        metrics[name.strip()] = expression.strip()
    if errors:
        raise ScenarioError(errors)
    return metrics


def parse_changes(texts: list[str] | None, syntax: str = "PATH=VALUE") -> dict[str, Any]:
    """Parse PATH=VALUE pairs. Values are TOML; anything else is a string. Raises ScenarioError."""
    from model.errors import InputError, ScenarioError
    from model.loading import parse_toml

    changes: dict[str, Any] = {}
    for text in texts or []:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise ScenarioError([InputError("--set", text, f"must have the form {syntax}")])
        try:
            changes[path.strip()] = parse_toml(f"value = {value}")["value"]
        except ValueError:
            changes[path.strip()] = {"True": True, "False": False}.get(value.strip(), value.strip())
    return changes
