"""Many worlds of one scenario: shares, bands, paired comparisons."""
