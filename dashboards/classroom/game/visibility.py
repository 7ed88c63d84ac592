"""Visibility: columns are read through an observer, which refuses what is hidden from its seat."""

from typing import Any, Literal

from model.columns import COLUMN_BY_NAME
from model.scenario import Scenario

Visibility = Literal["own", "public", "all"]


class HiddenError(Exception):
    """A seat read a cell that is hidden from it."""


class Observer:
    """The world as a seat sees it, or the public if there is none: ``observer("trust", 0, 1)`` reads one cell.

    visibility: "own" shows public cells, those shared with the seat, and its own; "public" only public ones; "all"
    everything. Raises HiddenError for a cell that is hidden by the declarations in model/columns.py.
    """

    def __init__(self, world: Any, scenario: Scenario, seat: str | None = None, visibility: Visibility = "own"):
        self.world, self.seat, self.visibility = world, seat, visibility
        self.kind = self.at = None
        for kind, rows in (
            ("state", scenario.states),
            ("facilitator", scenario.facilitators),
            ("body", scenario.bodies),
        ):
            if seat in rows:
                self.kind, self.at = kind, list(rows).index(str(seat))

    def __call__(self, column: str, *cell: int) -> float:
        """Return one cell of a column. Raises HiddenError if it is hidden."""
        if not self.can_see(column, *cell):
            raise HiddenError(f"{column}{list(cell)} is hidden from {self.seat or 'the public'}")
        return float(getattr(self.world, column)[cell])

    def can_see(self, column: str, *cell: int) -> bool:
        """Return whether a cell is visible."""
        declared = COLUMN_BY_NAME[column]
        if declared.visibility == "public" or self.visibility == "all":
            return True
        if self.kind is None or self.visibility == "public":
            return False
        owners = self._owners(declared.axes, cell)
        return (self.kind, self.at) in (owners if declared.visibility == "shared" else owners[:1])

    def _owners(self, axes: tuple[str, ...], cell: tuple[int, ...]) -> list[tuple[str, int]]:
        """Return the actors that a cell belongs to, its owner first."""
        if axes[0] == "negotiation":
            parties = [("state", int(party)) for party in self.world.party[cell[0]]]
            return parties[::-1] if axes[1:2] == ("side",) and cell[1] == 1 else parties
        return [
            (axis, place) for axis, place in zip(axes, cell, strict=True) if axis in ("state", "facilitator", "body")
        ]
