"""The actions and visibility of a seat, and the simulation it plays in."""
