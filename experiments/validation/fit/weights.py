"""The weights that are fitted, with their search ranges, and the changes of each scenario that they amount to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from model.errors import InputError, ScenarioError, collect_errors
from model.loading import load_scenario, read_scenario, scenario_names
from model.parameter_space import DeclaredParameter, declared_parameters

EVERY, AT = "*", "@"  # `states.*.after_cc`: every state; `PATH@SCENARIO`: in one scenario only


class FittedWeight(NamedTuple):
    """A parameter that the fit changes, and the range in which it searches. In the path, `*` is any name."""

    path: str
    low: float
    high: float


FITTED_WEIGHTS = (
    # conduct
    FittedWeight("conduct.trust_moves_conduct", 1.0, 3.5),
    FittedWeight("conduct.tension_moves_conduct", 1.0, 3.0),
    FittedWeight("conduct.deal_moves_conduct", 1.5, 4.5),
    FittedWeight("conduct.pressure_moves_conduct", 0.2, 1.5),
    FittedWeight("conduct.mood_moves_conduct", 0.5, 1.5),
    FittedWeight("conduct.mood_inertia", 0.65, 0.8),
    FittedWeight("conduct.mood_reciprocity", 0.1, 0.2),
    FittedWeight("conduct.mood_spread", 0.3, 0.5),
    FittedWeight("states.*.after_cc", 0.86, 0.96),
    FittedWeight("states.*.after_cd", 0.74, 0.92),
    FittedWeight("states.*.after_dc", 0.35, 0.6),
    FittedWeight("states.*.after_dd", 0.22, 0.4),
    # beliefs and tension
    FittedWeight("belief.memory", 0.95, 0.985),
    FittedWeight("belief.betrayal_weight", 1.5, 4.0),
    FittedWeight("belief.conduct_evidence", 0.05, 0.4),
    FittedWeight("belief.examination_evidence", 0.7, 7.0),
    FittedWeight("belief.rung_evidence", 8.0, 25.0),
    FittedWeight("belief.exchange_evidence", 0.1, 0.8),
    FittedWeight("tension.provocation", 0.06, 0.2),
    FittedWeight("tension.contact_calms", 0.03, 0.1),
    # bargaining and examination
    FittedWeight("bargaining.resolve_spread", 0.05, 0.25),
    FittedWeight("bargaining.estimate_error", 0.15, 0.4),
    FittedWeight("bargaining.probing", 0.02, 0.15),
    FittedWeight("bargaining.share_scale", 0.38, 0.54),
    FittedWeight("bargaining.narrative_weight", 0.2, 0.5),
    FittedWeight("bargaining.concession_to_pressure", 0.1, 0.5),
    FittedWeight("bargaining.expected_conflict", 0.1, 0.3),
    FittedWeight("scrutiny.endorsement", 1.0, 5.0),
    FittedWeight("scrutiny.suspicious_if_deceitful", 0.25, 0.45),
    FittedWeight("scrutiny.price_of_pressure", 0.1, 1.5),
    FittedWeight("scrutiny.future_weight", 0.15, 0.7),
    FittedWeight("scrutiny.loss_weight", 1.2, 3.0),
    FittedWeight("scrutiny.outside_option", 0.0, 0.12),
    # contact and the process
    FittedWeight("contact.contact_start", 0.02, 0.25),
    FittedWeight("contact.contact_stop", 0.02, 0.08),
    FittedWeight("contact.tension_ends_contact", 0.05, 0.25),
    FittedWeight("contact.offices_start_contact", 0.2, 0.9),
    FittedWeight("contact.pain_threshold", 0.25, 0.75),
    FittedWeight("contact.way_out_threshold", 0.2, 0.5),
    FittedWeight("contact.talks_inertia", 0.1, 0.4),
    FittedWeight("facilitation.mediation_threshold", 0.1, 0.45),
    FittedWeight("process.giving_up", 0.1, 0.5),
    FittedWeight("process.reopening", 0.01, 0.12),
    FittedWeight("process.offices_reopen", 0.05, 0.5),
    FittedWeight("process.shock_reopens", 0.02, 0.35),
    # implementation and threats
    FittedWeight("ladder.abandonment", 0.005, 0.05),
    FittedWeight("verification.deterrence", 1.2, 2.5),
    FittedWeight("home.doubt_of_successors", 0.1, 0.3),
    FittedWeight("threats.threat_hazard", 0.02, 0.08),
    FittedWeight("threats.threat_harm", 0.4, 1.2),
    FittedWeight("threats.force_hazard", 0.003, 0.05),
    FittedWeight("threats.force_threshold", 0.7, 0.95),
)


def check_weights(weights: Sequence[FittedWeight]) -> dict[str, DeclaredParameter]:
    """Return the declaration of each weight, by the weight's path.

    Raises ScenarioError with all weights that are not declared, are integers, are listed twice, or whose search range
    is empty or leaves the declared range.
    """
    known = {_generic(each.path): each for each in declared_parameters()}
    errors, found = [], {}
    for weight in weights:
        declared = known.get(_generic(weight.path))
        if declared is None:
            errors.append(InputError.unknown_name(weight.path, weight.path, known, "parameter"))
        elif problem := _range_problem(weight, declared):
            errors.append(InputError(weight.path, f"{weight.low:g} to {weight.high:g}", problem))
        elif weight.path in found:
            errors.append(InputError(weight.path, "", "is listed twice"))
        else:
            found[weight.path] = declared
    if errors:
        raise ScenarioError(errors)
    return found


def _range_problem(weight: FittedWeight, declared: DeclaredParameter) -> str:
    if declared.whole:
        return "is an integer: only real parameters can be fitted"
    if not weight.low < weight.high:
        return "is an empty search range"
    if not declared.low <= weight.low < weight.high <= declared.high:
        return f"the search range leaves the declared range, {declared.low:g} to {declared.high:g}"
    return ""


def _generic(path: str) -> str:
    """Return a path with `*` for the names that differ between scenarios, which the declarations have in capitals."""
    return ".".join(EVERY if step.isupper() else step for step in path.split("."))


def check_values(
    values: Mapping[str, Any], weights: Sequence[FittedWeight], scenarios: Iterable[str], where: str
) -> None:
    """Raise ScenarioError with all values that are not allowed: a weight outside its search range, any other value
    that a scenario refuses, a scenario that does not exist.

    where: the file with the values, for the messages.
    """
    ranges, errors = {each.path: each for each in weights}, []
    for path, value in values.items():
        weight, (_, at, scenario) = ranges.get(path), path.partition(AT)
        if at and scenario not in scenario_names():
            errors.append(InputError.unknown_name(f"{where}: {path}", scenario, scenario_names(), "scenario"))
        if weight is not None and not _is_within(value, weight):
            problem = f"must be a number from {weight.low:g} to {weight.high:g}, its search range"
            errors.append(InputError(f"{where}: {path}", value, problem))
    for scenario in scenarios if not errors else ():
        try:
            load_scenario(scenario, scenario_changes(values, scenario, weights))
        except ScenarioError as error:
            errors += [each._replace(path=f"{where}, in {scenario}: {each.path}") for each in error.errors]
    if errors:
        raise ScenarioError(collect_errors(errors))


def _is_within(value: Any, weight: FittedWeight) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and weight.low <= value <= weight.high


def scenario_changes(
    values: Mapping[str, Any], scenario: str, weights: Sequence[FittedWeight] = FITTED_WEIGHTS
) -> dict[str, Any]:
    """Return the changes of a built-in scenario, with every `*` replaced by the names that are there.

    Fitted weights are sought as defaults: where the file of the scenario sets one itself, it keeps that value. All
    other values replace those of the file.
    """
    data, fitted, changes = read_scenario(scenario), {each.path for each in weights}, {}
    for path, value in values.items():
        plain, _, only = path.partition(AT)
        if only in ("", scenario):
            for full, is_set in _expand(plain.split("."), data):
                if not (is_set and path in fitted):
                    changes[full] = value
    return changes


def _expand(steps: Sequence[str], table: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, bool]]:
    """Yield the paths that a pattern stands for, and whether the file sets a value there."""
    step, *rest = steps
    inside = table if isinstance(table, Mapping) else {}
    for name in inside if step == EVERY else (step,):
        if rest:
            yield from _expand(rest, inside.get(name), (*before, name))
        else:
            yield ".".join((*before, name)), name in inside


def weights_set_by_files(weights: Sequence[FittedWeight], scenarios: Iterable[str]) -> dict[str, list[str]]:
    """Return the scenarios whose files set a fitted weight themselves, by the weight's path."""
    found: dict[str, list[str]] = {}
    for scenario in scenarios:
        data = read_scenario(scenario)
        for weight in weights:
            if any(is_set for _, is_set in _expand(weight.path.split("."), data)):
                found.setdefault(weight.path, []).append(scenario)
    return found
