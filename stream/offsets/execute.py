"""Carries a plan out: Redis first, which workers go by, then Kafka, which every other tool goes by.

Killed anywhere, the same command run again finishes it, and nothing is counted twice meanwhile. Before Redis is written, workers go on
as before. Between the two they go on where they were sent, and tell Kafka so by themselves. With `fresh` profiles go before the fence
moves: a worker started in between goes on where it stood, with profiles that lack what is gone, until the command is run again.
"""

from collections.abc import Mapping

from aiokafka import TopicPartition as KafkaPartition  # type: ignore[import-untyped]
from aiokafka.errors import CommitFailedError, UnknownMemberIdError  # type: ignore[import-untyped]

from features.store.port import Commit, Fence, Store
from stream.connection.clients import consumer_of
from stream.connection.kafka import Broker
from stream.engine.positions import Offsets
from stream.offsets.errors import GroupIsRead, NotMoved, WrittenMeanwhile
from stream.offsets.plan import Plan, Step, moved, targets
from stream.transport.groups import Group, find_group
from stream.transport.topics import REQUEST_MS, admin_of


async def execute(plan: Plan, store: Store, broker: Broker) -> None:
    """Move fences and offsets to where the plan says.

    Raises:
        NotMoved: the plan has obstacles.
        GroupIsRead: the group has members.
        WrittenMeanwhile: a fence is not the one that was planned with.
        BrokerAway, StoreAway: Kafka or Redis does not answer; run it again.
    """
    if plan.obstacles:
        raise NotMoved(plan.obstacles[0])
    async with admin_of(broker) as admin:
        _refuse_members(plan.group, await find_group(admin, plan.group))
    await write_store(plan, store)
    offsets = targets(step for step in plan.steps if step.committed != step.target)
    if offsets:
        await tell_kafka(broker, plan.group, offsets)


def _refuse_members(group: str, found: Group) -> None:
    if found.members:
        raise GroupIsRead(
            f"somebody reads in group {group} (members: {found.members}): end every worker of it, wait until they have left, run it again"
        )


async def write_store(plan: Plan, store: Store) -> None:
    """Write the fences, each under a new epoch, so that a worker that slept through it is refused.

    Raises WrittenMeanwhile, and StoreAway.
    """
    fences = {number: found.fence for number, found in plan.numbers.items()}
    if plan.fresh:
        fences = await _shut_out(store, fences)
        _refuse(await store.forget_profiles(fences))
    commits = []
    for number, fence in fences.items():
        steps = plan.of(number)
        after = moved(fence, steps)
        if plan.fresh or after.watermarks != fence.watermarks:
            passed = [address for address in await store.crashes(number) if plan.fresh or _is_passed(address, steps)]
            commits.append(Commit(number, fence, after, profiles={}, outbox=b"", crashes_cleared=passed))
    _refuse(await store.commit(commits))


async def _shut_out(store: Store, fences: Mapping[int, Fence]) -> dict[int, Fence]:
    """Let nobody write who believes in these fences, before the first profile goes; returns those that stand then."""
    after = {number: moved(fence, ()) for number, fence in fences.items()}
    _refuse(await store.commit([Commit(number, fence, after[number], profiles={}, outbox=b"") for number, fence in fences.items()]))
    return after


def _is_passed(address: str, steps: list[Step]) -> bool:
    """Return whether the record at `topic:offset`, which ended processes, lies before where its topic is to stand."""
    topic, _, offset = address.rpartition(":")
    return any(step.topic == topic and int(offset) < step.target for step in steps)


def _refuse(refused: Mapping[int, Fence]) -> None:
    if refused:
        numbers = ", ".join(map(str, sorted(refused)))
        raise WrittenMeanwhile(f"somebody has written to partition {numbers} meanwhile: end every worker of the group, and run this again")


async def tell_kafka(broker: Broker, group: str, offsets: Offsets) -> None:
    """Commit offsets for a group that nobody is a member of. Raises GroupIsRead, and BrokerAway."""
    wanted = {KafkaPartition(*at): offset for at, offset in offsets.items()}
    async with admin_of(broker):  # says why the broker refuses
        consumer = consumer_of(broker, group_id=group, enable_auto_commit=False, request_timeout_ms=REQUEST_MS)
        try:
            await consumer.start()
            consumer.assign(list(wanted))
            await consumer.commit(wanted)
        except (CommitFailedError, UnknownMemberIdError) as joined:
            raise GroupIsRead(
                f"somebody has joined group {group} just now. Redis says where to go on, and workers keep to that, so all is well"
            ) from joined
        finally:
            await consumer.stop()
