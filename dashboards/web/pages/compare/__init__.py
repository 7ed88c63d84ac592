"""Compare: arms of an experiment side by side."""
