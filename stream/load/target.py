"""The cluster that a load is to go to: how large it is, who reads there, and whether it is a shop's own."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from msgspec import Struct

from stream.connection.clients import consumer_of
from stream.connection.kafka import Broker
from stream.contracts.topics import INPUTS, SUGGESTIONS
from stream.engine.positions import Offsets
from stream.errors import BrokerAway, StreamError, TopicsDiffer
from stream.load.renaming import KEY_ID, is_of_a_load
from stream.transport.groups import Group, find_group
from stream.transport.topics import REQUEST_MS, admin_of, find

LOOK_S = 3.0  # a record that cannot be read within this counts as somebody else's


class LiveCluster(StreamError):
    """The input topics hold what no load has written, and nobody has said that this is well."""


class NobodyReads(StreamError):
    """No worker is a member of the group, so that nothing would be answered."""


class Target(Struct, frozen=True):
    """A cluster that a load may go to. `partitions`: of every input topic."""

    broker: Broker
    group: str
    partitions: int


async def find_target(broker: Broker, group: str, *, live: bool) -> Target:
    """Look at the cluster, write nothing, and return what a load needs to know of it.

    Without `live` the first and the last record of every partition of the input topics must be a load's.

    Raises:
        BrokerAway: Kafka does not answer.
        TopicsDiffer: topics are missing, or the inputs have different numbers of partitions.
        LiveCluster: they hold somebody else's records, and `live` was not said.
        NobodyReads: the group has no member.
    """
    found = await find(broker, [*INPUTS, SUGGESTIONS])
    missing = [name for name in (*INPUTS, SUGGESTIONS) if name not in found]
    if missing:
        raise TopicsDiffer(f"the broker has no topic {missing[0]}: run `tsuide topics create`")
    counts = {name: found[name].partitions for name in INPUTS}
    if len(set(counts.values())) > 1:
        raise TopicsDiffer(f"the input topics differ in their partitions ({counts}): run `tsuide topics check`")
    if not live:
        await _refuse_others(broker, counts)
    if (await group_at(broker, group)).members == 0:
        raise NobodyReads(f"nobody reads as group {group}: start a worker, or set TSUIDE_GROUP to the group that is to be loaded.")
    return Target(broker, group, counts[INPUTS[0]])


async def group_at(broker: Broker, name: str) -> Group:
    """Return how the group stands. Raises BrokerAway."""
    async with admin_of(broker) as admin:
        return await find_group(admin, name)


def not_handled(sent_to: Offsets, committed: Offsets) -> int:
    """Return how many records lie between what was committed and what was sent, partition by partition."""
    return sum(max(0, end - committed.get(at, 0)) for at, end in sent_to.items())


async def _refuse_others(broker: Broker, counts: Mapping[str, int]) -> None:
    consumer = consumer_of(broker, group_id=None, request_timeout_ms=REQUEST_MS)
    partitions = [KafkaPartition(topic, number) for topic, count in counts.items() for number in range(count)]
    try:
        await consumer.start()
        consumer.assign(partitions)
        first, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        for at in partitions:
            for offset in {first[at], ends[at] - 1} if ends[at] > first[at] else ():
                key = await _key(consumer, at, offset)
                if not is_of_a_load(key):
                    raise LiveCluster(
                        f"{at.topic} holds records of others ({ends[at] - first[at]:,} in partition {at.partition}): this looks like a "
                        f"shop's own cluster. A load's customers are apart ({KEY_ID}:...) and no profile of the shop is touched, but the "
                        "shared memory and the ranker learn from them as from anybody. If that is well, say --live."
                    )
    except KafkaError as fault:
        raise BrokerAway(f"Kafka at {broker} does not answer: {fault or type(fault).__name__}.") from fault
    finally:
        await consumer.stop()


async def _key(consumer: AIOKafkaConsumer, at: KafkaPartition, offset: int) -> bytes | None:
    consumer.seek(at, offset)
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_S):
            return (await consumer.getone(at)).key  # type: ignore[no-any-return]
    return None
