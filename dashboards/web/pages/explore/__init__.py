"""The page Explore: a scenario, its levers and its outcomes over many worlds."""
