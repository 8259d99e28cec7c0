"""What the retained orders hold together with one item, by the number."""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from online_models.lists.scene import Scene
from online_models.memory.baskets import BasketMemory

LOOKED_THROUGH = 40  # best companions of an item that are tried


class Companion(Struct, frozen=True):
    """One item with the orders that hold it and the anchor (`both`), the orders that hold the anchor (`of`), and their `closeness`.

    `lift`: how much more often than chance would have it, 1.0 is chance.
    """

    item_id: str
    closeness: float
    both: int
    of: int
    lift: float


def companions(scene: Scene, anchor: str, *, least: int, taken: frozenset[str]) -> Iterator[Companion]:
    """Yield what at least `least` orders hold with the anchor and may be shown, the closest first.

    Closeness is cosine + confidence, c / sqrt(n_a n_j) + c / n_a (0..2). About 50 us; nothing in a shop without orders.
    """
    memory = scene.memory
    here = memory.items.find(anchor)
    if here is None:
        return
    baskets, table = memory.baskets, memory.baskets.neighbours(here)
    if not len(table.ids):
        return
    kept = np.flatnonzero((table.counts >= least) & (table.ids != here))
    if not len(kept):
        return
    ids, both, of = table.ids[kept].astype(np.int32), table.counts[kept].astype(np.int64), int(baskets.counts[here])
    others = baskets.counts_of(ids)
    closeness = both / np.sqrt(others * of) + both / of
    for at in np.lexsort((memory.items.ties[ids], -closeness))[:LOOKED_THROUGH].tolist():
        item_id = memory.items.ids[int(ids[at])]
        if item_id not in taken and scene.allows(item_id):
            yield Companion(item_id, float(closeness[at]), int(both[at]), of, lift(baskets, both[at], of, others[at]))


def lift(baskets: BasketMemory, both: float, one: float, other: float) -> float:
    """Return how many times more orders hold both than chance would have it, from the orders with both, with one, with the other."""
    return float(both * baskets.size / (one * other))


def orders_with_all(scene: Scene, items: tuple[str, ...]) -> int:
    """Return how many retained orders hold all of the items. O(orders that hold one of them)."""
    baskets = scene.memory.baskets
    indices = [scene.memory.items.find(item_id) for item_id in items]
    orders = [set() if index is None else set(baskets.newest(index, baskets.capacity).tolist()) for index in indices]
    return len(set.intersection(*orders))
