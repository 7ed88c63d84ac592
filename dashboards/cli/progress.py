"""Progress bars and warnings of commands that take a while."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer


@contextmanager
def progress_bar(total: int, what: str, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show a progress bar with rate and time left on the terminal, and none elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    screen = Console(stderr=True)
    columns = TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=screen, transient=True, disable=quiet or not screen.is_terminal) as progress:
        line = progress.add_task("", total=total)
        yield lambda done: progress.update(line, completed=done)


@contextmanager
def print_warnings() -> Iterator[None]:
    """Write warnings as one plain line each."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for each in caught:
        typer.echo(f"note: {each.message}", err=True)


def nan_to_none(value: float | None) -> float | None:
    """Give a number for JSON, which knows no NaN."""
    return None if value != value else value


def format_bytes(size: float) -> str:
    """Write a number of bytes."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


class SweepProgress:  # used as `with sweep_bar(...)`
    """A progress bar in points, with the rate of runs, failures and the time left; none where nobody looks."""

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
        """Show how many points are done and have failed."""
        rate = (self.progress.tasks[0].speed or 0.0) * self.replications
        told = f"{rate:,.0f} runs/s" + (f", {failed} failed" if failed else "")
        self.progress.update(self.task, completed=done, description=told)
