"""How many orders and visits hold two items: the figures that reasons quote."""

from collections.abc import Sequence

import numpy as np

from online_models.memory.sessions import WIDTH
from online_models.memory.shared import SharedMemory

NEWEST = 64  # touches of the anchor that are looked through
UNKNOWN = -2  # no cell holds it: an empty one is -1


def orders_with(memory: SharedMemory, anchor: str, item_id: str) -> tuple[int, int]:
    """Return (orders that hold both, orders that hold the anchor), of those that count in the memory. O(neighbours)."""
    here, there = memory.items.find(anchor), memory.items.find(item_id)
    if here is None:
        return 0, 0
    table = memory.baskets.neighbours(here)
    return 0 if there is None else table.count(there), table.count(here)


def visits_with(memory: SharedMemory, anchor: str, items: Sequence[str], *, apart_from: str) -> list[int]:
    """Return for each of the distinct items in how many of the anchor's newest visits it was touched too. About 30 us.

    The visit `apart_from` (a session's key) is left out: what a customer does himself is no evidence for him.
    """
    sessions, here = memory.sessions, memory.items.find(anchor)
    numbers = np.array(memory.items.find_all(items), np.int32)
    if here is None or not items:
        return [0] * len(items)
    slots = sessions.places(sessions.postings.newest(here, NEWEST))[0]  # a row that holds the anchor twice comes twice
    slots = slots.take((sessions.starts.take(slots) != sessions.start_of(apart_from)).nonzero()[0])
    held = sessions.items.take(slots, axis=0).reshape(-1, 1)
    hits = (held == np.where(numbers < 0, UNKNOWN, numbers)).reshape(-1).nonzero()[0]
    cells, places = np.divmod(hits, len(items))
    visits = sessions.starts.take(slots.take(cells // WIDTH)).tolist()
    counts = [0] * len(items)
    for place, _ in set(zip(places.tolist(), visits, strict=True)):  # each item once a visit
        counts[place] += 1
    return counts
