"""A column that records reads."""

import numpy as np


class RecordedColumn:
    """A column that records which cells are read."""

    def __init__(self, name: str, cells: np.ndarray, reads: list[tuple[str, tuple[int, ...]]]):
        self.name, self.cells, self.reads = name, cells, reads
        self.shape, self.size = cells.shape, cells.size

    def __getitem__(self, cell):
        cell = cell if isinstance(cell, tuple) else (cell,)
        self.reads.append((self.name, tuple(int(index) for index in cell)))
        return self.cells[cell]

    def __len__(self) -> int:
        return len(self.cells)
