"""The simple rankers that accessory is measured against; they answer from the same memory, in the same pass."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from online_models.basket.evidence import votes
from online_models.evaluate.basket_baselines import best
from online_models.evaluate.metrics import Rankers
from online_models.memory.shared import SharedMemory

NAMES = ("popular", "cosine", "confidence", "basket-knn")

Floats = NDArray[np.float64]


class Baselines(Rankers):
    """Popular; cosine c / sqrt(n_a n_j); confidence c / n_a; the votes of the 50 newest baskets most like the item alone."""

    def __init__(self, k: int) -> None:
        super().__init__(NAMES, k, recall=True)

    def count(self, memory: SharedMemory, anchor: str, category: str | None, bought: Collection[str], truth: Collection[str]) -> None:
        """Answer the question and count the answers; called before the basket is learnt. Bought and same-category items are barred."""
        index, size = memory.items.find(anchor), len(memory.items)
        number = None if category is None else memory.categories.names.find(category)
        instead = np.zeros(size, bool) if number is None else memory.categories.of[:size] == number
        for name, scores in zip(NAMES, _scores(memory, index), strict=True):
            scores[instead] = 0.0
            self.metrics[name].count(best(memory, scores, {anchor, *bought}, self.k), truth)


def _scores(memory: SharedMemory, anchor: int | None) -> tuple[Floats, Floats, Floats, Floats]:
    """Return each baseline's scores, float64 (items,)."""
    baskets = memory.baskets
    counts = baskets.counts_of(np.arange(len(memory.items), dtype=np.int32))
    cosine, confidence, voted = np.zeros(len(counts)), np.zeros(len(counts)), np.zeros(len(counts))
    if anchor is not None:
        table = baskets.neighbours(anchor)
        cosine[table.ids] = table.counts / np.sqrt(counts[anchor] * counts[table.ids])
        confidence[table.ids] = table.counts / max(counts[anchor], 1.0)
        items, given = votes(baskets, np.array([anchor], np.int32)) if counts[anchor] else (np.zeros(0, np.int32), np.zeros(0))
        np.add.at(voted, items, given)
    return counts, cosine, confidence, voted
