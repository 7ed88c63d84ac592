"""The dashboard that a browser shows: its server, its frame and its pages."""
