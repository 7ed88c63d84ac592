"""The environment of the talks: oil price and regional tension (M18)."""

from math import sqrt

from model.chance import DecisionPoint, draw_normal
from model.compiler import rule


@rule
def drift_oil(world, w):
    """Return the log oil price deviation: O' = phi O + sigma e (B22)."""
    return world.oil_memory * world.oil[w] + world.oil_noise * draw_normal(world, DecisionPoint.OIL)


@rule
def drift_region(world, w):
    """Return regional tension: R' = phi R + sigma (c e_oil + sqrt(1 - c c) e) (B22)."""
    link = world.oil_region_link
    shock = link * draw_normal(world, DecisionPoint.OIL) + sqrt(1.0 - link * link) * draw_normal(
        world, DecisionPoint.REGION
    )
    return world.region_memory * world.regional_tension[w] + world.region_noise * shock
