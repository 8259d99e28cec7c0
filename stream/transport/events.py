"""Events into the partitions where their customers live."""

import asyncio
import time
from functools import lru_cache
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]

from stream.contracts.events import Event, name_of
from stream.contracts.topics import topic_of
from stream.transport.partitions import partition_of

KEPT_HOMES = 50_000


class EventProducer:
    """Sends events that name their customer, over a producer that somebody else starts and stops.

    `partitions`: how many every input topic has.
    """

    def __init__(self, producer: AIOKafkaProducer, partitions: int) -> None:
        self._producer = producer
        self._home = lru_cache(KEPT_HOMES)(lambda customer: partition_of(customer, partitions))

    async def send(self, event: Event, *, timestamp_ms: int | None = None) -> asyncio.Future[Any]:
        """Hand an event over and return the future of its acknowledgement; without `timestamp_ms` it happens now."""
        customer = event.customer or ""
        acknowledgement: asyncio.Future[Any] = await self._producer.send(
            topic_of(name_of(event)),
            msgspec.json.encode(event),
            key=customer.encode(),
            partition=self._home(customer),
            timestamp_ms=timestamp_ms or time.time_ns() // 1_000_000,
        )
        return acknowledgement
