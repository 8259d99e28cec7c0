"""Sessions as rows of items: all that is retained of what customers looked at; every other browse table is derived from it."""

from array import array
from collections.abc import Iterable, Sequence
from sys import intern
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from online_models.memory.dense import Dense
from online_models.memory.grow import roomy
from online_models.memory.postings import Postings
from online_models.memory.session_names import SessionNames
from online_models.memory.silenced import Silenced
from stream.contracts.memory import MemoryRecord

WIDTH = 20  # items a row; a longer session goes on in a new row
SHIFT = 5  # a cell is row number << 5 | column: there is room for 32 columns
COLUMN = (1 << SHIFT) - 1
CAPACITY = 2**17  # rows; 340 bytes each when the window is full
MAX_LINES = 60  # of one event: a wholesaler's order is not a walk through the shop
MOST = 20  # rows of one customer that may hold the same item; of 927 customers in 9 days of a marketplace one came back more often
TOUCHES = frozenset({"view_item", "select_item", "add_to_wishlist", "add_to_cart", "purchase"})
NOTHING = -1  # an empty cell, an unnamed category

Ints = NDArray[np.int32]
Times = NDArray[np.int64]


class Derived(Protocol):
    """A table that is a pure function of the rows, kept up to date cell by cell."""

    def make_room(self, items: int) -> None:
        """Be ready for item numbers below `items`, touched or not."""

    def entered(self, rows: "SessionMemory", slot: int, column: int) -> None:
        """Count the cell that was just written."""

    def left(self, rows: "SessionMemory", slot: int) -> None:
        """Take out all cells of a row that is about to be blanked; its postings are gone already."""


