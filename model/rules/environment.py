"""The environment of the talks: oil price and regional tension (M18)."""

from math import sqrt

from model.chance import DecisionPoint, draw_normal
from model.compiler import rule

OIL_MEMORY = 0.92  # phi of the log oil price deviation; .8-.97 (B22)
REGION_MEMORY = 0.9  # phi of regional tension; .8-.97 (B22)
OIL_REGION_LINK = 0.4  # correlation of the two shocks


@rule
def drift_oil(world, w):
    """Return the log oil price deviation: O' = phi O + sigma e (B22)."""
    return OIL_MEMORY * world.oil[w] + world.shock_size * draw_normal(world, DecisionPoint.OIL)


@rule
def drift_region(world, w):
    """Return regional tension: R' = phi R + sigma (c e_oil + sqrt(1 - c c) e) (B22)."""
    link = OIL_REGION_LINK
    shock = link * draw_normal(world, DecisionPoint.OIL) + sqrt(1.0 - link * link) * draw_normal(
        world, DecisionPoint.REGION
    )
    return REGION_MEMORY * world.regional_tension[w] + world.shock_size * shock
