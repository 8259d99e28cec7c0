"""Topics of Kafka as an archive: their records up to the ends that they had at the start, in the archive's order."""

import asyncio
import heapq
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]
from msgspec import Struct

from stream.archive.order import Clocks, Key
from stream.archive.progress import Progress, untold
from stream.connection.away import clear_refusals, cure_of
from stream.connection.clients import consumer_of
from stream.connection.kafka import Broker
from stream.contracts.topics import BY_NAME, LETTER_BYTES
from stream.engine.record import Record, TopicPartition
from stream.errors import BrokerAway
from stream.transport.edges import Answers, since
from stream.transport.handler import record_of
from stream.transport.topics import REQUEST_MS, partition_count

POLL_MS, POLL_RECORDS = 200, 500
MOST_BYTES = 2**31 - 1  # that the protocol can ask for
AWAY_S = 30.0  # without any answer: then the broker is away

Heads = list[tuple[Key, Record, KafkaPartition]]


def _all(record: Record) -> bool:
    """Want every record."""
    return True


class Looking(Struct, frozen=True):
    """How topics are read.

    Args:
        since_ms: begin each partition at its first record whose timestamp is not before this; None: at its beginning.
        offsets: where to begin those partitions that it names, whatever `since_ms` says.
        wanted: the records that are to be seen; the order is that of these alone.
        progress: is told (offsets passed, of how many) after every fetch.
        away_s: a broker that has not answered for so many seconds is away.
    """

    since_ms: int | None = None
    offsets: Mapping[TopicPartition, int] = {}
    wanted: Callable[[Record], bool] = _all
    progress: Progress = untold
    away_s: float = AWAY_S


class TopicsLog:
    """Records of topics: iterate over them once. `total` lie between where the reading began and the ends, `done` are passed."""

    def __init__(self, broker: Broker, consumer: AIOKafkaConsumer, spans: Mapping[KafkaPartition, range], how: Looking) -> None:
        self._broker, self._consumer, self._how = broker, consumer, how
        self._ends = {tp: span.stop for tp, span in spans.items()}
        self._reached = {tp: span.start for tp, span in spans.items()}
        self._begin = sum(self._reached.values())
        self._waiting = {tp for tp, span in spans.items() if span}
        self._held: dict[KafkaPartition, deque[tuple[Key, Record]]] = {tp: deque() for tp in self._waiting}
        self._clocks, self._answers = Clocks(), Answers(consumer)

    @property
    def total(self) -> int:
        """Return how many offsets there were to read; what Kafka has compacted away or aborted counts, too."""
        return int(sum(self._ends.values()) - self._begin)

    @property
    def done(self) -> int:
        """Return how many of them are passed."""
        return int(sum(min(self._reached[tp], end) for tp, end in self._ends.items()) - self._begin)

    async def __aiter__(self) -> AsyncIterator[Record]:
        heads: Heads = []
        while self._waiting or heads:
            await self._fill(heads)
            while heads and not self._waiting:
                _, record, tp = heads[0]
                yield record
                if self._held[tp]:
                    heapq.heapreplace(heads, (*self._held[tp].popleft(), tp))
                    continue
                heapq.heappop(heads)
                if self._reached[tp] < self._ends[tp]:
                    self._waiting.add(tp)

    async def _fill(self, heads: Heads) -> None:
        """Wait until every partition that is not at its end has a record in hand: none of them may have an earlier one."""
        heard_ms, heard_s = self._answered_ms(), time.monotonic()
        while self._waiting:
            fetched = await self._consumer.getmany(*self._waiting, timeout_ms=POLL_MS, max_records=POLL_RECORDS)
            for tp, records in fetched.items():
                self._hold(tp, records, heads)
            for tp in tuple(self._waiting):
                position = await self._consumer.position(tp)
                self._reached[tp] = max(self._reached[tp], position)
                if self._reached[tp] >= self._ends[tp] or self._answers.nothing_more_at(tp, position):
                    self._reached[tp] = self._ends[tp]
                    self._waiting.discard(tp)
            self._how.progress(self.done, self.total)
            if fetched or self._answered_ms() != heard_ms:
                heard_ms, heard_s = self._answered_ms(), time.monotonic()
            elif time.monotonic() - heard_s > self._how.away_s:
                raise BrokerAway(f"Kafka at {self._broker} has not answered for {self._how.away_s:g} s: {await cure_of(self._broker)}.")

    def _hold(self, tp: KafkaPartition, fetched: Sequence[ConsumerRecord], heads: Heads) -> None:
        records = [record for record in map(record_of, fetched) if record.offset < self._ends[tp] and self._how.wanted(record)]
        self._reached[tp] = fetched[-1].offset + 1
        self._held[tp].extend((self._clocks.key_of(record), record) for record in records)
        if records:
            heapq.heappush(heads, (*self._held[tp].popleft(), tp))
            self._waiting.discard(tp)

    def _answered_ms(self) -> int:
        """Return when the broker last answered for a partition that is waited for."""
        return max((self._consumer.last_poll_timestamp(tp) or 0 for tp in self._waiting), default=0)


@asynccontextmanager
async def open_topics(broker: Broker, topics: Iterable[str], how: Looking | None = None) -> AsyncIterator[TopicsLog]:
    """Open topics for reading, without a group; records of transactions that were aborted or are open are not seen.

    Of each partition at most one fetch is held in memory and one under way, each as large as the topic's largest record.

    Raises:
        BrokerAway: Kafka does not answer, here or while records are read.
        RightsMissing: the user may not read one of the topics.
        TopicsDiffer: there is no such topic.
    """
    names, how = list(topics), how or Looking()
    async with clear_refusals(broker):
        partitions = [KafkaPartition(name, number) for name in names for number in range(await partition_count(broker, name))]
        consumer = _consumer(broker, names, partitions)
        try:
            await consumer.start()
            consumer.assign(partitions)
            first, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
            begin = dict(first if how.since_ms is None else await since(consumer, how.since_ms, first, ends))
            begin |= {KafkaPartition(*tp): offset for tp, offset in how.offsets.items()}
            spans = {tp: range(min(max(begin[tp], first[tp]), ends[tp]), ends[tp]) for tp in partitions}
            for tp, span in spans.items():
                consumer.seek(tp, span.start)
            yield TopicsLog(broker, consumer, spans, how)
        finally:
            await _stop(consumer)


def _consumer(broker: Broker, topics: Sequence[str], partitions: Sequence[KafkaPartition]) -> AIOKafkaConsumer:
    """Return a consumer whose fetches have room for the largest record of every partition: an empty answer says that there is none."""
    largest = max((BY_NAME[name].max_message_bytes if name in BY_NAME else LETTER_BYTES for name in topics), default=LETTER_BYTES)
    return consumer_of(
        broker,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        request_timeout_ms=REQUEST_MS,
        max_partition_fetch_bytes=largest,
        fetch_max_bytes=min(largest * max(1, len(partitions)), MOST_BYTES),
    )


async def _stop(consumer: AIOKafkaConsumer) -> None:
    """Stop; while a fetch waits for a broker that is away, aiokafka stops half way and raises that fetch's cancellation as ours."""
    try:
        await consumer.stop()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        await consumer._client.close()
