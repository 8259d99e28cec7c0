"""The items that one item was bought together with."""

import numpy as np
from numpy.typing import NDArray


class Neighbours:
    """A table of co-occurrences, sorted by item: in how many baskets, and with what decayed weight.

    `ids`: int32 (n,), ascending; `counts`: int32 (n,), all > 0; `weights`: float64 (n,). 16 bytes a neighbour.
    """

    __slots__ = ("counts", "ids", "weights")

    def __init__(self) -> None:
        self.ids: NDArray[np.int32] = np.zeros(0, np.int32)
        self.counts: NDArray[np.int32] = np.zeros(0, np.int32)
        self.weights: NDArray[np.float64] = np.zeros(0)

    def add(self, items: NDArray[np.int32], count: int, weight: float) -> None:
        """Add `count` and `weight` (both may be negative) to each of `items` (ascending, distinct).

        O(items log n); O(n) where one is new or gone.
        """
        at = np.searchsorted(self.ids, items)
        known = np.zeros(len(items), bool)
        inside = at < len(self.ids)
        known[inside] = self.ids[at[inside]] == items[inside]
        at = at[known]
        self.counts[at] += count
        self.weights[at] += weight
        if len(at) < len(items):
            self._insert(items[~known], count, weight)
        elif count < 0 and not self.counts[at].all():
            self._keep(np.flatnonzero(self.counts))

    def _insert(self, items: NDArray[np.int32], count: int, weight: float) -> None:
        ids = np.concatenate([self.ids, items])
        self.counts = np.concatenate([self.counts, np.full(len(items), count, np.int32)])
        self.weights = np.concatenate([self.weights, np.full(len(items), weight)])
        self.ids = ids
        self._keep(np.argsort(ids, kind="stable"))

    def _keep(self, which: NDArray[np.intp]) -> None:
        self.ids, self.counts, self.weights = self.ids[which], self.counts[which], self.weights[which]
