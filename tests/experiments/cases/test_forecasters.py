"""Simple rivals of the model: their fits recover the equations that made the data."""

import numpy as np
import pytest

from experiments.cases.case_file import case_names, load_case
from experiments.cases.forecasters import (
    RIVALS,
    BaseRate,
    fit_autoregression,
    fit_memory_one,
    fit_richardson,
    fit_rivals,
    last_weights,
    linear_states,
    past_and_present,
    rivals_without,
)

SILENT = np.nan


def made_series(constant, own, other, spread, cases=6, months=300, acts=1.0):
    """Return weights that follow x' = constant + own x + other y + noise: [case, month, side].

    acts: the share of months with an act; in the others the noise is 0 and the weight unknown.
    """
    rng = np.random.default_rng(5)
    weights, state = np.empty((cases, months, 2)), rng.normal(0, 2, (cases, 2))
    for month in range(months):
        active = rng.random((cases, 2)) < acts
        state = constant + own * state + other * state[:, ::-1] + active * rng.normal(0, spread, (cases, 2))
        weights[:, month] = np.where(active, state, SILENT)
    return weights


def test_ar1_recovers_its_coefficient():
    fitted = fit_autoregression(made_series(0.5, 0.6, 0.0, 1.0), with_other=False)
    assert fitted.own == pytest.approx(0.6, abs=0.03)
    assert fitted.constant == pytest.approx(0.5, abs=0.08)
    assert fitted.other == 0.0
    assert fitted.residuals.std() == pytest.approx(1.0, abs=0.05)


def test_var1_recovers_both_coefficients():
    fitted = fit_autoregression(made_series(0.2, 0.4, -0.3, 1.0), with_other=True)
    assert (fitted.own, fitted.other) == pytest.approx((0.4, -0.3), abs=0.03)


def test_richardson_recovers_its_rates_through_silence():
    fitted = fit_richardson(made_series(0.6, 0.7, 0.2, 0.5, cases=20, acts=0.3))
    assert (fitted.own, fitted.other) == pytest.approx((0.7, 0.2), abs=0.03)
    assert fitted.constant == pytest.approx(0.6, abs=0.1)


def test_richardson_is_var1_if_both_act_every_month():
    weights = made_series(-0.3, 0.5, 0.2, 1.0, cases=2)
    richardson, var = fit_richardson(weights), fit_autoregression(weights, with_other=True)
    assert (richardson.constant, richardson.own, richardson.other) == pytest.approx(
        (var.constant, var.own, var.other), abs=1e-4
    )


def test_rates_of_richardson_stay_within_0_and_1():
    fitted = fit_richardson(made_series(0.0, 0.3, -0.4, 1.0))
    assert fitted.other == pytest.approx(0.0, abs=1e-6)
    assert 0.0 <= 1.0 - fitted.own <= 1.0


def test_memory_one_counts_answers_to_joint_acts():
    answers = np.array([[4.0, -3.0], [-3.0, 4.0]] * 10)  # each side repeats the other's last act
    fitted = fit_memory_one(answers[None])
    cases = 19  # months with an earlier act, of each side
    assert fitted.chances[1, 0] == pytest.approx(1 / (cases + 2))
    assert fitted.chances[0, 1] == pytest.approx((cases + 1) / (cases + 2))
    assert fitted.chances[0, 0] == fitted.chances[1, 1] == 0.5
    forecast = fitted.forecast(own=8.0, other=-1.0)
    assert forecast.chance == pytest.approx(1 / 21)
    assert {*forecast.values} == {4.0, -3.0}


def test_states_hold_or_move_in_silence():
    weights = np.array([[4.0, SILENT], [SILENT, -2.0], [SILENT, SILENT], [SILENT, 6.0], [SILENT, SILENT]])
    assert last_weights(weights).tolist()[1:] == [
        [4.0, pytest.approx(SILENT, nan_ok=True)],
        [4.0, -2.0],
        [4.0, -2.0],
        [4.0, 6.0],
    ]
    moved = linear_states(weights, own=0.5, other=0.25, constant=1.0)
    assert moved[2].tolist() == [4.0, -2.0]
    assert moved[3].tolist() == [1.0 + 0.5 * 4.0 - 0.25 * 2.0, 1.0 - 0.5 * 2.0 + 0.25 * 4.0]
    assert moved[4].tolist() == [1.0 + 0.5 * 2.5 + 0.25 * 1.0, 6.0]


def test_months_without_earlier_acts_of_both_are_not_used():
    weights = np.array([[4.0, SILENT], [5.0, -2.0], [SILENT, SILENT], [6.0, -3.0]])
    past = past_and_present(last_weights(weights), weights)
    assert past.own.tolist() == [5.0, -2.0]
    assert past.other.tolist() == [-2.0, 5.0]
    assert past.weight.tolist() == [6.0, -3.0]


def test_forecasts_stay_on_the_scale():
    fitted = fit_autoregression(made_series(0.0, 1.0, 0.0, 3.0, months=60), with_other=False)
    assert np.abs(fitted.forecast(9.5, 0.0).values).max() <= 10.0
    assert np.abs(linear_states(np.array([[9.0, 9.0], *[[SILENT] * 2] * 30]), 1.0, 0.9, 0.0)[-1]).max() == 10.0


@pytest.mark.parametrize("name", RIVALS)
@pytest.mark.parametrize("states", [(7.0, 7.0), (-4.0, 8.0)])
def test_draws_follow_the_forecast(name, states):
    rival, (own, other) = rivals_without("iran-2013")[name], states
    drawn = rival.draw(np.full(20_000, own), np.full(20_000, other), np.random.default_rng(2))
    forecast = rival.forecast(own, other)
    assert drawn.mean() == pytest.approx(forecast.mean, abs=0.2)
    assert np.mean(drawn > 0) == pytest.approx(forecast.chance, abs=0.015)


def test_rivals_exclude_the_case_itself():
    own = load_case("iran-2018").monthly_weights()
    every, others = (rivals_without(name)["base rate"] for name in ("no such case", "iran-2018"))
    assert isinstance(every, BaseRate)
    assert isinstance(others, BaseRate)
    assert sorted(every.weights) == sorted([*others.weights, *own[np.isfinite(own)]])
    coefficients = {rivals_without(name)["AR(1)"].forecast(5.0, 5.0).mean for name in case_names()}
    assert len(coefficients) == len(case_names())


def test_rivals_have_their_names_in_order():
    assert tuple(fit_rivals(made_series(0.5, 0.3, 0.2, 3.0, cases=2, months=40))) == RIVALS
