"""The results of claims in sentences, for the terminal, the page and the document."""

from collections.abc import Sequence

from experiments.ensembles.statistics import Share
from experiments.studies.claim_space import ClaimSpace
from experiments.studies.claims import ClaimResult, ComparisonResult

ANSWERS = {"holds": "Yes.", "fails": "No.", "depends": "It depends.", "undecided": "Undecided."}
FINDINGS = (
    "Holds for", "Depends on the world for", "Undecided for", "The opposite is found for", "Not found for"
)  # fmt: skip
UNDECIDED_NOTE = "more points or replications are needed"


def percent(value: float) -> str:
    """Format a share in percent."""
    return f"{100 * value:.0f} %"


def percent_interval(share: Share) -> str:
    """Format a share with its interval."""
    return f"{percent(share.share)} ({100 * share.low:.0f} to {100 * share.high:.0f} %)"


def noun(space: ClaimSpace) -> str:
    """Return what the points of a space are called."""
    return "plausible worlds" if space.kind == "plausible" else "points"


def effect_text(result: ComparisonResult) -> str:
    """Return the mean difference of a comparison with its interval, in plain units and in the measure's direction."""
    measure, effects = result.comparison.measured, result.effects
    if result.shares is None:
        return "no value: too few points have worlds to compare"
    sign = 1.0 if result.comparison.more else -1.0
    mean, ends = sign * effects.mean, sorted((sign * effects.low, sign * effects.high))
    if ends[0] * ends[1] >= 0.0:
        smaller, larger = sorted(map(abs, ends))
        return f"{measure.describe(mean)} ({measure.size(smaller)} to {measure.size(larger)})"
    words = f"{measure.size(-ends[0])} {measure.less} to {measure.size(ends[1])} {measure.more}"
    return f"{measure.describe(mean)} ({words})"


def measured_sentence(result: ComparisonResult) -> str:
    """Return what was measured, and the mean difference: the first sentence on a comparison."""
    each = result.comparison
    measure = f"{each.measured.words[0].upper()}{each.measured.words[1:]}"
    some = f" Measured in {percent(result.effects.covered)} of them." if result.effects.covered < 0.995 else ""
    return f"{measure}: {effect_text(result)}, with {each.claimed.words} rather than {each.reference.words}.{some}"


def verdict_sentence(result: ComparisonResult, space: ClaimSpace) -> str:
    """Return in how many worlds a comparison holds, and where: the second sentence on a comparison."""
    shares, effects, least = result.shares, result.effects, result.comparison.smallest
    if shares is None:
        return f"Fewer than half of the {noun(space)} have enough worlds to compare."
    holds, many = percent_interval(shares.holds), noun(space)
    relevant = result.comparison.measured.amount(least)
    if result.verdict == "holds":
        return f"It holds in {holds} of the {many}: there the difference is at least {relevant}."
    if result.verdict == "undecided":
        if shares.holds.low > 0.5:
            return f"It would hold in {holds} of the {many}, but its mean may be zero: {UNDECIDED_NOTE}."
        return f"The share of the {many} in which it holds is uncertain, {holds}: {UNDECIDED_NOTE}."
    if result.verdict == "depends":
        where = (
            f"It holds {result.regions.describe()}."
            if result.regions
            else "No two or three parameters tell these worlds apart."
        )
        return f"It holds in {holds} of the {many}, and the opposite in {percent(shares.opposite)}. {where}"
    if shares.opposite > 0.5:
        return f"The opposite holds in {percent(shares.opposite)} of the {many}; the claim holds in {holds}."
    if max(abs(effects.low), abs(effects.high)) < least:
        return f"No relevant difference: on average it is smaller than {relevant}; the claim holds in {holds}."
    return f"A difference of at least {relevant} is found in only {holds} of the {many}."


def alone_sentence(result: ComparisonResult, space: ClaimSpace) -> str:
    """Return in how many worlds the simulations of that world alone show a difference; empty without a value."""
    if result.shares is None:
        return ""
    return (
        f"By its own simulations alone, the interval excludes zero in {percent(result.shares.alone)} of the "
        f"{noun(space)} as claimed, and in {percent(result.shares.alone_opposite)} the other way."
    )


