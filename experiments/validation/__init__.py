"""The model against results that it did not make: closed forms, other people's software, patterns, cases, structure."""
