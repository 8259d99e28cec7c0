"""Events into the input topics, never more of them on the way than the worker bears."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]

from features.store.port import Store
from stream.contracts.events import Event
from stream.demo.errors import NotWarm
from stream.engine.record import TopicPartition
from stream.transport.events import EventProducer

LOOK_AGAIN_S = 0.01
PATIENCE_S = 60.0  # without any progress of the worker


class Progress:
    """How far the worker is with the log's records: which of them it has committed to the store.

    Visitors of the shop's pages send events to the same partitions, so records are counted one by one and not by how far a
    watermark moved.
    """

    def __init__(self, store: Store, partitions: Iterable[int]) -> None:
        self._store = store
        self._wanted: dict[int, tuple[str, ...]] = {number: () for number in partitions}
        self._waiting: defaultdict[TopicPartition, deque[int]] = defaultdict(deque)  # offsets, lowest first
        self.handled = 0

    def acknowledged(self, at: TopicPartition, offset: int) -> None:
        """Note where a record of the log stands; called in the order of a partition's offsets."""
        self._waiting[at].append(offset)

    async def look(self) -> int:
        """Return how many of these records are handled. One round trip."""
        found = await self._store.read(self._wanted)
        for at, offsets in self._waiting.items():
            watermark = found[at.partition].fence.watermarks.get(at.topic, 0)
            while offsets and offsets[0] < watermark:
                offsets.popleft()
                self.handled += 1
        return self.handled


class Traffic:
    """Sends events to the partitions where their customers live."""

    def __init__(self, producer: AIOKafkaProducer, progress: Progress, partitions: int, alive: Callable[[], None]) -> None:
        self._events, self.progress, self._alive = EventProducer(producer, partitions), progress, alive
        self.sent = 0

    @property
    def lag(self) -> int:
        """Records sent and, as far as was looked, not yet handled."""
        return max(0, self.sent - self.progress.handled)

    async def send(self, event: Event, *, timestamp_ms: int | None = None) -> asyncio.Future[Any]:
        """Hand an event over and return the future of its acknowledgement; without `timestamp_ms` it happens now."""
        self.sent += 1
        acknowledgement = await self._events.send(event, timestamp_ms=timestamp_ms)
        acknowledgement.add_done_callback(self._acknowledged)
        return acknowledgement

    def _acknowledged(self, acknowledgement: asyncio.Future[Any]) -> None:
        if not acknowledgement.cancelled() and acknowledgement.exception() is None:
            stands = acknowledgement.result()
            self.progress.acknowledged(TopicPartition(stands.topic, stands.partition), stands.offset)

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