def answer(result: ClaimResult, space: ClaimSpace) -> str:
    """Return the answer to the question of a claim, in one or two sentences."""
    tests = result.of_standing("tested")
    if not tests:
        return "Not tested: every comparison is built in or fitted."
    if len(tests) == 1:
        return f"{ANSWERS[result.verdict]} {verdict_sentence(tests[0], space)}"
    if result.verdict == "holds" and result.shares is not None:
        share = percent_interval(result.shares.holds)
        return f"Yes. All {len(tests)} tests hold together in {share} of the {noun(space)}."
    found = [(finding(each), each.comparison.says) for each in tests]
    groups = {words: [says for each, says in found if each == words] for words in FINDINGS}
    parts = [f"{words}: {'; '.join(says)}." for words, says in groups.items() if says]
    return " ".join(["In part." if result.verdict == "depends" else ANSWERS[result.verdict], *parts])


def finding(result: ComparisonResult) -> str:
    """Return in a few words what was found, one of FINDINGS."""
    if result.verdict != "fails":
        return FINDINGS[("holds", "depends", "undecided").index(result.verdict)]
    is_opposite = result.shares is not None and result.shares.opposite > 0.5
    return FINDINGS[3 if is_opposite else 4]


def summary(results: Sequence[ClaimResult], space: ClaimSpace) -> str:
    """Return the numbers of claims by verdict in a sentence."""
    words = {
        "holds": ("holds", "hold"), "fails": ("fails", "fail"), "depends": ("holds in part", "hold in part"),
        "undecided": ("is undecided", "are undecided"),
    }  # fmt: skip
    counts = {verdict: sum(each.verdict == verdict for each in results) for verdict in words}
    many = "claim" if len(results) == 1 else "claims"
    parts = [f"{count} {words[verdict][count > 1]}" for verdict, count in counts.items() if count]
    return f"{len(results)} {many}: {', '.join(parts)}."


def weakest(result: ClaimResult) -> ComparisonResult | None:
    """Return the test of a claim that holds in the fewest points, None if there is none."""
    tests = [each for each in result.of_standing("tested") if each.shares is not None]
    return min(tests, key=lambda each: each.shares.holds.share if each.shares else 0.0, default=None)


DEFINITIONS = (
    "A plausible world is one setting of the model's parameters that the data behind the targets have not ruled out; "
    "it is simulated many times, with other random events each time. Plausible is not probable: the shares below say "
    "how often a claim holds in the model, not in the world, and they are no forecast.",
    "Each comparison plays the same worlds twice, with the same random events, and measures the difference. The effect "
    "is the mean difference over the plausible worlds, with its 95 % interval.",
    "A comparison holds in a plausible world if the difference has the claimed direction and is at least the smallest "
    "relevant difference: two hundredths of a scale or a share, one month, one breach in twenty runs, unless it is "
    "stated otherwise. A smaller difference is no relevant difference, however narrow its interval.",
    "Few simulations of a world leave chance in its difference. Chance is kept apart from the true spread between "
    "worlds by a random-effects model; the shares are counted after its removal, with bootstrap intervals. Alone: the "
    "shares of worlds whose own 95 % interval excludes zero, as claimed and the other way.",
    "Holds: in at least three quarters of the plausible worlds, if the interval of that share is above one half and "
    "that of the mean effect above zero. Fails: in at most one quarter, if the interval is below one half. Depends: in "
    "between; a small tree then looks for two or three parameters that tell the worlds apart, and is reported only if "
    "it predicts worlds that it has not seen. Undecided: the intervals are too wide to say.",
    "A claim with several tests holds or fails if all of them do, and depends if it holds in part.",
    "Built in: the rules give the direction by construction. Fitted: a target of the calibration already states "
    "it. Both are shown apart, and neither counts as a test.",
)
