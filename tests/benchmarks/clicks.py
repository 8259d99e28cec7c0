"""What is measured with: a clickstream that BENCH_LOG names, else the carts of the sample shop."""

import itertools
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaProducer

from stream.contracts.events import Event, name_of
from stream.contracts.topics import topic_of
from stream.demo.shop import event_of, open_shop, steps, visit_of
from stream.demo.shops import SHIPPED_SHOP
from stream.engine.who import pseudonymiser
from stream.logs import read_events
from stream.transport.partitions import partition_of

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


class Sender:
    """Puts events on the topics, with explicit partitions and timestamps of our choice."""

    def __init__(self, producer: AIOKafkaProducer, partitions: int) -> None:
        self._producer, self._partitions = producer, partitions
        self.count = 0
        self._home: dict[str, int] = {}

    async def send(self, event: Event, timestamp_ms: int | None = None):
        """Queue one event; returns the future of its acknowledgement."""
        customer = event.customer or ""
        if customer not in self._home:
            self._home[customer] = partition_of(customer, self._partitions)
        self.count += 1
        return await self._producer.send(
            topic_of(name_of(event)),
            msgspec.json.encode(event),
            key=customer.encode(),
            partition=self._home[customer],
            timestamp_ms=timestamp_ms or time.time_ns() // 1_000_000,
        )


def endless(events: Sequence[Event]) -> Iterator[Event]:
    """Yield the events again and again, as other customers with other event ids each time."""
    for turn in itertools.count():
        for event in events:
            customer = (event.customer or "")[:-4] + f"{turn:04x}"
            yield msgspec.structs.replace(event, event_id=f"{event.event_id}-{turn}", customer=customer)
