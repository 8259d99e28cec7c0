"""How many orders and visits hold two items: the figures that reasons quote."""

from collections.abc import Iterator, Sequence

import numpy as np

from online_models.memory.sessions import WIDTH, Ints
from online_models.memory.shared import SharedMemory

NEWEST = 200  # touches of the anchor that are looked through


def orders_with(memory: SharedMemory, anchor: str, item_id: str) -> tuple[int, int]:
    """Return (orders that hold both, orders that hold the anchor), of those that the memory retains. O(log neighbours)."""
    here, there = memory.items.find(anchor), memory.items.find(item_id)
    if here is None or there is None:
        return 0, 0
    table = memory.baskets.neighbours(here)
    both, of = _count(table.ids, table.counts, there), _count(table.ids, table.counts, here)
    return both, of


def visits_with(memory: SharedMemory, anchor: str, items: Sequence[str], *, apart_from: str) -> Iterator[int]:
    """Yield for each item in how many of the anchor's newest visits it was touched too, the visit `apart_from` left out."""
    sessions, here = memory.sessions, memory.items.find(anchor)
    if here is None:
        return
    slots = np.unique(sessions.postings.newest(here, NEWEST) // WIDTH % sessions.capacity)
    slots = slots[sessions.starts[slots] != sessions.start_of(apart_from)]
    rows, visits = sessions.items[slots], sessions.starts[slots]
    for item_id in items:
        there = memory.items.find(item_id)
        yield 0 if there is None else len(set(visits[(rows == there).any(axis=1)].tolist()))


def _count(ids: Ints, counts: Ints, item: int) -> int:
    at = int(np.searchsorted(ids, item))
    return int(counts[at]) if at < len(ids) and ids[at] == item else 0
