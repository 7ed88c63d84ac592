"""History matching: which parameter values the data do not rule out, and a weighted sample of them."""
