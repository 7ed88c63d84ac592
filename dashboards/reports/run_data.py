"""What the report of a run draws: series, ladders, the network of messages, the chronicle."""

from typing import TYPE_CHECKING

from dashboards.messages import Columns
from dashboards.reports.chronicle import chronicle_data, ledger_rows
from dashboards.reports.messages import NegotiationData, NetworkData, NetworkMessage, RunData
from dashboards.run_history import rung_histories, scheduled_events
from dashboards.theme import INDICATOR_STYLES, STATUS_STYLES
from model.measures import negotiation_series
from model.signals import SIGNAL_KINDS

if TYPE_CHECKING:
    from agents.assembly import Assembly


def run_data(model: "Assembly") -> RunData:
    """Return all that the scripts of the report draw."""
    return {
        "rounds": model.round,
        "ceiling": model.loaded_scenario.tension.tension_ceiling,
        "dashes": {name: look.dash for name, look in INDICATOR_STYLES.items()},
        "events": [event.round for event in scheduled_events(model)],
        "statuses": [
            {"label": look.label, "pattern": look.pattern, "pale": look.pale}
            for _, look in sorted(STATUS_STYLES.items())
        ],
        "negotiations": [negotiation_data(model, talks) for talks in model.loaded_scenario.negotiations],
        "network": network_data(model),
        "chronicle": chronicle_data(model),
    }


def negotiation_data(model: "Assembly", talks: str) -> NegotiationData:
    """Return one negotiation's series, rounded to four decimals, and its ladder."""
    own = negotiation_series(model.trajectory, model.world.names.negotiation.index(talks))
    first, second = (model.narrator.display_name(party) for party in model.loaded_scenario.negotiations[talks].parties)
    rungs = rung_histories(model, talks) if model.ledger is not None else []
    return {
        "title": model.narrator.display_name(talks),
        "first": first,
        "second": second,
        "series": {name: values.round(4).tolist() for name, values in own.items()},
        "ladder": [
            {
                "title": rung.title,
                "spans": [{"status": int(span.status), "first": span.first, "last": span.last} for span in rung.spans],
            }
            for rung in rungs
        ],
    }


def network_data(model: "Assembly") -> NetworkData:
    """Return the messages of the run: who to whom, in which round, of which kind."""
    setting = model.loaded_scenario
    roles = {**dict.fromkeys(setting.states, "state"), **dict.fromkeys(setting.bodies, "body")}
    place, kinds = {name: at for at, name in enumerate(roles)}, list(SIGNAL_KINDS)
    messages: list[NetworkMessage] = [
        {
            "round": row.round,
            "kind": kinds.index(row.act),
            "sender": place[row.actor],
            "receiver": place[row.counterpart],
            "strength": row.value,
        }
        for row in ledger_rows(model)
        if row.kind == "signal" and row.actor in place and row.counterpart in place
    ]
    return {
        "actors": [{"title": model.narrator.display_name(name), "role": role} for name, role in roles.items()],
        "kinds": kinds,
        "messages": Columns.of(NetworkMessage, messages),
    }
