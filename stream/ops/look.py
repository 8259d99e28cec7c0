"""Looks at Kafka and Redis: where every group stands in every partition. Reads only, and joins no group."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import msgspec
from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin import AIOKafkaAdminClient  # type: ignore[import-untyped]
from aiokafka.errors import KafkaTimeoutError  # type: ignore[import-untyped]
from msgspec import Struct

from features.store.port import Store
from features.store.redis import open_store
from stream.contracts.topics import INPUTS, TRAINING
from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition
from stream.errors import BrokerAway, TopicsDiffer
from stream.ops.lag import Place
from stream.settings import Settings
from stream.transport.groups import find_group
from stream.transport.topics import REQUEST_MS, admin_of

FETCH_BYTES = 65_536  # a partition: one record is wanted, and a broker sends a first batch whole, however large
OLDEST_S = 5.0
FETCH_MS = 500


class Watched(Struct, frozen=True):
    """A group to be looked at; `by_watermark`: Redis says where it stands."""

    name: str
    topics: Sequence[str]
    by_watermark: bool


class Looker:
    """Looks at the groups of one set of settings; `looker` opens it, and says how many partitions each topic has."""

    def __init__(
        self,
        groups: Sequence[Watched],
        partitions: Mapping[str, int],
        *,
        admin: AIOKafkaAdminClient,
        consumer: AIOKafkaConsumer,
        store: Store,
    ) -> None:
        self._groups, self._partitions = groups, partitions
        self._admin, self._consumer, self._store = admin, consumer, store
        self._oldest: dict[TopicPartition, tuple[int, int | None]] = {}  # partition -> (offset, timestamp in ms)

    async def look(self) -> list[Place]:
        """Return every partition of every group as it stands now; about 0.1 s, and more where old records must be fetched.

        What was committed is read first, then the watermarks, then the logs' ends: so nothing can be handled beyond an end.

        Raises:
            StoreAway: Redis does not answer.
            BrokerAway, KafkaError: Kafka does not answer, or not all of it.
        """
        found = {group.name: await find_group(self._admin, group.name) for group in self._groups}
        watermarks = await self._watermarks()
        parts = [KafkaPartition(topic, number) for topic, count in self._partitions.items() for number in range(count)]
        try:
            starts = await self._consumer.beginning_offsets(parts)
            ends = await self._consumer.end_offsets(parts)
        except KafkaTimeoutError as late:  # which Kafka's client does not count among those that may pass
            raise BrokerAway(f"Kafka does not say where its logs end: look whether each partition has a leader ({late})") from late
        at_ms = time.time_ns() // 1_000_000
        places = [
            Place(
                group=group.name,
                topic=topic,
                partition=number,
                at_ms=at_ms,
                committed=found[group.name].committed.get(TopicPartition(topic, number)),
                watermark=watermarks.get(TopicPartition(topic, number)) if group.by_watermark else None,
                log_start=starts[topic, number],
                end=ends[topic, number],
                readers=found[group.name].members,
                by_watermark=group.by_watermark,
            )
            for group in self._groups
            for topic in group.topics
            for number in range(self._partitions[topic])
        ]
        return await self._with_oldest(places)

    async def _watermarks(self) -> Offsets:
        counts = [self._partitions[topic] for group in self._groups if group.by_watermark for topic in group.topics]
        fences = await self._store.read({number: () for number in range(max(counts, default=0))})
        return {
            TopicPartition(topic, number): offset for number, found in fences.items() for topic, offset in found.fence.watermarks.items()
        }

    async def _with_oldest(self, places: Sequence[Place]) -> list[Place]:
        """Return the places with the timestamp of the oldest record that waits; no topic is read by two of the groups."""
        waiting = {TopicPartition(one.topic, one.partition): one.reads_from for one in places if one.reads_from < one.end}
        known = {at: kept for at, kept in self._oldest.items() if waiting.get(at) == kept[0] and kept[1] is not None}
        asked = {at: offset for at, offset in waiting.items() if at not in known}
        read_ms = await oldest_ms(self._consumer, asked)
        self._oldest = known | {at: (offset, read_ms.get(at)) for at, offset in asked.items()}
        none = (0, None)
        return [
            msgspec.structs.replace(one, oldest_ms=self._oldest.get(TopicPartition(one.topic, one.partition), none)[1]) for one in places
        ]


async def oldest_ms(consumer: AIOKafkaConsumer, offsets: Offsets) -> dict[TopicPartition, int]:
    """Return the timestamp of the first record at or after each offset; without those that do not come within five seconds."""
    if not offsets:
        return {}
    missing = {KafkaPartition(*at) for at in offsets}
    found: dict[TopicPartition, int] = {}
    deadline = time.monotonic() + OLDEST_S
    consumer.assign(list(missing))
    try:
        for at in missing:
            consumer.seek(at, offsets[TopicPartition(*at)])
        while missing and time.monotonic() < deadline:
            fetched = await consumer.getmany(*missing, timeout_ms=FETCH_MS)
            found |= {TopicPartition(*at): records[0].timestamp for at, records in fetched.items() if records}
            missing -= {KafkaPartition(*at) for at in found}
    finally:
        consumer.unsubscribe()
    return found


def groups_of(settings: Settings) -> tuple[Watched, ...]:
    """Return the groups that these settings name: the workers' and the trainer's."""
    return Watched(settings.group, INPUTS, by_watermark=True), Watched(f"{settings.group}-trainer", (TRAINING,), by_watermark=False)


@asynccontextmanager
async def looker(settings: Settings) -> AsyncIterator[Looker]:
    """Connect to Kafka and Redis for looking. Raises BrokerAway, and TopicsDiffer where a topic is missing."""
    bootstrap, groups = settings.kafka_bootstrap_servers, groups_of(settings)
    store = open_store(settings.redis_url, prefix=settings.prefix)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES,
        request_timeout_ms=REQUEST_MS,
    )
    try:
        async with admin_of(bootstrap) as admin:
            partitions = await _partitions(admin, [topic for group in groups for topic in group.topics])
            await consumer.start()
            yield Looker(groups, partitions, admin=admin, consumer=consumer, store=store)
    finally:
        await consumer.stop()
        await store.aclose()


async def _partitions(admin: AIOKafkaAdminClient, topics: list[str]) -> dict[str, int]:
    described = {one["topic"]: one for one in await admin.describe_topics(topics)}
    for topic in topics:
        if described[topic]["error_code"]:
            raise TopicsDiffer(f"the broker has no topic {topic}: run `tsuide topics create`")
    return {topic: len(described[topic]["partitions"]) for topic in topics}
