"""The views of students, instructor and projector."""
