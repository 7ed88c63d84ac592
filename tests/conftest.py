"""What the tests share: builders of worlds, and one real browser."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parent))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files by how long they take: those with a browser, those that start processes, the rest.

    The longest begin first, so that no core waits at the end for another. A test in a browser that fails is
    run once more; the summary names it.
    """
    ranks: dict[Path, int] = {}
    for item in items:
        ranks[item.path] = min(rank(item), ranks.get(item.path, rank(item)))
        if in_browser(item):
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: ranks[item.path])


def in_browser(item: pytest.Item) -> bool:
    """Return whether a test opens a browser."""
    return "browser" in getattr(item, "fixturenames", ())


def rank(item: pytest.Item) -> int:
    """Return how early a test's file starts: 0 with a browser, 1 if its module starts processes, else 2."""
    processes = {"subprocess", "run_detente"} & vars(getattr(item, "module", item)).keys()
    return 0 if in_browser(item) else 1 if processes else 2


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
    from support.browser import serve_dashboard

    with serve_dashboard() as found:
        yield found
