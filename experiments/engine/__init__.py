"""The compiled engine, which steps many worlds together."""
