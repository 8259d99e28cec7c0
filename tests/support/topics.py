"""The topics of the table on a test's broker, empty and really there."""

import asyncio
import time
from collections.abc import Collection

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code
from aiokafka.protocol.offset import OffsetRequest

from stream.contracts.topics import BY_NAME, TOPICS

PARTITIONS = 4
APPLIED_S = 20
LOOK_AGAIN_S = 0.01
END, READ_UNCOMMITTED, NO_REPLICA = -1, 0, -1  # Kafka's numbers in a request for offsets


async def make_topics(
    bootstrap: str, *, partitions: int = PARTITIONS, prefix: str = "", only: Collection[str] = frozenset(BY_NAME)
) -> list[str]:
    """Create every topic of the table, or only these, empty, and return their names.

    Topics of the same names are deleted first, with their groups' offsets.

    Args:
        bootstrap: `host:port` of the broker.
        partitions: how many the inputs have, and every topic that follows them.
        prefix: put before every name, where tests share a broker and want to keep theirs.
    """
    counts = {prefix + topic.name: topic.partitions or partitions for topic in TOPICS if topic.name in only}
    wanted = [
        NewTopic(prefix + topic.name, counts[prefix + topic.name], 1, topic_configs=topic.config())
        for topic in TOPICS
        if topic.name in only
    ]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        old = {entry["topic"]: len(entry["partitions"]) for entry in await admin.describe_topics() if entry["topic"] in counts}
        if old:
            _refuse_errors(await admin.delete_topics(sorted(old)))
            await _until_ends_are(admin, old, None)
        _refuse_errors(await admin.create_topics(wanted))
        await _until_ends_are(admin, counts, 0)
    finally:
        await admin.close()
    return list(counts)


async def _until_ends_are(admin: AIOKafkaAdminClient, counts: dict[str, int], end: int | None) -> None:
    """Wait until the broker itself has the logs of these topics (`end` 0) or has let go of them (None).

    Its controller answers earlier: for a moment the broker would still write to a log that is about to go.
    """
    asked = [(name, [(partition, END) for partition in range(count)]) for name, count in counts.items()]
    deadline = time.monotonic() + APPLIED_S
    while True:
        answer = await admin._send_request(OffsetRequest(NO_REPLICA, READ_UNCOMMITTED, asked))
        ends = {offset if error == 0 else None for _, answered in answer.topics for _, error, _, offset, *_ in answered}
        if ends == {end}:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {APPLIED_S} s: logs end at {end}, they end at {ends}")
        await asyncio.sleep(LOOK_AGAIN_S)


def _refuse_errors(answer: object) -> None:
    errors = getattr(answer, "topic_errors", None) or getattr(answer, "topic_error_codes", [])
    for name, code, *words in errors:
        if code:
            raise for_code(code)(f"{name}: {' '.join(str(word) for word in words)}")
