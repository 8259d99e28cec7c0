"""Topics of Kafka as an archive: their records up to the ends that they had at the start, in the archive's order."""

import heapq
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]

from stream.archive.order import Clocks, Key
from stream.connection.away import clear_refusals, cure_of
from stream.connection.kafka import Broker, arguments
from stream.contracts.topics import BY_NAME, LETTER_BYTES
from stream.engine.record import Record, TopicPartition
from stream.errors import BrokerAway
from stream.transport.follower import _Answers, _since
from stream.transport.handler import record_of
from stream.transport.topics import REQUEST_MS, partition_count

POLL_MS, POLL_RECORDS = 200, 500
MOST_BYTES = 2**31 - 1  # that the protocol can ask for
AWAY_S = 30.0  # without any answer: then the broker is away

Ends = Mapping[KafkaPartition, int]
Heads = list[tuple[Key, Record, KafkaPartition]]


class TopicsLog:
    """Records of topics: iterate over them once. `total` lie between where the reading began and the ends, `done` are passed."""

    def __init__(self, consumer: AIOKafkaConsumer, begin: Ends, ends: Ends, *, broker: Broker, away_s: float) -> None:
        self._consumer, self._ends, self._broker, self._away_s = consumer, ends, broker, away_s
        self._reached = dict(begin)
        self._begin = sum(begin.values())
        self._waiting = {tp for tp in ends if begin[tp] < ends[tp]}
        self._held: dict[KafkaPartition, deque[tuple[Key, Record]]] = {tp: deque() for tp in self._waiting}
        self._clocks, self._answers = Clocks(), _Answers(consumer)

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
            if fetched or self._answered_ms() != heard_ms:
                heard_ms, heard_s = self._answered_ms(), time.monotonic()
            elif time.monotonic() - heard_s > self._away_s:
                raise BrokerAway(f"Kafka at {self._broker} has not answered for {self._away_s:g} s: {await cure_of(self._broker)}.")

    def _hold(self, tp: KafkaPartition, fetched: Sequence[ConsumerRecord], heads: Heads) -> None:
        records = [record_of(one) for one in fetched if one.offset < self._ends[tp]]
        self._reached[tp] = fetched[-1].offset + 1
        self._held[tp].extend((self._clocks.key_of(record), record) for record in records)
        if records:
            heapq.heappush(heads, (*self._held[tp].popleft(), tp))
            self._waiting.discard(tp)

    def _answered_ms(self) -> int:
        """Return when the broker last answered for a partition that is waited for."""
        return max((self._consumer.last_poll_timestamp(tp) or 0 for tp in self._waiting), default=0)


@asynccontextmanager
async def open_topics(
    broker: Broker,
    topics: Iterable[str],
    *,
    since_ms: int | None = None,
    offsets: Mapping[TopicPartition, int] | None = None,
    away_s: float = AWAY_S,
) -> AsyncIterator[TopicsLog]:
    """Open topics for reading, without a group; records of transactions that were aborted or are open are not seen.

    Of each partition at most one fetch is held in memory and one under way, each as large as the topic's largest record.

    Args:
        broker: where Kafka is.
        topics: their names.
        since_ms: begin each partition at its first record whose timestamp is not before this; None: at its beginning.
        offsets: where to begin those partitions that it names, whatever `since_ms` says.
        away_s: a broker that has not answered for so many seconds is away.

    Raises:
        BrokerAway: Kafka does not answer, here or while records are read.
        RightsMissing: the user may not read one of the topics.
        TopicsDiffer: there is no such topic.
    """
    names = list(topics)
    async with clear_refusals(broker):
        partitions = [KafkaPartition(name, number) for name in names for number in range(await partition_count(broker, name))]
        consumer = _consumer(broker, names, partitions)
        try:
            await consumer.start()
            consumer.assign(partitions)
            first, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
            begin = dict(first if since_ms is None else await _since(consumer, since_ms, first, ends))
            begin |= {KafkaPartition(*tp): offset for tp, offset in (offsets or {}).items()}
            begin = {tp: min(max(offset, first[tp]), ends[tp]) for tp, offset in begin.items()}
            for tp, offset in begin.items():
                consumer.seek(tp, offset)
            yield TopicsLog(consumer, begin, ends, broker=broker, away_s=away_s)
        finally:
            await consumer.stop()


def _consumer(broker: Broker, topics: Sequence[str], partitions: Sequence[KafkaPartition]) -> AIOKafkaConsumer:
    """Return a consumer whose fetches have room for the largest record of every partition: an empty answer says that there is none."""
    largest = max((BY_NAME[name].max_message_bytes if name in BY_NAME else LETTER_BYTES for name in topics), default=LETTER_BYTES)
    return AIOKafkaConsumer(
        **arguments(broker),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        request_timeout_ms=REQUEST_MS,
        max_partition_fetch_bytes=largest,
        fetch_max_bytes=min(largest * max(1, len(partitions)), MOST_BYTES),
    )
