"""The simple rankers that basket is measured against; they answer from the same memory, in the same pass."""

from collections import Counter
from collections.abc import Set

import numpy as np
from numpy.typing import NDArray

from online_models.evaluate.metrics import Metrics, Rankers
from online_models.evaluate.report import Figures
from online_models.memory.shared import SharedMemory

READ = 20  # items of the cart that are looked at: the last ones in the order of their ids
NAMES = ("popular", "own-favourites", "confidence", "cosine")

Floats = NDArray[np.float64]


class Baselines(Rankers):
    """Popular; what this customer bought most often; the best confidence c / n_a of any anchor; the sum of cosines c / sqrt(n_a n_j)."""

    def __init__(self, k: int) -> None:
        super().__init__(NAMES, k)
        self._novel = {name: Metrics(k) for name in NAMES}

    def count(self, memory: SharedMemory, cart: tuple[str, ...], target: str, *, barred: Set[str], bought: Counter[str]) -> None:
        """Answer the question and count the answers; called before the basket is learnt. `bought`: how often, by item."""
        for name, scores in zip(NAMES, _scores(memory, cart, bought), strict=True):
            answer = best(memory, scores, barred, self.k)
            self.metrics[name].count(answer, (target,))
            if target not in bought:
                self._novel[name].count(answer, (target,))

    def figures(self) -> dict[str, Figures]:
        """Return each baseline's metrics, over all questions and over the novel ones."""
        return {name: figures | novel_figures(self._novel[name]) for name, figures in super().figures().items()}


def novel_figures(metrics: Metrics) -> Figures:
    """Return, by name, the figures over questions whose target the customer never bought."""
    return {f"novel_{name}": value for name, value in metrics.figures().items()}


def _scores(memory: SharedMemory, cart: tuple[str, ...], bought: Counter[str]) -> tuple[Floats, Floats, Floats, Floats]:
    """Return each baseline's scores, float64 (items,)."""
    counts = memory.baskets.counts_of(np.arange(len(memory.items), dtype=np.int32))
    own, confidence, cosine = np.zeros(len(counts)), np.zeros(len(counts)), np.zeros(len(counts))
    for item_id, times in bought.items():
        own[memory.items.index(item_id)] = times
    for item_id in cart[-READ:]:
        anchor = memory.items.find(item_id)
        if anchor is None:
            continue
        table = memory.baskets.neighbours(anchor)
        confidence[table.ids] = np.maximum(confidence[table.ids], table.counts / counts[anchor])
        cosine[table.ids] += table.counts / np.sqrt(counts[anchor] * counts[table.ids])
    return counts, own, confidence, cosine


def best(memory: SharedMemory, scores: Floats, barred: Set[str], k: int) -> list[str]:
    """Return the k best items with a score; of equal ones those whose tie is smaller."""
    for item_id in barred:
        index = memory.items.find(item_id)
        if index is not None:
            scores[index] = 0.0
    least = max(np.partition(scores, -k)[-k], np.finfo(float).tiny) if len(scores) > k else np.finfo(float).tiny
    found = np.flatnonzero(scores >= least)
    order = np.lexsort((memory.items.ties[found], -scores[found]))[:k]
    return [memory.items.ids[item] for item in found[order].tolist()]
