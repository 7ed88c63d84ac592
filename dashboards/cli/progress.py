"""Progress bars, warnings and number formats of the commands."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer


@contextmanager
def progress_bar(total: int, label: str, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show a progress bar if standard error is a terminal. Yields a function that takes the number of items done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    screen = Console(stderr=True)
    columns = TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=screen, transient=True, disable=quiet or not screen.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def print_warnings() -> Iterator[None]:
    """Print each warning of the block on one line of standard error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for each in caught:
        typer.echo(f"Note: {each.message}", err=True)


def nan_to_none(value: float | None) -> float | None:
    """Return a number for JSON, which has no NaN."""
    return None if value != value else value


def format_bytes(size: float) -> str:
    """Format a number of bytes."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def format_duration(seconds: float) -> str:
    """Format a duration in the unit that suits it."""
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.2g} {unit}"
    return f"{seconds:.2g} seconds" if seconds >= 1.5 else "about a second"


class SweepProgress:
    """A progress bar of a sweep: points, runs per second, failures, time left; silent unless on a terminal."""

    def __init__(self, points: int, replications: int, quiet: bool):
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        screen = Console(stderr=True)
        columns = TextColumn("points"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
        self.progress = Progress(
            *columns, TimeRemainingColumn(), console=screen, transient=True, disable=quiet or not screen.is_terminal
        )
        self.task = self.progress.add_task("", total=points)
        self.replications = replications

    def __enter__(self) -> Any:
        self.progress.start()
        return self.update

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def update(self, done: int, failed: int) -> None:
        """Show the numbers of finished and failed points."""
        rate = (self.progress.tasks[0].speed or 0.0) * self.replications
        description = f"{rate:,.0f} runs/s" + (f", {failed} failed" if failed else "")
        self.progress.update(self.task, completed=done, description=description)


class CalibrationProgress:
    """A progress bar of a calibration: the wave or stage, its points, those left; silent unless on a terminal."""

    def __init__(self, quiet: bool):
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        screen = Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        self.progress = Progress(*columns, console=screen, transient=True, disable=quiet or not screen.is_terminal)
        self.task = self.progress.add_task("", total=None)

    def __enter__(self) -> Any:
        self.progress.start()
        return self.update

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def update(self, step: Any) -> None:
        """Show a step of the calibration."""
        description = f"{step.step}: {step.left} left below {step.cutoff:.3g}"
        self.progress.update(self.task, description=description, completed=step.done, total=step.total)
