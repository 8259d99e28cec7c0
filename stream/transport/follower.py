"""A reader without a group: the whole topic from its beginning or from a point in time, then whatever comes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]
from msgspec import Struct

from stream.connection.away import clear_refusals
from stream.connection.clients import consumer_of
from stream.connection.kafka import Broker
from stream.ending import cancelled
from stream.errors import BrokerAway, RightsMissing, TopicsDiffer
from stream.telling.logger import logger_of
from stream.transport.edges import Answers, since
from stream.transport.standing import digest_of
from stream.transport.topics import partition_count

Take = Callable[[ConsumerRecord], None]

POLL_MS = 500
POLL_RECORDS = 2_000
WAIT_MS, MIN_BYTES = 100, 256 * 1024  # a fetch for every record would cost worker and broker more than the records themselves
SLICE_S = 0.005  # the event loop, and with it the group's heartbeat, waits no longer than this
BACKOFF_S = (0.2, 10.0)  # first and longest wait while the broker is away
REQUEST_MS = 10_000
log = logger_of(__name__)


class Fetching(Struct, frozen=True):
    """What a fetch waits for: this many bytes, and milliseconds at most. Few bytes come soon and cost a fetch for every record."""

    min_bytes: int = MIN_BYTES
    wait_ms: int = WAIT_MS


class Follower:
    """Hands every record of a topic to `take`, in order within a partition, and keeps doing so.

    A broker that is away is waited for, and the reading goes on where it stood. Should the topic have lost what stood there
    (retention, made anew), it is read from its beginning again: `take` must bear to see a record twice. What `take` raises
    ends the follower and is raised by `caught_up`, `run` and `stop`.

    Args:
        broker: where Kafka is.
        topic: what is read; one that is made later is waited for.
        take: is handed every record.
        since_ms: where to begin: the first record whose Kafka timestamp is not before this. None: at the beginning.
        newest: where to begin: at most so many records before the end. None: as `since_ms` says.
        fetching: how soon a record is to be there.
    """

    def __init__(
        self,
        broker: Broker,
        topic: str,
        take: Take,
        *,
        since_ms: int | None = None,
        newest: int | None = None,
        fetching: Fetching = Fetching(),  # noqa: B008 frozen
    ) -> None:
        self.topic = topic
        self.records = 0  # handed over so far
        self.faults = 0  # times the broker was lost
        self.last: dict[int, tuple[int, str]] = {}  # partition -> offset and digest of the record handed over last
        self._broker = broker
        self._take = take
        self._since_ms, self._newest = since_ms, newest
        self._fetching = fetching
        self._next: dict[TopicPartition, int] = {}
        self._ends: dict[TopicPartition, int] | None = None  # what stood there at the start
        self._highwater: dict[TopicPartition, int] = {}
        self._caught_up = asyncio.Event()
        self._handing_over = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def begin_at(self, offsets: Mapping[int, int]) -> None:
        """Before the start: begin at these offsets of each partition."""
        self._next = {TopicPartition(self.topic, number): offset for number, offset in offsets.items()}

    @asynccontextmanager
    async def held(self) -> AsyncIterator[dict[int, int]]:
        """Hand nothing over while the block runs, and give the next offset of each partition; Kafka keeps what comes meanwhile."""
        async with self._handing_over:
            yield {tp.partition: offset for tp, offset in self._next.items()}

    async def start(self) -> None:
        """Begin to read in a task of its own; returns at once."""
        self._task = asyncio.create_task(self.run(), name=f"follow {self.topic}")

    async def caught_up(self) -> None:
        """Return once everything that stood in the topic at the start was handed over."""
        waiting = asyncio.create_task(self._caught_up.wait())
        running = {self._task} if self._task else set()
        try:
            await asyncio.wait({waiting, *running}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self._task is not None and self._task.done():
            await self._task

    async def ended(self) -> None:
        """Return, or raise what it ended by, once the task is over; cancelling the wait leaves the task alone."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self) -> None:
        """End the task and let go of the connection."""
        if self._task is None:
            return
        await cancelled([self._task])
        with suppress(asyncio.CancelledError):
            await self._task

    @property
    def has_caught_up(self) -> bool:
        """Whether everything that stood in the topic at the start was handed over."""
        return self._caught_up.is_set()

    @property
    def behind(self) -> int:
        """Records between what was handed over and the topic's end, as far as is known; 0 when nothing is."""
        return sum(max(0, end - self._next.get(tp, 0)) for tp, end in self._highwater.items())

    async def run(self) -> None:
        """Read for ever; ends only when cancelled or when `take` raises."""
        pause_s = BACKOFF_S[0]
        while True:
            before = self.records
            try:
                async with clear_refusals(self._broker):
                    await self._read()
            except (KafkaError, BrokerAway, RightsMissing, TopicsDiffer) as fault:
                self.faults += 1
                log.warning("topic not followed now", topic=self.topic, again_in_s=pause_s, error=str(fault) or type(fault).__name__)
            pause_s = BACKOFF_S[0] if self.records > before else min(2 * pause_s, BACKOFF_S[1])
            await asyncio.sleep(pause_s)

    async def _read(self) -> None:
        consumer = consumer_of(
            self._broker,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            request_timeout_ms=REQUEST_MS,
            fetch_max_wait_ms=self._fetching.wait_ms,
            fetch_min_bytes=self._fetching.min_bytes,
        )
        try:
            await consumer.start()
            await self._take_up(consumer)
            unanswered = Answers(consumer)
            while True:
                batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=POLL_RECORDS)
                async with self._handing_over:
                    await self._hand_over(batches)
                for tp in self._next:
                    self._next[tp] = max(self._next[tp], await consumer.position(tp))
                    self._highwater[tp] = consumer.highwater(tp) or self._highwater.get(tp, 0)
                    if unanswered.nothing_more_at(tp, self._next[tp]):
                        self._reached(tp, self._highwater[tp])
                    self._reached(tp, self._next[tp])
        finally:
            await consumer.stop()

    async def _take_up(self, consumer: AIOKafkaConsumer) -> None:
        partitions = [TopicPartition(self.topic, number) for number in range(await partition_count(self._broker, self.topic))]
        consumer.assign(partitions)
        first = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        begin = first if self._since_ms is None or self._next else await since(consumer, self._since_ms, first, ends)
        if self._newest is not None:
            begin = {tp: max(first[tp], ends[tp] - self._newest) for tp in partitions}
        for tp in partitions:
            start = self._next.get(tp, begin[tp])
            self._next[tp] = start if first[tp] <= start <= ends[tp] else first[tp]
            consumer.seek(tp, self._next[tp])
        if self._ends is None:
            self._ends = ends
        self._highwater = dict(ends)
        for tp in partitions:
            self._reached(tp, self._next[tp])

    async def _hand_over(self, batches: dict[TopicPartition, list[ConsumerRecord]]) -> None:
        since = time.monotonic()
        for tp, records in batches.items():
            for record in records:
                self._take(record)
                self.records += 1
                self._next[tp] = record.offset + 1
                if time.monotonic() - since > SLICE_S:
                    await asyncio.sleep(0)
                    since = time.monotonic()
            if records:
                self.last[tp.partition] = records[-1].offset, digest_of(records[-1])

    def _reached(self, tp: TopicPartition, offset: int) -> None:
        if self._ends is None or tp not in self._ends or offset < self._ends[tp]:
            return
        self._ends[tp] = 0
        if not any(self._ends.values()):
            self._caught_up.set()
