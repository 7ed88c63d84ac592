"""The debrief after a lesson: comparison of seats with their agents, and questions for discussion."""
