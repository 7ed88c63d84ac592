"""Rooms and lessons: who takes part, what is decided, what is kept."""
