"""Take the pictures of the README, in the light theme: `make pictures`. Scenario, seed and round are fixed."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page
from support.browser import COLD_START_MS, open_browser, open_dashboard, serve_dashboard
from support.explore import wait_until_settled

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SIZE = (1366, 657)  # pixels: the screen of a small laptop without the bars of the browser
MAX_PICTURE_BYTES = 200_000  # bytes in a file
PALETTES = (256, 128, 64)  # numbers of colours, tried in this order
EQUAL_SCREENSHOTS = 3  # equal screenshots in a row that show a finished page
MOST_SCREENSHOTS = 60
PAUSE_MS = 500  # milliseconds between two screenshots
NOISE = 8  # of 255: smaller differences in a channel come from the browser's smoothing of edges


class Shot(NamedTuple):
    """A page of the dashboard, and the state in which it is photographed."""

    query: str
    ready: Callable[[Page], None]


def run_is_complete(page: Page) -> None:
    """Wait until Watch has received the whole run."""
    page.wait_for_selector(".det-net", timeout=COLD_START_MS)
    page.wait_for_selector(".det-watch[aria-busy=false]", timeout=COLD_START_MS)


SHOTS = {
    "explore": Shot(
        "s=us-iran-2026&set=negotiations.nuclear.bundling:2&seed=1&worlds=1000&base.s=us-iran-2026",
        ready=wait_until_settled,
    ),
    "watch": Shot("page=watch&s=us-iran-2026&seed=1&round=18", ready=run_is_complete),
}


def compress(screenshot: bytes) -> bytes:
    """Return a screenshot as a PNG with a palette. Raises ValueError if it stays too large for the README."""
    picture = Image.open(BytesIO(screenshot)).convert("RGB")
    sizes = []
    for colours in PALETTES:
        file = BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() < MAX_PICTURE_BYTES:
            return file.getvalue()
        sizes.append(f"{file.tell():,}")
    raise ValueError(f"the picture takes {' or '.join(sizes)} bytes; fewer than {MAX_PICTURE_BYTES:,} are allowed")


def still_screenshot(page: Page) -> bytes:
    """Return a screenshot once nothing on the page moves. Raises TimeoutError if something still does."""
    page.evaluate("document.fonts.ready")
    screenshot, equal = page.screenshot(animations="disabled"), 1
    for _ in range(MOST_SCREENSHOTS):
        page.wait_for_timeout(PAUSE_MS)
        previous, screenshot = screenshot, page.screenshot(animations="disabled")
        equal = equal + 1 if looks_the_same(previous, screenshot) else 1
        if equal == EQUAL_SCREENSHOTS:
            return screenshot
    raise TimeoutError(f"the page still changes after {MOST_SCREENSHOTS} screenshots")


def looks_the_same(first: bytes, second: bytes) -> bool:
    """Return whether two pictures have the same size and differ by no more than noise."""
    one, other = (Image.open(BytesIO(picture)).convert("RGB") for picture in (first, second))
    if one.size != other.size:
        return False
    return all(high <= NOISE for _, high in ImageChops.difference(one, other).getextrema())


def take(browser: Browser, address: str, name: str) -> Path:
    """Open a page, wait until it is complete, and write its picture."""
    shot = SHOTS[name]
    with open_dashboard(
        browser, address, shot.query, SIZE, ready=shot.ready, alone=True, reduced_motion="reduce"
    ) as page:
        screenshot = still_screenshot(page)
    path = PICTURES / f"{name}.png"
    picture = compress(screenshot)
    if not (path.exists() and looks_the_same(path.read_bytes(), picture)):
        path.write_bytes(picture)
    return path


def main() -> None:
    """Take all pictures and print the size of each file."""
    PICTURES.mkdir(exist_ok=True)
    with serve_dashboard() as address, open_browser() as browser:
        for name in SHOTS:
            path = take(browser, address, name)
            print(f"{path.relative_to(PICTURES.parents[1])}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
