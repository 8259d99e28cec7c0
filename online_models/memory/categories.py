"""What belongs to which category, what was touched lately in it, and where customers go from it."""

from bisect import bisect_left, insort
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from online_models.memory.grow import roomy
from online_models.memory.popularity import Popularity
from online_models.memory.sessions import NOTHING, Ints, SessionMemory
from online_models.memory.vocabulary import Vocabulary

Place = tuple[int, int, int]  # (last touched in ms, tie, item)


class Categories:
    """Categories as numbers, the items of each by last touch, and counts of moves from one to the next within a session.

    Attributes:
        names: the categories as items of a vocabulary.
        of: int32, the item's category as the last of its cells names it; -1 when none does.
        held: how many categories have items; a vocabulary never forgets, so that a category has a name says nothing.
    """

    def __init__(self, items: Vocabulary, popularity: Popularity) -> None:
        self.names = Vocabulary()
        self.of: Ints = np.full(64, NOTHING, np.int32)
        self.held = 0
        self._items = items
        self._popularity = popularity  # told of every cell first
        self._members: list[list[Place]] = []  # by category, the item touched last at the end
        self._places: dict[int, Place] = {}  # item -> where it stands in its category's list
        self._moves: dict[int, dict[int, int]] = {}  # category -> next category -> how often

    def index(self, name: str | None) -> int:
        """Return the number of a category, a new one if it was never seen; -1 for None."""
        if name is None:
            return NOTHING
        number = self.names.index(name)
        if number == len(self._members):
            self._members.append([])
        return number

    def latest(self, category: int, most: int) -> list[int]:
        """Return the items of the category that were touched last, newest first."""
        return [item for _, _, item in self._members[category][: -most - 1 : -1]] if category != NOTHING else []

    def alike(self, item: int | None, size: int) -> NDArray[np.bool_]:
        """Return which of the first `size` items are of the item's category; none where it has none, or there is only one category."""
        return self.within(NOTHING if item is None else int(self.of[item]), size)

    def within(self, category: int, size: int) -> NDArray[np.bool_]:
        """Return which of the first `size` items are of the category; none where it is unknown, or the only one."""
        if category == NOTHING or self.held < 2:
            return np.zeros(size, bool)
        alike: NDArray[np.bool_] = self.of[:size] == category
        return alike

    def moves(self, category: int) -> NDArray[np.float64]:
        """Return P(next category | this one) for every category; zeros where nothing is known."""
        shares = np.zeros(len(self.names) + 1)  # the last one, index -1, is for items without category
        if counts := self._moves.get(category):
            shares[list(counts)] = list(counts.values())
            shares /= sum(counts.values())
        return shares

    def make_room(self, items: int) -> None:
        """Be ready for item numbers below `items`."""
        self.of = roomy(self.of, items, fill=NOTHING)

    def entered(self, rows: SessionMemory, slot: int, column: int) -> None:
        """Note the touch, and the move to it from the cell before."""
        item, category = int(rows.items[slot, column]), int(rows.categories[slot, column])
        self._put(item, rows.category(item) if category != NOTHING else int(self.of[item]))
        if column:
            self._count(int(rows.categories[slot, column - 1]), category, +1)

    def left(self, rows: SessionMemory, slot: int) -> None:
        """Take the row's moves back, and put its items where their other cells say."""
        length = int(rows.lengths[slot])
        cells = rows.categories[slot, :length].tolist()
        for before, after in pairwise(cells):
            self._count(before, after, -1)
        for item in dict.fromkeys(rows.items[slot, :length].tolist()):
            self._put(item, rows.category(item))

    def _put(self, item: int, category: int) -> None:
        """Move the item to its place in its category."""
        before = int(self.of[item])
        at_ms = int(self._popularity.last_ms[item])
        if before == category and (category == NOTHING or self._places[item][0] == at_ms):
            return
        if before != NOTHING:
            members = self._members[before]
            del members[bisect_left(members, self._places.pop(item))]
            self.held -= not members
        self.of[item] = category
        if category != NOTHING:
            place = self._places[item] = (at_ms, int(self._items.ties[item]), item)
            self.held += not self._members[category]
            insort(self._members[category], place)

    def _count(self, before: int, after: int, times: int) -> None:
        if NOTHING in (before, after):
            return
        counts = self._moves.setdefault(before, {})
        counts[after] = counts.get(after, 0) + times
        if not counts[after]:
            del counts[after]
            if not counts:
                del self._moves[before]
