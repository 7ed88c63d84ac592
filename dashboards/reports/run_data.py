"""The data that the scripts of a run report draw: series, ladders, message network and chronicle."""

from typing import TYPE_CHECKING

from dashboards.messages import Columns
from dashboards.reports.chronicle import chronicle_data, ledger_rows
from dashboards.reports.messages import NegotiationData, NetworkData, NetworkMessage, RunData
from dashboards.run_history import events_in_run, rung_histories
from dashboards.theme import INDICATOR_STYLES, STATUS_STYLES
from model.measures import negotiation_series
from model.signals import SIGNAL_KINDS

if TYPE_CHECKING:
    from agents.assembly import Assembly


def run_data(model: "Assembly") -> RunData:
    """Return all data of the report's scripts."""
    return {
        "rounds": model.round,
        "ceiling": model.loaded_scenario.tension.tension_ceiling,
        "dashes": {name: style.dash for name, style in INDICATOR_STYLES.items()},
        "events": [event.round for event in events_in_run(model)],
        "statuses": [
            {"label": style.label, "pattern": style.pattern, "pale": style.pale}
            for _, style in sorted(STATUS_STYLES.items())
        ],
        "negotiations": [negotiation_data(model, talks) for talks in model.loaded_scenario.negotiations],
        "network": network_data(model),
        "chronicle": chronicle_data(model),
    }


def negotiation_data(model: "Assembly", talks: str) -> NegotiationData:
    """Return the series of a negotiation, rounded to four decimals, and its ladder."""
    indicators = negotiation_series(model.trajectory, model.world.names.negotiation.index(talks))
    first, second = (model.narrator.display_name(party) for party in model.loaded_scenario.negotiations[talks].parties)
    rungs = rung_histories(model, talks) if model.ledger is not None else []
    return {
        "title": model.narrator.display_name(talks),
        "first": first,
        "second": second,
        "series": {name: values.round(4).tolist() for name, values in indicators.items()},
        "ladder": [
            {
                "title": rung.title,
                "spans": [{"status": int(span.status), "first": span.first, "last": span.last} for span in rung.spans],
            }
            for rung in rungs
        ],
    }


def network_data(model: "Assembly") -> NetworkData:
    """Return the actors and the messages of the run."""
    scenario = model.loaded_scenario
    roles = {**dict.fromkeys(scenario.states, "state"), **dict.fromkeys(scenario.bodies, "body")}
    index, kinds = {name: at for at, name in enumerate(roles)}, list(SIGNAL_KINDS)
    messages: list[NetworkMessage] = [
        {
            "round": row.round,
            "kind": kinds.index(row.act),
            "sender": index[row.actor],
            "receiver": index[row.counterpart],
            "strength": row.value,
        }
        for row in ledger_rows(model)
        if row.kind == "signal" and row.actor in index and row.counterpart in index
    ]
    return {
        "actors": [{"title": model.narrator.display_name(name), "role": role} for name, role in roles.items()],
        "kinds": kinds,
        "messages": Columns.of(NetworkMessage, messages),
    }
