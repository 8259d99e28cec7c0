"""A real shop's past as it lay on the topics."""

from collections.abc import Sequence
from itertools import islice

import msgspec

from stream.contracts.events import Event, name_of
from stream.contracts.topics import topic_of
from stream.demo.shop import event_of, open_shop, steps, visit_of
from stream.demo.shops import SHIPPED_SHOP
from stream.engine.record import Record
from stream.engine.who import Pseudonymise
from stream.transport.partitions import partition_of

PARTITIONS = 4


def records_of(events: Sequence[Event]) -> list[Record]:
    """Return the events as they would lie on the topics."""
    ends: dict[tuple[str, int], int] = {}
    records = []
    for event in events:
        at = (topic_of(name_of(event)), partition_of(event.customer or "", PARTITIONS))
        ends[at] = ends.get(at, 0) + 1
        records.append(Record(*at, ends[at] - 1, event.event_time_ms, (event.customer or "").encode(), msgspec.json.encode(event)))
    return records


def real_orders(lines: int, who: Pseudonymise) -> list[Record]:
    """Return the first lines of a real shop's baskets, as they come about."""
    shop = open_shop(SHIPPED_SHOP, who, history=0)
    upcoming = islice(steps(map(visit_of, shop.upcoming)), lines)
    return records_of([event_of(visit, place, at_ms=visit.time_ms(place)) for visit, place in upcoming])
