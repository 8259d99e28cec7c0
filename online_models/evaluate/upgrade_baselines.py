"""The simple rankers that upgrade is measured against."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from hashlib import sha1

import numpy as np
from msgspec import Struct

from online_models.evaluate.metrics import Rankers
from online_models.memory.shared import SharedMemory
from stream.contracts.memory import Remembered

NAMES = ("random", "nearest-price", "most-recent", "popular", "item-item", "switches")
DEARER = 1.02


class Offer(Struct):
    """One item as the log has shown it so far: price last seen, lines sold, number of the last basket with it."""

    price: float | None = None
    sold: int = 0
    last: int = -1


class Shelves:
    """The items of every category as the log has shown them so far."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}
        self._categories: dict[str, dict[str, None]] = {}

    def learn(self, lines: Iterable[Remembered], number: int) -> None:
        """Note the lines of basket `number`."""
        for line in lines:
            offer = self._offers.setdefault(line.item_id, Offer())
            offer.price = offer.price if line.price is None else line.price
            offer.sold, offer.last = offer.sold + 1, number
            if line.category is not None:
                self._categories.setdefault(line.category, {})[line.item_id] = None

    def price(self, item_id: str) -> float | None:
        """Return the item's last seen price."""
        offer = self._offers.get(item_id)
        return None if offer is None else offer.price

    def dearer(self, category: str, item_id: str) -> dict[str, Offer]:
        """Return the category's items that cost at least 2 % more than `item_id`."""
        least = (self.price(item_id) or 0.0) * DEARER
        offers = {other: self._offers[other] for other in self._categories.get(category, {})}
        return {other: offer for other, offer in offers.items() if offer.price is not None and offer.price > least}


class Baselines(Rankers):
    """Random (by sha1 of the pair), nearest price, most recently sold, most sold, bought together (cosine), observed switches X -> Y."""

    def __init__(self, k: int) -> None:
        super().__init__(NAMES, k)
        self._switches: dict[str, Counter[str]] = {}

    def learn(self, before: Collection[str], now: Collection[str]) -> None:
        """Count what a customer took of a category instead of what he took the last time."""
        for item in before:
            self._switches.setdefault(item, Counter()).update(other for other in now if other not in before)

    def count(
        self, shelves: Shelves, memory: SharedMemory, category: str, item: str, bought: Collection[str], truth: Collection[str]
    ) -> None:
        """Answer the question and count the answers; called before the basket is learnt."""
        offers = {other: offer for other, offer in shelves.dearer(category, item).items() if other not in bought}
        together, switches = _cosines(memory, item), self._switches.get(item, Counter())
        keys: dict[str, Callable[[str], float]] = {
            "random": lambda other: -int(sha1(f"{item}>{other}".encode(), usedforsecurity=False).hexdigest()[:12], 16),
            "nearest-price": lambda other: -(offers[other].price or 0.0),
            "most-recent": lambda other: offers[other].last,
            "popular": lambda other: offers[other].sold,
            "item-item": lambda other: together.get(other, 0.0),
            "switches": lambda other: switches[other],
        }
        for name, key in keys.items():
            answer = sorted(offers, key=lambda other, key=key: (-key(other), -offers[other].sold, other))  # type: ignore[misc]
            self.metrics[name].count(answer[: self.k], truth)


def _cosines(memory: SharedMemory, item: str) -> dict[str, float]:
    here = memory.items.find(item)
    if here is None:
        return {}
    table = memory.baskets.neighbours(here)
    roots = (memory.baskets.counts_of(table.ids.astype(np.int32)) * float(table.counts.max(initial=1))) ** 0.5
    return {memory.items.ids[other]: float(count / root) for other, count, root in zip(table.ids, table.counts, roots, strict=True)}
