"""After a lesson: seats against their agents, and the questions to discuss."""
