"""The sentences of Turning points: what was decided, what had it come out otherwise, and what that is worth."""

from collections.abc import Sequence
from typing import Any

from agents.act_words import words_for
from experiments.counterfactuals.pivot import Action, ChanceStep
from experiments.ensembles.statistics import Z95, Effect, Share

MINUS = "\N{MINUS SIGN}"
SURE = 3.3  # standard errors at which one move among some hundred is told as more than luck


def percent(share: float) -> str:
    """Write a share in per cent."""
    return f"{share:.0%}".replace("%", " %")


def points(difference: float) -> str:
    """Write a difference of shares in points, with its sign."""
    value = round(100 * difference)
    return f"{'+' if value > 0 else MINUS if value < 0 else '±'}{abs(value)} points"


def between(low: float, high: float) -> str:
    """Write an interval of a difference in points."""
    ends = [f"{MINUS * (value < 0)}{abs(value)}" for value in (round(100 * low), round(100 * high))]
    return f"95 % {ends[0]} to {ends[1]}"


def stands_out(difference: float, low: float, high: float) -> bool:
    """Say whether an effect is larger than what the best of many would show by luck alone."""
    error = (high - low) / (2 * Z95)
    return abs(difference) >= 0.02 and abs(difference) > SURE * error


def moved(effect: Effect) -> bool:
    """Say whether a move stands out."""
    return stands_out(effect.difference, effect.low, effect.high)


def decided(moves: Sequence[ChanceStep], deal: bool) -> ChanceStep | None:
    """Find the round that won a deal, or lost it: the largest move towards how the run ended, if it stands out."""
    towards = [each for each in in_play(moves) if (each.effect.difference > 0) == deal and moved(each.effect)]
    return max(towards, key=lambda each: abs(each.effect.difference), default=None)


def span(move: ChanceStep) -> str:
    """Name the round of a move, or the rounds where not every one was looked at."""
    return f"Round {move.now}" if move.now == move.before + 1 else f"Rounds {move.before + 1} to {move.now}"


def started(at_start: Share, moves: Sequence[ChanceStep], outcome: str, futures: int) -> str:
    """Say how open the run was at the start, and how it ended."""
    first = next((each.chance for each in moves if each.before == 0), at_start.share)
    return (
        f"Before the first round, {percent(at_start.share)} of {futures:,} redrawn futures ended with some deal "
        f"(95 % {percent(at_start.low)} to {percent(at_start.high)}); after it, in which the hidden type of each "
        f"government is drawn, {percent(first)}. This run ended in: {outcome}."
    )


def in_play(moves: Sequence[ChanceStep]) -> Sequence[ChanceStep]:
    """Leave the first round out, if there are others: what it moves is mostly the draw of hidden types."""
    return [each for each in moves if each.before > 0] or moves


def named(moves: Sequence[ChanceStep], deal: bool) -> list[str]:
    """Name the round that won or lost the deal, and the one that moved it most if that is another."""
    if not moves:
        return []
    largest, found = in_play(moves)[0], decided(moves, deal)
    if found is None:
        if not moved(largest.effect):
            return [
                f"No single round decided it: the largest move, in {span(largest).lower()}, is "
                f"{points(largest.effect.difference)} ({between(*largest.effect[1:3])}), which is within luck."
            ]
        return [f"No single round {'won' if deal else 'lost'} it.", f"{span(largest)} moved it most: {change(largest)}"]
    told = [f"{span(found)} {'won' if deal else 'lost'} it: {change(found)}"]
    if largest is not found and moved(largest.effect):
        told.append(f"{span(largest)} moved it most, the other way: {change(largest)}")
    return told


def change(move: ChanceStep) -> str:
    """Tell a move of the chance of a deal."""
    return (
        f"the chance of a deal went from {percent(move.chance_before)} to {percent(move.chance)} "
        f"({points(move.effect.difference)}, {between(*move.effect[1:3])})."
    )


def turned(action: Action, had: str) -> str:
    """Tell what turning one decision is worth."""
    difference = action.deal_otherwise - action.deal
    return (
        f"Had {had}, some deal would stand in {percent(action.deal_otherwise)} instead of {percent(action.deal)} of "
        f"{action.futures:,} redrawn futures ({points(difference)}, {between(action.low, action.high)})."
    )


def had(act: str, told: int, names: dict[str, Any]) -> str:
    """Write what would have happened, to follow `had`."""
    words = words_for(act).had.get(told)
    return words.format(**names) if words else f"{act.replace('_', ' ')} come out as {told}"


def mattered(actions: Sequence[Action], rose: bool) -> Action | None:
    """Find the decision of a round that matters most, one that moved the deal as the round did if there is one."""
    sure = [each for each in actions if stands_out(each.deal_otherwise - each.deal, each.low, each.high)]
    along = [each for each in sure if (each.deal_otherwise < each.deal) == rose]
    return next(iter(along or sure), None)
