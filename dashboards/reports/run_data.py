"""What a report draws, as plain data: series, ladders, the network of signals, the chronicle."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from agents.ledger import Row, is_routine
from dashboards.run_history import rung_dates
from dashboards.theme import INDICATORS
from model.enumerations import Status
from model.measures import series
from model.protocol import ACT, PROTOCOL
from model.scenario import Event
from model.signals import KINDS
from model.terms import terms_of

if TYPE_CHECKING:
    from agents.assembly import Assembly

MOST_ROWS = 30_000  # rows of the ledger that a page holds before it leaves the quietest groups out
TOLD, MESSAGES, ROUTINE, LEVELS = range(4)
GROUPS = ("decisions and events", "messages", "routine decisions", "levels")
STATUS_WORDS = {Status.PROPOSED: "on the table", Status.SCRUTINISED: "accepted", Status.SNAPPED: "snapped back"}


def data(model: "Assembly") -> dict[str, Any]:
    """Gather what the page draws, as plain data."""
    return {
        "rounds": model.round,
        "ceiling": model.setting.tension.tension_ceiling,
        "dashes": {name: look.dash for name, look in INDICATORS.items()},
        "events": [event.round for event in scheduled(model)],
        "statuses": [status_words(status.name) for status in Status],
        "negotiations": [negotiation_data(model, talks) for talks in model.setting.negotiations],
        "network": network(model),
        "chronicle": chronicle(model),
    }


def negotiation_data(model: "Assembly", talks: str) -> dict[str, Any]:
    """Give one negotiation's series, rounded as no screen can tell, and its ladder."""
    own = series(model.trajectory, model.world.names.negotiation.index(talks))
    first, second = (model.narrator.title(party) for party in model.setting.negotiations[talks].parties)
    return {
        "title": model.narrator.title(talks),
        "first": first,
        "second": second,
        "series": {name: values.round(4).tolist() for name, values in own.items()},
        "ladder": ladder(model, talks) if model.ledger is not None else [],
    }


def ladder(model: "Assembly", talks: str) -> list[dict[str, Any]]:
    """Give each rung of a ladder with its spans: status, first and last round in which it stood so."""
    k = model.world.names.negotiation.index(talks)
    rungs = model.setting.negotiations[talks].rungs
    drawn = []
    for name, (title, _, dates) in zip(model.world.names.rung[k], rung_dates(model, talks), strict=True):
        start = min(Status[rungs[part].status.upper()] for part in name.split("+"))
        changes = [(0, int(start)), *((when, int(Status[to.upper()])) for when, to in dates)]
        ends = [when - 1 for when, _ in changes[1:]] + [model.round]
        spans = [(status, begin, end) for (begin, status), end in zip(changes, ends, strict=True)]
        drawn.append({"title": title, "spans": spans})
    return drawn


def scheduled(model: "Assembly") -> list[Event]:
    """List the scheduled events of the rounds played that have a text, in order."""
    told = [event for event in model.setting.events if event.text.get("en") and event.round <= model.round]
    return sorted(told, key=lambda event: event.round)


def status_words(name: str) -> str:
    """Say a status in words."""
    status = Status[name.upper()]
    return STATUS_WORDS.get(status, status.name.lower())


def network(model: "Assembly") -> dict[str, Any]:
    """Give the messages of the run: who to whom, in which round, of which kind."""
    setting = model.setting
    roles = {**dict.fromkeys(setting.states, "state"), **dict.fromkeys(setting.bodies, "body")}
    place, kinds = {name: at for at, name in enumerate(roles)}, list(KINDS)
    rows = model.ledger.rows if model.ledger is not None else []
    return {
        "actors": [(model.narrator.title(name), role) for name, role in roles.items()],
        "kinds": kinds,
        "messages": [
            (row.round, kinds.index(row.act), place[row.actor], place[row.counterpart], row.value)
            for row in rows
            if row.kind == "signal" and row.actor in place and row.counterpart in place
        ],
    }


def group_of(row: Row) -> int:
    """Say which group of the chronicle a row belongs to."""
    if row.kind == "signal":
        return MESSAGES
    if row.kind == "level" and not row.forced:
        return LEVELS
    return ROUTINE if is_routine(row) else TOLD


def kept_groups(model: "Assembly") -> set[int]:
    """Choose the groups that a page can hold, the most telling first; what is told is always there."""
    counts = Counter(map(group_of, model.ledger.rows if model.ledger is not None else ()))
    kept, room = {TOLD}, MOST_ROWS - counts[TOLD]
    for group in (MESSAGES, ROUTINE, LEVELS):
        room -= counts[group]
        if room >= 0 or not counts[group]:
            kept.add(group)
    return kept


def chronicle(model: "Assembly") -> dict[str, Any]:
    """Give the rows of the ledger, short: round, group, act, negotiation, sentence, and what it opens to."""
    kept = kept_groups(model)
    rows = [row for row in (model.ledger.rows if model.ledger is not None else ()) if group_of(row) in kept]
    talks = {name: place for place, name in enumerate(model.setting.negotiations)}
    acts: dict[str, int] = {}
    sentences: dict[str, int] = {}
    return {
        "groups": GROUPS,
        "rows": [
            (
                row.round,
                group_of(row),
                place_of(row.act, acts),
                talks.get(row.negotiation or "", -1),
                place_of(row.sentence, sentences),
                *detail(row),
            )
            for row in rows
        ],
        "acts": [act_words(act) for act in acts],
        "negotiations": [model.narrator.title(name) for name in talks],
        "sentences": list(sentences),
    }


def place_of(text: str, places: dict[str, int]) -> int:
    """Give a text's place in a list of texts, where each stands once; a new one is added."""
    return places.setdefault(text, len(places))


def detail(row: Row) -> tuple[list[Any], ...]:
    """Give what a row opens to, if it does: its conditions as they were weighed, or what was meant and perceived."""
    if row.kind == "signal":
        return ([row.channel, *(short(value or 0.0) for value in (row.strength, row.cost, row.meant, row.perceived))],)
    weighed = [
        [[short(value) for value in held.terms.values()], short(held.score), short(held.threshold), int(held.holds)]
        for held in row.conditions
    ]
    return (weighed,) if weighed else ()


def short(value: float) -> float:
    """Round to five significant digits."""
    return float(f"{value:.5g}")


def act_words(act: str) -> list[Any]:
    """Name an act, with the meaning of its conditions and of their terms."""
    conditions = PROTOCOL[ACT[act]].conditions if act in ACT else ()
    return [act.replace("_", " "), [condition_words(each.terms) for each in conditions]]


def condition_words(terms: type) -> list[Any]:
    """Say what a condition means, and each of its terms."""
    return [(terms.__doc__ or "").strip(), [(name, term.meaning) for name, term in terms_of(terms).items()]]
