"""Protocol upgrade: what dearer thing does a customer take who comes back to a category."""

from collections.abc import Iterable, Iterator
from typing import Unpack

from msgspec import Struct

from features.catalog import Catalog
from online_models.evaluate.baskets import BasketWalk, Visit, baskets_of
from online_models.evaluate.report import Report
from online_models.evaluate.upgrade_baselines import Baselines, Shelves
from online_models.evaluate.walk import How
from online_models.request import Request
from stream.contracts.events import Event

K = 10
DEARER = 1.02  # price of an upgrade / price of what was taken the last time, at least


class Question(Struct, frozen=True):
    """A customer back in `category`, where he took `item` alone the last time; `truth`: dearer items new to him that he takes now."""

    category: str
    item: str
    truth: frozenset[str]


def evaluate_upgrade(events: Iterable[Event], catalog: Catalog, **how: Unpack[How]) -> Report:
    """Ask at every return to a category what dearer item is taken, then learn the basket.

    Args:
        events: in any order; purchases with a transaction_id count, all others are left out. They are all held in memory.
        catalog: tells titles, and the category of items whose events do not; its prices may be from the future and are not read.
        how: see `How`.
    """
    return _Walk(catalog, **how).over(baskets_of(events))


class _Walk(BasketWalk[Baselines]):
    protocol = "upgrade"

    def __init__(self, catalog: Catalog, **how: Unpack[How]) -> None:
        super().__init__(Baselines(K), catalog, **how)
        self.shelves = Shelves()
        self.last: dict[tuple[str, str], tuple[str, ...]] = {}  # customer, category -> his last items of it

    def answer(self, visit: Visit, *, counts: bool) -> None:
        customer, bought = visit.record.customer, visit.bought
        taken = _by_category(visit)
        for question in self._questions(visit, taken):
            request = Request("upgrade", (question.item,), barred=frozenset(bought), k=0, seen_only=True)
            ranked = self.ask_at(visit, request)
            if counts:
                self.count(ranked, question.truth, visit.basket.event_time_ms)
                self.baselines.count(self.shelves, self.memory, question.category, question.item, bought, question.truth)
            best = next((item for item in ranked.items if item in question.truth), None)  # the true item that was ranked best
            if best is not None:
                self.teach(ranked, best)
        for category, items in taken.items():
            self.baselines.learn(self.last.get((customer, category), ()), items)
            self.last[customer, category] = items

    def learn(self, visit: Visit) -> None:
        super().learn(visit)
        self.shelves.learn(visit.record.items, visit.record.origin.offset)

    def _questions(self, visit: Visit, taken: dict[str, tuple[str, ...]]) -> Iterator[Question]:
        paid = {line.item_id: line.price for line in visit.basket.items}
        for category, items in taken.items():
            before = self.last.get((visit.record.customer, category), ())
            price = self.shelves.price(before[0]) if len(before) == 1 else None
            if price is None:
                continue
            prices = {item: self.shelves.price(item) or paid[item] or 0.0 for item in items if item not in visit.bought}
            truth = frozenset([item for item, now in prices.items() if now > DEARER * price])
            if truth:
                yield Question(category, before[0], truth)


def _by_category(visit: Visit) -> dict[str, tuple[str, ...]]:
    """Return the basket's distinct items by leaf category, in the order of their ids."""
    found: dict[str, tuple[str, ...]] = {}
    for line in sorted({line.item_id: line for line in visit.record.items}.values(), key=lambda line: line.item_id):
        if line.category is not None:
            found[line.category] = (*found.get(line.category, ()), line.item_id)
    return found
