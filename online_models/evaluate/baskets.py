"""What the protocols over baskets share: the baskets in their order, their customers, and how they are remembered."""

from collections.abc import Iterable

from features.catalog import Catalog
from features.profile import Profile
from features.session import session_of
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import Event, Purchase, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered


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
