"""Patterns of processes: conduct under pressure and at peace, refusals, condemnation, silence, and the ladder."""

import numpy as np

from experiments.validation.pattern import (
    ALL_SCENARIOS,
    EVERY_SCENARIO,
    Inequality,
    Pattern,
    keep_scenarios_apart,
    largest,
    share_statistic,
)
from experiments.validation.patterns_of_deals import ENDED_STATUSES, IDLE_SCENARIOS, IN_FORCE, newly_reached
from experiments.validation.refusals import REFUSAL_COLUMNS, classify_refusals
from experiments.validation.traces import (
    WEIGHT_COLUMNS,
    ScenarioSource,
    Trace,
    first_parties,
    monthly_weights,
    record_trace,
)
from model.enumerations import RungStatus

PRESSED_SCENARIO, FULL_PRESSURE = "us-iran-2026", 0.7
REFUSALS_IN_A_ROW = 5
MEMORY_ROUNDS = 6  # rounds after which trust is compared with trust before a condemnation
SILENCE_ROUNDS = 96
FACE_VALIDITY, LOGIC = "face validity", "logic"


def conduct_by_relations(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Count acts and cooperative ones, under full pressure and after full peace: [world, 4].

    One act a month of each party to the first negotiation. Full pressure: one party exerts at least FULL_PRESSURE on
    the other (in PRESSED_SCENARIO only). Full peace: all rungs were verified at the end of the month before.
    """
    trace = record_trace(scenario, worlds, [*WEIGHT_COLUMNS, "pressure", "status"])
    one, other = first_parties(trace)
    weights = monthly_weights(trace)  # 0 in a month without an act
    pressure = np.maximum(trace["pressure"][:, 1:, one, other], trace["pressure"][:, 1:, other, one])
    pressed = (pressure >= FULL_PRESSURE - 1e-9) & (str(scenario) == PRESSED_SCENARIO)
    done = (trace["status"][:, :-1, 0, : trace.initial_world.rungs[0]] == RungStatus.VERIFIED).all(axis=2)
    counts = [
        (acts & when[..., None]).sum(axis=(1, 2))
        for when in (pressed, done)
        for acts in (weights != 0.0, weights > 0.0)
    ]
    return np.stack(counts, axis=1).astype(float)


def refusal_loops(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Return whether one step was refused REFUSALS_IN_A_ROW times in a row: [world, 2], ones first."""
    longest = longest_refusals(record_trace(scenario, worlds, ["answer", "status"])).max(axis=1)
    return np.stack([np.ones(worlds), longest >= REFUSALS_IN_A_ROW], axis=1)


def longest_refusals(trace: Trace) -> np.ndarray:
    """Return the longest sequence of refusals of one step, [world, negotiation]; an agreed step ends a sequence."""
    status, answers = trace["status"], trace["answer"]
    proposed, now = status[:, :-1] == RungStatus.PROPOSED, status[:, 1:]
    refused = proposed & (now == RungStatus.IDLE) & (answers[:, 1:] < 0).any(axis=3)[..., None]
    agreed = (proposed & (now == RungStatus.SCRUTINISED)).any(axis=3)
    step, happened = refused.argmax(axis=3), refused.any(axis=3)
    last, length, longest = (np.full(status[:, 0, :, 0].shape, start) for start in (-1, 0, 0))
    for month in range(refused.shape[1]):
        again = happened[:, month] & (last == step[:, month])
        length = np.where(again, length + 1, np.where(happened[:, month], 1, length))
        length = np.where(agreed[:, month], 0, length)
        last = np.where(happened[:, month], step[:, month], last)
        longest = np.maximum(longest, length)
    return longest


def own_texts_refused(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Count texts that one side wrote, and those that the same side then refused: [world, 2]."""
    return refusals_by_author(record_trace(scenario, worlds, ["author", "answer", "status"])).astype(float)


def refusals_by_author(trace: Trace) -> np.ndarray:
    """Count texts that one side wrote, not a facilitator, and those that the same side then refused: [world, 2]."""
    new = newly_reached(trace, RungStatus.PROPOSED).any(axis=3)
    author = trace["author"][:, 1:]
    own = np.take_along_axis(trace["answer"][:, 1:], np.clip(author, 0, 1)[..., None], axis=3)[..., 0]
    written = np.isin(author, (0, 1))
    return np.stack([(each & written).sum(axis=(1, 2)) for each in (new, own < 0)], axis=1)


def trust_after_condemnation(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Count condemnations, and those after which the condemning side trusts the other less: [world, 2].

    Trust six months after the refusal is compared with trust at the end of the month before it.
    """
    trace = record_trace(scenario, worlds, REFUSAL_COLUMNS)
    condemned, trust = classify_refusals(trace).condemned, trace["trust"]
    followed, counts = slice(0, max(condemned.shape[1] - MEMORY_ROUNDS, 0)), np.zeros((worlds, 2))
    for k, parties in enumerate(trace.initial_world.party):
        for side in range(2):
            towards = trust[:, :, parties[side], parties[1 - side]]
            lower = towards[:, 1 + MEMORY_ROUNDS :] < towards[:, : -1 - MEMORY_ROUNDS]
            happened = condemned[:, followed, k, side]
            counts += np.stack([happened.sum(axis=1), (happened & lower).sum(axis=1)], axis=1)
    return counts


def silences(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Count negotiations without a deal by their longest silence in SILENCE_ROUNDS: [world, 1 + SILENCE_ROUNDS]."""
    trace = record_trace(scenario, worlds, ["contact", "status"], rounds=SILENCE_ROUNDS)
    without = ~np.isin(trace["status"], IN_FORCE).any(axis=(1, 3))
    months = longest_silences(trace["contact"][:, 1:] > 0)
    return ((months[..., None] == np.arange(SILENCE_ROUNDS + 1)) & without[..., None]).sum(axis=1).astype(float)


def longest_silences(contact: np.ndarray) -> np.ndarray:
    """Return the longest sequence of months without contact: [world, month, negotiation] -> [world, negotiation]."""
    silent = np.zeros(contact[:, 0].shape, int)
    longest = silent
    for month in range(contact.shape[1]):
        silent = np.where(contact[:, month], 0, silent + 1)
        longest = np.maximum(longest, silent)
    return longest


def median_of_counts(sums: np.ndarray) -> np.ndarray:
    """Return the median of values from 0 on that are counted, [..., value]; NaN without any."""
    reached = sums.cumsum(axis=-1) >= 0.5 * sums.sum(axis=-1, keepdims=True)
    return np.where(sums.sum(axis=-1) > 0, reached.argmax(axis=-1).astype(float), np.nan)


def rungs_above_ended_ones(scenario: ScenarioSource, worlds: int) -> np.ndarray:
    """Count the months in which a rung is in force above one that has ended: [world, 2], ones first."""
    status = record_trace(scenario, worlds, ["status"])["status"]
    return np.stack([np.ones(worlds), months_above_ended(status)], axis=1)


def months_above_ended(status: np.ndarray) -> np.ndarray:
    """Return the months with a rung in force above a suspended, snapped back or collapsed one: [world]."""
    ended_below = np.logical_or.accumulate(np.isin(status, ENDED_STATUSES), axis=3)[..., :-1]
    above = np.isin(status, IN_FORCE)[..., 1:] & ended_below
    return above.any(axis=(2, 3)).sum(axis=1)


PROCESS_PATTERNS = (
    Pattern(
        "F1", "Conduct follows relations: hostile under full pressure, friendly after full peace", FACE_VALIDITY,
        ALL_SCENARIOS, conduct_by_relations,
        {"under full pressure": share_statistic(0, 1), "after full peace": share_statistic(2, 3)},
        (
            Inequality("share of cooperative months under full pressure", share_statistic(0, 1), upper=0.6),
            Inequality("share of cooperative months after full peace", share_statistic(2, 3), 0.85),
        ),
        tuned=True,
        caveat="Full pressure: at least .7, in us-iran-2026. Full peace: all rungs verified, in all scenarios.",
    ),
    Pattern(
        "F2", "No step is refused over and over again", FACE_VALIDITY, EVERY_SCENARIO,
        keep_scenarios_apart(EVERY_SCENARIO, refusal_loops),
        {"share in the worst scenario": largest(EVERY_SCENARIO, share_statistic(0, 1))},
        (
            Inequality(
                "share of worlds with five refusals of one step in a row, worst scenario",
                largest(EVERY_SCENARIO, share_statistic(0, 1)), upper=0.1,
            ),
        ),
        tuned=True,
    ),
    Pattern(
        "F3", "Nobody refuses its own text", LOGIC, EVERY_SCENARIO, own_texts_refused, {"share": share_statistic(0, 1)},
        (Inequality("share of texts of one side that it then refuses", share_statistic(0, 1), upper=0.02),),
        caveat="By rule an author accepts its own text.",
    ),
    Pattern(
        "F4", "Condemnation lowers trust", LOGIC, EVERY_SCENARIO, trust_after_condemnation,
        {"share": share_statistic(0, 1)},
        (Inequality("share of condemnations with less trust six months later", share_statistic(0, 1), 0.9),),
        tuned=True, caveat="Trust of the side whose examination condemns, against the month before.",
    ),
    Pattern(
        "F6", "Silence comes in spells", "long historical cases: median 35 months, 18 to 90",
        IDLE_SCENARIOS, silences, {"negotiations without a deal": lambda sums: sums.sum(axis=-1)},
        (Inequality("median longest silence in months, negotiations without a deal", median_of_counts, 11.5),),
        tuned=True,
        caveat="Months without contact in runs of 96 months. Without a deal: no rung was ever in force. At least 12 "
        "months are required.",
    ),
    Pattern(
        "F9", "No agreement rests on a lower rung that has ended", LOGIC, EVERY_SCENARIO, rungs_above_ended_ones,
        {"months per world": share_statistic(0, 1)},
        (Inequality("months with a rung in force above one that has ended", lambda s: s[..., 1], upper=0.5),),
        caveat="Sum over all worlds. Ended: suspended, snapped back or collapsed; a breach can still be forgiven.",
    ),
)  # fmt: skip
