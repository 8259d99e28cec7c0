"""What was bought together: the retained baskets, and counts that are a pure function of them."""

import math
from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable
from itertools import islice
from sys import intern

import numpy as np
from numpy.typing import NDArray

from online_models.memory.grow import roomy
from online_models.memory.neighbours import Neighbours
from online_models.memory.silenced import Silenced
from stream.contracts.memory import MemoryRecord

MAX_ITEMS = 60  # a longer basket is a wholesaler's order: its first items stand for it
CAPACITY = 2**17  # baskets retained; 270 bytes each, and 7 to 16 bytes for each two items bought together, both ways
MOST = 32  # baskets of one customer that may hold the same item: in a year of a wholesaler's shop two of 5,705 customers bought more often
HALF_LIFE_MS = 30 * 24 * 60 * 60 * 1000
LANDMARK_MS = 1_577_836_800_000  # 2020-01-01: single precision holds ten years of half-lives on either side, a double 84
STEPS = 64  # weights rise in 64 steps from one power of two to the next, so that sums of them are exact

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


def weight_at(at_ms: int) -> float:
    """Return the weight of a basket bought at `at_ms`: doubles every 30 days, exactly, and is a line in between (at most 6 % off 2^x).

    Forward decay: weights only grow, so nothing is aged on the way, and a ratio of two sums is what it would be with backward decay.
    Weights are small integers times powers of two: sums of baskets within about 2.5 years are exact in any order, hence so is subtraction.
    Source: Cormode et al., "Forward Decay", ICDE 2009.
    """
    epoch, within_ms = divmod(at_ms - LANDMARK_MS, HALF_LIFE_MS)
    return math.ldexp(STEPS + within_ms * STEPS // HALF_LIFE_MS, epoch)


class BasketMemory:
    """The newest `capacity` baskets as rows, with postings, counts and pair counts by item; items are the vocabulary's indices.

    Everything beside the rows can be had from the rows, and removal takes out exactly what was added: after `forget` the memory answers
    as one that was built from the retained baskets without that customer. Baskets of customers who are `Silenced` are retained, but do
    not count.

    Attributes:
        rows: int32 (slots, 60), padded with -1; a forgotten basket is a blank row.
        lengths: int32 (slots,); at_ms: int64 (slots,).
        following: int64 (slots,), the number of the same customer's next basket, -1 where there is none.
        counts, weights: per item, the baskets that hold it: how many, and their decayed weight (unit: `weight_at`).
        size, total_weight: how many baskets count, and their weight.
    """

    def __init__(self, capacity: int = CAPACITY, *, most: int = MOST) -> None:
        self.capacity = capacity
        self.taken = 0  # baskets ever taken in; basket number n lies in slot n % capacity
        self.size = 0
        self.total_weight = 0.0
        self.rows: Ints = np.full((min(64, capacity), MAX_ITEMS), -1, np.int32)
        self.lengths: Ints = np.zeros(len(self.rows), np.int32)
        self.at_ms: NDArray[np.int64] = np.zeros(len(self.rows), np.int64)
        self.following: NDArray[np.int64] = np.full(len(self.rows), -1, np.int64)
        self.counts: NDArray[np.int64] = np.zeros(64, np.int64)
        self.weights: Floats = np.zeros(64)
        self._sold_ms: NDArray[np.int64] = np.zeros(64, np.int64)
        self._customers: list[str] = []  # by slot
        self._numbers: dict[str, array[int]] = {}  # customer -> numbers of his baskets, oldest first
        self._postings: dict[int, array[int]] = {}  # item -> numbers of the baskets that hold it, oldest first; never empty
        self._pairs: dict[int, Neighbours] = {}  # the same
        self._silenced = Silenced(most)

    def take_in(self, record: MemoryRecord, indices: list[int]) -> None:
        """Add a purchase; other events leave no trace. About 20 µs a line."""
        if record.event != "purchase" or not indices:
            return
        items = list(islice(dict.fromkeys(indices), MAX_ITEMS))
        self._make_room(max(items) + 1)
        slot = self.taken % self.capacity
        if slot == len(self._customers):
            self._customers.append("")
        self._give_up(slot)
        self.rows[slot, : len(items)] = items
        self.lengths[slot], self.at_ms[slot] = len(items), record.event_time_ms
        customer = self._customers[slot] = intern(record.customer)
        numbers = self._numbers.setdefault(customer, array("q"))
        if numbers:
            self.following[numbers[-1] % self.capacity] = self.taken
        numbers.append(self.taken)
        if customer not in self._silenced:
            self._post(self.taken)
        self.taken += 1
        self._look_at(customer, items)

    def forget(self, customer: str) -> None:
        """Take the customer's baskets out."""
        for number in list(self._numbers.get(customer, ())):
            self._remove(customer, number % self.capacity)
        self._silenced.forget(customer)

    def neighbours(self, item: int) -> Neighbours:
        """Return what was bought together with `item`, itself included; empty for an item never bought."""
        return self._pairs.get(item, NOBODY)

    def newest(self, item: int, limit: int) -> NDArray[np.int64]:
        """Return the numbers of the newest `limit` baskets that hold `item`, oldest first; number n lies in slot n % capacity."""
        return np.array(self._postings.get(item, NO_BASKETS)[-limit:], np.int64)

    def next_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of the baskets that came next after these, each of the same customer; those without one are left out."""
        found = self.following[numbers % self.capacity]
        return found[found >= 0]

    def counts_of(self, items: Ints) -> Floats:
        """Return in how many baskets each item is."""
        return _at(self.counts, items)

    def weights_of(self, items: Ints) -> Floats:
        """Return the decayed weight of the baskets that hold each item."""
        return _at(self.weights, items)

    def sold_ms_of(self, items: Ints) -> Floats:
        """Return when the basket that came last with each item was bought; 0 for an item in none."""
        return _at(self._sold_ms, items)

    def _give_up(self, slot: int) -> None:
        """Let the oldest basket go; its customer may be heard again without it."""
        customer, items = self._customers[slot], self.rows[slot, : self.lengths[slot]].tolist()
        self._remove(customer, slot)
        self._look_at(customer, items)

    def _look_at(self, customer: str, items: Iterable[int]) -> None:
        """Take the customer's baskets out of the counts, or back in, if how often they hold the items says so. O(his lines) then."""
        numbers = self._numbers.get(customer, array("q"))
        if not self._silenced.may_change(customer, len(numbers)):
            return
        before = customer in self._silenced
        now = self._silenced.look(customer, items, self.rows.take(np.frombuffer(numbers, np.int64) % self.capacity, axis=0))
        if before != now:
            for number in numbers:
                (self._unpost if now else self._post)(number)

    def _post(self, number: int) -> None:
        """Let a basket be found, and count it."""
        slot = number % self.capacity
        items = self.rows[slot, : self.lengths[slot]]
        for item in items.tolist():
            postings = self._postings.get(item)
            if postings is None:
                postings = self._postings[item] = array("q")
            insort(postings, number)
            self._sold_ms[item] = self.at_ms[postings[-1] % self.capacity]
        self._count(np.sort(items), weight_at(int(self.at_ms[slot])), 1)

    def _unpost(self, number: int) -> None:
        """Take a basket out of postings and counts."""
        slot = number % self.capacity
        items = self.rows[slot, : self.lengths[slot]]
        for item in items.tolist():
            postings = self._postings[item]
            del postings[bisect_left(postings, number)]
            self._sold_ms[item] = self.at_ms[postings[-1] % self.capacity] if postings else 0
            if not postings:
                del self._postings[item]
        self._count(np.sort(items), weight_at(int(self.at_ms[slot])), -1)

    def _remove(self, customer: str, slot: int) -> None:
        if not customer:
            return
        number = (self.taken - 1 - slot) // self.capacity * self.capacity + slot
        if customer not in self._silenced:
            self._unpost(number)
        self.rows[slot] = -1
        self.lengths[slot] = self.at_ms[slot] = 0
        self._customers[slot] = ""
        numbers = self._numbers[customer]
        place = numbers.index(number)
        if place:
            self.following[numbers[place - 1] % self.capacity] = self.following[slot]
        self.following[slot] = -1
        del numbers[place]
        if not numbers:
            del self._numbers[customer]

    def _count(self, items: Ints, weight: float, sign: int) -> None:
        self.size += sign
        self.total_weight += sign * weight
        self.counts[items] += sign
        self.weights[items] += sign * weight
        for item in items.tolist():
            table = self._pairs.get(item)
            if table is None:
                table = self._pairs[item] = Neighbours()
            table.add(items, sign, sign * weight)
            if not len(table.ids):
                del self._pairs[item]

    def _make_room(self, n_items: int) -> None:
        self.counts, self.weights = roomy(self.counts, n_items), roomy(self.weights, n_items)
        self._sold_ms = roomy(self._sold_ms, n_items)
        slots = min(self.taken + 1, self.capacity)
        self.rows, self.lengths = roomy(self.rows, slots, fill=-1), roomy(self.lengths, slots)
        self.at_ms, self.following = roomy(self.at_ms, slots), roomy(self.following, slots, fill=-1)


NOBODY = Neighbours()
NO_BASKETS: "array[int]" = array("q")


def _at(numbers: NDArray[np.int64] | Floats, items: Ints) -> Floats:
    # an item may be in the vocabulary (looked at) and beyond every basket
    found = numbers.take(items, mode="clip").astype(np.float64)
    if len(items) and items.max() >= len(numbers):
        found[items >= len(numbers)] = 0.0
    return found
