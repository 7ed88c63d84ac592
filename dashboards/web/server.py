"""Serving the dashboard: Solara in this process, on one address, with nothing fetched from elsewhere."""

import contextlib
import logging
import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable
from errno import EACCES, EADDRINUSE
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.web.mount import LazyClassroom

ASSET_FOLDERS = (
    Path(__file__).parent / "assets",
    Path(__file__).parents[1] / "assets",
)  # ours, and what the classroom shares
UNREACHABLE_CDN = "http://127.0.0.1:9/"  # where a front-end file that is not installed would be looked for


if TYPE_CHECKING:
    from dashboards.classroom.server.context import ClassroomContext


def bind_address(host: str, port: int) -> socket.socket:
    """Bind an address; port 0 takes a free one. Exits with code 2 if it is taken."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        other = "--port" if error.errno in (EADDRINUSE, EACCES) else "--host"
        why = str(error.strerror).partition(" (while")[0]
        print(f"Cannot serve on {host}:{port}: {why}. Choose another {other}.", file=sys.stderr)
        raise SystemExit(2) from None
    # Connections inherit it; asyncio, which sees no protocol on such a socket, would leave 40 ms between head and body.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(host: str, port: int) -> None:
    """Serve the dashboard until Ctrl-C; port 0 takes a free one. Exits with code 2 if the address is taken."""
    listener = bind_address(host, port)
    bound = listener.getsockname()[1]

    def classroom() -> "ClassroomContext":
        from dashboards.classroom.server.context import open_classroom

        return open_classroom(None, host, bound)

    shown = f"[{host}]" if ":" in host else host
    print(f"Detente dashboard: http://{shown}:{bound}  (Ctrl-C stops it)", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        run_server(listener, classroom)


def run_server(listener: socket.socket, create_context: Callable[[], "ClassroomContext"]) -> None:
    """Run the web server on a socket that is bound already; the classroom is opened while it answers."""
    configure_solara()
    import pandas as pd  # noqa: F401  # whole, before a page is drawn: reacton looks into it, even half imported
    import uvicorn
    from solara.server.starlette import app
    from starlette.routing import Route

    from dashboards.model_warmup import MODEL_WARMUP
    from dashboards.web import documents
    from dashboards.web.downloads import serve_export

    MODEL_WARMUP.start()
    threading.Thread(target=import_pages, daemon=True, name="pages").start()
    own = [Route("/export/{name}", serve_export), Route("/docs/{name:path}", documents.serve_document)]
    app.router.routes[:0] = own  # before Solara's own, which takes every address
    door = LazyClassroom(app, create_context)
    threading.Thread(target=door.mount_when_ready, daemon=True, name="classroom").start()

    class Server(uvicorn.Server):
        """A server that lets go of who listens to the classroom's news before it waits for all requests to end."""

        def handle_exit(self, sig: int, frame: Any) -> None:
            door.close_streams()
            super().handle_exit(sig, frame)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            door.close()

    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=2)
    Server(config).run(sockets=[listener])


def import_pages() -> None:
    """Import the heavy pages once the model is ready, so that nobody waits for them later."""
    from dashboards.model_warmup import MODEL_WARMUP
    from dashboards.page_link import PAGES
    from dashboards.web.app import page_component

    while not MODEL_WARMUP.wait(1.0):
        pass
    for page in PAGES:
        page_component(page)


def configure_solara() -> None:
    """Set Solara up: production, quiet, offline, with our assets and Plotly's own script."""
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"  # which Solara reads when it is imported
    import plotly
    import solara.settings
    from solara.server import settings
    from solara.server.app import AppScript, apps

    from dashboards.web import app

    logging.getLogger("solara").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")  # said of every server without TLS
    settings.main.mode = "production"
    settings.telemetry.mixpanel_enable = False
    settings.theme.show_banner = False
    settings.theme.loader = "plain"
    settings.theme.title = "Detente"
    settings.kernel.cull_timeout = "15m"
    apps["__default__"] = AppScript(app.__name__)
    settings.assets.extra_locations += [*map(str, ASSET_FOLDERS), str(Path(plotly.__file__).parent / "package_data")]
    solara.settings.assets.cdn = UNREACHABLE_CDN
