"""Serve the dashboard: Solara in this process, at one address, without external resources."""

import atexit
import contextlib
import logging
import os
import socket
import sys
import tempfile
import threading
import warnings
import webbrowser
from collections.abc import Callable
from errno import EACCES, EADDRINUSE
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.web.mount import LazyClassroom

ASSET_FOLDERS = (
    Path(__file__).parent / "assets",
    Path(__file__).parents[1] / "assets",
)  # the second is shared
UNREACHABLE_CDN = "http://127.0.0.1:9/"  # the CDN for front-end files that are not installed: unreachable


if TYPE_CHECKING:
    from dashboards.classroom.server.context import ClassroomContext


def bind_address(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address; port 0 selects a free port. Exit with code 2 if the address is in use."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        other = "--port" if error.errno in (EADDRINUSE, EACCES) else "--host"
        why = str(error.strerror).partition(" (while")[0]
        print(f"Cannot serve on {host}:{port}: {why}. Choose another {other}.", file=sys.stderr)
        raise SystemExit(2) from None
    # Connections inherit this option. asyncio does not set it on such a socket, which would delay the body by 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(host: str, port: int, query: str = "", browser: bool = False) -> None:
    """Serve the dashboard until Ctrl-C; port 0 selects a free port. Exit with code 2 if the address is in use.

    query: of the page to begin with. browser: open it in a web browser, which waits until the server answers.
    """
    listener = bind_address(host, port)
    bound = listener.getsockname()[1]

    def create_context() -> "ClassroomContext":
        from dashboards.classroom.server.context import open_classroom

        return open_classroom(None, host, bound)

    shown_host = f"[{host}]" if ":" in host else host
    address = f"http://{shown_host}:{bound}" + (f"/?{query}" if query else "")
    print(f"Detente dashboard: {address}  (Ctrl-C stops it)", flush=True)
    if browser:
        webbrowser.open(address)
    with contextlib.suppress(KeyboardInterrupt):
        run_server(listener, create_context)


def run_server(listener: socket.socket, create_context: Callable[[], "ClassroomContext"]) -> None:
    """Run the web server on a bound socket. The classroom is mounted in the background."""
    configure_solara()
    import pandas as pd  # noqa: F401  # reacton inspects it, even if half imported
    import uvicorn
    from solara.server.starlette import app
    from starlette.routing import Route

    from dashboards.model_warmup import MODEL_WARMUP
    from dashboards.web import documents
    from dashboards.web.downloads import serve_export

    MODEL_WARMUP.start()
    threading.Thread(target=import_pages, daemon=True, name="pages").start()
    own = [Route("/export/{name}", serve_export), Route("/docs/{name:path}", documents.serve_document)]
    app.router.routes[:0] = own  # before Solara's route, which matches every path
    classroom = LazyClassroom(app, create_context)
    threading.Thread(target=classroom.mount_when_ready, daemon=True, name="classroom").start()

    class Server(uvicorn.Server):
        """A server that closes the classroom's event streams before it waits for open requests."""

        def handle_exit(self, sig: int, frame: Any) -> None:
            classroom.close_streams()
            super().handle_exit(sig, frame)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            classroom.close()

    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=2)
    Server(config).run(sockets=[listener])


def import_pages() -> None:
    """Import all pages once the model is compiled, so that they open without delay."""
    from dashboards.model_warmup import MODEL_WARMUP
    from dashboards.page_link import PAGES
    from dashboards.web.app import page_component

    while not MODEL_WARMUP.wait(1.0):
        pass
    for page in PAGES:
        page_component(page)


def repair_navigator() -> None:
    """Let Solara's navigator export its script under the right name; browsers warn on every load otherwise."""
    from solara.widgets.widgets import Navigator

    source = Path(Navigator.template_file).read_text("utf-8")
    folder = tempfile.TemporaryDirectory(prefix="detente-")  # for the life of the process
    atexit.register(folder.cleanup)
    repaired = Path(folder.name) / "navigator.vue"
    repaired.write_text(source.replace("modules.export =", "module.exports ="), "utf-8")
    Navigator.template_file = str(repaired)


def configure_solara() -> None:
    """Configure Solara: production mode, no logging, offline, with our assets and Plotly's script."""
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"  # Solara reads it on import
    import plotly
    import solara.settings
    from solara.server import settings
    from solara.server.app import AppScript, apps

    from dashboards.web import app

    logging.getLogger("solara").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")  # issued for every server without TLS
    settings.main.mode = "production"
    settings.telemetry.mixpanel_enable = False
    settings.theme.show_banner = False
    settings.theme.loader = "plain"
    settings.theme.title = "Detente"
    settings.kernel.cull_timeout = "15m"
    apps["__default__"] = AppScript(app.__name__)
    settings.assets.extra_locations += [*map(str, ASSET_FOLDERS), str(Path(plotly.__file__).parent / "package_data")]
    solara.settings.assets.cdn = UNREACHABLE_CDN
    repair_navigator()
