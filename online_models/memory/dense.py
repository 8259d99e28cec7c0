"""Numbering the distinct values of an array without sorting or hashing them."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]


class Dense:
    """Scratch room for numbering values 0..size-1; it holds nothing from one question to the next. 4 bytes for each value there may be."""

    def __init__(self) -> None:
        self._room: NDArray[np.int32] = np.empty(64, np.int32)
        self._places: NDArray[np.int32] = np.arange(64, dtype=np.int32)
        self._backwards: NDArray[np.int32] = self._places[::-1].copy()

    def __reduce__(self) -> tuple[type["Dense"], tuple[()]]:
        """Leave the room out of copies and checkpoints."""
        return Dense, ()

    def number(self, values: Ints, size: int) -> tuple[Ints, Ints]:
        """Return where each distinct value stands first, in that order, and for every value the number of its distinct one.

        `values[first][inverse]` is `values` again. `size`: more than the largest value. O(n), but for growing.
        """
        if size > len(self._room):  # written to at once: pages that are touched only some day would look like a leak
            self._room = np.full(max(size, 2 * len(self._room)), 0, np.int32)
        n, room = len(values), self._room
        if n > len(self._places):
            self._places = np.arange(2 * n, dtype=np.int32)
            self._backwards = self._places[::-1].copy()
        room[values[::-1].copy()] = self._backwards[len(self._backwards) - n :]  # of equal values the one written last stays: the first
        first = (room.take(values) == self._places[:n]).nonzero()[0]
        room[values.take(first)] = self._places[: len(first)]
        return first, room.take(values).astype(np.intp)
