"""What Turning points shows: the run told, its futures redrawn, its decisions turned, and plain data of them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from agents.act_words import words_for
from agents.assembly import Assembly
from agents.ledger import Row, is_routine
from dashboards.link import Link, Setting, in_order, scenario_of, written
from dashboards.reports.messages import RungSpans, StatusSpan
from dashboards.run_history import ladder
from dashboards.theme import OUTCOMES, STATUSES
from dashboards.web.jobs.background import JobUpdate, Report, follow
from dashboards.web.pages.turning_points import wording as words
from dashboards.web.pages.turning_points.messages import (
    LadderSpans,
    OutlookColumn,
    RunFrame,
    RunMark,
    TurnedRow,
    TurnRow,
)
from experiments.counterfactuals.pivot import Action, Outlook, actions, looked_at, outlook
from experiments.engine.pool import CancelledError
from model.enumerations import Outcome
from model.overrides import Override
from model.protocol import ACT, PROTOCOL

LEADING = 12  # decisions of a round that are played in all futures and shown
MARKED = {"withdraw": {1}, "change_government": {1}, "strike": {1}, "step_forward": {1}, "ratify": {0}}
MARKED |= {"give_answer": {-1}, "comply": {0}, "accuse": {1}}

Stop = Callable[[], bool]


class Run(NamedTuple):
    """The run itself, told: how it ended, what happened in each round, and its ladders."""

    outcome: Outcome
    rounds: int
    happened: list[list[str]]  # [round], from 0
    marks: list[RunMark]
    ladders: list[LadderSpans]


class Turned(NamedTuple):
    """One decision of a round, told, and the event that turns it."""

    action: Action
    went: str
    had: str
    luck: bool
    event: Override


def key(setting: Setting) -> Setting:
    """Say what a run depends on: not on how many other worlds there are."""
    return setting._replace(worlds=0)


def follow_run(setting: Setting, stop: Stop) -> Iterator[JobUpdate]:
    """Give news of the run until it is told; the result of the last is a Run."""
    return follow(("turning run", key(setting)), partial(tell_run, setting), stop)


def tell_run(setting: Setting, report: Report, stop: Stop) -> Run:
    """Play the run and tell it. Raises CancelledError if told to stop."""
    scenario = scenario_of(setting)
    model = Assembly(scenario, rng=setting.seed, overrides=setting.events)
    for now in range(scenario.rounds):
        if now % 10 == 0 and stop():
            raise CancelledError
        report(now, scenario.rounds)
        model.step()
    rows = model.ledger.rows if model.ledger is not None else []
    happened: list[list[str]] = [[] for _ in range(model.round + 1)]
    for row in rows:
        if row.kind in ("decision", "event") and not is_routine(row):
            happened[row.round].append(row.sentence)
    marks = [RunMark(round=row.round, sentence=row.sentence) for row in rows if marked(row)]
    return Run(model.outcome, model.round, happened, marks, [spans_of(model, name) for name in scenario.negotiations])


def spans_of(model: Assembly, talks: str) -> LadderSpans:
    """Return the rungs of a negotiation, each with the rounds in which it had each status."""
    rungs = [
        RungSpans(
            title=rung.title,
            spans=[StatusSpan(status=int(span.status), first=span.first, last=span.last) for span in rung.spans],
        )
        for rung in ladder(model, talks)
    ]
    return {"title": model.narrator.title(talks), "rungs": rungs}


def marked(row: Row) -> bool:
    """Say whether a row is marked under the evaluation bar, beside what the ladder shows."""
    return row.kind == "decision" and (row.forced or row.value in MARKED.get(row.act, ()))


def follow_outlook(setting: Setting, futures: int, stop: Stop) -> Iterator[JobUpdate]:
    """Give news of the redrawn futures; each result is an Outlook, so far as it is played."""
    return follow(("outlook", key(setting), futures), partial(look, setting, futures), stop)


def look(setting: Setting, futures: int, report: Report, stop: Stop) -> Outlook:
    """Redraw futures from every round on, or in a long scenario from every so many."""
    scenario = scenario_of(setting)
    rounds = looked_at(scenario.rounds)
    total = len(rounds) * futures

    def progress(done: int, so_far: Outlook) -> None:
        report(done, total, so_far)

    return outlook(scenario, setting.seed, futures, rounds, setting.events, progress=progress, stop=stop)


def follow_actions(setting: Setting, now: int, futures: int, stop: Stop) -> Iterator[JobUpdate]:
    """Give news of the turned decisions of a round; each result is a ranked list of Turned."""
    return follow(("actions", key(setting), now, futures), partial(turn, setting, now, futures), stop)


def turn(setting: Setting, now: int, futures: int, report: Report, stop: Stop) -> list[Turned]:
    """Turn every decision of a round, and tell each."""
    scenario = scenario_of(setting)
    model = Assembly(scenario, rng=setting.seed, overrides=setting.events)
    for played in range(now):
        if played % 10 == 0 and stop():
            raise CancelledError
        model.step()
    rows = model.ledger.rows if model.ledger is not None else []
    went = {(row.act, row.actor, row.counterpart, row.negotiation): row for row in rows if row.round == now}

    def tell(found: list[Action]) -> list[Turned]:
        return [told(model, went, each, now) for each in found]

    def progress(done: int, total: int, so_far: list[Action]) -> None:
        report(done, total, tell(so_far) or None)

    found = actions(
        scenario, setting.seed, now, futures, overrides=setting.events, leading=LEADING, progress=progress, stop=stop
    )
    return tell(found)


def told(model: Assembly, went: dict[Any, Row], action: Action, now: int) -> Turned:
    """Tell one decision as it went and as it did not go, and write the event that turns it."""
    act = PROTOCOL[ACT[action.act]]
    actor, counterpart, talks = model.narrator.name_cell(act, action.cell)
    names = model.narrator.titles((actor, counterpart, talks))
    row = went.get((action.act, actor, counterpart, talks))
    sentence = row.sentence if row is not None else words_for(action.act).absence.format(**names)
    had = words.had(action.act, act.recorded(action.otherwise), names)
    if talks is not None and model.world.size["negotiation"] > 1:
        had += f" ({names['talks']})"
    where = talks if "negotiation" in act.axes else None
    event = Override(now, action.act, where, actor, counterpart, float(action.otherwise))
    return Turned(action, sentence, had, act.role == "nature", event)


def with_event(setting: Setting, event: Override) -> Setting:
    """Add an event in place of any that sets the same."""
    others = [each for each in setting.events if each[:5] != event[:5]]
    return setting._replace(events=in_order((*others, event)))


# For the browser


def frame_of(run: Run) -> RunFrame:
    """Return the run: ladders, marks and the looks of what is drawn."""
    return {
        "rounds": run.rounds,
        "outcomes": [
            {"key": outcome.name, "label": look.label, "light": look.light, "dark": look.dark}
            for outcome, look in OUTCOMES.items()
        ],
        "statuses": [
            {"label": look.label, "light": look.light, "dark": look.dark, "stage": look.stage, "height": look.height}
            for _, look in sorted(STATUSES.items())
        ],
        "ladders": run.ladders,
        "marks": run.marks,
    }


def columns_of(found: Outlook) -> list[OutlookColumn]:
    """Return shares and the interval of a deal from every round looked at so far."""
    columns: list[OutlookColumn] = []
    for place, now in enumerate(found.rounds.tolist()):
        if (deal := found.deal(place)) is None:
            continue
        shares = found.shares(place)
        columns.append(
            {
                "round": now,
                "shares": {each.name: round(shares[each].share, 4) for each in OUTCOMES},
                "deal": round(deal.share, 4),
                "low": round(deal.low, 4),
                "high": round(deal.high, 4),
            }
        )
    return columns


def row_of(link: Link, turned: Turned) -> TurnedRow:
    """Return one turned decision, with the links that open it."""
    action = turned.action
    watch = link._replace(page="watch", round=turned.event.round, talks=turned.event.negotiation or link.talks)
    return {
        "went": turned.went,
        "had": f"Had {turned.had}",
        "luck": turned.luck,
        "deal": action.deal,
        "otherwise": action.deal_otherwise,
        "difference": action.deal_otherwise - action.deal,
        "low": action.low,
        "high": action.high,
        "text": words.points(action.deal_otherwise - action.deal),
        "interval": words.between(action.low, action.high),
        "turned": written(watch._replace(setting=with_event(link.setting, turned.event))),
    }


def verdict(run: Run, found: Outlook, turned: list[Turned], now: int | None) -> list[str]:
    """Say in sentences what decided the run; ``turned`` are the decisions of round ``now``."""
    deal, start = run.outcome >= Outcome.partial_arrangement, found.deal(0)
    moves = found.moves()
    futures = int((found.ends[0] >= 0).sum())
    told = words.named(moves, deal)
    if now is not None and turned and every_round(found):
        told += what_mattered(turned, now, rose(found, now))
    return [*told, words.started(start, moves, OUTCOMES[run.outcome].label, futures)] if start is not None else told


def every_round(found: Outlook) -> bool:
    """Say whether every round is looked from, so that a move belongs to one."""
    return len(found.rounds) > int(found.rounds[-1])


def what_mattered(turned: list[Turned], now: int, up: bool) -> list[str]:
    """Name the decision of a round that mattered, with what turning it is worth."""
    best = words.mattered([each.action for each in turned], up)
    if best is None:
        return [
            f"No single decision of round {now} explains it: turning any one of {len(turned)} moves the chance of a "
            "deal by no more than luck would."
        ]
    chosen = next(each for each in turned if each.action is best)
    return [f"What mattered in round {now}: {chosen.went} {words.turned(best, chosen.had)}"]


def rose(found: Outlook, now: int) -> bool:
    """Say whether the chance of a deal rose in a round."""
    return any(each.before < now <= each.now and each.effect.difference > 0 for each in found.moves())


def round_asked(run: Run, found: Outlook) -> int | None:
    """Choose the round whose decisions are turned: the one that decided it, else the one that moved it most."""
    moves = found.moves()
    if not moves:
        return None
    chosen = words.decided(moves, run.outcome >= Outcome.partial_arrangement) or words.in_play(moves)[0]
    return chosen.now if chosen.now == chosen.before + 1 else chosen.before + 1


def turns(found: Outlook, most: int = 6) -> list[TurnRow]:
    """Return the rounds that moved the chance of a deal most."""
    return [
        {
            "round": move.now,
            "name": words.span(move),
            "text": words.points(move.effect.difference),
            "interval": words.between(*move.effect[1:3]),
            "difference": move.effect.difference,
            "sure": words.moved(move.effect),
        }
        for move in found.moves()[:most]
        if move.effect.difference
    ]


def summary(found: Outlook) -> str:
    """Tell the whole bar in one sentence: the chance of a deal at the start and after every so many rounds."""
    places = range(0, len(found.rounds), max(1, (len(found.rounds) - 1) // 6))
    told = [f"{words.percent(deal.share)} after round {found.rounds[at]}" for at in places if (deal := found.deal(at))]
    note = "" if every_round(found) else f" So long a run is looked at every {found.rounds[1]} rounds only."
    return f"Chance of some deal from there on: {', '.join(told)}.{note}".replace("after round 0", "at the start")
