"""Tables and screens that the commands print."""
