"""The web dashboard: its server, its frame and its pages."""
