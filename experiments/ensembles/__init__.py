"""Ensembles, many worlds of one scenario or of a design: shares of outcomes, bands, paired comparisons, metrics."""
