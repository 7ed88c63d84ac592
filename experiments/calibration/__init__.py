"""History matching: which parameter values the targets do not rule out, and a weighted sample of them."""
