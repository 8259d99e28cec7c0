"""What the protocols over baskets share: the baskets in their order, their customers, how they are remembered, and the walk over them."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable
from typing import Unpack

from msgspec import Struct

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY, Profile
from features.session import session_of
from online_models.evaluate.walk import How, Simple, Walk
from online_models.request import Ranked, Request
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import Event, Purchase, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered


class Visit(Struct, frozen=True):
    """One basket and what was known before it.

    `record`: what it adds to the memory. `bought`: item -> in how many of the customer's earlier baskets.
    """

    basket: Purchase
    record: MemoryRecord
    profile: Profile
    bought: Counter[str]


class BasketWalk(Walk[Purchase, Simple]):
    """A walk whose steps are baskets. A protocol says in `answer` what a basket asks; the rest is the same for all."""

    def __init__(self, baselines: Simple, catalog: Catalog, **how: Unpack[How]) -> None:
        super().__init__(baselines, **how)
        self.catalog, self.titles = catalog, titles_only(catalog)
        self.bought: dict[str, Counter[str]] = {}

    @abstractmethod
    def answer(self, visit: Visit, *, counts: bool) -> None:
        """Ask what the basket asks, count the answers if it `counts`, and teach the ranker; the memory does not know the basket yet."""

    def learn(self, visit: Visit) -> None:
        """Take the basket into the memory."""
        self.memory.take_in(visit.record)

    def take(self, step: Purchase, number: int, *, counts: bool) -> None:
        """Answer the basket, then learn it."""
        customer = customer_of(step)
        profile, bought = self.profiles.get(customer, EMPTY), self.bought.setdefault(customer, Counter())
        visit = Visit(step, remembered(step, number, customer, profile, self.catalog), profile, bought)
        self.answer(visit, counts=counts)
        with self.learning:
            self.learn(visit)
        self.profiles[customer] = fold(profile, step)
        bought.update({line.item_id for line in step.items})

    def ask_at(self, visit: Visit, request: Request) -> Ranked:
        """Return what the customer would be answered just before the basket. Of the catalogue only titles are known."""
        return self.ask(request, visit.profile, self.titles, visit.basket.event_time_ms)


def baskets_of(events: Iterable[Event]) -> list[Purchase]:
    """Return the protocols' baskets in their order: by time, then transaction id."""
    baskets = [event for event in events if isinstance(event, Purchase) and event.transaction_id and event.items]
    return sorted(baskets, key=lambda basket: (basket.event_time_ms, basket.transaction_id or ""))


def customer_of(basket: Purchase) -> str:
    """Return who bought it; a basket of nobody known is a customer of its own."""
    return basket.customer or basket.user_id or basket.client_id or str(basket.transaction_id)


def titles_only(catalog: Catalog) -> Catalog:
    """Return a catalogue of names alone: prices, relations and stock of a research log may be from the future."""
    titles = Catalog()
    for item_id in catalog.ids():
        entry = catalog.get(item_id)
        titles.put(CatalogItem(item_id, entry.item_name if entry else None))
    return titles


def remembered(basket: Purchase, number: int, customer: str, profile: Profile, catalog: Catalog) -> MemoryRecord:
    """Return what the log's basket `number` adds to the memory; of a line that names no category, the catalogue's."""
    session = session_of(profile, customer, basket.session_id, basket.event_time_ms).key
    lines = tuple(
        Remembered(line.item_id, line.price, line.leaf_category or catalog.category(line.item_id), line.quantity) for line in basket.items
    )
    at_ms, transaction = basket.event_time_ms, basket.transaction_id
    return MemoryRecord(Origin("log", 0, number), customer, session, name_of(basket), at_ms, lines, transaction)
