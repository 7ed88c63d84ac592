"""Scores of forecasts, compared with their definitions, and intervals over months and cases."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm

from experiments.cases.forecasters import Forecast, equally_likely, forecast_of_signs
from experiments.cases.scoring import brier_score, crps, means_over_cases, means_over_months


def slow_crps(values, shares, observed):
    """Return the integral of (F(x) - [x >= observed])^2 over x, step by step."""
    edges = np.sort([*values, observed])
    total = 0.0
    for left, right in pairwise(edges):
        below = sum(share for value, share in zip(values, shares, strict=True) if value <= left)
        total += (below - float(left >= observed)) ** 2 * (right - left)
    return total


def test_crps_equals_its_defining_integral():
    rng = np.random.default_rng(7)
    for size in (1, 2, 9):
        values, shares = rng.normal(0, 5, size), rng.dirichlet(np.ones(size))
        observed = float(rng.normal(0, 5))
        assert crps(values, observed, shares) == pytest.approx(slow_crps(values, shares, observed))
    assert crps([2.0], -1.5) == pytest.approx(3.5)


@pytest.mark.parametrize(("mean", "spread", "observed"), [(0.0, 1.0, 0.4), (3.0, 4.5, -7.0)])
def test_crps_of_a_gaussian_has_its_closed_form(mean, spread, observed):
    sample = norm.ppf((np.arange(20_000) + 0.5) / 20_000, mean, spread)
    z = (observed - mean) / spread
    exact = spread * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))  # Gneiting & Raftery 2007
    assert crps(sample, observed) == pytest.approx(exact, rel=1e-3)


def test_brier_score_of_a_base_rate_has_its_closed_form():
    months = np.array([1.0] * 6 + [-1.0] * 2)
    same, other = equally_likely(months).chance, equally_likely([1.0, -1.0]).chance
    assert np.mean([brier_score(same, each > 0) for each in months]) == pytest.approx(0.75 * 0.25)
    assert np.mean([brier_score(other, each > 0) for each in months]) == pytest.approx(0.25)


def test_brier_score_is_the_squared_error():
    assert brier_score(0.7, True) == pytest.approx(0.09)
    assert brier_score(0.7, False) == pytest.approx(0.49)


def test_perfect_forecast_scores_zero():
    perfect = Forecast((7.0,), (1.0,))
    assert brier_score(perfect.chance, True) == 0.0
    assert crps(perfect.values, 7.0, perfect.shares) == 0.0


def test_forecast_has_chance_mean_and_quantiles():
    forecast = Forecast((7.0, -5.0), (0.9, 0.1))
    assert forecast.chance == 0.9
    assert forecast.mean == pytest.approx(0.9 * 7.0 - 0.1 * 5.0)
    assert [forecast.quantile(part) for part in (0.05, 0.5, 0.95)] == [-5.0, 7.0, 7.0]


def test_forecast_of_signs_keeps_the_sizes_of_each_sign():
    sizes = Forecast((1.0, 4.0, -2.0, -8.0), (0.1, 0.5, 0.3, 0.1))
    found = forecast_of_signs(0.3, sizes)
    assert found.values == sizes.values
    assert found.chance == pytest.approx(0.3)
    assert found.shares == pytest.approx((0.05, 0.25, 0.525, 0.175))
    assert forecast_of_signs(sizes.chance, sizes).shares == pytest.approx(sizes.shares)


def test_intervals_contain_the_mean_and_widen_with_spread():
    rng = np.random.default_rng(3)
    constant, spread = np.full((20, 1), 0.3), rng.uniform(size=(20, 1))
    assert means_over_months(constant)[0] == pytest.approx((0.3, 0.3, 0.3))
    found = means_over_months(spread)[0]
    assert found.mean == pytest.approx(spread.mean())
    assert spread.min() < found.low < found.mean < found.high < spread.max()
    assert means_over_cases([np.zeros((3, 1)), np.ones((1, 1))])[0] == pytest.approx((0.25, 0.0, 1.0))


def test_block_intervals_widen_with_dependence():
    runs = np.repeat([0.0, 1.0] * 5, 4)[:, None]
    mixed = np.tile([0.0, 1.0], 20)[:, None]
    wide, narrow = means_over_months(runs)[0], means_over_months(mixed)[0]
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)
