"""Shared fixtures, and the order of test files."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parent))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files by duration: with a browser, with subprocesses, others. The longest start first.

    A browser test that fails is run once more; the summary names it.
    """
    ranks: dict[Path, int] = {}
    for item in items:
        ranks[item.path] = min(start_rank(item), ranks.get(item.path, start_rank(item)))
        if uses_browser(item):
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: ranks[item.path])


def uses_browser(item: pytest.Item) -> bool:
    """Return whether a test opens a browser."""
    return "browser" in getattr(item, "fixturenames", ())


def start_rank(item: pytest.Item) -> int:
    """Return when the file of a test starts: 0 with a browser, 1 with subprocesses, else 2."""
    processes = {"subprocess", "run_detente"} & vars(getattr(item, "module", item)).keys()
    return 0 if uses_browser(item) else 1 if processes else 2


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the first failure of each test that was run again."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"first failure of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.fixture(scope="session", autouse=True)
def classroom_store(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Use a temporary classroom store instead of the user's."""
    os.environ["DETENTE_CLASSROOM"] = str(tmp_path_factory.mktemp("classroom") / "classroom.sqlite")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Open one Chromium for all tests; Playwright allows only one per process."""
    from support.browser import open_browser

    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Start one dashboard for all tests and return its address."""
    from support.browser import serve_dashboard

    with serve_dashboard() as address:
        yield address
