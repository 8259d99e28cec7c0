"""Events into the partitions where their customers live."""

import asyncio
import time
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]

from stream.contracts.events import Event, name_of
from stream.contracts.topics import topic_of
from stream.transport.partitions import partition_of


class EventProducer:
    """Sends events that name their customer, over a producer that somebody else starts and stops.

    `partitions`: how many every input topic has.
    """

    def __init__(self, producer: AIOKafkaProducer, partitions: int) -> None:
        self._producer, self._partitions = producer, partitions

    async def send(self, event: Event, *, timestamp_ms: int | None = None) -> asyncio.Future[Any]:
        """Hand an event over and return the future of its acknowledgement; without `timestamp_ms` it happens now."""
        customer = event.customer or ""
        acknowledgement: asyncio.Future[Any] = await self._producer.send(
            topic_of(name_of(event)),
            msgspec.json.encode(event),
            key=customer.encode(),
            partition=partition_of(customer, self._partitions),
            timestamp_ms=timestamp_ms or time.time_ns() // 1_000_000,
        )
        return acknowledgement
