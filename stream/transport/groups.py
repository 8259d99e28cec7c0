"""A consumer group as Kafka knows it: who reads, and what was committed."""

import asyncio
import time

from aiokafka.admin import AIOKafkaAdminClient  # type: ignore[import-untyped]
from aiokafka.errors import (  # type: ignore[import-untyped]
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
    for_code,
)
from msgspec import Struct

from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition

COORDINATOR_S = 10.0
ASK_AGAIN_S = 0.2
NOT_YET = (GroupCoordinatorNotAvailableError, GroupLoadInProgressError, NotCoordinatorForGroupError)


class Group(Struct, frozen=True):
    """A consumer group: Kafka's word for its state, how many members it has, and the next offsets that they committed.

    A partition for which nothing was ever committed is absent from `committed`.
    """

    state: str
    members: int
    committed: Offsets


async def find_group(admin: AIOKafkaAdminClient, name: str) -> Group:
    """Return how the group stands; one that never was is `Dead`, without members.

    Waits up to ten seconds until Kafka knows groups: a new cluster makes its topic for them when it is first asked, and one that
    comes back reads it first. Raises KafkaError, at once where the broker cannot be reached.
    """
    deadline = time.monotonic() + COORDINATOR_S
    while True:
        try:
            return await _group(admin, name)
        except NOT_YET:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(ASK_AGAIN_S)


async def _group(admin: AIOKafkaAdminClient, name: str) -> Group:
    """Describe before the offsets are asked for: a coordinator that still reads its topic answers those with none at all."""
    [answer] = await admin.describe_consumer_groups([name])
    error, _, state, _, _, members, *_ = answer.groups[0]
    if error:
        raise for_code(error)(f"group {name}")
    found = await admin.list_consumer_group_offsets(name)
    committed = {TopicPartition(*at): there.offset for at, there in found.items() if there.offset >= 0}
    return Group(state or "Dead", len(members), committed)
