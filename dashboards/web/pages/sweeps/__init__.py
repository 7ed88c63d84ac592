"""Sweeps: the results of studies."""
