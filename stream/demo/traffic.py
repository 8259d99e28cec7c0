"""Events into the input topics, never more of them on the way than the worker bears."""

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]

from features.store.port import Store
from stream.contracts.events import Event, name_of
from stream.contracts.topics import topic_of
from stream.demo.errors import NotWarm
from stream.engine.record import TopicPartition
from stream.transport.partitions import partition_of

LOOK_AGAIN_S = 0.01
PATIENCE_S = 60.0  # without any progress of the worker


class Progress:
    """How far the worker is: what it has committed to the store beyond where this run began."""

    def __init__(self, store: Store, starts: Mapping[TopicPartition, int]) -> None:
        self._store, self._starts = store, starts
        self._wanted: dict[int, tuple[str, ...]] = {at.partition: () for at in starts}
        self.handled = 0

    async def look(self) -> int:
        """Return how many records of this run are handled. One round trip."""
        found = await self._store.read(self._wanted)
        watermarks = ((at, found[at.partition].fence.watermarks.get(at.topic, start), start) for at, start in self._starts.items())
        self.handled = sum(max(0, watermark - start) for _, watermark, start in watermarks)
        return self.handled


class Traffic:
    """Sends events to the partitions where their customers live."""

    def __init__(self, producer: AIOKafkaProducer, progress: Progress, partitions: int, alive: Callable[[], None]) -> None:
        self._producer, self.progress, self._alive = producer, progress, alive
        self._partition_of = lru_cache(maxsize=10_000)(lambda customer: partition_of(customer, partitions))
        self.sent = 0

    @property
    def lag(self) -> int:
        """Records sent and, as far as was looked, not yet handled."""
        return max(0, self.sent - self.progress.handled)

    async def send(self, event: Event, *, timestamp_ms: int | None = None) -> Any:
        """Hand an event over and return the future of its acknowledgement; without `timestamp_ms` it happens now."""
        customer = event.customer or ""
        self.sent += 1
        return await self._producer.send(
            topic_of(name_of(event)),
            msgspec.json.encode(event),
            key=customer.encode(),
            partition=self._partition_of(customer),
            timestamp_ms=timestamp_ms or time.time_ns() // 1_000_000,
        )

    async def until_lag(self, most: int) -> None:
        """Return once at most `most` records are on the way.

        Raises:
            NotWarm: the worker has handled nothing for a minute.
            ChildEnded: it is gone.
        """
        before, since_s = self.progress.handled, time.monotonic()
        while self.lag > most:
            self._alive()
            if await self.progress.look() > before:
                before, since_s = self.progress.handled, time.monotonic()
            elif time.monotonic() - since_s > PATIENCE_S:
                raise NotWarm(f"the worker has handled {before} of {self.sent} events and nothing for {PATIENCE_S:g} s.")
            if self.lag > most:
                await asyncio.sleep(LOOK_AGAIN_S)
