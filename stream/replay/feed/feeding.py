"""A log into the input topics: paced, a bounded part of it on its way, in order, and gone on with where it ended."""

import asyncio
import time
from collections.abc import AsyncIterable, Callable
from contextlib import suppress

from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]
from msgspec import Struct

from stream.contracts.suggestion import SUGGESTION_LIFE_MS
from stream.contracts.topics import CATALOG
from stream.engine.patience import Away, Patience
from stream.engine.record import ALWAYS, ANSWER_HEADER, NEVER, ORIGIN_HEADER, Outgoing, Record, TopicPartition
from stream.errors import BrokerAway
from stream.replay.feed.marks import FEED, HEADER, Mark, OtherReplay, place_of
from stream.replay.feed.pace import Pace
from stream.transport.producer import send_all

AT_ONCE = 1_000  # records; as many are on their way while the next ones are read
AWAY_S = 60.0


class Manner(Struct, frozen=True):
    """How records are written.

    Args:
        replay_id: whose they are.
        choices: the checksum of what was chosen of the log.
        partitions: of every input topic.
        is_live: among the shop's own: they count as written now, under addresses of their own, and the catalogue is left alone. Else they
            keep their times and go by where they stood in the log, so that suggestions get the ids that they had.
        answered: whether events are answered, those of a live shop only where they are no older than a suggestion lives.
        until_ms: what has this time or a later one is left out; None: nothing is.
    """

    replay_id: str
    choices: str
    partitions: int
    is_live: bool
    answered: bool
    until_ms: int | None = None


class Fed(Struct):
    """What was fed so far, from the time `first_ms` on; the log is come to `clock_ms`.

    `there`: what an earlier run had fed already; `later`: what was left out for its time; `passed_over`: records of topics that no worker
    reads.
    """

    records: int = 0
    there: int = 0
    later: int = 0
    passed_over: int = 0
    first_ms: int | None = None
    clock_ms: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Return how many records were fed in a second."""
        return self.records / self.seconds if self.seconds else 0.0


class Feeding:
    """Feeds one log. `fed` may be looked at meanwhile.

    Args:
        producer: running, with the settings of `stream.transport.producer`.
        manner: how records are written.
        come_to: the address that was fed last, by partition; what comes before it is there already.
        pace: when records are due.
        stop: once set, ends it after what is on its way.
        progress: is called after every part.
    """

    def __init__(
        self,
        producer: AIOKafkaProducer,
        manner: Manner,
        come_to: dict[TopicPartition, str],
        pace: Pace,
        *,
        stop: asyncio.Event,
        progress: Callable[[Fed], None] = lambda fed: None,
    ) -> None:
        self.fed, self._stop = Fed(), stop
        self._producer, self._manner, self._pace, self._progress = producer, manner, pace, progress
        self._there = dict(come_to)
        self._ready: list[Outgoing] = []
        self._on_its_way: asyncio.Task[None] | None = None
        self._patience, self._began_s = Patience(Away), 0.0

    async def of(self, records: AsyncIterable[Record]) -> Fed:
        """Feed all of them, or until `stop`; everything that was taken is with the broker then.

        Raises:
            BrokerAway: Kafka has not taken anything for a minute; go on later.
            OtherReplay: the log does not hold what was fed last.
            LogError: the log cannot be read on.
        """
        self._began_s = time.monotonic()
        try:
            async for record in records:
                await self._take(record)
                if self._stop.is_set():
                    break
            else:
                self._refuse_another_log()
            await self._hand_over()
            await self._arrived()
        finally:
            self._tell()
        return self.fed

    async def _take(self, record: Record) -> None:
        if record.topic not in FEED or (record.topic == CATALOG and self._manner.is_live):
            self.fed.passed_over += 1
            return
        at = place_of(record, self._manner.partitions)
        if at in self._there:
            self.fed.there += 1
            self.fed.clock_ms = max(self.fed.clock_ms, record.timestamp_ms)
            if self._there[at] == record.address:
                del self._there[at]
            return
        if self._manner.until_ms is not None and record.timestamp_ms >= self._manner.until_ms:
            self.fed.later += 1
            return
        due_s = self._pace.due_s(record.timestamp_ms)
        if due_s > time.monotonic():
            await self._hand_over()
            await self._until(due_s)
            if self._stop.is_set():
                return
        if self.fed.first_ms is None:
            self.fed.first_ms = record.timestamp_ms
        self.fed.clock_ms = max(self.fed.clock_ms, record.timestamp_ms)
        self._ready.append(self._written(record, at))
        if len(self._ready) >= AT_ONCE:
            await self._hand_over()

    def _written(self, record: Record, at: TopicPartition) -> Outgoing:
        """Return the record as it is fed; what an earlier replay said of it is forgotten."""
        manner = self._manner
        headers = [one for one in record.headers if one[0] not in (HEADER, ANSWER_HEADER)]
        headers.append((HEADER, Mark(manner.replay_id, manner.choices, record.address).header))
        now_ms = time.time_ns() // 1_000_000
        if not manner.is_live and record.topic != CATALOG and record.header(ORIGIN_HEADER) is None:
            headers.append((ORIGIN_HEADER, record.address.encode()))
        if not manner.answered or (manner.is_live and now_ms - record.timestamp_ms > SUGGESTION_LIFE_MS):
            headers.append((ANSWER_HEADER, NEVER))
        elif not manner.is_live:
            headers.append((ANSWER_HEADER, ALWAYS))
        timestamp_ms = now_ms if manner.is_live else record.timestamp_ms
        return Outgoing(at.topic, at.partition, record.key, record.value, timestamp_ms, tuple(headers))

    async def _until(self, due_s: float) -> None:
        while (wait_s := due_s - time.monotonic()) > 0 and not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), min(wait_s, 1.0))
            self._tell()

    async def _hand_over(self) -> None:
        """Let what is ready go its way, once what went before has arrived."""
        if not self._ready:
            return
        await self._arrived()
        ready, self._ready = self._ready, []
        self._on_its_way = asyncio.create_task(self._send(ready))
        await asyncio.sleep(0)

    async def _arrived(self) -> None:
        on_its_way, self._on_its_way = self._on_its_way, None
        if on_its_way is not None:
            await on_its_way

    async def _send(self, ready: list[Outgoing]) -> None:
        try:
            async with asyncio.timeout(AWAY_S):
                await self._patience.until_done("the broker", lambda: send_all(self._producer, ready))
        except TimeoutError as late:
            raise BrokerAway(f"Kafka has taken nothing for {AWAY_S:g} s ({self._patience.why or 'no answer'}).") from late
        self.fed.records += len(ready)
        self._tell()

    def _tell(self) -> None:
        self.fed.seconds = time.monotonic() - self._began_s
        self._progress(self.fed)

    def _refuse_another_log(self) -> None:
        """Raise where an earlier run has fed what this log does not hold; nothing after it was fed now."""
        for at, address in sorted(self._there.items()):
            last = f"{at.topic}:{at.partition}"
            raise OtherReplay(f"{address}, which was fed into {last} last, is not in this log: give the log that the replay began with.")
