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
from stream.connection.clients import consumer_of
from stream.connection.kafka import Broker
from stream.contracts.topics import INPUTS, TRAINING
from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition
from stream.errors import BrokerAway, TopicsDiffer
from stream.ops.lag.rules import Place
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
        self._oldest: dict[TopicPartition, tuple[int, int]] = {}  # partition -> (offset, timestamp in ms)

    async def look(self) -> list[Place]:
        """Return every partition of every group as it stands now; some 20 ms, and more where old records must be fetched.

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
        waiting = {at_of(place): (place.reads_from, place.end) for place in places if place.reads_from < place.end}
        asked = {at: span for at, span in waiting.items() if at not in self._oldest or self._oldest[at][0] != span[0]}
        read = await oldest_ms(self._consumer, asked)
        kept = {at: self._oldest[at] for at in waiting if at not in asked}
        self._oldest = kept | {at: (asked[at][0], first_ms) for at, first_ms in read.items() if first_ms is not None}
        hollow = {at for at, first_ms in read.items() if first_ms is None}
        known = {at: first_ms for at, (_, first_ms) in self._oldest.items()}
        return [msgspec.structs.replace(one, oldest_ms=known.get(at_of(one)), hollow=at_of(one) in hollow) for one in places]


def at_of(place: Place) -> TopicPartition:
    """Return the partition that was looked at."""
    return TopicPartition(place.topic, place.partition)


async def oldest_ms(consumer: AIOKafkaConsumer, spans: Mapping[TopicPartition, tuple[int, int]]) -> dict[TopicPartition, int | None]:
    """Return the timestamp of the first record of each partition within its offsets [from, end).

    None: there is no record, only marks of transactions or what compaction left. What does not come within five seconds is left out.
    """
    if not spans:
        return {}
    missing = {KafkaPartition(*at): span for at, span in spans.items()}
    found: dict[TopicPartition, int | None] = {}
    deadline = time.monotonic() + OLDEST_S
    consumer.assign(list(missing))
    try:
        for at, (start, _) in missing.items():
            consumer.seek(at, start)
        while missing and time.monotonic() < deadline:
            fetched = await consumer.getmany(*missing, timeout_ms=FETCH_MS)
            for at, (_, end) in list(missing.items()):
                if records := fetched.get(at):
                    found[TopicPartition(*at)] = records[0].timestamp if records[0].offset < end else None
                elif await consumer.position(at) >= end:
                    found[TopicPartition(*at)] = None
                else:
                    continue
                del missing[at]
    finally:
        consumer.unsubscribe()
    return found


def groups_of(settings: Settings) -> tuple[Watched, ...]:
    """Return the groups that these settings name: the workers' and the trainer's."""
    return Watched(settings.group, INPUTS, by_watermark=True), Watched(f"{settings.group}-trainer", (TRAINING,), by_watermark=False)


def onlooker(broker: Broker) -> AIOKafkaConsumer:
    """Return a consumer of no group that asks where logs begin and end, and fetches single records; it is not started."""
    return consumer_of(
        broker,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES,
        request_timeout_ms=REQUEST_MS,
    )


@asynccontextmanager
async def looker(settings: Settings) -> AsyncIterator[Looker]:
    """Connect to Kafka and Redis for looking. Raises BrokerAway, and TopicsDiffer where a topic is missing."""
    broker, groups = settings.kafka, groups_of(settings)
    store = open_store(settings.redis, prefix=settings.prefix)
    consumer = onlooker(broker)
    try:
        async with admin_of(broker) as admin:
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
