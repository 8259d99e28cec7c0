"""A past: what workers remember of events long ago, so that a measurement begins with a memory that is full."""

import itertools
import time
from collections import Counter
from collections.abc import Iterator

import msgspec

from stream.contracts.events import Event, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.contracts.topics import MEMORY
from stream.engine.record import Outgoing
from stream.transport.partitions import partition_of
from stream.transport.producer import send_all
from tests.benchmarks.shop_floor import PARTITIONS, Floor

AT_ONCE = 10_000
EARLIER = "shop.clickstream.v0"  # where they came from: no topic of this floor, whose offsets begin at 0


def remembered(events: list[Event]) -> Iterator[Outgoing]:
    """Yield what a worker remembers of the log, again and again, of other customers in other sessions each time."""
    offsets: Counter[int] = Counter()
    for turn in itertools.count():
        for event in events:
            customer = (event.customer or "")[:-4] + f"{turn:04x}"
            partition = partition_of(customer, PARTITIONS)
            lines = tuple(Remembered(item.item_id, item.price, item.leaf_category, item.quantity) for item in event.items)
            origin = Origin(EARLIER, partition, offsets[partition])
            session = f"{event.session_id or customer}-{turn}"
            order = getattr(event, "transaction_id", None)
            record = MemoryRecord(origin, customer, session, name_of(event), event.event_time_ms, lines, order)
            offsets[partition] += 1
            yield Outgoing(MEMORY, partition, customer.encode(), msgspec.json.encode(record), time.time_ns() // 1_000_000)


async def put(floor: Floor, records: Iterator[Outgoing], count: int) -> None:
    """Write so many of them into the topic that every worker follows. 100 seconds for a million."""
    for start in range(0, count, AT_ONCE):
        await send_all(floor.sender._producer, list(itertools.islice(records, min(AT_ONCE, count - start))))
