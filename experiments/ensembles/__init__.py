"""Ensembles, many worlds of one scenario: shares of outcomes, bands, paired comparisons."""
