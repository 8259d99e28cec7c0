"""What the retained baskets say about a cart: pairs with its items, and votes of the baskets most like it."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from online_models.memory.baskets import BasketMemory

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

LEAST_SHARE = 0.015  # an anchor does not vouch for what fewer of its baskets hold: at most 60 / 0.015 = 4,000 items, however large the shop
CROWD = 300  # an anchor with more neighbours only vouches for those that it met twice
KNN_ANCHORS = 8
KNN_READ = 100  # newest baskets of an anchor that are compared
KNN_BEST = 50  # baskets that vote


class Pairs(Struct, frozen=True):
    """Co-occurrences of some anchors, one anchor after the other; E of them.

    `rows`: the neighbour, as an index of the vocabulary, or as the row of a candidate once `among` has been asked;
    `anchors`: place of the anchor; `counts`, `weights`: baskets with both, and their decayed weight.
    """

    rows: Ints
    anchors: Ints
    counts: NDArray[np.int32]
    weights: Floats

    def among(self, row_of: Ints) -> "Pairs":
        """Return the pairs of those neighbours that have a row; `row_of[index]` is -1 for the others."""
        rows = row_of.take(self.rows)
        kept = np.flatnonzero(rows >= 0)
        return Pairs(rows.take(kept), self.anchors.take(kept), self.counts.take(kept), self.weights.take(kept))


def pairs_of(baskets: BasketMemory, anchors: Ints) -> Pairs:
    """Return what was bought with each anchor, the anchors themselves included. O(neighbours): about 0.2 ms for 20 anchors of 1,700."""
    tables = [baskets.neighbours(anchor) for anchor in anchors.tolist()]
    if not tables:
        return Pairs(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))
    sizes = [len(table.ids) for table in tables]
    counts = np.concatenate([table.counts for table in tables], dtype=np.int32)
    shares = np.ceil(LEAST_SHARE * baskets.counts_of(anchors)).astype(np.int32)
    least = np.repeat(np.maximum(shares, [1 + (size > CROWD) for size in sizes]), sizes)
    kept = np.flatnonzero(counts >= least)
    return Pairs(
        rows=np.concatenate([table.ids for table in tables], dtype=np.int32).take(kept),
        anchors=np.repeat(np.arange(len(tables), dtype=np.int32), sizes).take(kept),
        counts=counts.take(kept),
        weights=np.concatenate([table.weights for table in tables], dtype=np.float64).take(kept),
    )


def sums(rows: Ints, values: Floats, n: int) -> Floats:
    """Return the sum of the values of each row, in their order: float64 (n,)."""
    return np.bincount(rows, values, minlength=n).astype(np.float64, copy=False)


def closeness(baskets: BasketMemory, anchors: Ints, pairs: Pairs) -> Floats:
    """Return for each pair cosine + confidence, c / sqrt(n_a n_j) + c / n_a."""
    root_a = 1.0 / np.sqrt(baskets.counts_of(anchors)).take(pairs.anchors)
    root_j = 1.0 / np.sqrt(baskets.counts.take(pairs.rows))
    return pairs.counts * root_a * (root_a + root_j)


def votes(baskets: BasketMemory, anchors: Ints) -> tuple[Ints, Floats]:
    """Return (items, votes) of the 50 baskets most like the cart; an item may come several times. About 0.1 ms.

    A basket's likeness: sum of ln(1 + N / n_a) over the 8 rarest anchors that it holds, by the root of its length + 3; newer ones win ties.
    """
    found = [baskets.newest(anchor, KNN_READ) for anchor in anchors[:KNN_ANCHORS].tolist()]
    if not found:
        return np.zeros(0, np.int32), np.zeros(0)
    rarity = np.log1p(baskets.size / baskets.counts_of(anchors[:KNN_ANCHORS]))
    numbers, inverse = np.unique(np.concatenate(found), return_inverse=True)
    slots = numbers % baskets.capacity
    likeness = np.bincount(inverse, np.repeat(rarity, [len(one) for one in found])) / np.sqrt(baskets.lengths[slots] + 3.0)
    best = np.argsort(likeness, kind="stable")[-KNN_BEST:]  # numbers ascend, so that the newer of two equals stays
    rows = baskets.rows[slots[best]]
    held = rows >= 0
    return rows[held], np.repeat(likeness[best], held.sum(axis=1))
