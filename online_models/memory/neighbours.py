"""The items that one item was bought together with."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.int32]
Floats = NDArray[np.float32] | NDArray[np.float64]
WIDEST = 2**16 - 1  # of uint16
LARGEST = {1: 2**8 - 1, 2: WIDEST, 4: 2**31 - 1}  # count by the bytes that it takes
FAR_FROM_OVERFLOW = 1e30  # sums of such weights stay within single precision


class Neighbours:
    """A table of co-occurrences, sorted by item: in how many baskets, and with what decayed weight.

    `ids` (n,), ascending; `counts` (n,), all > 0; `weights` (n,). Each is as wide as its largest number needs: ids uint16 or int32, counts
    uint8, uint16 or int32, weights float32 as long as that holds each of them exactly, else float64: 7 to 16 bytes a neighbour, with
    the same values.
    """

    __slots__ = ("counts", "ids", "weights")

    def __init__(self) -> None:
        self.ids: Numbers = np.zeros(0, np.uint16)
        self.counts: Numbers = np.zeros(0, np.uint8)
        self.weights: Floats = np.zeros(0, np.float32)

    def add(self, items: NDArray[np.int32], count: int, weight: float) -> None:
        """Add `count` and `weight` (both may be negative) to each of `items` (ascending, distinct).

        O(items log n); O(n) where one is new or gone.
        """
        if self.ids.dtype == np.uint16 and items[-1] > WIDEST:
            self.ids = self.ids.astype(np.int32)
        at = self.ids.searchsorted(items.astype(self.ids.dtype))
        known = self.ids.take(at, mode="clip") == items if len(self.ids) else np.zeros(len(items), bool)
        if known.all():
            self._change(at, count, weight)
            return
        if known.any():
            self._change(at[known], count, weight)
        self._insert(at[~known], items[~known], count, weight)

    def count(self, item: int) -> int:
        """Return in how many baskets `item` was; 0 where it was in none. O(n)."""
        at = int(self.ids.searchsorted(item))
        return int(self.counts[at]) if at < len(self.ids) and self.ids[at] == item else 0

    def _change(self, at: NDArray[np.intp], count: int, weight: float) -> None:
        counts = self.counts.take(at).astype(np.int32) + count
        weights = self.weights.take(at).astype(np.float64) + weight
        self._make_room_for(int(counts.max()))
        if self.weights.dtype == np.float32 and not _single(weights, weight):
            self.weights = self.weights.astype(np.float64)
        self.counts[at], self.weights[at] = counts, weights
        if count < 0 and not counts.all():
            which = self.counts.nonzero()[0]
            self.ids, self.counts, self.weights = self.ids[which], self.counts[which], self.weights[which]

    def _insert(self, before: NDArray[np.intp], items: NDArray[np.int32], count: int, weight: float) -> None:
        """Put new items in, each `before` the place where the next higher one stands."""
        self._make_room_for(count)
        if self.weights.dtype == np.float32 and not _single(np.array([weight]), weight):
            self.weights = self.weights.astype(np.float64)
        places = before + np.arange(len(before))
        old = np.ones(len(self.ids) + len(items), bool)
        old[places] = False
        ids, counts, weights = (np.empty(len(old), array.dtype) for array in (self.ids, self.counts, self.weights))
        ids[places], counts[places], weights[places] = items, count, weight
        ids[old], counts[old], weights[old] = self.ids, self.counts, self.weights
        self.ids, self.counts, self.weights = ids, counts, weights

    def _make_room_for(self, most: int) -> None:
        """Widen counts that cannot hold `most`."""
        if most > LARGEST[self.counts.itemsize]:
            self.counts = self.counts.astype(np.uint16) if most <= WIDEST else self.counts.astype(np.int32)


def _single(weights: NDArray[np.float64], added: float) -> bool:
    """Return whether single precision holds each of the weights exactly; `added` was the last to come to them."""
    if abs(added) < FAR_FROM_OVERFLOW:  # spares the context below, which costs as much as the comparison
        return not (weights.astype(np.float32) != weights).any()
    with np.errstate(over="ignore"):
        return not (weights.astype(np.float32) != weights).any()
