"""The compiled engine: many worlds stepped together."""
