"""Benchmarks: `make bench` measures speed on this machine and compares it with targets."""