class SessionMemory:
    """The newest `capacity` rows. A row is one session's distinct steps, an item repeated at once counted once.

    Row number n (0, 1, ...) stands in slot n % capacity until its slot is needed again; `capacity` is a power of two. After `forget` the
    rows, and so all that is derived from them, are those of a memory that never met the customer. Rows of customers who are `Silenced`
    are retained, but neither posted nor derived from.

    Attributes:
        items: int32 (slots, 20), -1 where empty. at_ms: int64 (slots, 20). categories: int32 (slots, 20), -1 where the event named none.
        lengths: int32 (slots,). starts: int64 (slots,), the number of the session's first row: equal for rows of one session.
        postings: item -> cells.
        ready: item numbers below this have room in every derived table.
    """

    def __init__(self, derived: Sequence[Derived] = (), capacity: int = CAPACITY, *, most: int = MOST) -> None:
        if capacity & (capacity - 1):
            raise ValueError(f"a window of {capacity} rows: choose a power of two")
        self.capacity = capacity
        self.taken = 0  # rows ever begun
        self.postings = Postings()
        self.dense = Dense()
        room = min(64, capacity)
        self.items: Ints = np.full((room, WIDTH), NOTHING, np.int32)
        self.at_ms: Times = np.zeros((room, WIDTH), np.int64)
        self.categories: Ints = np.full((room, WIDTH), NOTHING, np.int32)
        self.lengths: Ints = np.zeros(room, np.int32)
        self.starts: Times = np.zeros(room, np.int64)
        self._customers: list[str] = []  # by slot; empty where the row is blank
        self._sessions: list[str] = []  # by slot
        self._rows_of: dict[str, array[int]] = {}  # customer -> row numbers, oldest first
        self._names = SessionNames(self._customers, capacity)
        self._silenced = Silenced(most)
        self._derived = tuple(derived)
        self.ready = 0

    def take_in(self, record: MemoryRecord, indices: Sequence[int], categories: Sequence[int]) -> None:
        """Append the record's items to its session's row."""
        if (items := max(indices, default=-1) + 1) > self.ready:
            for table in self._derived:
                table.make_room(items)
            self.ready = items
        if record.event not in TOUCHES:
            return
        owner = intern(record.customer), intern(record.session)
        for item, category in list(zip(indices, categories, strict=True))[:MAX_LINES]:
            self._append(owner, item, category, record.event_time_ms)

    def forget(self, customer: str) -> None:
        """Blank the customer's rows and take them out of every derived table. O(his cells)."""
        for number in self._rows_of.get(customer, [])[:]:
            self._blank(number)
        self._silenced.forget(customer)

    def start_of(self, session: str) -> int:
        """Return what `starts` holds for the rows of this session; -1 when none is retained."""
        number = self._names.newest(session)
        return NOTHING if number is None else int(self.starts[number % self.capacity])

    def places(self, cells: Times) -> tuple[Times, Times]:
        """Return the slots and columns of cells."""
        return self.slots(cells), cells & COLUMN

    def slots(self, cells: Times) -> Times:
        """Return the slots of cells."""
        return cells >> SHIFT & (self.capacity - 1)

    def times(self, item: int) -> Times:
        """Return when the item was touched, in the order of the rows, as far as it is retained."""
        slots, columns = self.places(self.postings.all(item))
        times: Times = self.at_ms[slots, columns]
        return times

    def category(self, item: int) -> int:
        """Return the category that the last of the item's cells names, -1 when none names one. O(its cells) at worst."""
        cells = self.postings.all(item)
        if not len(cells):
            return NOTHING
        last = int(cells[-1])
        category = int(self.categories[last >> SHIFT & (self.capacity - 1), last & COLUMN])
        if category != NOTHING:  # most often
            return category
        named = self.categories[self.places(cells)]
        known = named[named != NOTHING]
        return int(known[-1]) if len(known) else NOTHING

    def _append(self, owner: tuple[str, str], item: int, category: int, at_ms: int) -> None:
        number = self._row_for(owner)
        slot = number % self.capacity
        column = int(self.lengths[slot])
        if column and self.items[slot, column - 1] == item:
            return
        if column == WIDTH:
            number = self._begin(owner, start=int(self.starts[slot]))
            slot, column = number % self.capacity, 0
        self.items[slot, column] = item
        self.at_ms[slot, column] = at_ms
        self.categories[slot, column] = category
        self.lengths[slot] = column + 1
        if owner[0] not in self._silenced:
            self._post(number, column)
        self._look_at(owner[0], (item,))

    def _row_for(self, owner: tuple[str, str]) -> int:
        """Return the session's newest row; a new one for a new session. Another customer's session of that name is another session."""
        number = self._names.row_of(*owner)
        return self._begin(owner, start=self.taken) if number is None else number

    def _begin(self, owner: tuple[str, str], *, start: int) -> int:
        number = self.taken
        slot = number % self.capacity
        if number >= self.capacity:
            self._give_up(number - self.capacity)
        else:
            self._make_room(number + 1)
            self._customers.append("")
            self._sessions.append("")
        self.taken += 1
        self.starts[slot] = start
        self._customers[slot], self._sessions[slot] = owner
        self._rows_of.setdefault(owner[0], array("q")).append(number)
        self._names.begin(*owner, number)
        return number

    def _make_room(self, rows: int) -> None:
        self.items = roomy(self.items, rows, fill=NOTHING)
        self.at_ms = roomy(self.at_ms, rows)
        self.categories = roomy(self.categories, rows, fill=NOTHING)
        self.lengths = roomy(self.lengths, rows)
        self.starts = roomy(self.starts, rows)

    def _give_up(self, number: int) -> None:
        """Let the oldest row go; its customer may be heard again without it."""
        slot = number % self.capacity
        customer, items = self._customers[slot], self.items[slot, : self.lengths[slot]].tolist()
        self._blank(number)
        self._look_at(customer, items)

    def _look_at(self, customer: str, items: Iterable[int]) -> None:
        """Take the customer's rows out of postings and tables, or back in, if how often they hold the items says so. O(his cells) then."""
        numbers = self._rows_of.get(customer, NO_ROWS)
        if not self._silenced.may_change(customer, len(numbers)):
            return
        before = customer in self._silenced
        slots = np.frombuffer(numbers, np.int64) & (self.capacity - 1) if len(numbers) else np.empty(0, np.int64)
        now = self._silenced.look(customer, items, self.items.take(slots, axis=0))
        if before == now:
            return
        for number in numbers:
            if now:
                self._unpost(number)
            else:
                for column in range(int(self.lengths[number % self.capacity])):
                    self._post(number, column)

    def _post(self, number: int, column: int) -> None:
        """Let a cell be found, and counted in every table."""
        slot = number % self.capacity
        self.postings.add(int(self.items[slot, column]), number << SHIFT | column)
        for table in self._derived:
            table.entered(self, slot, column)

    def _unpost(self, number: int) -> None:
        """Take a row out of postings and tables."""
        slot = number % self.capacity
        for column, item in enumerate(self.items[slot, : self.lengths[slot]].tolist()):
            self.postings.remove(item, number << SHIFT | column)
        for table in self._derived:
            table.left(self, slot)

    def _blank(self, number: int) -> None:
        """Take a row out of everything; a row that is blank already is left alone."""
        slot = number % self.capacity
        customer, session = self._customers[slot], self._sessions[slot]
        if not customer:
            return
        if customer not in self._silenced:
            self._unpost(number)
        self.items[slot] = NOTHING
        self.categories[slot] = NOTHING
        self.lengths[slot] = 0
        self._customers[slot] = self._sessions[slot] = ""
        mine = self._rows_of[customer]
        mine.remove(number)
        if not mine:
            del self._rows_of[customer]
        self._names.end(customer, session, number)


NO_ROWS: "array[int]" = array("q")
