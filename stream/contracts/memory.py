"""What an answered event adds to the memory that all workers share."""

from msgspec import Struct

from stream.contracts.ids import Origin


class Remembered(Struct, frozen=True, omit_defaults=True, gc=False):
    """One item of an answered event."""

    item_id: str
    price: float | None = None
    category: str | None = None
    quantity: float = 1


class MemoryRecord(Struct, frozen=True, omit_defaults=True, gc=False, tag_field="kind", tag="event"):
    """An event that has been answered, clean, pseudonymous and consented."""

    origin: Origin
    customer: str
    session: str
    event: str
    event_time_ms: int
    items: tuple[Remembered, ...] = ()
    transaction_id: str | None = None


class Forget(Struct, frozen=True, tag_field="kind", tag="forget"):
    """Everything that this customer added is to be taken out again."""

    origin: Origin
    customer: str


Memory = MemoryRecord | Forget
