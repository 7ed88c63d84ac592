"""Explore: one scenario, its levers, and where they lead."""
