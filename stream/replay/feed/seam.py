"""Where a shop's own events begin in its topics: up to there a backfill may go, and what comes later was counted already."""

import msgspec
from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka import TopicPartition as KafkaPartition
from msgspec import Struct

from stream.connection.away import clear_refusals
from stream.connection.kafka import Broker
from stream.contracts.topics import CART, CLICKSTREAM
from stream.ops.lag.look import onlooker
from stream.replay.feed.marks import HEADER

POLL_MS = 500


class _Happened(Struct, frozen=True):
    event_time_ms: int


_HAPPENED = msgspec.json.Decoder(_Happened)


async def live_begins_ms(broker: Broker, partitions: int) -> int | None:
    """Return the time of the first event that no replay has written, of the first such in each partition; None: there is none.

    Reads past what replays have written, some 50,000 records a second.

    Raises:
        BrokerAway: Kafka does not answer.
    """
    found: list[int] = []
    async with clear_refusals(broker):
        consumer = onlooker(broker)
        try:
            await consumer.start()
            parts = [KafkaPartition(topic, number) for topic in (CLICKSTREAM, CART) for number in range(partitions)]
            firsts, ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
            for at in parts:
                consumer.assign([at])
                consumer.seek(at, firsts[at])
                happened_ms = await _first_own(consumer, at, ends[at])
                found += [happened_ms] if happened_ms is not None else []
        finally:
            await consumer.stop()
    return min(found, default=None)


async def _first_own(consumer: AIOKafkaConsumer, at: KafkaPartition, end: int) -> int | None:
    while await consumer.position(at) < end:
        for record in (await consumer.getmany(at, timeout_ms=POLL_MS)).get(at, ()):
            if all(name != HEADER for name, _ in record.headers):
                try:
                    return _HAPPENED.decode(record.value or b"").event_time_ms
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue
    return None
