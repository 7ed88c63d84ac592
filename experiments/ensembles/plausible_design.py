"""Designs over plausible worlds: each replication of a point plays with a draw from the sample."""

from dataclasses import replace

import numpy as np

from experiments.ensembles.design import Design
from experiments.ensembles.design_ensemble import DesignEnsemble
from experiments.ensembles.plausible import PlausibleSample
from experiments.ensembles.plausible_worlds import chosen_paths, free_columns


def with_draws(design: Design, sample: PlausibleSample, worlds: int, seed: int) -> Design:
    """Return a design with one point for each replication of each point, and the values of its draw.

    Replication r has the draw ``sample.draw_points(worlds, seed)[r]`` at every point. The design's own columns, and
    what the scenario sets, keep their values. Play it with one world for each point, in cycles of ``worlds``.
    """
    chosen = {*chosen_paths(design.plans.scenario), *design.columns}
    drawn = free_columns(sample, sample.draw_points(worlds, seed), chosen)
    own = {path: np.repeat(values, worlds) for path, values in design.columns.items()}
    return Design(design.plans, own | {path: np.tile(values, design.points) for path, values in drawn.items()})


def group_replications(result: DesignEnsemble, design: Design, worlds: int) -> DesignEnsemble:
    """Return the results of a design with draws as those of the design without: sums and means over the replications.

    The variances are those between the replications, which have both chance and draws.
    """
    points = design.points

    def grouped(values: np.ndarray) -> np.ndarray:
        """Return values by replication: [point, replication, ...]."""
        return values.reshape(points, worlds, *values.shape[1:])

    deals, metric_counts = grouped(result.deals).sum(axis=1), grouped(result.metric_counts).sum(axis=1)
    with np.errstate(invalid="ignore"):  # missing in all worlds of a point
        deal_rounds = np.nansum(grouped(result.deal_rounds), axis=1) / np.where(deals, deals, np.nan)
        metrics = np.nansum(grouped(result.metric_means), axis=1) / np.where(metric_counts, metric_counts, np.nan)
    means = grouped(result.means).astype(np.float64)
    return replace(
        result,
        design=design.columns,
        worlds=worlds,
        outcomes=grouped(result.outcomes).sum(axis=1, dtype=np.int32),
        deals=deals.astype(np.int32),
        deal_rounds=deal_rounds,
        means=means.mean(axis=1).astype(np.float32),
        variances=means.var(axis=1, ddof=min(worlds - 1, 1)).astype(np.float32),
        ends=grouped(result.ends).mean(axis=1, dtype=np.float64).astype(np.float32),
        errors={row // worlds: error for row, error in result.errors.items()},
        metric_means=metrics,
        metric_counts=metric_counts.astype(np.int32),
        last_rounds=grouped(result.last_rounds).mean(axis=1),
        trajectories=None if result.trajectories is None else grouped(result.trajectories[:, 0]),
    )
