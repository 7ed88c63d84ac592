"""The sentences of Turning points: what was decided, what had it come out otherwise, and what that is worth."""

from collections.abc import Sequence
from typing import Any

from agents.act_words import words_for
from experiments.counterfactuals.pivot import ChanceChange, DecisionEffect
from experiments.ensembles.statistics import Z95, Effect, Share

MINUS = "\N{MINUS SIGN}"
MIN_STANDARD_ERRORS = 3.3  # standard errors at which one move among some hundred is told as more than luck


def percent_text(share: float) -> str:
    """Write a share in per cent."""
    return f"{share:.0%}".replace("%", " %")


def points_text(difference: float) -> str:
    """Write a difference of shares in points, with its sign."""
    value = round(100 * difference)
    return f"{'+' if value > 0 else MINUS if value < 0 else '±'}{abs(value)} points"


def interval_text(low: float, high: float) -> str:
    """Write an interval of a difference in points."""
    ends = [f"{MINUS * (value < 0)}{abs(value)}" for value in (round(100 * low), round(100 * high))]
    return f"95 % {ends[0]} to {ends[1]}"


def is_significant(difference: float, low: float, high: float) -> bool:
    """Say whether an effect is larger than what the best of many would show by luck alone."""
    error = (high - low) / (2 * Z95)
    return abs(difference) >= 0.02 and abs(difference) > MIN_STANDARD_ERRORS * error


def is_significant_move(effect: Effect) -> bool:
    """Say whether a move stands out."""
    return is_significant(effect.difference, effect.low, effect.high)


def deciding_move(moves: Sequence[ChanceChange], deal: bool) -> ChanceChange | None:
    """Find the round that won a deal, or lost it: the largest move towards how the run ended, if it stands out."""
    towards = [
        each
        for each in moves_after_first_round(moves)
        if (each.effect.difference > 0) == deal and is_significant_move(each.effect)
    ]
    return max(towards, key=lambda each: abs(each.effect.difference), default=None)


def move_label(move: ChanceChange) -> str:
    """Name the round of a move, or the rounds where not every one was looked at."""
    return f"Round {move.now}" if move.now == move.before + 1 else f"Rounds {move.before + 1} to {move.now}"


def start_sentence(at_start: Share, moves: Sequence[ChanceChange], outcome: str, futures: int) -> str:
    """Say how open the run was at the start, and how it ended."""
    first = next((each.chance for each in moves if each.before == 0), at_start.share)
    return (
        f"Before the first round, {percent_text(at_start.share)} of {futures:,} redrawn futures ended with some deal "
        f"(95 % {percent_text(at_start.low)} to {percent_text(at_start.high)}); after it, in which the hidden type of each "
        f"government is drawn, {percent_text(first)}. This run ended in: {outcome}."
    )


def moves_after_first_round(moves: Sequence[ChanceChange]) -> Sequence[ChanceChange]:
    """Leave the first round out, if there are others: what it moves is mostly the draw of hidden types."""
    return [each for each in moves if each.before > 0] or moves


def deciding_sentences(moves: Sequence[ChanceChange], deal: bool) -> list[str]:
    """Name the round that won or lost the deal, and the one that moved it most if that is another."""
    if not moves:
        return []
    largest, found = moves_after_first_round(moves)[0], deciding_move(moves, deal)
    if found is None:
        if not is_significant_move(largest.effect):
            return [
                f"No single round decided it: the largest move, in {move_label(largest).lower()}, is "
                f"{points_text(largest.effect.difference)} ({interval_text(*largest.effect[1:3])}), which is within luck."
            ]
        return [
            f"No single round {'won' if deal else 'lost'} it.",
            f"{move_label(largest)} moved it most: {move_text(largest)}",
        ]
    told = [f"{move_label(found)} {'won' if deal else 'lost'} it: {move_text(found)}"]
    if largest is not found and is_significant_move(largest.effect):
        told.append(f"{move_label(largest)} moved it most, the other way: {move_text(largest)}")
    return told


def move_text(move: ChanceChange) -> str:
    """Tell a move of the chance of a deal."""
    return (
        f"the chance of a deal went from {percent_text(move.chance_before)} to {percent_text(move.chance)} "
        f"({points_text(move.effect.difference)}, {interval_text(*move.effect[1:3])})."
    )


def inverted_sentence(action: DecisionEffect, had: str) -> str:
    """Tell what turning one decision is worth."""
    difference = action.deal_otherwise - action.deal
    return (
        f"Had {had}, some deal would stand in {percent_text(action.deal_otherwise)} instead of {percent_text(action.deal)} of "
        f"{action.futures:,} redrawn futures ({points_text(difference)}, {interval_text(action.low, action.high)})."
    )


def counterfactual_text(act: str, told: int, names: dict[str, Any]) -> str:
    """Write what would have happened, to follow `had`."""
    words = words_for(act).had_clauses.get(told)
    return words.format(**names) if words else f"{act.replace('_', ' ')} come out as {told}"


def key_decision(actions: Sequence[DecisionEffect], rose: bool) -> DecisionEffect | None:
    """Find the decision of a round that matters most, one that moved the deal as the round did if there is one."""
    sure = [each for each in actions if is_significant(each.deal_otherwise - each.deal, each.low, each.high)]
    along = [each for each in sure if (each.deal_otherwise < each.deal) == rose]
    return next(iter(along or sure), None)
