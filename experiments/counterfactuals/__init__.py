"""What would have changed a run: branches, flips, turning points."""
