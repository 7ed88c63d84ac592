"""Rooms and lessons: participants, settings, forecasts, the store."""
