"""Neighbours of neighbours, for items that few sessions have met."""

import numpy as np

from online_models.browse.neighbours import Neighbours, best_of
from online_models.memory.dense import Ints
from online_models.memory.sessions import WIDTH, SessionMemory
from online_models.request import Floats

ENOUGH = 100  # neighbours that make a second hop needless
BRIDGES = 8  # best neighbours
ROWS = 8  # newest rows of each

_NEAR = 1 / np.maximum(np.abs(np.arange(-WIDTH + 1, WIDTH)), 1)


def two_hop(sessions: SessionMemory, near: Neighbours, *, on_screen: int, own: int) -> tuple[Ints, Floats]:
    """Return items that stand beside the best neighbours, with the sum of the neighbour's strength / distance."""
    nothing = np.empty(0, np.intp), np.empty(0)
    if not len(near.items) or len(near.items) >= ENOUGH:
        return nothing
    bridges = best_of(near.strength, min(BRIDGES, len(near.items)))
    found = [sessions.postings.newest(item, ROWS) for item in near.items[bridges].tolist()]
    cells = np.concatenate(found)
    strengths = np.repeat(near.strength[bridges], [len(one) for one in found])
    slots = cells // WIDTH % sessions.capacity
    others = sessions.starts[slots] != own
    slots, strengths, columns = slots[others], strengths[others], (cells % WIDTH)[others]
    items = sessions.items[slots].ravel()
    offsets = (np.arange(WIDTH) - columns[:, None]).ravel()
    used = np.flatnonzero((items >= 0) & (items != on_screen) & (offsets != 0))
    if not len(used):
        return nothing
    first, inverse = sessions.dense.number(items[used])
    weights = np.bincount(inverse, strengths[used // WIDTH] * _NEAR[offsets[used] + WIDTH - 1], len(first)).astype(np.float64)
    distinct: Ints = items[used[first]].astype(np.intp)
    return distinct, weights
