"""Studies: designs, resumable sweeps, results, sensitivities, claims."""
