"""Numbering the distinct values of an array without sorting or hashing them."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]


class Dense:
    """Scratch room for numbering values 0..size-1; it holds nothing from one question to the next."""

    def __init__(self) -> None:
        self._room: Ints = np.empty(64, np.intp)

    def __reduce__(self) -> tuple[type["Dense"], tuple[()]]:
        """Leave the room out of copies and checkpoints."""
        return Dense, ()

    def number(self, values: NDArray[np.integer]) -> tuple[Ints, Ints]:
        """Return where each distinct value stands first, in that order, and for every value the number of its distinct one.

        `values[first][inverse]` is `values` again. O(n), but for growing to the largest value.
        """
        places = np.arange(len(values))
        if not len(values):
            return places, places
        top = int(values.max())
        if top >= len(self._room):
            self._room = np.empty(max(top + 1, 2 * len(self._room)), np.intp)
        self._room[values[::-1]] = places[::-1]  # of equal values the last one written stays: the one that stands first
        leaders = self._room[values]
        is_first = leaders == places
        return np.flatnonzero(is_first), (np.cumsum(is_first) - 1)[leaders]
