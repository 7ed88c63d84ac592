"""What a seat can do, what it may know, and the run it plays in."""
