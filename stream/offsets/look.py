"""Reads what a plan is made of: group, logs and fences. Writes nothing, and joins no group."""

from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.errors import KafkaTimeoutError  # type: ignore[import-untyped]

from features.store.port import Store
from stream.connection.kafka import Broker
from stream.contracts.topics import CONSENT, INPUTS
from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition
from stream.errors import BrokerAway, TopicsDiffer
from stream.offsets.errors import NoSuchPartition
from stream.offsets.plan import Number, Plan, Stand, plan, step_of
from stream.offsets.targets import At, Earliest, Latest, Listed, Offset, Scope, Target, partitions_in
from stream.ops.lag.look import oldest_ms, onlooker
from stream.transport.groups import Group, find_group
from stream.transport.topics import admin_of, find


async def look(
    broker: Broker, store: Store, group: str, *, target: Target, scope: Scope, fresh: bool, skip_wishes: bool
) -> tuple[Plan, Group]:
    """Return the plan that leads to a target, and how the group stands. Some 100 ms.

    Raises:
        BrokerAway, StoreAway: Kafka or Redis does not answer.
        TopicsDiffer: an input topic is missing.
        NoSuchPartition: the scope or the list names one that is not there.
    """
    counts = await _counts(broker)
    asked = partitions_in(scope, counts)
    async with admin_of(broker) as admin:
        consumer = onlooker(broker)
        try:
            await consumer.start()
            found = await find_group(admin, group)
            numbers = await _numbers(store, range(max(counts.values())))
            stands = await _stands(consumer, counts, found, numbers)
            wanted = await _wanted(consumer, target, {at: stands[at] for at in asked}, counts)
            wishes_from = await _wishes_from(consumer, stands, wanted) if fresh else None
        except KafkaTimeoutError as late:
            raise BrokerAway(f"Kafka does not say where its logs end: look whether each partition has a leader ({late})") from late
        finally:
            await consumer.stop()
    made = plan(group, list(stands.values()), wanted, numbers, fresh=fresh, skip_wishes=skip_wishes, wishes_from=wishes_from)
    return made, found


async def _counts(broker: Broker) -> dict[str, int]:
    found = await find(broker, list(INPUTS))
    if missing := [topic for topic in INPUTS if topic not in found]:
        raise TopicsDiffer(f"the broker has no topic {missing[0]}: run `tsuide topics create`")
    return {topic: found[topic].partitions for topic in INPUTS}


async def _numbers(store: Store, numbers: Sequence[int]) -> dict[int, Number]:
    found = {number: await store.outbox(number) for number in numbers}
    return {number: Number(fence, len(outbox)) for number, (fence, outbox) in found.items()}


async def _stands(
    consumer: AIOKafkaConsumer, counts: Mapping[str, int], group: Group, numbers: Mapping[int, Number]
) -> dict[TopicPartition, Stand]:
    """Return all input partitions; the logs' ends are read last, so that nothing is handled beyond them."""
    parts = [KafkaPartition(topic, number) for topic, count in counts.items() for number in range(count)]
    starts, ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
    return {
        (at := TopicPartition(*part)): Stand(
            at.topic, at.partition, group.committed.get(at), numbers[at.partition].fence.watermarks.get(at.topic), starts[part], ends[part]
        )
        for part in parts
    }


async def _wanted(consumer: AIOKafkaConsumer, target: Target, stands: Mapping[TopicPartition, Stand], counts: Mapping[str, int]) -> Offsets:
    match target:
        case Earliest():
            return {at: stand.log_start for at, stand in stands.items()}
        case Latest():
            return {at: stand.end for at, stand in stands.items()}
        case Offset(offset):
            return dict.fromkeys(stands, offset)
        case At(at_ms):
            return await _first_since(consumer, dict.fromkeys(stands.values(), at_ms))
        case Listed(offsets):
            if beyond := [at for at in offsets if at.partition >= counts[at.topic]]:
                raise NoSuchPartition(f"{beyond[0].topic} has no partition {beyond[0].partition}, which the list names")
            return {at: offset for at, offset in offsets.items() if at in stands}


async def _first_since(consumer: AIOKafkaConsumer, moments_ms: Mapping[Stand, int]) -> Offsets:
    """Return the first record of each partition from its moment on, the log's end where there is none."""
    found = await consumer.offsets_for_times({KafkaPartition(*stand.at): max(0, at_ms) for stand, at_ms in moments_ms.items()})
    firsts = {stand: found.get(KafkaPartition(*stand.at)) for stand in moments_ms}
    return {stand.at: stand.end if first is None else first.offset for stand, first in firsts.items()}


async def _wishes_from(consumer: AIOKafkaConsumer, stands: Mapping[TopicPartition, Stand], wanted: Offsets) -> dict[int, int]:
    """Return for each number the first wish that is not older than the first event that is to be counted."""
    steps = [step_of(stands[at], offset) for at, offset in wanted.items() if at.topic != CONSENT]
    first_ms = await oldest_ms(consumer, {step.at: (step.target, step.end) for step in steps if step.target < step.end})
    begins_ms: dict[int, int] = {}
    for at, at_ms in first_ms.items():
        if at_ms is not None:
            begins_ms[at.partition] = min(at_ms, begins_ms.get(at.partition, at_ms))
    of_wishes = {stands[TopicPartition(CONSENT, number)]: at_ms for number, at_ms in begins_ms.items()}
    found = await _first_since(consumer, of_wishes) if of_wishes else {}
    return {at.partition: offset for at, offset in found.items()}
