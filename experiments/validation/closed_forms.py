"""Comparison with closed forms: the theoretical quantities that the model reproduces, and those it does not contain."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from experiments.validation import (
    belief_checks,
    concealment_checks,
    conduct_checks,
    decision_checks,
    inspection_checks,
    ladder_checks,
    ladder_walk_checks,
    process_checks,
    relation_checks,
    tension_checks,
    threat_checks,
)
from experiments.validation.check import MAX_STANDARD_ERRORS, Check, CheckResult, run_check
from experiments.validation.part import ValidationPart
from model.errors import InputError, ScenarioError

MODULES = (
    conduct_checks,
    belief_checks,
    inspection_checks,
    ladder_checks,
    ladder_walk_checks,
    tension_checks,
    decision_checks,
    relation_checks,
    process_checks,
    threat_checks,
    concealment_checks,
)
CHECKS: dict[str, Check] = dict(sorted((check.id, check) for module in MODULES for check in module.CHECKS))
BLUE, GREY = "#3A8FC4", "#8A96A3"
WORLDS = {True: 500, False: 4000}  # worlds per check, by `quick`


class UnmodelledResult(NamedTuple):
    """A theoretical quantity that no mechanism of the model produces, and the reason."""

    id: str
    quantity: str
    reason: str


UNMODELLED = (
    UnmodelledResult(
        "B01", "critical discounts of grim trigger and tit for tat", "doctrines are inputs; no state derives one."
    ),
    UnmodelledResult(
        "B02p", "payoff of a noisy pair", "conduct has no payoffs; only the assurance doctrine uses them."
    ),
    UnmodelledResult("B03a", "bound of generosity", "generosity is an input, not derived from payoffs."),
    UnmodelledResult("B07b", "probability of violence", "a spoiler's hazard does not depend on a state's type."),
    UnmodelledResult("B08", "one-shot inspection game", "inspectors and states follow rules; neither plays a game."),
    UnmodelledResult(
        "B09", "value and first inspection of Dresher's game", "inspections are not rationed over a game."
    ),
    UnmodelledResult("B10", "inspection game with several violations", "as for B09."),
    UnmodelledResult(
        "B12",
        "multiplier of an initiative",
        "a response has a probability; its size does not follow from that of the initiative.",
    ),
    UnmodelledResult(
        "B16c", "monthly from yearly detection; size of a sample", "detection is monthly; there is no sampling."
    ),
    UnmodelledResult("B17", "first share of alternating offers", "offers do not follow from discount factors."),
    UnmodelledResult(
        "B18f", "failure resets the ladder: mean rounds", "a failed ladder is suspended and then renegotiated."
    ),
    UnmodelledResult(
        "B19b",
        "sealed offers; breakdown under private information",
        "offers follow from estimates of what the other demands, not from sealed offers.",
    ),
    UnmodelledResult(
        "B21",
        "fold bifurcation of trust (M19)",
        "trust feeds back through conduct, without a response curve that folds; pattern S20 tests it.",
    ),
    UnmodelledResult("B23b", "penalty with a lag; longest lag", "the penalty that a betrayer considers is immediate."),
    UnmodelledResult(
        "B24", "uranium: masses, significant quantities, separative work", "a programme is a share, not a mass."
    ),
    UnmodelledResult(
        "B25", "mean delay of a war of attrition", "impatience grows at a given rate; no state chooses to hold out."
    ),
)


def select_checks(name: str) -> list[Check]:
    """Return the check of a name, or the checks of a family (B18 for B18a to B18h).

    Raises ScenarioError for an unknown name, with the reason if the quantity is not in the model.
    """
    if name in CHECKS:
        return [CHECKS[name]]
    family = [
        check for check in CHECKS.values() if check.id[: len(name)] == name and not check.id[len(name) :].isdigit()
    ]
    if family and name:
        return family
    absent = {each.id: each for each in UNMODELLED}
    if name in absent:
        raise ScenarioError([InputError("--check", name, f"is not in the model: {absent[name].reason}")])
    raise ScenarioError([InputError.unknown_name("--check", name, CHECKS, "check")])


class CheckRun(NamedTuple):
    """The results of checks, and a sentence about each check of the family that could not be run."""

    results: list[CheckResult]
    skipped: list[str]


def run_selected(name: str, given: Mapping[str, Any], quick: bool, seed: int = 1) -> CheckRun:
    """Run the checks of a name: those that have all the given symbols, or else each with the symbols it has.

    Checks that cannot be run at these values are skipped. Raises ScenarioError for an unknown check, a symbol that
    no check has, or if all checks would be skipped.
    """
    checks = select_checks(name)
    if complete := [check for check in checks if given.keys() <= check.symbols.keys()]:
        checks = complete
    known = {symbol for check in checks for symbol in check.symbols}
    if unknown := [
        InputError.unknown_name("--set", symbol, known, f"symbol of {name}") for symbol in given.keys() - known
    ]:
        raise ScenarioError(unknown)
    results, errors = [], {}
    for check in checks:
        try:
            results.append(
                run_check(check, {s: v for s, v in given.items() if s in check.symbols}, WORLDS[quick], seed)
            )
        except ScenarioError as error:
            errors[check.id] = error
    if not results:
        raise next(iter(errors.values()))
    return CheckRun(results, [f"{check} was skipped: {error}" for check, error in errors.items()])


def run_part(quick: bool, progress: Callable[[str], None]) -> ValidationPart:
    """Run every check at its default values, and list the quantities that are not in the model."""
    results: list[CheckResult] = []
    for number, check in enumerate(CHECKS.values(), 1):
        progress(f"closed forms: {check.id}, {number} of {len(CHECKS)}")
        results.append(run_check(check, {}, WORLDS[quick]))
    part = checks_part(results)
    return part._replace(rows=part.rows + [unmodelled_row(each) for each in UNMODELLED])


def checks_part(results: Sequence[CheckResult], skipped: Sequence[str] = ()) -> ValidationPart:
    """Return the results of checks as a part of the validation, failures first."""
    failing = [each for each in results if not each.holds]
    lead = f"{len(results) - len(failing)} of {len(results)} quantities agree with theory"
    lead = f"Failing: {', '.join(each.check.id for each in failing)}; {lead}." if failing else f"{lead}."
    return ValidationPart(
        "closed-forms",
        "Closed forms",
        lead,
        [each.row() for each in sorted(results, key=lambda each: each.holds)],
        len(failing),
        figure=discrepancy_figure(results),
        notes=(
            *skipped,
            "A check shows that a mechanism implements its equation, not that the equation describes any state.",
            "Checks run at their default values; `detente validate --check ID --set SYMBOL=VALUE` runs one at others.",
        ),
    )


def discrepancy_figure(results: Sequence[CheckResult]) -> dict[str, Any] | None:
    """Return a figure of the differences between simulation and closed form in standard errors, or None without any."""
    stochastic = [each for each in results if each.sample.error]
    if not stochastic:
        return None
    differences = [(each.sample.value - each.expected) / each.sample.error for each in stochastic]
    bounds = [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": edge,
            "y1": edge,
            "line": {"dash": "dash", "color": GREY},
        }
        for edge in (-MAX_STANDARD_ERRORS, MAX_STANDARD_ERRORS)
    ]
    dots = {"type": "scatter", "mode": "markers", "x": [each.check.id for each in stochastic], "y": differences}
    reach = max(4.0, *(abs(each) + 0.5 for each in differences))
    return {
        "data": [{**dots, "marker": {"color": BLUE, "size": 9}}],
        "layout": {
            "shapes": bounds,
            "yaxis": {"title": {"text": "difference in standard errors"}, "range": [-reach, reach]},
            "xaxis": {"type": "category", "tickangle": -60},
            "showlegend": False,
            "meta": "Difference between simulation and closed form in standard errors; within three they agree.",
        },
    }


def unmodelled_row(absent: UnmodelledResult) -> dict[str, Any]:
    """Return the row of a quantity that is not in the model."""
    numbers = {"parameters": {}, "expected": None, "simulated": None, "standard_error": None}
    head = {"id": absent.id, "quantity": absent.quantity, "formula": ""}
    return {**head, **numbers, "verdict": "not in the model", "remark": absent.reason}
