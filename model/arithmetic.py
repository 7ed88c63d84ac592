"""The arithmetic that rules may use.

Only ``+ - * /``, ``min max abs sqrt``, comparisons and integers; sums in written order; ``exp``, ``ln`` and
``normal_quantile`` from this module, never from a system's library; no powers, no ``sum()``, no ``.mean()``. Everything
else changes the last bit between compilers, processors or libraries.
"""

import math

from model.compiler import rule


@rule
def clip(value, low, high):
    """Return a value clipped to two bounds."""
    return min(max(value, low), high)


@rule
def holds(terms):
    """Return whether a condition holds: its terms, added in order, reach the threshold, the last element."""
    total = 0.0
    for index in range(len(terms) - 1):
        total += terms[index]
    return total >= terms[len(terms) - 1]


@rule
def sum_terms(terms):
    """Return the sum of a condition's terms, added in order, without the threshold."""
    total = 0.0
    for index in range(len(terms) - 1):
        total += terms[index]
    return total


MAX_LOG_ODDS = 60.0  # of a certain event; beyond the log odds of every draw
LN2_HIGH = 6.93147180369123816490e-01  # ln 2 in two parts, so that k * ln 2 loses no bits
LN2_LOW = 1.90821492927058770002e-10
INVERSE_FACTORIALS = tuple(1.0 / math.factorial(order) for order in range(14, -1, -1))
ATANH = tuple(1.0 / order for order in range(23, 0, -2))  # coefficients of the series of atanh(x) / x in x * x


@rule
def exp(x):
    """Return e to the power x, by range reduction and a Taylor sum; relative error below 4e-16."""
    if x < -700.0:
        return 0.0
    x = min(x, 700.0)
    halvings = math.floor(x / 0.6931471805599453 + 0.5)
    rest = (x - halvings * LN2_HIGH) - halvings * LN2_LOW
    total = 0.0
    for term in INVERSE_FACTORIALS:
        total = total * rest + term
    return math.ldexp(total, int(halvings))


@rule
def ln(x):
    """Return the natural logarithm of a positive number, by the series of atanh; error below 4e-16."""
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa *= 2.0
        exponent -= 1
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    square = ratio * ratio
    total = 0.0
    for term in ATANH:
        total = total * square + term
    return exponent * LN2_HIGH + (2.0 * ratio * total + exponent * LN2_LOW)


@rule
def log_odds(p):
    """Return ln(p / (1 - p)) of a probability or a draw; of 0 and 1, the bounds -60 and 60."""
    if p <= 0.0:
        return -MAX_LOG_ODDS
    if p >= 1.0:
        return MAX_LOG_ODDS
    return ln(p / (1.0 - p))


@rule
def normal_quantile(u):
    """Return the standard normal quantile of a uniform draw (Acklam's rational fit, error below 2e-9)."""
    if u < 0.02425 or u > 0.97575:
        tail = math.sqrt(-2.0 * ln(min(u, 1.0 - u) if u < 1.0 else 1e-17))
        top = -7.784894002430293e-03 * tail - 3.223964580411365e-01
        top = (top * tail - 2.400758277161838) * tail - 2.549732539343734
        top = (top * tail + 4.374664141464968) * tail + 2.938163982698783
        low = 7.784695709041462e-03 * tail + 3.224671290700398e-01
        low = ((low * tail + 2.445134137142996) * tail + 3.754408661907416) * tail + 1.0
        return top / low if u < 0.5 else -top / low
    q = u - 0.5
    r = q * q
    top = -3.969683028665376e01 * r + 2.209460984245205e02
    top = ((top * r - 2.759285104469687e02) * r + 1.383577518672690e02) * r
    top = (top - 3.066479806614716e01) * r + 2.506628277459239
    low = -5.447609879822406e01 * r + 1.615858368580409e02
    low = ((low * r - 1.556989798598866e02) * r + 6.680131188771972e01) * r
    low = (low - 1.328068155288572e01) * r + 1.0
    return top * q / low
