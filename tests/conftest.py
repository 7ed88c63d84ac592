"""What the tests share: builders of worlds, and one real browser."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parent))


SLOW = (
    "explore",
    "sweeps_page",
    "watch",
    "compile_cache",
    "pages",
    "docs",
    "sweep",
    "command_line",
    "class_lessons",
    "class_pages",
    "cases",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no core waits at the end for another.

    A test in a browser that fails is run once more; the summary names it.
    """
    names = [f"test_{name}" for name in SLOW]
    items.sort(key=lambda item: names.index(item.path.stem) if item.path.stem in names else len(names))
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell of each test that was run again how it failed at first."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"first failure of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.fixture(scope="session", autouse=True)
def classroom_store(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the classrooms of servers that are tested away from the user's own."""
    os.environ["DETENTE_CLASSROOM"] = str(tmp_path_factory.mktemp("classroom") / "classroom.sqlite")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Open one Chromium for all tests: Playwright allows no second one in the same process."""
    from support.browser import open_browser

    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Serve one dashboard for all tests, by its command; give its address."""
    from support.browser import served

    with served() as found:
        yield found
