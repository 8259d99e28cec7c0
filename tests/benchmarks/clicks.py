"""What is measured with: a clickstream that BENCH_LOG names, else the carts of the sample shop."""

import asyncio
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from stream.contracts.events import Event
from stream.demo.shop import event_of, open_shop, steps, visit_of
from stream.demo.shops import SHIPPED_SHOP
from stream.engine.who import pseudonymiser
from stream.logs import read_events
from stream.transport.events import EventProducer

SECRET = b"a secret for measuring"


def log_events(at_most: int) -> list[Event]:
    """Return the first events of the log that BENCH_LOG names (JSON lines, .gz or .zst), else the sample shop's carts line by line.

    Raises:
        LogError: the file that it names cannot be read.
    """
    who = pseudonymiser("k1", SECRET)
    if named := os.environ.get("BENCH_LOG"):
        return list(itertools.islice(read_events(Path(named), who), at_most))
    shop = open_shop(SHIPPED_SHOP, who, history=0)
    lines = steps(map(visit_of, shop.upcoming))
    return [event_of(visit, place, at_ms=visit.time_ms(place)) for visit, place in itertools.islice(lines, at_most)]


class Sender(EventProducer):
    """Puts events on the topics and counts them."""

    count = 0

    async def send(self, event: Event, *, timestamp_ms: int | None = None) -> asyncio.Future[Any]:
        self.count += 1
        return await super().send(event, timestamp_ms=timestamp_ms)


def endless(events: Sequence[Event]) -> Iterator[Event]:
    """Yield the events again and again, as other customers with other event ids each time."""
    for turn in itertools.count():
        for event in events:
            customer = (event.customer or "")[:-4] + f"{turn:04x}"
            yield msgspec.structs.replace(event, event_id=f"{event.event_id}-{turn}", customer=customer)
