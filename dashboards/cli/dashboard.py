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


@app.command(name="open")
def open_link(
    link: Annotated[str, typer.Argument(help="A link of the dashboard, or what follows its question mark.")],
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8765,
    browser: Annotated[bool, typer.Option(help="Open the page in a web browser.")] = True,
) -> None:
    """Start the dashboard at a link that somebody shared.

    Parts of the link that are not valid here are left out; each is named. Press Ctrl-C to stop.
    """
    from dashboards.page_link import format_link, parse_link
    from dashboards.web.server import serve

    query = link.rpartition("?")[2]
    if "=" not in query:
        typer.echo(f"link: must be a link of the dashboard, such as s=us-iran-2026 (found {link[:60]!r})", err=True)
        raise typer.Exit(2)
    shown, notes = parse_link(query)
    for note in notes:
        typer.echo(f"Note: {note}", err=True)
    serve("127.0.0.1", port, format_link(shown), browser)
