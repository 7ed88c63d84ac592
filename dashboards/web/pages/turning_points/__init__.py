"""Turning points: the decisions of a run on which its ending depended."""
