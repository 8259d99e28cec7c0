"""One look at a topic, to tell whether it is still the one that somebody has read up to certain offsets."""

from collections.abc import Mapping
from hashlib import blake2b

from aiokafka import AIOKafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]
from msgspec import Struct

from stream.connection.clients import consumer_of
from stream.connection.kafka import Broker
from stream.errors import BrokerAway
from stream.transport.topics import REQUEST_MS, admin_of

POLL_MS, POLLS = 500, 20
FEW_BYTES = 16 * 1024  # a broker sends at least one batch, whatever the limit


class Standing(Struct, frozen=True):
    """A partition's log from `first` up to, and without, `end`; `before`: digest of the record before the offset that was asked for.

    None: there is none at that place, any more or at all.
    """

    first: int
    end: int
    before: str | None = None


def digest_of(record: ConsumerRecord) -> str:
    """Return 32 hexadecimal digits that tell a record from any other: of its timestamp, key and value."""
    parts = (str(record.timestamp).encode(), record.key or b"", record.value or b"")
    lengths = b",".join(b"%d" % len(part) for part in parts)
    return blake2b(b"".join((lengths, *parts)), digest_size=16).hexdigest()


async def cluster_and_partitions(broker: Broker, topic: str) -> tuple[str | None, int]:
    """Return the cluster's id and how many partitions the topic has, 0 where there is no such topic. Raises BrokerAway."""
    async with admin_of(broker) as admin:
        cluster = (await admin.describe_cluster()).get("cluster_id")
        [described] = await admin.describe_topics([topic])
    return cluster, 0 if described["error_code"] else len(described["partitions"])


async def look_before(broker: Broker, topic: str, offsets: Mapping[int, int]) -> dict[int, Standing]:
    """Return how each partition stands, and the digest of the record right before its offset. Some 100 ms.

    Raises:
        BrokerAway: Kafka does not answer, or has not given those records within ten seconds.
    """
    wanted = {TopicPartition(topic, number): offset for number, offset in offsets.items()}
    consumer = consumer_of(
        broker,
        group_id=None,
        enable_auto_commit=False,
        request_timeout_ms=REQUEST_MS,
        fetch_max_wait_ms=100,
        max_partition_fetch_bytes=FEW_BYTES,
    )
    try:
        await consumer.start()
        consumer.assign(list(wanted))
        first, end = await consumer.beginning_offsets(list(wanted)), await consumer.end_offsets(list(wanted))
        before = await _records_before(consumer, {tp: offset for tp, offset in wanted.items() if first[tp] < offset <= end[tp]})
    except KafkaError as fault:
        raise BrokerAway(f"{topic} cannot be looked at: {fault or type(fault).__name__}") from fault
    finally:
        await consumer.stop()
    return {tp.partition: Standing(first[tp], end[tp], before.get(tp)) for tp in wanted}


async def _records_before(consumer: AIOKafkaConsumer, wanted: dict[TopicPartition, int]) -> dict[TopicPartition, str]:
    found: dict[TopicPartition, str] = {}
    open_ones = set(wanted)
    for tp, offset in wanted.items():
        consumer.seek(tp, offset - 1)
    for _ in range(POLLS):
        if not open_ones:
            return found
        for tp, records in (await consumer.getmany(*open_ones, timeout_ms=POLL_MS)).items():
            if records:
                open_ones.discard(tp)
                found |= {tp: digest_of(records[0])} if records[0].offset == wanted[tp] - 1 else {}
    raise BrokerAway(f"{', '.join(f'{tp.topic}:{tp.partition}' for tp in open_ones)} gave no record within {POLL_MS * POLLS / 1000:g} s")
