"""Joint fit of the model's weights to the patterns that are not held back: search, report and frontier."""
