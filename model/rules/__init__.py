"""The rules: one small pure function per decision, grouped by subject."""
