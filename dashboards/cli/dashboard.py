"""The command `dashboard`."""

from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def dashboard(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8765,
) -> None:
    """Start the dashboard.

    Prints its address; open it in a browser. Press Ctrl-C to stop.
    """
    from dashboards.web.server import serve

    serve(host, port)
