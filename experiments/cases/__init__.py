"""Coded historical cases, and their replay by the model."""
