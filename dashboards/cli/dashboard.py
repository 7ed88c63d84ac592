"""The command that opens the dashboard."""

from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def dashboard(
    host: Annotated[str, typer.Option(help="Address to serve on; loopback by default.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 8765,
) -> None:
    """Open the dashboard in a browser."""
    from dashboards.web.server import serve

    serve(host, port)
