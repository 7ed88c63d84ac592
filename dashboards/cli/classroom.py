"""The commands `class` and `lesson`: start a classroom server, test it with bots, replay an exported lesson."""

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli.options import AsJson, ensure_writable_file, parse_path, report_errors

if TYPE_CHECKING:
    from dashboards.classroom.server.context import ClassroomContext

app = typer.Typer()


@app.command("class")
def classroom(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 accepts connections from the network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0: any free port.")] = 8765,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="Create a room with a lesson of this scenario.")
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(min=1, max=240, help="Length of that lesson in months; default: as in the scenario.")
    ] = None,
    bots: Annotated[
        int, typer.Option(min=0, max=200, help="Let this many bots play a complete lesson, then exit.")
    ] = 0,
    store: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE", help="File in which the classroom is stored.")
    ] = None,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Create a new instructor key; the old key becomes invalid.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start a classroom server.

    Participants take seats in a live negotiation; agents play the other seats.
    """
    if bots:
        with report_errors():
            reject_options_with_bots(context)
        run_bot_lesson(bots, scenario or "two-states", rounds, as_json)
        return
    from dashboards.classroom.server.context import open_classroom
    from dashboards.web import server

    listener = server.bind_address(host, port)
    with report_errors(), contextlib.ExitStack() as on_error:
        on_error.callback(listener.close)
        server_context = open_classroom(store, host, listener.getsockname()[1])
        facts = startup_facts(server_context, scenario, rounds, new_key)
        on_error.pop_all()
    typer.echo(json.dumps(facts) if as_json else startup_message(facts))
    with contextlib.suppress(KeyboardInterrupt):
        server.run_server(listener, lambda: server_context)


def reject_options_with_bots(context: typer.Context) -> None:
    """Raise ScenarioError if options are given that --bots would ignore."""
    from model.errors import InputError, ScenarioError

    given = [
        name
        for name in ("host", "port", "store", "new_key")
        if getattr(context.get_parameter_source(name), "name", "DEFAULT") not in ("DEFAULT", "DEFAULT_MAP")
    ]
    problem = "cannot be combined with --bots, which uses a temporary classroom"
    if given:
        raise ScenarioError([InputError(f"--{name.replace('_', '-')}", "", problem) for name in given])


def startup_facts(
    server_context: "ClassroomContext", scenario: str | None, rounds: int | None, new_key: bool
) -> dict[str, Any]:
    """Return the addresses and the key of a classroom; with a scenario, create a room.

    Raises ScenarioError if the scenario cannot be used.
    """
    from dashboards.classroom.errors import RefusedError
    from model.errors import InputError, ScenarioError

    facts: dict[str, Any] = {
        "address": server_context.base_url,
        "console": f"{server_context.base_url}/class/console",
        "on_network": server_context.on_network,
        "store": str(server_context.rooms.store.path),
    }
    if scenario is not None:
        from dashboards.classroom.lesson.settings import Settings
        from dashboards.classroom.schemas import validate
        from dashboards.page_link import load_scenario_data, shipped_names
        from dashboards.uploads import store_upload
        from model.loading import read_scenario

        data = read_scenario(scenario)
        name = scenario if scenario in shipped_names() else store_upload(data)
        load_scenario_data(name)
        try:
            settings = validate(Settings, {"scenario": name, "rounds": rounds})
            room, _ = server_context.rooms.create_room_with_lesson(f"{data['title']['en']}"[:80], settings)
        except RefusedError as refused:
            raise ScenarioError([InputError("scenario", scenario, refused.text)]) from None
        facts |= {"code": room["code"], "link": server_context.room_url(room["code"])}
    return facts | {
        "key": server_context.rooms.create_instructor_key(new_key)
    }  # last, so that no key is created if the room fails


def startup_message(facts: dict[str, Any]) -> str:
    """Return the message that the server prints when it starts."""
    lines = [f"Detente classroom: {facts['address']}/class  (press Ctrl-C to stop)", f"Console: {facts['console']}"]
    if facts["key"]:
        lines.append(f"Instructor key: {facts['key']}  (shown only once; --new-key creates another)")
    else:
        lines.append("Instructor key: shown when the classroom was created (--new-key creates another).")
    if facts["on_network"]:
        lines.append("Accepts connections from the network: anyone who can reach this machine can open the classroom.")
    else:
        lines.append("Accepts connections from this machine only; use --host 0.0.0.0 for the network.")
    if "code" in facts:
        lines.append(f"Room {facts['code']}: {facts['link']}")
    return "\n".join(lines)


def run_bot_lesson(bots: int, scenario: str, rounds: int | None, as_json: bool) -> None:
    """Let bots play a lesson on a temporary server and print the checks. Exit code 1 if a check fails."""
    from dashboards.classroom.bots import play_lesson

    with report_errors():
        result = play_lesson(bots, scenario, rounds)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        for check in result["checks"]:
            typer.echo(f"{'passed' if check['held'] else 'FAILED'}: {check['check']}")
        times = f"Moves acknowledged within {result['move_ms_p95']:.0f} ms (95th percentile)"
        typer.echo(f"{times}, turns resolved within {result['resolve_ms_most']:.0f} ms.")
    if not all(check["held"] for check in result["checks"]):
        raise typer.Exit(1)


@app.command("lesson")
def lesson(
    file: Annotated[
        Path, typer.Argument(parser=parse_path, metavar="LESSON.json", help="Lesson file exported from the classroom.")
    ],
    report: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE.html", help="Write an HTML report of the run.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay an exported lesson.

    Exit code 1 if the result differs from the lesson.
    """
    from dashboards.classroom.views.exports import is_same_run, replay_lesson
    from dashboards.page_link import MAX_ADDRESS_LENGTH
    from model.errors import make_printable
    from model.measures import trajectory_digest
    from model.version import describe_other_model

    with report_errors():
        if report is not None:
            ensure_writable_file(report)
        model, exported = replay_lesson(file)
        if report is not None:
            from dashboards.reports.run import write_run_report

            write_run_report(model, report)
    ledger = model.ledger.digest() if model.ledger is not None else None
    facts = {
        "rounds": model.round,
        "outcome": model.outcome.name,
        "trajectory_digest": trajectory_digest(model.trajectory),
        "ledger_digest": ledger,
        "same": is_same_run(model, exported),
        "version": make_printable(str(exported.get("version", "")), 20),
        "link": exported.get("link"),
    }
    if as_json:
        typer.echo(json.dumps(facts))
    else:
        same = "identical to the lesson" if facts["same"] else "DIFFERENT from the lesson"
        typer.echo(f"{model.round} months, {model.outcome.name.replace('_', ' ')}: {same}.")
        if not facts["same"]:
            typer.echo(describe_other_model(facts["version"]) or "The rules of the model or the file were changed.")
        if isinstance(facts["link"], str):
            typer.echo(f"Open in the dashboard: /{make_printable(facts['link'], MAX_ADDRESS_LENGTH)}")
    if not facts["same"]:
        raise typer.Exit(1)
