"""Self-contained HTML pages: a run, a study, the validation; and the generated ODD tables."""
