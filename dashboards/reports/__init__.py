"""Self-contained HTML pages of a run, a study and the validation; generated tables of the ODD document."""
