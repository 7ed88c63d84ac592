"""The results of Turning points: the run, its simulated futures, and the alternatives to its decisions."""

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

MAX_DECISIONS = 12  # decisions of a round that are simulated in all futures and shown
MARKED_VALUES = {"withdraw": {1}, "change_government": {1}, "attack_talks": {1}, "take_initiative": {1}, "ratify": {0}}
MARKED_VALUES |= {"answer_proposal": {-1}, "comply": {0}, "accuse": {1}}

Stop = Callable[[], bool]


class RunSummary(NamedTuple):
    """The run: its outcome, the events of each round, and its ladders."""

    outcome: Outcome
    rounds: int
    happened: list[list[str]]  # [round], from 0
    marks: list[RunMark]
    ladders: list[LadderSpans]


class InvertedDecision(NamedTuple):
    """A decision of a round, its alternative, and the event that forces the alternative."""

    action: DecisionEffect
    sentence: str
    counterfactual: str
    random: bool
    event: Override


def run_key(setting: Setting) -> Setting:
    """Return the setting that identifies a run, which does not depend on the number of worlds."""
    return setting._replace(worlds=0)


def follow_run(setting: Setting, stop: Stop) -> Iterator[JobUpdate]:
    """Yield updates of the run; the last result is a RunSummary."""
    return follow(("turning run", run_key(setting)), partial(summarize_run, setting), stop)


def summarize_run(setting: Setting, report: ReportProgress, stop: Stop) -> RunSummary:
    """Run the watched run and return its summary. Raises CancelledError when stopped."""
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
    """Return the rungs of a negotiation with the rounds of each status."""
    rungs = [
        RungSpans(
            title=rung.title,
            spans=[StatusSpan(status=int(span.status), first=span.first, last=span.last) for span in rung.spans],
        )
        for rung in rung_histories(model, talks)
    ]
    return {"title": model.narrator.display_name(talks), "rungs": rungs}


def is_marked(row: LedgerEntry) -> bool:
    """Return whether a row is marked below the ladder."""
    return row.kind == "decision" and (row.forced or row.value in MARKED_VALUES.get(row.act, ()))


def follow_outlook(setting: Setting, futures: int, stop: Stop) -> Iterator[JobUpdate]:
    """Yield updates of the simulated futures; each result is ContinuationOutcomes, possibly partial."""
    return follow(("outlook", run_key(setting), futures), partial(compute_outlook, setting, futures), stop)


def compute_outlook(setting: Setting, futures: int, report: ReportProgress, stop: Stop) -> ContinuationOutcomes:
    """Simulate futures from every round, or from every nth round of a long scenario."""
    scenario = scenario_of(setting)
    rounds = sampled_rounds(scenario.rounds)
    total = len(rounds) * futures

    def progress(done: int, so_far: ContinuationOutcomes) -> None:
        report(done, total, so_far)

    return resample_continuations(scenario, setting.seed, futures, rounds, setting.events, progress=progress, stop=stop)


def follow_actions(setting: Setting, now: int, futures: int, stop: Stop) -> Iterator[JobUpdate]:
    """Yield updates of the alternatives in a round; each result is a ranked list of InvertedDecision."""
    return follow(("actions", run_key(setting), now, futures), partial(invert_decisions, setting, now, futures), stop)


def invert_decisions(
    setting: Setting, now: int, futures: int, report: ReportProgress, stop: Stop
) -> list[InvertedDecision]:
    """Simulate the alternative to every decision of a round and return both."""
    scenario = scenario_of(setting)
    model = Assembly(scenario, rng=setting.seed, overrides=setting.events)
    for completed in range(now):
        if completed % 10 == 0 and stop():
            raise CancelledError
        model.step()
    rows = model.ledger.rows if model.ledger is not None else []
    rows_by_cell = {(row.act, row.actor, row.counterpart, row.negotiation): row for row in rows if row.round == now}

    def describe_all(ranked: list[DecisionEffect]) -> list[InvertedDecision]:
        return [describe_decision(model, rows_by_cell, each, now) for each in ranked]

    def progress(done: int, total: int, so_far: list[DecisionEffect]) -> None:
        report(done, total, describe_all(so_far) or None)

    ranked = rank_decisions(
        scenario, setting.seed, now, futures, overrides=setting.events, top=MAX_DECISIONS, progress=progress, stop=stop
    )
    return describe_all(ranked)


def describe_decision(
    model: Assembly, rows_by_cell: dict[Any, LedgerEntry], action: DecisionEffect, now: int
) -> InvertedDecision:
    """Return a decision and its alternative in words, and the event that forces the alternative."""
    act = PROTOCOL[ACT_INDEX[action.act]]
    actor, counterpart, talks = model.narrator.cell_names(act, action.cell)
    names = model.narrator.display_names((actor, counterpart, talks))
    row = rows_by_cell.get((action.act, actor, counterpart, talks))
    sentence = row.sentence if row is not None else words_for(action.act).absence.format(**names)
    counterfactual = words.counterfactual_text(action.act, act.to_recorded(action.otherwise), names)
    if talks is not None and model.world.size["negotiation"] > 1:
        counterfactual += f" ({names['talks']})"
    where = talks if "negotiation" in act.axes else None
    event = Override(now, action.act, where, actor, counterpart, float(action.otherwise))
    return InvertedDecision(action, sentence, counterfactual, act.role == "nature", event)


