"""Topics, group and keys of a replay's own: nothing of the live shop is read as if it were the replay's, or written."""

import re
import time
from collections.abc import Sequence

from msgspec.structs import replace

from features.store.redis import open_store
from stream.contracts.topics import FOR_EVER, INPUTS, TOPICS, Topic
from stream.errors import StreamError
from stream.settings import Settings
from stream.transport.topics import admin_of, create, find

WORD = ".replay."
ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}\Z")
NEVER_DELETED: Sequence[Topic] = [topic if topic.cleanup == "compact" else replace(topic, retention_ms=FOR_EVER) for topic in TOPICS]


class NoSuchReplay(StreamError):
    """There are no topics of this replay, or there are some already."""


def new_id() -> str:
    """Return an id that tells when it was made, in UTC."""
    return time.strftime("%Y%m%d-%H%M%S", time.gmtime())


def apart(here: Settings, replay_id: str) -> Settings:
    """Return the settings of a replay's own workers."""
    own = WORD + replay_id
    return replace(here, topics_suffix=here.topics_suffix + own, group=here.group + own, prefix=here.prefix + own)


def variables(there: Settings) -> dict[str, str]:
    """Return what a process's environment must say beside the live one's, to belong to these settings."""
    return {"TSUIDE_TOPICS_SUFFIX": there.topics_suffix, "TSUIDE_GROUP": there.group, "TSUIDE_PREFIX": there.prefix}


async def make_topics(there: Settings, partitions: int) -> None:
    """Create a replay's topics; nothing is ever deleted from them, because their records are as old as the past that is replayed.

    Raises:
        BrokerAway, RightsMissing: Kafka does not answer, or does not let us.
        NoSuchReplay: they are there already.
    """
    if await find(there.kafka, list(INPUTS)):
        replay_id = there.topics_suffix.rpartition(WORD)[2]
        raise NoSuchReplay(f"There is a replay {replay_id} already: go on with --resume {replay_id}, or choose another --id.")
    await create(there.kafka, partitions, topics=NEVER_DELETED)


async def partitions_there(there: Settings) -> int:
    """Return how many partitions the inputs of this set of topics have. Raises BrokerAway, and NoSuchReplay where there are none."""
    found = await find(there.kafka, list(INPUTS))
    if len(found) < len(INPUTS):
        names = "*" + there.topics_suffix if there.topics_suffix else INPUTS[0]
        raise NoSuchReplay(f"The broker has no topics {names}: see `tsuide replays list`, or run `tsuide topics create`.")
    return min(one.partitions for one in found.values())


async def replays(here: Settings) -> list[str]:
    """Return the ids of all replays that have topics beside these. Raises BrokerAway."""
    async with admin_of(replace(here.kafka, suffix="")) as admin:
        names = await admin.list_topics()
    own = re.compile(re.escape(INPUTS[0] + here.topics_suffix + WORD) + r"([a-z0-9-]+)\Z")
    return sorted(match[1] for name in names if (match := own.match(name)))


async def remove(there: Settings) -> tuple[int, int]:
    """Delete a replay's topics and keys; returns how many topics and keys there were. Its groups end by themselves in Kafka.

    Raises:
        BrokerAway, StoreAway, RightsMissing: a server does not answer, or does not let us.
        NoSuchReplay: there are none.
    """
    found = await find(there.kafka, [topic.name for topic in TOPICS])
    store = open_store(there.redis, prefix=there.prefix)
    try:
        keys = await store.erase()
    finally:
        await store.aclose()
    if not found and not keys:
        raise NoSuchReplay(f"Nothing is there of {there.topics_suffix.rpartition(WORD)[2]}: see `tsuide replays list`.")
    async with admin_of(there.kafka) as admin:
        await admin.delete_topics(list(found))
    return len(found), keys
