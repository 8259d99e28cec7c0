"""The servers of the tests in one place, and the topics on them."""

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from stream.contracts.topics import TOPICS
from tests.support.kafka_broker import KafkaBroker, why_no_kafka
from tests.support.redis_server import RedisServer, redis_binary
from tests.support.server import Server, ServerDidNotStart, free_port, wait_until

__all__ = [
    "KafkaBroker",
    "RedisServer",
    "Server",
    "ServerDidNotStart",
    "free_port",
    "make_topics",
    "redis_binary",
    "wait_until",
    "why_no_kafka",
]

PARTITIONS = 4


async def make_topics(bootstrap: str, *, partitions: int = PARTITIONS, prefix: str = "") -> list[str]:
    """Create every topic of the table, empty, and return their names.

    Topics of the same names are deleted first, with their groups' offsets.

    Args:
        bootstrap: `host:port` of the broker.
        partitions: how many the inputs have, and every topic that follows them.
        prefix: put before every name, where tests share a broker and want to keep theirs.
    """
    names = [prefix + topic.name for topic in TOPICS]
    wanted = [
        NewTopic(name, topic.partitions or partitions, 1, topic_configs=topic.config()) for name, topic in zip(names, TOPICS, strict=True)
    ]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        old = sorted(set(names) & set(await admin.list_topics()))
        if old:
            _refuse_errors(await admin.delete_topics(old))
        _refuse_errors(await admin.create_topics(wanted))
    finally:
        await admin.close()
    return names


def _refuse_errors(answer: object) -> None:
    errors = getattr(answer, "topic_errors", None) or getattr(answer, "topic_error_codes", [])
    for name, code, *words in errors:
        if code:
            raise for_code(code)(f"{name}: {' '.join(str(word) for word in words)}")
