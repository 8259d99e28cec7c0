"""The servers of the tests in one place, and the topics on them."""

from tests.support.kafka_broker import KafkaBroker, why_no_kafka
from tests.support.redis_server import RedisServer, redis_binary
from tests.support.server import Server, ServerDidNotStart, free_port, wait_until
from tests.support.topics import make_topics

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
