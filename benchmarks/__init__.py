"""Benchmarks: `make bench` measures speed on this machine and prints it beside the targets."""
