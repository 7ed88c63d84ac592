"""The dashboard, started by its command and driven in Chromium: waiting times of a user."""

import asyncio
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from benchmarks.clients import time_updates
from benchmarks.compiled import SCENARIO
from benchmarks.table import Measurement

WORLDS, BROWSERS, MOVERS = 1000, 30, 10
QUERY = f"s={SCENARIO}&seed=1&worlds={WORLDS}"
SLIDER = "input[type=range][aria-label='United States, Openness to talks']"
BROWSER_OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

# Times are measured in the page, from an event to the first frame after the charts were drawn from its result.
PAGE_SCRIPT = """
window.bench = {
  board: document.querySelector('.det-board'),
  painted: [],
  isDrawn(number) {
    const { live } = bench.board.__vue__;
    const drawn = Number((bench.board.dataset.painted || '-1').split(' ')[0]);
    return live.picture && live.picture.settled && live.picture.number > number && drawn === live.picture.number;
  },
  async settled(number) {
    while (!bench.isDrawn(number)) await new Promise((resolve) => { bench.wake = resolve; });
    await new Promise(requestAnimationFrame); // the charts were drawn in the frame before this one
  },
  setSlider(value) {
    const slider = document.querySelector(`SLIDER`);
    slider.value = value;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  },
  async answer(value) {
    const number = bench.board.__vue__.live.picture.number;
    const begun = performance.now();
    bench.setSlider(value);
    await bench.settled(number);
    return performance.now() - begun;
  },
  async drag(seconds) {
    bench.painted.length = 0;
    const begun = performance.now();
    for (let step = 0; performance.now() - begun < 1000 * seconds; step += 1) {
      bench.setSlider((0.2 + 0.6 * Math.abs(Math.sin(step / 40))).toFixed(3));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return bench.painted.length / seconds;
  },
};
new MutationObserver(() => { bench.painted.push(performance.now()); if (bench.wake) bench.wake(); })
  .observe(bench.board, { attributes: true, attributeFilter: ['data-painted'] });
""".replace("SLIDER", SLIDER)


@contextmanager
def dashboard(cache: Path | None = None) -> Iterator[tuple[str, int, float]]:
    """Run the dashboard; yield its address, its process id, and the seconds until it answered."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("detente")), "dashboard", "--port", str(port)]
    env = {**os.environ, **({"DETENTE_CACHE": str(cache)} if cache else {})}
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env, start_new_session=True) as server:
        try:
            address = f"http://127.0.0.1:{port}/"
            await_ready(address)
            yield address, server.pid, time.perf_counter() - begun
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # the whole group, since a cold server starts a compiler


def await_ready(address: str) -> None:
    """Wait until the server answers."""
    with requests.Session() as client:
        while True:
            try:
                client.get(address + "readyz", timeout=2).raise_for_status()
                return
            except requests.RequestException:
                time.sleep(0.05)


@contextmanager
def chromium() -> Iterator[Any]:
    """Open the Chromium of this machine."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


def first_paint(browser: Any, address: str) -> tuple[float, Any]:
    """Open Explore in a new browser context. Returns the seconds until charts were painted, and the page."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    begun = time.perf_counter()
    page.goto(f"{address}?{QUERY}")
    page.wait_for_selector(".det-board[data-painted]", timeout=240_000)
    return time.perf_counter() - begun, page


def resident_memory(process: int) -> float:
    """Return the resident memory of a process, in MB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    return 0.0


def measure_explore(browser: Any, address: str) -> list[Measurement]:
    """Measure Explore: first paint on a warm server, slider to paint, updates while dragging."""
    first_paint(browser, address)[1].context.close()  # the first page of a server is slower
    paints = []
    for _ in range(4):
        seconds, page = first_paint(browser, address)
        paints.append(seconds)
        page.context.close()
    _, page = first_paint(browser, address)
    page.evaluate(PAGE_SCRIPT)
    page.evaluate("bench.settled(-1)")
    times = []
    for step in range(21):
        times.append(page.evaluate("(value) => bench.answer(value)", f"{0.3 + 0.023 * step:.3f}"))
        page.wait_for_timeout(500)
    rate = page.evaluate("bench.drag(4)")
    page.context.close()
    return [
        Measurement("Explore: first useful paint, warm server", statistics.median(paints), "s", target=3.0),
        Measurement(
            f"Explore: slider to painted bands of {WORLDS:,} worlds", statistics.median(times), "ms", target=300
        ),
        Measurement("Explore: the same, 90th percentile", sorted(times)[int(0.9 * len(times))], "ms"),
        Measurement("Explore: updates while dragging", rate, "per s", target=5, higher_is_better=True),
    ]


def measure_watch(browser: Any, address: str) -> list[Measurement]:
    """Measure the rounds per second that Watch plays at a speed of five."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(f"{address}?{QUERY}&page=watch")
    play = page.get_by_role("button", name="Play", exact=True)
    play.wait_for(timeout=60_000)
    speed = page.get_by_role("combobox", name="Speed")
    if speed.count():
        speed.select_option("5")
    position = page.locator("input[type=range][aria-label*=ound]").first
    play.click()
    page.wait_for_timeout(600)
    first, begun = float(position.input_value()), time.perf_counter()
    page.wait_for_timeout(5000)
    rate = (float(position.input_value()) - first) / (time.perf_counter() - begun)
    page.context.close()
    return [Measurement("Watch: rounds per second at speed 5", rate, "per s", target=4.9, higher_is_better=True)]


def measure_many_browsers(address: str, process: int) -> list[Measurement]:
    """Measure a server with thirty browsers, ten of which move sliders."""
    before = resident_memory(process)
    with ThreadPoolExecutor(1) as executor:  # Playwright has an event loop in this thread
        times = sorted(executor.submit(asyncio.run, time_updates(address, QUERY, BROWSERS, MOVERS, moves=6)).result())
    memory = (resident_memory(process) - before) / BROWSERS
    title = f"{BROWSERS} browsers, {MOVERS} move sliders"
    return [
        Measurement(f"{title}: an update, 95th percentile", times[int(0.95 * len(times))], "s", target=3.0),
        Measurement(f"{title}: an update, median", statistics.median(times), "s"),
        Measurement(f"{title}: memory of the server per browser", memory, "MB", target=25),
    ]


def measure_cold_server(browser: Any) -> list[Measurement]:
    """Measure a server with an empty cache: until it answers, and until the page shows that it compiles."""
    with tempfile.TemporaryDirectory() as cache, dashboard(Path(cache)) as (address, _, seconds):
        begun = time.perf_counter()
        page = browser.new_context().new_page()
        page.goto(f"{address}?{QUERY}")
        page.get_by_text("Compiling the model").wait_for(timeout=60_000)
        noticed = time.perf_counter() - begun
        page.context.close()
    return [
        Measurement("cold server: from its start until it answers", seconds, "s"),
        Measurement("cold server: from a request until the page shows that it compiles", noticed, "s", target=5.0),
    ]


def browser_times() -> list[Measurement]:
    """Measure the waiting times of a user."""
    with chromium() as browser:
        rows = measure_cold_server(browser)
        with dashboard() as (address, process, _):
            rows += measure_explore(browser, address) + measure_watch(browser, address)
        with dashboard() as (address, process, _):
            first_paint(browser, address)[1].context.close()
            rows += measure_many_browsers(address, process)
    return rows
