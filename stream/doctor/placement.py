"""Whether customers' records lie where the workers expect them, and who puts them elsewhere."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from zlib import crc32

from aiokafka import TopicPartition  # type: ignore[import-untyped]
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]
from msgspec import Struct

from stream.connection.clients import consumer_of
from stream.connection.kafka import Broker
from stream.contracts.topics import INPUTS
from stream.doctor.finding import Finding
from stream.engine.decode import Decoded, decode
from stream.engine.record import Record
from stream.engine.who import pseudonymiser
from stream.settings import Settings
from stream.transport.partitions import partition_of
from stream.transport.topics import find

SAMPLE = 200  # newest records of every partition
READ_S = 15.0
AHEAD_MS = 60_000
CURES = {
    "librdkafka's default partitioner (crc32)": "Set partitioner=murmur2_random in that producer (librdkafka: Python, Go, C#, PHP, Rust).",
    "no key": "Let that producer write the customer's pseudonym as the record's key.",
    "another key than the customer": "Let that producer write the customer's pseudonym as the record's key.",
    "another partitioner": "Let that producer use murmur2 of the key, Java's default partitioner, and the topic's partition count.",
}


class Sampled(Struct, frozen=True):
    """One record of an input topic: where it lies, its key and timestamp, whose it is (None: unreadable), who sent it by its own word."""

    topic: str
    partition: int
    key: bytes | None
    timestamp_ms: int
    customer: str | None
    source: str = "unnamed"


async def look_at_placement(settings: Settings, now_ms: int) -> list[Finding]:
    """Return what the newest records of the input topics show. Raises BrokerAway."""
    secret = settings.pseudonym_secret.reveal() if settings.pseudonym_secret else b""
    pseudonymise = pseudonymiser(settings.pseudonym_key_id, secret)
    counts = {name: topic.partitions for name, topic in (await find(settings.kafka, list(INPUTS))).items()}
    records = await _newest(settings.kafka, counts)

    def sampled(record: ConsumerRecord) -> Sampled:
        decoded = decode(_record(record), pseudonymise)
        whose = decoded.customer if isinstance(decoded, Decoded) and (secret or decoded.event.customer) else None
        headers = dict(record.headers)
        return Sampled(
            record.topic,
            record.partition,
            record.key,
            record.timestamp,
            whose,
            headers.get("ce_source", b"unnamed").decode(errors="replace"),
        )

    samples = [sampled(record) for record in records]
    return [*placement(samples, counts), clocks(samples, now_ms)]


def placement(samples: Sequence[Sampled], partitions: dict[str, int]) -> Iterator[Finding]:
    """Judge, topic by topic, whether the records lie in the partition of their customer."""
    for topic, count in sorted(partitions.items()):
        mine = [sample for sample in samples if sample.topic == topic and sample.customer is not None]
        wrong = Counter((cause_of(sample, count), sample.source) for sample in mine if not _at_home(sample, count))
        if not wrong:
            yield Finding(f"placement {topic}", "ok", f"{len(mine)} of {len(mine)} sampled records lie with their customer")
        for (cause, source), found in sorted(wrong.items()):
            shown = f"{found} of {len(mine)} sampled records lie elsewhere: {cause}, producer {source}"
            yield Finding(f"placement {topic}", "warn", shown, CURES[cause] + " Until then workers pass each one on, at twice the cost.")


def cause_of(sample: Sampled, partitions: int) -> str:
    """Return what seems to have put a record into the wrong partition, one of CURES."""
    if sample.key is None:
        return "no key"
    if sample.key != (sample.customer or "").encode():
        return "another key than the customer"
    if crc32(sample.key) % partitions == sample.partition:
        return "librdkafka's default partitioner (crc32)"
    return "another partitioner"


def clocks(samples: Sequence[Sampled], now_ms: int) -> Finding:
    """Judge the producers' clocks by the newest timestamp."""
    ahead_ms = max((sample.timestamp_ms - now_ms for sample in samples), default=0)
    if ahead_ms > AHEAD_MS:
        cure = "Set the clocks (NTP) of this machine and of the producers: times rule sessions, caps and expiry."
        return Finding("producers' clocks", "warn", f"a record is {ahead_ms / 1000:.0f} s ahead of this machine", cure)
    return Finding("producers' clocks", "ok", f"no sampled record ({len(samples)}) is ahead of this machine by more than a minute")


def _at_home(sample: Sampled, partitions: int) -> bool:
    return sample.customer is not None and partition_of(sample.customer, partitions) == sample.partition


async def _newest(broker: Broker, counts: dict[str, int]) -> list[ConsumerRecord]:
    partitions = [TopicPartition(topic, number) for topic, count in counts.items() for number in range(count)]
    if not partitions:
        return []
    consumer = consumer_of(broker, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest")
    found: list[ConsumerRecord] = []
    try:
        await consumer.start()
        consumer.assign(partitions)
        first, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        for at in partitions:
            consumer.seek(at, max(first[at], ends[at] - SAMPLE))
        open_ = {at for at in partitions if ends[at] > first[at]}
        deadline = time.monotonic() + READ_S
        while open_ and time.monotonic() < deadline:
            for records in (await consumer.getmany(*open_, timeout_ms=500)).values():
                found += records
            open_ = {at for at in open_ if await consumer.position(at) < ends[at]}
    finally:
        await consumer.stop()
    return found


def _record(record: ConsumerRecord) -> Record:
    return Record(record.topic, record.partition, record.offset, record.timestamp, record.key, record.value, tuple(record.headers))
