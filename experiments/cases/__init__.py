"""Coded historical cases, and what the model does with their input."""