def with_event(setting: Setting, event: Override) -> Setting:
    """Return the setting with an event, replacing an event for the same decision."""
    others = [each for each in setting.events if each[:5] != event[:5]]
    return setting._replace(events=sort_events((*others, event)))


# For the browser


def run_frame(run: RunSummary) -> RunFrame:
    """Return the frame of the chart: ladders, marks and styles."""
    return {
        "rounds": run.rounds,
        "outcomes": [
            {"key": outcome.name, "label": style.label, "light": style.light, "dark": style.dark}
            for outcome, style in OUTCOME_STYLES.items()
        ],
        "statuses": [
            {
                "label": style.label,
                "light": style.light,
                "dark": style.dark,
                "stage": style.stage,
                "height": style.height,
            }
            for _, style in sorted(STATUS_STYLES.items())
        ],
        "ladders": run.ladders,
        "marks": run.marks,
    }


def outlook_columns(outlook: ContinuationOutcomes) -> list[OutlookColumn]:
    """Return outcome shares and the interval of a deal for every round simulated so far."""
    columns: list[OutlookColumn] = []
    for place, now in enumerate(outlook.rounds.tolist()):
        if (deal := outlook.deal_share(place)) is None:
            continue
        shares = outlook.shares(place)
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


def decision_row(link: Link, inverted: InvertedDecision) -> DecisionRow:
    """Return a decision and its alternative, with the link that opens the alternative in Watch."""
    action = inverted.action
    watch = link._replace(page="watch", round=inverted.event.round, talks=inverted.event.negotiation or link.talks)
    return {
        "sentence": inverted.sentence,
        "counterfactual": f"Had {inverted.counterfactual}",
        "random": inverted.random,
        "deal": action.deal,
        "otherwise": action.deal_otherwise,
        "difference": action.deal_otherwise - action.deal,
        "low": action.low,
        "high": action.high,
        "text": words.points_text(action.deal_otherwise - action.deal),
        "interval": words.interval_text(action.low, action.high),
        "link": format_link(watch._replace(setting=with_event(link.setting, inverted.event))),
    }


def verdict(
    run: RunSummary, outlook: ContinuationOutcomes, inverted: list[InvertedDecision], now: int | None
) -> list[str]:
    """Return sentences on what decided the run; ``inverted`` are the decisions of round ``now``."""
    deal, start = run.outcome >= Outcome.partial_arrangement, outlook.deal_share(0)
    moves = outlook.chance_changes()
    futures = int((outlook.outcomes[0] >= 0).sum())
    sentences = words.deciding_sentences(moves, deal)
    if now is not None and inverted and words.covers_every_round(outlook):
        sentences += key_decision_text(inverted, now, chance_rose(outlook, now))
    if start is not None:
        sentences.append(words.start_sentence(start, moves, OUTCOME_STYLES[run.outcome].label, futures))
    return sentences


def key_decision_text(inverted: list[InvertedDecision], now: int, up: bool) -> list[str]:
    """Return a sentence on the decision of a round with the largest effect."""
    best = words.key_decision([each.action for each in inverted], up)
    if best is None:
        return [
            f"No single decision of round {now} explains it: for each of {len(inverted)} decisions, the alternative "
            "changes the probability of a deal no more than chance would."
        ]
    chosen = next(each for each in inverted if each.action is best)
    return [f"Key decision of round {now}: {chosen.sentence} {words.inverted_sentence(best, chosen.counterfactual)}"]


def chance_rose(outlook: ContinuationOutcomes, now: int) -> bool:
    """Return whether the probability of a deal rose in a round."""
    return any(each.before < now <= each.now and each.effect.difference > 0 for each in outlook.chance_changes())


def default_round(run: RunSummary, outlook: ContinuationOutcomes) -> int | None:
    """Return the round to analyse by default: the deciding round, else the one with the largest change."""
    moves = outlook.chance_changes()
    if not moves:
        return None
    won = run.outcome >= Outcome.partial_arrangement
    chosen = words.deciding_move(moves, won) or words.moves_after_first_round(moves)[0]
    return chosen.now if chosen.now == chosen.before + 1 else chosen.before + 1


def turning_rounds(outlook: ContinuationOutcomes, most: int = 6) -> list[TurningRound]:
    """Return the rounds that changed the probability of a deal most."""
    return [
        {
            "round": move.now,
            "name": words.move_label(move),
            "text": words.points_text(move.effect.difference),
            "interval": words.interval_text(*move.effect[1:3]),
            "difference": move.effect.difference,
            "sure": words.is_significant_move(move.effect),
        }
        for move in outlook.chance_changes()[:most]
        if move.effect.difference
    ]
