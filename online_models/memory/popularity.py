"""How often, how lately: an item's touches, exactly and decayed, from the retained rows."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from online_models.memory.grow import roomy
from online_models.memory.sessions import SessionMemory, Times

HALF_LIFE_MS = 6 * 60 * 60 * 1000
KEPT = 32  # half-lives that sums are kept for; those read are the newest 16, so that a clock a few days ahead does no harm
READ = 16
STEPS = 64  # weights rise in 64 steps from one power of two to the next, so that sums are whole numbers and can be taken back

Floats = NDArray[np.float64]
Items = NDArray[np.intp]


@lru_cache(maxsize=64)
def _weights(epoch: int, newest: int) -> Floats:
    """Return what each column of sums weighs in half-life number `epoch`: powers of two, so that products are exact; 0 if not read."""
    weights = np.zeros(KEPT)
    for one in range(max(epoch - READ, newest - KEPT) + 1, min(epoch, newest) + 1):
        weights[one % KEPT] = 2.0 ** (one - epoch)
    return weights


class Popularity:
    """Touches by item.

    Attributes:
        counts: int64, how many retained cells hold the item.
        last_ms: int64, when it was last touched; 0 when no cell holds it.
    """

    def __init__(self) -> None:
        self.counts: Times = np.zeros(64, np.int64)
        self.last_ms: Times = np.zeros(64, np.int64)
        self._sums: NDArray[np.int32] = np.zeros((64, KEPT), np.int32)  # item, half-life number % KEPT
        self._newest = 0  # the newest half-life's number

    def make_room(self, items: int) -> None:
        """Be ready for item numbers below `items`."""
        self.counts, self.last_ms, self._sums = roomy(self.counts, items), roomy(self.last_ms, items), roomy(self._sums, items)

    def entered(self, rows: SessionMemory, slot: int, column: int) -> None:
        """Count one touch."""
        item, at_ms = int(rows.items[slot, column]), int(rows.at_ms[slot, column])
        self.counts[item] += 1
        if at_ms > self.last_ms[item]:
            self.last_ms[item] = at_ms
        self._add(item, at_ms, +1)

    def left(self, rows: SessionMemory, slot: int) -> None:
        """Take a row's touches back."""
        length = rows.lengths[slot]
        for item, at_ms in zip(rows.items[slot, :length].tolist(), rows.at_ms[slot, :length].tolist(), strict=True):
            self.counts[item] -= 1
            self._add(item, at_ms, -1)
            if at_ms == self.last_ms[item]:
                self.last_ms[item] = rows.times(item).max(initial=0)

    def known(self, item: int | None) -> bool:
        """Return whether a retained cell holds the item; a vocabulary never forgets, so being numbered says nothing."""
        return item is not None and self.counts[item] > 0

    def fresh(self, items: Items, now_ms: int) -> Floats:
        """Return the items' touches decayed with a half-life of 6 hours; 1.0 is one touch just now."""
        return self.fresh_by(items, np.zeros(len(items), np.intp), np.array([now_ms]))

    def fresh_by(self, items: Items, question: Items, now_ms: Times) -> Floats:
        """Return the same where `now_ms` (questions,) holds the time for each `question` (n,)."""
        sums, weights, divisors = self.decay(now_ms)
        now: Floats = np.einsum("ij,ij->i", sums.take(items, axis=0), weights.take(question, axis=0))
        return now / divisors.take(question)

    def decay(self, now_ms: Times) -> tuple[NDArray[np.int32], Floats, Floats]:
        """Return what `fresh_by` is made of: sums (items, 32), and by question what each weighs (questions, 32) and the divisor."""
        epochs, within_ms = np.divmod(now_ms, HALF_LIFE_MS)
        weights = np.array([_weights(epoch, self._newest) for epoch in epochs.tolist()])
        return self._sums, weights, STEPS * (1 + within_ms / HALF_LIFE_MS)

    def _add(self, item: int, at_ms: int, times: int) -> None:
        epoch, within_ms = divmod(at_ms, HALF_LIFE_MS)
        if epoch > self._newest:
            passed = np.arange(max(self._newest, epoch - KEPT) + 1, epoch + 1) % KEPT
            self._sums[:, passed] = 0
            self._newest = epoch
        if epoch > self._newest - KEPT:
            self._sums[item, epoch % KEPT] += times * (STEPS + within_ms * STEPS // HALF_LIFE_MS)
