"""Counterfactuals of a run: branches, flips of decisions, turning points."""
