"""The fixtures of these tests, as pytest finds them."""

from collections.abc import Callable

import pytest

from tests.support.floor import crew, shop, store
from tests.support.servers import KafkaBroker, RedisServer

__all__ = ["broker", "crew", "redis", "shop", "store"]


@pytest.fixture
def redis(redis_server: Callable[[], RedisServer]) -> RedisServer:
    """A Redis of the test's own."""
    return redis_server()


@pytest.fixture
def broker(kafka_broker: Callable[[], KafkaBroker]) -> KafkaBroker:
    """A Kafka of the test's own."""
    return kafka_broker()
