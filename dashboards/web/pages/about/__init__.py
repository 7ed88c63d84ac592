"""About: what the model is, its limits, and a glossary."""
