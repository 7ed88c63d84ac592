"""Who decides which cell of an act."""

Cell = tuple[int, ...]


Names = tuple[str | None, str | None, str | None]  # of a cell: actor, counterpart, negotiation
