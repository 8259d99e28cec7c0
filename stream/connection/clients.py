"""Kafka's clients as the connection says: with its security, and with the suffix that its topics have on the broker.

A suffix is put on as a name goes out and taken off as it comes in, here and in the group consumer of `stream.transport`. Everything else
knows the plain names, so that a replay among topics of its own works by the same code, and names its records as live does.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition  # type: ignore[import-untyped]
from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # type: ignore[import-untyped]
from aiokafka.admin.config_resource import ConfigResource  # type: ignore[import-untyped]
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]

from stream.connection.kafka import Broker, arguments, suffix_of


def consumer_of(at: Broker, **settings: Any) -> AIOKafkaConsumer:
    """Return a consumer that is not started; aiokafka's own `settings`. Raises SettingsError for certificates that cannot be read."""
    suffix = suffix_of(at)
    return _Consumer(suffix, **arguments(at), **settings) if suffix else AIOKafkaConsumer(**arguments(at), **settings)


def producer_of(at: Broker, **settings: Any) -> AIOKafkaProducer:
    """Return a producer that is not started, as `consumer_of` does."""
    return suffixed_producer(suffix_of(at), **arguments(at), **settings)


def suffixed_producer(suffix: str, **settings: Any) -> AIOKafkaProducer:
    """Return a producer of topics that have this suffix; `settings` say where the broker is, too."""
    return _Producer(suffix, **settings) if suffix else AIOKafkaProducer(**settings)


def admin_client_of(at: Broker, **settings: Any) -> AIOKafkaAdminClient:
    """Return an admin client that is not started, as `consumer_of` does."""
    suffix = suffix_of(at)
    return _Admin(suffix, **arguments(at), **settings) if suffix else AIOKafkaAdminClient(**arguments(at), **settings)


class _Consumer(AIOKafkaConsumer):  # type: ignore[misc]
    """A consumer without a group's assignment: partitions are named by `assign`."""

    def __init__(self, suffix: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._suffix = suffix

    def _there(self, at: TopicPartition) -> TopicPartition:
        return TopicPartition(at.topic + self._suffix, at.partition)

    def _here(self, at: TopicPartition) -> TopicPartition:
        return TopicPartition(at.topic.removesuffix(self._suffix), at.partition)

    def assign(self, partitions: Iterable[TopicPartition]) -> None:
        super().assign([self._there(at) for at in partitions])

    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset(self._here(at) for at in super().assignment())

    def seek(self, partition: TopicPartition, offset: int) -> None:
        super().seek(self._there(partition), offset)

    async def seek_to_end(self, *partitions: TopicPartition) -> bool:
        return bool(await super().seek_to_end(*map(self._there, partitions)))

    async def position(self, partition: TopicPartition) -> int:
        return int(await super().position(self._there(partition)))

    def highwater(self, partition: TopicPartition) -> int | None:
        end: int | None = super().highwater(self._there(partition))
        return end

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None:
        at_ms: int | None = super().last_poll_timestamp(self._there(partition))
        return at_ms

    async def beginning_offsets(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return self._back(await super().beginning_offsets([self._there(at) for at in partitions]))

    async def end_offsets(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return self._back(await super().end_offsets([self._there(at) for at in partitions]))

    async def offsets_for_times(self, timestamps: Mapping[TopicPartition, int]) -> dict[TopicPartition, Any]:
        return self._back(await super().offsets_for_times({self._there(at): ms for at, ms in timestamps.items()}))

    async def commit(self, offsets: Mapping[TopicPartition, Any] | None = None) -> None:
        await super().commit(None if offsets is None else {self._there(at): offset for at, offset in offsets.items()})

    async def getone(self, *partitions: TopicPartition) -> ConsumerRecord:
        return self._named(await super().getone(*map(self._there, partitions)))

    async def getmany(self, *partitions: TopicPartition, **how: Any) -> dict[TopicPartition, list[ConsumerRecord]]:
        fetched = await super().getmany(*map(self._there, partitions), **how)
        return {self._here(at): [self._named(record) for record in records] for at, records in fetched.items()}

    def _named(self, record: ConsumerRecord) -> ConsumerRecord:
        return replace(record, topic=record.topic.removesuffix(self._suffix))

    def _back(self, found: Mapping[TopicPartition, Any]) -> dict[TopicPartition, Any]:
        return {self._here(at): what for at, what in found.items()}


class _Producer(AIOKafkaProducer):  # type: ignore[misc]
    def __init__(self, suffix: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._suffix = suffix

    async def send(self, topic: str, *args: Any, **what: Any) -> asyncio.Future[Any]:
        return self._named(await super().send(topic + self._suffix, *args, **what))

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> asyncio.Future[Any]:
        return self._named(await super().send_batch(batch, topic + self._suffix, partition=partition))

    def _named(self, acknowledged: asyncio.Future[Any]) -> asyncio.Future[Any]:
        """Return a future of the same outcome, where the topic has its plain name."""
        named: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def pass_on(done: asyncio.Future[Any]) -> None:
            if named.done():
                return
            if done.cancelled():
                named.cancel()
            elif (fault := done.exception()) is not None:
                named.set_exception(fault)
            else:
                stands = done.result()
                topic = stands.topic.removesuffix(self._suffix)
                named.set_result(stands._replace(topic=topic, topic_partition=TopicPartition(topic, stands.partition)))

        acknowledged.add_done_callback(pass_on)
        return named


class _Admin(AIOKafkaAdminClient):  # type: ignore[misc]
    """An admin client to which only the topics with the suffix exist."""

    def __init__(self, suffix: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._suffix = suffix

    async def create_topics(self, new_topics: Iterable[NewTopic], *args: Any, **how: Any) -> Any:
        named = [
            NewTopic(one.name + self._suffix, one.num_partitions, one.replication_factor, one.replica_assignments, one.topic_configs)
            for one in new_topics
        ]
        answer = await super().create_topics(named, *args, **how)
        answer.topic_errors = [(name.removesuffix(self._suffix), *words) for name, *words in answer.topic_errors]
        return answer

    async def delete_topics(self, topics: Iterable[str], *args: Any, **how: Any) -> Any:
        return await super().delete_topics([name + self._suffix for name in topics], *args, **how)

    async def list_topics(self) -> list[str]:
        return [name.removesuffix(self._suffix) for name in await super().list_topics() if name.endswith(self._suffix)]

    async def describe_topics(self, topics: Iterable[str] | None = None) -> list[Any]:
        described = await super().describe_topics(None if topics is None else [name + self._suffix for name in topics])
        return [one | {"topic": one["topic"].removesuffix(self._suffix)} for one in described]

    async def describe_configs(self, config_resources: Iterable[ConfigResource], *args: Any, **how: Any) -> list[Any]:
        named = [ConfigResource(one.resource_type, one.name + self._suffix, one.configs) for one in config_resources]
        answers = await super().describe_configs(named, *args, **how)
        for answer in answers:
            answer.resources = [(*one[:3], one[3].removesuffix(self._suffix), *one[4:]) for one in answer.resources]
        return list(answers)

    async def list_consumer_group_offsets(self, *args: Any, **how: Any) -> dict[TopicPartition, Any]:
        found = await super().list_consumer_group_offsets(*args, **how)
        return {TopicPartition(at.topic.removesuffix(self._suffix), at.partition): what for at, what in found.items()}
