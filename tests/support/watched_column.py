"""A column whose reads are recorded."""

import numpy as np


class RecordedColumn:
    """A column that notes which cells are read."""

    def __init__(self, name: str, cells: np.ndarray, reads: list[tuple[str, tuple[int, ...]]]):
        self.name, self.cells, self.reads = name, cells, reads
        self.shape, self.size = cells.shape, cells.size

    def __getitem__(self, place):
        place = place if isinstance(place, tuple) else (place,)
        self.reads.append((self.name, tuple(int(index) for index in place)))
        return self.cells[place]

    def __len__(self) -> int:
        return len(self.cells)
