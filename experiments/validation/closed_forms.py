"""Docking to closed forms: every quantity of theory that a mechanism of the model produces, and those it does not."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from experiments.validation import (
    belief_checks,
    conduct_checks,
    decision_checks,
    inspection_checks,
    ladder_checks,
    tension_checks,
)
from experiments.validation.check import MAX_STANDARD_ERRORS, Check, CheckResult, run_check
from experiments.validation.part import ValidationPart
from model.errors import InputError, ScenarioError

MODULES = (conduct_checks, belief_checks, inspection_checks, ladder_checks, tension_checks, decision_checks)
CHECKS: dict[str, Check] = dict(sorted((check.id, check) for module in MODULES for check in module.CHECKS))
BLUE, GREY = "#3A8FC4", "#8A96A3"
WORLDS = {True: 500, False: 4000}  # worlds of a check, quick or not


class UnmodelledResult(NamedTuple):
    """A row of theory that no mechanism of the model produces, and why."""

    id: str
    quantity: str
    reason: str


UNMODELLED = (
    UnmodelledResult(
        "B01", "critical discounts of grim trigger and tit for tat", "doctrines are given; no state derives one."
    ),
    UnmodelledResult(
        "B02p", "payoff of a noisy pair", "conduct is not paid; the payoffs enter the doctrine of assurance alone."
    ),
    UnmodelledResult("B03a", "bound of generosity", "generosity is set, and not derived from payoffs."),
    UnmodelledResult("B07b", "chance of violence", "a spoiler's hazard does not depend on a state's type."),
    UnmodelledResult("B08", "one-shot inspection game", "inspectors and inspected follow rules; neither plays a game."),
    UnmodelledResult(
        "B09", "value and first inspection of Dresher's game", "inspections are not rationed over a game."
    ),
    UnmodelledResult("B10", "inspection game with several violations", "as B09."),
    UnmodelledResult(
        "B12", "multiplier of an initiative", "conduct is yes or no, and its answer a chance, not a share of it."
    ),
    UnmodelledResult(
        "B16c", "monthly from yearly detection; size of a sample", "detection is given by the month; no samples."
    ),
    UnmodelledResult("B17", "first share of alternating offers", "offers are placed, not derived from patience."),
    UnmodelledResult(
        "B18f", "failure resets the ladder: mean rounds", "a collapsed ladder rests, and is then negotiated anew."
    ),
    UnmodelledResult(
        "B19b", "sealed offers; breakdown under private information", "reservation values are not concealed types."
    ),
    UnmodelledResult("B21", "folds of trust (M19)", "trust does not feed on itself through the other's expectation."),
    UnmodelledResult("B23b", "penalty with a lag; longest lag", "the penalty that a betrayer weighs comes at once."),
    UnmodelledResult(
        "B24", "uranium: masses, significant quantities, separative work", "a programme is a share, not a stock."
    ),
    UnmodelledResult(
        "B25", "mean delay of a war of attrition", "impatience softens by a given rate; nobody holds out by choice."
    ),
)


def select_checks(name: str) -> list[Check]:
    """Find the check of this name, or the checks of a row of theory (B18 for B18a to B18h).

    Raises ScenarioError if there is none, with the reason where the quantity is not in the model.
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
    """Checks that were run, and in a sentence each those of the same row that could not be, and why."""

    results: list[CheckResult]
    skipped: list[str]


def run_selected(name: str, given: Mapping[str, Any], quick: bool, seed: int = 1) -> CheckRun:
    """Run the checks of a name; of several, those that have all symbols given, or else each with what it has.

    Of several, those that cannot be run at these values are left out, unless that is all.
    Raises ScenarioError for an unknown check, a symbol that none of them has, or values that none can be run at.
    """
    checks = select_checks(name)
    if able := [check for check in checks if given.keys() <= check.symbols.keys()]:
        checks = able
    known = {symbol for check in checks for symbol in check.symbols}
    if strange := [
        InputError.unknown_name("--set", symbol, known, f"symbol of {name}") for symbol in given.keys() - known
    ]:
        raise ScenarioError(strange)
    found, refused = [], {}
    for check in checks:
        try:
            found.append(run_check(check, {s: v for s, v in given.items() if s in check.symbols}, WORLDS[quick], seed))
        except ScenarioError as error:
            refused[check.id] = error
    if not found:
        raise next(iter(refused.values()))
    return CheckRun(found, [f"{check} was left out: {error}" for check, error in refused.items()])


def run_part(quick: bool, progress: Callable[[str], None]) -> ValidationPart:
    """Run every check at its default values, and list what is not in the model."""
    found: list[CheckResult] = []
    for number, check in enumerate(CHECKS.values(), 1):
        progress(f"closed forms: {check.id}, {number} of {len(CHECKS)}")
        found.append(run_check(check, {}, WORLDS[quick]))
    part = checks_part(found)
    return part._replace(rows=part.rows + [unmodelled_row(each) for each in UNMODELLED])


def checks_part(found: Sequence[CheckResult], left_out: Sequence[str] = ()) -> ValidationPart:
    """Sum up checks that were run, those that fail first."""
    failing = [each for each in found if not each.holds]
    lead = f"{len(found) - len(failing)} of {len(found)} quantities come out of the model as theory says"
    lead = f"Failing: {', '.join(each.check.id for each in failing)}; {lead}." if failing else f"{lead}."
    return ValidationPart(
        "closed-forms",
        "Closed forms",
        lead,
        [each.row() for each in sorted(found, key=lambda each: each.holds)],
        len(failing),
        figure=discrepancy_figure(found),
        notes=(
            *left_out,
            "A check shows that a mechanism does what its equation says, not that the equation describes any state.",
            "Each is run at one set of values; `detente validate --check ID --set SYMBOL=VALUE` runs it at others.",
        ),
    )


def discrepancy_figure(found: Sequence[CheckResult]) -> dict[str, Any] | None:
    """Draw how many standard errors simulation and closed form lie apart, where chance has a part in it."""
    drawn = [each for each in found if each.sample.error]
    if not drawn:
        return None
    apart = [(each.sample.value - each.expected) / each.sample.error for each in drawn]
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
    dots = {"type": "scatter", "mode": "markers", "x": [each.check.id for each in drawn], "y": apart}
    reach = max(4.0, *(abs(each) + 0.5 for each in apart))
    return {
        "data": [{**dots, "marker": {"color": BLUE, "size": 9}}],
        "layout": {
            "shapes": bounds,
            "yaxis": {"title": {"text": "standard errors apart"}, "range": [-reach, reach]},
            "xaxis": {"type": "category", "tickangle": -60},
            "showlegend": False,
            "meta": "How many standard errors simulation and closed form lie apart; within three they agree.",
        },
    }


def unmodelled_row(absent: UnmodelledResult) -> dict[str, Any]:
    """Write a row for what is not in the model."""
    numbers = {"parameters": {}, "expected": None, "simulated": None, "standard_error": None}
    head = {"id": absent.id, "quantity": absent.quantity, "formula": ""}
    return {**head, **numbers, "verdict": "not in the model", "remark": absent.reason}
