"""Neighbours of neighbours, for items that few sessions have met."""

import numpy as np

from online_models.browse.neighbours import NEAR, Neighbours, beside, best_of
from online_models.memory.dense import Ints
from online_models.memory.sessions import SessionMemory
from online_models.request import Floats

ENOUGH = 40  # neighbours that make a second hop needless
BRIDGES = 8  # best neighbours
ROWS = 8  # newest rows of each
NOWHERE = np.empty(0, np.intp), np.empty(0)


def two_hop(sessions: SessionMemory, near: Neighbours, *, on_screen: int, own: int, vocabulary: int) -> tuple[Ints, Floats]:
    """Return items that stand beside the best neighbours, with the sum of the neighbour's strength / distance."""
    if not 0 < len(near.items) < ENOUGH:
        return NOWHERE
    bridges = best_of(near.strength, BRIDGES)
    found = [sessions.postings.newest(item, ROWS) for item in near.items.take(bridges).tolist()]
    strengths = near.strength.take(bridges).repeat([len(one) for one in found])
    slots, columns = sessions.places(np.concatenate(found))
    others = (sessions.starts.take(slots) != own).nonzero()[0]
    items, row, offset = beside(sessions, slots.take(others), columns.take(others), on_screen)
    first, inverse = sessions.dense.number(items, vocabulary)
    weights = np.bincount(inverse, strengths.take(others).take(row) * NEAR.take(offset), len(first))
    return items.take(first), weights.astype(np.float64, copy=False)
