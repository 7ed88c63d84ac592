"""What Turning points shows: the run told, its futures redrawn, its decisions turned, and plain data of them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from agents.act_words import words_for
from agents.assembly import Assembly
from agents.ledger import LedgerEntry, is_routine
from dashboards.page_link import Link, Setting, format_link, scenario_of, sort_events
from dashboards.reports.messages import RungSpans, StatusSpan
from dashboards.run_history import rung_histories
from dashboards.theme import OUTCOME_STYLES, STATUS_STYLES
from dashboards.web.jobs.background import JobUpdate, ReportProgress, follow
from dashboards.web.pages.turning_points import wording as words
from dashboards.web.pages.turning_points.messages import (
    DecisionRow,
    LadderSpans,
    OutlookColumn,
    RunFrame,
    RunMark,
    TurningRound,
)
from experiments.counterfactuals.pivot import (
    ContinuationOutcomes,
    DecisionEffect,
    rank_decisions,
    resample_continuations,
    sampled_rounds,
)
from experiments.engine.pool import CancelledError
from model.enumerations import Outcome
from model.overrides import Override
from model.protocol import ACT_INDEX, PROTOCOL

MAX_DECISIONS = 12  # decisions of a round that are played in all futures and shown
MARKED_VALUES = {"withdraw": {1}, "change_government": {1}, "strike": {1}, "take_initiative": {1}, "ratify": {0}}
MARKED_VALUES |= {"answer_proposal": {-1}, "comply": {0}, "accuse": {1}}

Stop = Callable[[], bool]


class RunSummary(NamedTuple):
    """The run itself, told: how it ended, what happened in each round, and its ladders."""

    outcome: Outcome
    rounds: int
    happened: list[list[str]]  # [round], from 0
    marks: list[RunMark]
    ladders: list[LadderSpans]


class InvertedDecision(NamedTuple):
    """One decision of a round, told, and the event that turns it."""

    action: DecisionEffect
    sentence: str
    counterfactual: str
    random: bool
    event: Override


def run_key(setting: Setting) -> Setting:
    """Say what a run depends on: not on how many other worlds there are."""
    return setting._replace(worlds=0)


def follow_run(setting: Setting, stop: Stop) -> Iterator[JobUpdate]:
    """Give news of the run until it is told; the result of the last is a Run."""
    return follow(("turning run", run_key(setting)), partial(summarize_run, setting), stop)


def summarize_run(setting: Setting, report: ReportProgress, stop: Stop) -> RunSummary:
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
    marks = [RunMark(round=row.round, sentence=row.sentence) for row in rows if is_marked(row)]
    return RunSummary(
        model.outcome, model.round, happened, marks, [ladder_spans(model, name) for name in scenario.negotiations]
    )


def ladder_spans(model: Assembly, talks: str) -> LadderSpans:
    """Return the rungs of a negotiation, each with the rounds in which it had each status."""
    rungs = [
        RungSpans(
            title=rung.title,
            spans=[StatusSpan(status=int(span.status), first=span.first, last=span.last) for span in rung.spans],
        )
        for rung in rung_histories(model, talks)
    ]
    return {"title": model.narrator.display_name(talks), "rungs": rungs}


def is_marked(row: LedgerEntry) -> bool:
    """Say whether a row is marked under the evaluation bar, beside what the ladder shows."""
    return row.kind == "decision" and (row.forced or row.value in MARKED_VALUES.get(row.act, ()))


def follow_outlook(setting: Setting, futures: int, stop: Stop) -> Iterator[JobUpdate]:
    """Give news of the redrawn futures; each result is an Outlook, so far as it is played."""
    return follow(("outlook", run_key(setting), futures), partial(compute_outlook, setting, futures), stop)


def compute_outlook(setting: Setting, futures: int, report: ReportProgress, stop: Stop) -> ContinuationOutcomes:
    """Redraw futures from every round on, or in a long scenario from every so many."""
    scenario = scenario_of(setting)
    rounds = sampled_rounds(scenario.rounds)
    total = len(rounds) * futures

    def progress(done: int, so_far: ContinuationOutcomes) -> None:
        report(done, total, so_far)

    return resample_continuations(scenario, setting.seed, futures, rounds, setting.events, progress=progress, stop=stop)


def follow_actions(setting: Setting, now: int, futures: int, stop: Stop) -> Iterator[JobUpdate]:
    """Give news of the turned decisions of a round; each result is a ranked list of Turned."""
    return follow(("actions", run_key(setting), now, futures), partial(invert_decisions, setting, now, futures), stop)


def invert_decisions(
    setting: Setting, now: int, futures: int, report: ReportProgress, stop: Stop
) -> list[InvertedDecision]:
    """Turn every decision of a round, and tell each."""
    scenario = scenario_of(setting)
    model = Assembly(scenario, rng=setting.seed, overrides=setting.events)
    for played in range(now):
        if played % 10 == 0 and stop():
            raise CancelledError
        model.step()
    rows = model.ledger.rows if model.ledger is not None else []
    went = {(row.act, row.actor, row.counterpart, row.negotiation): row for row in rows if row.round == now}

    def tell(found: list[DecisionEffect]) -> list[InvertedDecision]:
        return [describe_decision(model, went, each, now) for each in found]

    def progress(done: int, total: int, so_far: list[DecisionEffect]) -> None:
        report(done, total, tell(so_far) or None)

    found = rank_decisions(
        scenario, setting.seed, now, futures, overrides=setting.events, top=MAX_DECISIONS, progress=progress, stop=stop
    )
    return tell(found)


def describe_decision(
    model: Assembly, went: dict[Any, LedgerEntry], action: DecisionEffect, now: int
) -> InvertedDecision:
    """Tell one decision as it went and as it did not go, and write the event that turns it."""
    act = PROTOCOL[ACT_INDEX[action.act]]
    actor, counterpart, talks = model.narrator.cell_names(act, action.cell)
    names = model.narrator.display_names((actor, counterpart, talks))
    row = went.get((action.act, actor, counterpart, talks))
    sentence = row.sentence if row is not None else words_for(action.act).absence.format(**names)
    had = words.counterfactual_text(action.act, act.to_recorded(action.otherwise), names)
    if talks is not None and model.world.size["negotiation"] > 1:
        had += f" ({names['talks']})"
    where = talks if "negotiation" in act.axes else None
    event = Override(now, action.act, where, actor, counterpart, float(action.otherwise))
    return InvertedDecision(action, sentence, had, act.role == "nature", event)


def with_event(setting: Setting, event: Override) -> Setting:
    """Add an event in place of any that sets the same."""
    others = [each for each in setting.events if each[:5] != event[:5]]
    return setting._replace(events=sort_events((*others, event)))


# For the browser


def run_frame(run: RunSummary) -> RunFrame:
    """Return the run: ladders, marks and the looks of what is drawn."""
    return {
        "rounds": run.rounds,
        "outcomes": [
            {"key": outcome.name, "label": look.label, "light": look.light, "dark": look.dark}
            for outcome, look in OUTCOME_STYLES.items()
        ],
        "statuses": [
            {"label": look.label, "light": look.light, "dark": look.dark, "stage": look.stage, "height": look.height}
            for _, look in sorted(STATUS_STYLES.items())
        ],
        "ladders": run.ladders,
        "marks": run.marks,
    }


def outlook_columns(found: ContinuationOutcomes) -> list[OutlookColumn]:
    """Return shares and the interval of a deal from every round looked at so far."""
    columns: list[OutlookColumn] = []
    for place, now in enumerate(found.rounds.tolist()):
        if (deal := found.deal_share(place)) is None:
            continue
        shares = found.shares(place)
        columns.append(
            {
                "round": now,
                "shares": {each.name: round(shares[each].share, 4) for each in OUTCOME_STYLES},
                "deal": round(deal.share, 4),
                "low": round(deal.low, 4),
                "high": round(deal.high, 4),
            }
        )
    return columns


def decision_row(link: Link, turned: InvertedDecision) -> DecisionRow:
    """Return one turned decision, with the links that open it."""
    action = turned.action
    watch = link._replace(page="watch", round=turned.event.round, talks=turned.event.negotiation or link.talks)
    return {
        "sentence": turned.sentence,
        "counterfactual": f"Had {turned.counterfactual}",
        "random": turned.random,
        "deal": action.deal,
        "otherwise": action.deal_otherwise,
        "difference": action.deal_otherwise - action.deal,
        "low": action.low,
        "high": action.high,
        "text": words.points_text(action.deal_otherwise - action.deal),
        "interval": words.interval_text(action.low, action.high),
        "link": format_link(watch._replace(setting=with_event(link.setting, turned.event))),
    }


def verdict(run: RunSummary, found: ContinuationOutcomes, turned: list[InvertedDecision], now: int | None) -> list[str]:
    """Say in sentences what decided the run; ``turned`` are the decisions of round ``now``."""
    deal, start = run.outcome >= Outcome.partial_arrangement, found.deal_share(0)
    moves = found.chance_changes()
    futures = int((found.outcomes[0] >= 0).sum())
    told = words.deciding_sentences(moves, deal)
    if now is not None and turned and covers_every_round(found):
        told += key_decision_text(turned, now, chance_rose(found, now))
    return (
        [*told, words.start_sentence(start, moves, OUTCOME_STYLES[run.outcome].label, futures)]
        if start is not None
        else told
    )


def covers_every_round(found: ContinuationOutcomes) -> bool:
    """Say whether every round is looked from, so that a move belongs to one."""
    return len(found.rounds) > int(found.rounds[-1])


def key_decision_text(turned: list[InvertedDecision], now: int, up: bool) -> list[str]:
    """Name the decision of a round that mattered, with what turning it is worth."""
    best = words.key_decision([each.action for each in turned], up)
    if best is None:
        return [
            f"No single decision of round {now} explains it: turning any one of {len(turned)} moves the chance of a "
            "deal by no more than luck would."
        ]
    chosen = next(each for each in turned if each.action is best)
    return [f"What mattered in round {now}: {chosen.sentence} {words.inverted_sentence(best, chosen.counterfactual)}"]


def chance_rose(found: ContinuationOutcomes, now: int) -> bool:
    """Say whether the chance of a deal rose in a round."""
    return any(each.before < now <= each.now and each.effect.difference > 0 for each in found.chance_changes())


def default_round(run: RunSummary, found: ContinuationOutcomes) -> int | None:
    """Choose the round whose decisions are turned: the one that decided it, else the one that moved it most."""
    moves = found.chance_changes()
    if not moves:
        return None
    chosen = (
        words.deciding_move(moves, run.outcome >= Outcome.partial_arrangement)
        or words.moves_after_first_round(moves)[0]
    )
    return chosen.now if chosen.now == chosen.before + 1 else chosen.before + 1


def turning_rounds(found: ContinuationOutcomes, most: int = 6) -> list[TurningRound]:
    """Return the rounds that moved the chance of a deal most."""
    return [
        {
            "round": move.now,
            "name": words.move_label(move),
            "text": words.points_text(move.effect.difference),
            "interval": words.interval_text(*move.effect[1:3]),
            "difference": move.effect.difference,
            "sure": words.is_significant_move(move.effect),
        }
        for move in found.chance_changes()[:most]
        if move.effect.difference
    ]


def outlook_summary(found: ContinuationOutcomes) -> str:
    """Tell the whole bar in one sentence: the chance of a deal at the start and after every so many rounds."""
    places = range(0, len(found.rounds), max(1, (len(found.rounds) - 1) // 6))
    told = [
        f"{words.percent_text(deal.share)} after round {found.rounds[at]}"
        for at in places
        if (deal := found.deal_share(at))
    ]
    note = "" if covers_every_round(found) else f" So long a run is looked at every {found.rounds[1]} rounds only."
    return f"Chance of some deal from there on: {', '.join(told)}.{note}".replace("after round 0", "at the start")
