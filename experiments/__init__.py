"""The measuring wing: the compiled kernel, sweeps, and the search for what would have changed a decision."""
