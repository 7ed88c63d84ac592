"""The commands of the classroom: open it, have bots play a whole lesson in it, play a lesson's file again."""

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
        str, typer.Option(help="Address to serve on; this machine only by default, 0.0.0.0 opens it to the network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to serve on; 0 takes a free one.")] = 8765,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="Open a room with a lesson of this scenario right away.")
    ] = None,
    rounds: Annotated[int | None, typer.Option(min=1, max=240, help="Months of that lesson.")] = None,
    bots: Annotated[int, typer.Option(min=0, max=200, help="Have so many bots play a whole lesson, and stop.")] = 0,
    store: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE", help="Where the classroom is kept.")
    ] = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a new instructor key; the old one is void.")] = False,
    as_json: AsJson = False,
) -> None:
    """Open the classroom: people take seats in a live negotiation, agents keep the others."""
    if bots:
        with report_errors():
            reject_options_with_bots(context)
        run_bot_lesson(bots, scenario or "two-states", rounds, as_json)
        return
    from dashboards.classroom.server.context import open_classroom
    from dashboards.web import server

    listener = server.bind_address(host, port)
    with report_errors(), contextlib.ExitStack() as refused:
        refused.callback(listener.close)
        house = open_classroom(store, host, listener.getsockname()[1])
        facts = startup_facts(house, scenario, rounds, new_key)
        refused.pop_all()
    typer.echo(json.dumps(facts) if as_json else startup_message(facts))
    with contextlib.suppress(KeyboardInterrupt):
        server.run_server(listener, lambda: house)


def reject_options_with_bots(context: typer.Context) -> None:
    """Refuse the options that a lesson of bots, which has a server and a store of its own, would leave unheard."""
    from model.errors import InputError, ScenarioError

    given = [
        name
        for name in ("host", "port", "store", "new_key")
        if getattr(context.get_parameter_source(name), "name", "DEFAULT") not in ("DEFAULT", "DEFAULT_MAP")
    ]
    told = "goes without --bots, which plays in a classroom of its own"
    if given:
        raise ScenarioError([InputError(f"--{name.replace('_', '-')}", "", told) for name in given])


def startup_facts(house: "ClassroomContext", scenario: str | None, rounds: int | None, new_key: bool) -> dict[str, Any]:
    """Gather what is told at the start; with a scenario, open a room. Raises ScenarioError if it is at fault."""
    from dashboards.classroom.errors import RefusedError
    from model.errors import InputError, ScenarioError

    facts: dict[str, Any] = {
        "address": house.base_url,
        "console": f"{house.base_url}/class/console",
        "on_network": house.on_network,
        "store": str(house.rooms.store.path),
    }
    if scenario is not None:
        from dashboards.classroom.lesson.settings import Settings
        from dashboards.classroom.schemas import validate
        from dashboards.page_link import load_scenario_data, shipped_names
        from dashboards.uploads import store_upload
        from model.loading import read_scenario

        data = read_scenario(scenario)
        known = scenario if scenario in shipped_names() else store_upload(data)
        load_scenario_data(known)
        try:
            settings = validate(Settings, {"scenario": known, "rounds": rounds})
            room, _ = house.rooms.create_room_with_lesson(f"{data['title']['en']}"[:80], settings)
        except RefusedError as refused:
            raise ScenarioError([InputError("scenario", scenario, refused.text)]) from None
        facts |= {"code": room["code"], "link": house.room_url(room["code"])}
    return facts | {"key": house.rooms.create_instructor_key(new_key)}  # last: a key is told, or it is not made


def startup_message(facts: dict[str, Any]) -> str:
    """Say where the classroom is, and how it is entered."""
    lines = [f"Detente classroom: {facts['address']}/class  (Ctrl-C stops it)", f"Console: {facts['console']}"]
    if facts["key"]:
        lines.append(f"Instructor key: {facts['key']}  (told this once; keep it, or make another with --new-key)")
    else:
        lines.append("Instructor key: the one told when the classroom was first opened (--new-key makes another).")
    if facts["on_network"]:
        lines.append("Open to the network: whoever reaches this machine reaches the classroom.")
    else:
        lines.append("Reached from this machine only; --host 0.0.0.0 opens it to the network.")
    if "code" in facts:
        lines.append(f"Room {facts['code']}: {facts['link']}")
    return "\n".join(lines)


def run_bot_lesson(bots: int, scenario: str, rounds: int | None, as_json: bool) -> None:
    """Have bots play a whole lesson against a server of its own; exits with code 1 if a check fails."""
    from dashboards.classroom.bots import play_lesson

    with report_errors():
        result = play_lesson(bots, scenario, rounds)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        for check in result["checks"]:
            typer.echo(f"{'held' if check['held'] else 'FAILED'}: {check['check']}")
        times = f"moves acknowledged in {result['move_ms_p95']:.0f} ms (95th percentile)"
        typer.echo(f"{times}, turns resolved in {result['resolve_ms_most']:.0f} ms at most.")
    if not all(check["held"] for check in result["checks"]):
        raise typer.Exit(1)


@app.command("lesson")
def lesson(
    file: Annotated[
        Path, typer.Argument(parser=parse_path, metavar="LESSON.json", help="A lesson exported from the classroom.")
    ],
    report: Annotated[
        Path | None, typer.Option(parser=parse_path, metavar="FILE.html", help="Write the HTML report of its run.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play a lesson's file again and check that it comes out as it did; exits with code 1 if it does not."""
    from dashboards.classroom.views.exports import is_same_run, replay_lesson
    from dashboards.page_link import MAX_ADDRESS_LENGTH
    from model.errors import make_printable
    from model.measures import trajectory_digest

    with report_errors():
        if report is not None:
            ensure_writable_file(report)
        model, plain = replay_lesson(file)
        if report is not None:
            from dashboards.reports.run import write_run_report

            write_run_report(model, report)
    ledger = model.ledger.digest() if model.ledger is not None else None
    facts = {
        "rounds": model.round,
        "outcome": model.outcome.name,
        "trajectory_digest": trajectory_digest(model.trajectory),
        "ledger_digest": ledger,
        "same": is_same_run(model, plain),
        "link": plain.get("link"),
    }
    if as_json:
        typer.echo(json.dumps(facts))
    else:
        same = "as in the lesson" if facts["same"] else "NOT as in the lesson (another version of the model?)"
        typer.echo(f"{model.round} months, {model.outcome.name.replace('_', ' ')}: {same}.")
        if isinstance(facts["link"], str):
            typer.echo(f"In the dashboard: /{make_printable(facts['link'], MAX_ADDRESS_LENGTH)}")
    if not facts["same"]:
        raise typer.Exit(1)
