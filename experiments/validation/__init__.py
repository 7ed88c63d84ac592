"""Validation against closed forms, independent software, empirical patterns and cases; structural sensitivity."""
