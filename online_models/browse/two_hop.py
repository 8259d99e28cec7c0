"""Neighbours of neighbours, for items that few sessions have met."""

import numpy as np
from msgspec import Struct

from online_models import native
from online_models.browse.neighbours import NEAR, NOTHING_THERE, Neighbours, beside, best_of
from online_models.memory.dense import Ints
from online_models.memory.sessions import SHIFT, SessionMemory
from online_models.memory.sessions import Ints as Items
from online_models.request import Floats

ENOUGH = 40  # neighbours that make a second hop needless
BRIDGES = 8  # best neighbours
ROWS = 8  # newest rows of each


class Hop(Struct, frozen=True):
    """Items that stand beside the best neighbours, question by question; `weights`: the sum of the neighbour's strength / distance."""

    items: Ints
    question: Ints
    weights: Floats


NOWHERE = Hop(NOTHING_THERE, NOTHING_THERE, np.empty(0))


def two_hop(sessions: SessionMemory, near: Neighbours, *, on_screen: Items, own: Ints, vocabulary: int) -> Hop:
    """Return what stands beside the best neighbours of each question that has few."""
    best = [best_of(near.strength[begin:end], BRIDGES) + begin for begin, end in near.ends if 0 < end - begin < ENOUGH]
    if not best:
        return NOWHERE
    bridges = np.concatenate(best)
    found = [sessions.postings.newest(item, ROWS) for item in near.items.take(bridges).tolist()]
    if native.COMPILED:
        question, strength = near.question.take(bridges), near.strength.take(bridges)
        beyond = native.rows.two_hop(
            found,
            question,
            strength,
            own,
            on_screen,
            sessions.items,
            sessions.starts,
            NEAR,
            capacity=sessions.capacity,
            vocabulary=vocabulary,
            shift=SHIFT,
        )
        return Hop(*beyond)
    bridge = bridges.repeat([len(cells) for cells in found])
    slots, columns = sessions.places(np.concatenate(found))
    others = (sessions.starts.take(slots) != own.take(near.question.take(bridge))).nonzero()[0]
    bridge = bridge.take(others)
    items, row, offset = beside(sessions, slots.take(others), columns.take(others), on_screen.take(near.question.take(bridge)))
    bridge = bridge.take(row)
    question = near.question.take(bridge)
    first, inverse = sessions.dense.number(question * vocabulary + items, len(on_screen) * vocabulary)
    weights = np.bincount(inverse, near.strength.take(bridge) * NEAR.take(offset), len(first))
    return Hop(items.take(first), question.take(first), weights.astype(np.float64, copy=False))
