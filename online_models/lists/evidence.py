"""How many orders and visits hold two items: the figures that reasons quote."""

from collections.abc import Sequence

import numpy as np

from online_models import native
from online_models.memory.sessions import WIDTH
from online_models.memory.shared import SharedMemory

NEWEST = 64  # touches of the anchor that are looked through


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
    numbers = memory.items.find_all(items)
    if here is None or not items:
        return [0] * len(items)
    slots = sessions.slots(sessions.postings.newest(here, NEWEST))  # a row that holds the anchor twice comes twice
    if native.COMPILED:
        own = sessions.start_of(apart_from)
        return native.counts.visits_with(slots, sessions.items, sessions.starts, own, numbers, len(memory.items))
    visits = sessions.starts.take(slots)
    others = (visits != sessions.start_of(apart_from)).nonzero()[0]
    items_met = sessions.items.take(slots.take(others), axis=0).reshape(-1)
    mark = np.zeros(len(memory.items) + 1, np.int16)  # item -> its place among `items`, from 1 on
    mark[numbers] = np.arange(1, len(numbers) + 1)
    mark[-1] = 0  # of empty cells, and of what is not numbered
    places = mark.take(items_met)
    cells = places.nonzero()[0]
    visits = visits.take(others.take(cells // WIDTH))
    counts = [0] * len(items)
    for place, _ in set(zip(places.take(cells).tolist(), visits.tolist(), strict=True)):  # each item once a visit
        counts[place - 1] += 1
    return counts
