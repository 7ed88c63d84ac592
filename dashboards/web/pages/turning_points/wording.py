"""The sentences of Turning points: the deciding round, alternatives, and their effects."""

from collections.abc import Sequence
from typing import Any

from agents.act_words import words_for
from dashboards.labels import percent_text
from experiments.counterfactuals.pivot import ChanceChange, ContinuationOutcomes, DecisionEffect
from experiments.ensembles.statistics import Z95, Effect, Share

MINUS = "\N{MINUS SIGN}"
MIN_STANDARD_ERRORS = 3.3  # standard errors above which one of about a hundred changes is significant


def points_text(difference: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    value = round(100 * difference)
    return f"{'+' if value > 0 else MINUS if value < 0 else '±'}{abs(value)} points"


def interval_text(low: float, high: float) -> str:
    """Return the 95 % interval of a difference in percentage points."""
    ends = [f"{MINUS * (value < 0)}{abs(value)}" for value in (round(100 * low), round(100 * high))]
    return f"95 % interval {ends[0]} to {ends[1]}"


def is_significant(difference: float, low: float, high: float) -> bool:
    """Return whether an effect is larger than the largest of many chance effects."""
    error = (high - low) / (2 * Z95)
    return abs(difference) >= 0.02 and abs(difference) > MIN_STANDARD_ERRORS * error


def is_significant_move(effect: Effect) -> bool:
    """Return whether a change is significant."""
    return is_significant(effect.difference, effect.low, effect.high)


def deciding_move(moves: Sequence[ChanceChange], deal: bool) -> ChanceChange | None:
    """Return the largest change towards the run's outcome, which decided the deal, if it is significant."""
    towards = [
        each
        for each in moves_after_first_round(moves)
        if (each.effect.difference > 0) == deal and is_significant_move(each.effect)
    ]
    return max(towards, key=lambda each: abs(each.effect.difference), default=None)


def move_label(move: ChanceChange) -> str:
    """Return the round of a change, or its rounds if futures do not start from every round."""
    return f"Round {move.now}" if move.now == move.before + 1 else f"Rounds {move.before + 1} to {move.now}"


def start_sentence(at_start: Share, moves: Sequence[ChanceChange], outcome: str, futures: int) -> str:
    """Return a sentence on the probability of a deal at the start, and the outcome."""
    first = next((each.chance for each in moves if each.before == 0), at_start.share)
    return (
        f"Before the first round, {percent_text(at_start.share)} of {futures:,} simulated futures ended with a deal "
        f"(95 % interval {percent_text(at_start.low)} to {percent_text(at_start.high)}); after it, in which each "
        f"government's hidden type is drawn, {percent_text(first)}. Outcome of this run: {outcome}."
    )


def moves_after_first_round(moves: Sequence[ChanceChange]) -> Sequence[ChanceChange]:
    """Return the changes without the first round, if there are others; it mostly reflects the draw of hidden types."""
    return [each for each in moves if each.before > 0] or moves


def deciding_sentences(moves: Sequence[ChanceChange], deal: bool) -> list[str]:
    """Return sentences on the round that decided the deal, and on the largest change if that is another round."""
    if not moves:
        return []
    largest, deciding = moves_after_first_round(moves)[0], deciding_move(moves, deal)
    if deciding is None:
        if not is_significant_move(largest.effect):
            return [
                f"No single round decided the outcome: the largest change, in {move_label(largest).lower()}, is "
                f"{points_text(largest.effect.difference)} ({interval_text(*largest.effect[1:3])}) and may be chance."
            ]
        return [
            f"No single round {'secured' if deal else 'prevented'} the deal.",
            f"{move_label(largest)} had the largest change: {move_text(largest)}",
        ]
    sentences = [f"{move_label(deciding)} {'secured' if deal else 'prevented'} the deal: {move_text(deciding)}"]
    if largest is not deciding and is_significant_move(largest.effect):
        sentences.append(f"{move_label(largest)} had the largest change, in the other direction: {move_text(largest)}")
    return sentences


def move_text(move: ChanceChange) -> str:
    """Return the description of a change in the probability of a deal."""
    return (
        f"the probability of a deal changed from {percent_text(move.chance_before)} to {percent_text(move.chance)} "
        f"({points_text(move.effect.difference)}, {interval_text(*move.effect[1:3])})."
    )


def inverted_sentence(action: DecisionEffect, alternative: str) -> str:
    """Return a sentence on the effect of the alternative to a decision."""
    difference = action.deal_otherwise - action.deal
    interval = interval_text(action.low, action.high)
    return (
        f"Had {alternative}, a deal would result in {percent_text(action.deal_otherwise)} instead of "
        f"{percent_text(action.deal)} of {action.futures:,} simulated futures ({points_text(difference)}, {interval})."
    )


def counterfactual_text(act: str, value: int, names: dict[str, Any]) -> str:
    """Return the alternative as a clause that follows "had"."""
    words = words_for(act).had_clauses.get(value)
    return words.format(**names) if words else f"{act.replace('_', ' ')} come out as {value}"


def key_decision(actions: Sequence[DecisionEffect], rose: bool) -> DecisionEffect | None:
    """Return the decision with the largest significant effect, preferably in the direction of the round's change."""
    sure = [each for each in actions if is_significant(each.deal_otherwise - each.deal, each.low, each.high)]
    along = [each for each in sure if (each.deal_otherwise < each.deal) == rose]
    return next(iter(along or sure), None)


def covers_every_round(outlook: ContinuationOutcomes) -> bool:
    """Return whether futures start from every round, so that each change belongs to one round."""
    return len(outlook.rounds) > int(outlook.rounds[-1])


def outlook_summary(outlook: ContinuationOutcomes) -> str:
    """Return the probability of a deal at the start and after about six later rounds, as a sentence."""
    places = range(0, len(outlook.rounds), max(1, (len(outlook.rounds) - 1) // 6))
    sentences = [
        f"{percent_text(deal.share)} after round {outlook.rounds[at]}"
        for at in places
        if (deal := outlook.deal_share(at))
    ]
    note = "" if covers_every_round(outlook) else f" Futures of this long run start every {outlook.rounds[1]} rounds."
    return f"Probability of a deal: {', '.join(sentences)}.{note}".replace("after round 0", "at the start")
