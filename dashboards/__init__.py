"""Command line, web pages and reports. May import `agents` and `experiments`."""
