"""Studies: designs, resumable sweeps, results, sensitivity analysis, scenario discovery and the essay's claims."""
