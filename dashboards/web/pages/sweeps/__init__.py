"""The page Sweeps: the results of studies."""
