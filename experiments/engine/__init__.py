"""The compiled engine, which steps many worlds together, each with its own parameters."""
