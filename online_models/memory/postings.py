"""Where each item stands: an inverted index from items to cells of the session rows, in the order of the rows."""

import numpy as np
from numpy.typing import NDArray

FIRST_ROOM = 4
Cells = NDArray[np.int64]


class Postings:
    """Per item the cells that hold it, ascending; a cell is row number * 32 + column. Holds retained cells only.

    Row numbers only grow, so a cell's number is never used again, and the order is that in which the rows were begun. A cap belongs to
    the question (`newest`), not to the index: removal would otherwise uncover cells that are no longer known.
    """

    def __init__(self) -> None:
        self._cells: list[Cells] = []
        self._start: list[int] = []
        self._stop: list[int] = []

    def add(self, item: int, cell: int) -> None:
        """Put a cell in its place. O(1) on average for one of a row just begun, else O(cells of newer rows)."""
        while item >= len(self._cells):
            self._cells.append(np.empty(0, np.int64))
            self._start.append(0)
            self._stop.append(0)
        stop = self._stop[item]
        if stop == len(self._cells[item]):
            stop = self._make_room(item)
        cells, place = self._cells[item], stop
        if place > self._start[item] and cells[place - 1] > cell:
            place = self._start[item] + int(self.all(item).searchsorted(cell))
            cells[place + 1 : stop + 1] = cells[place:stop]
        cells[place] = cell
        self._stop[item] = stop + 1

    def remove(self, item: int, cell: int) -> None:
        """Take one cell out. Cheap for one of the oldest, which is what a full window gives up; else O(cells of the item)."""
        held = self.all(item)
        place = 0 if held[0] == cell else int((held == cell).argmax())
        held[1 : place + 1] = held[:place]
        self._start[item] += 1
        if self._start[item] == self._stop[item]:
            self._cells[item], self._start[item], self._stop[item] = np.empty(0, np.int64), 0, 0

    def newest(self, item: int, most: int) -> Cells:
        """Return the item's last `most` cells, ascending; a view that is not to be kept."""
        if item >= len(self._cells):
            return np.empty(0, np.int64)
        stop = self._stop[item]
        return self._cells[item][max(self._start[item], stop - most) : stop]

    def all(self, item: int) -> Cells:
        """Return all cells of the item, ascending; a view that is not to be kept."""
        return self._cells[item][self._start[item] : self._stop[item]] if item < len(self._cells) else np.empty(0, np.int64)

    def _make_room(self, item: int) -> int:
        """Give the item's array at least half its room again; return where the next cell goes."""
        held = self.all(item)
        room = max(FIRST_ROOM, 2 * len(held))
        grown = np.empty(room, np.int64)
        grown[: len(held)] = held
        self._cells[item], self._start[item], self._stop[item] = grown, 0, len(held)
        return len(held)
