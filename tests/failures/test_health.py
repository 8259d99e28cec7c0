"""What probes are told while a server is away, and after it came back."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.operations import SETTING, Operations
from tests.support.servers import KafkaBroker, RedisServer
from tests.support.shop import Shop
from tests.support.topics import PARTITIONS
from tests.support.workers import Crew, started


@pytest.fixture
def crew(broker: KafkaBroker, redis: RedisServer, tmp_path: Path) -> Iterator[Crew]:
    """Workers on both."""
    crew = Crew(tmp_path / "crew", broker.bootstrap, redis.url, name=f"health-{broker.port}", partitions=PARTITIONS)
    yield crew
    crew.end()


async def test_a_worker_is_not_ready_but_alive_while_redis_or_kafka_is_away_and_says_which(
    broker: KafkaBroker, redis: RedisServer, crew: Crew
):
    shop = Shop(broker.bootstrap)
    await shop.open()
    worker = crew.worker(**SETTING)
    await started(worker)
    ops = await Operations.of(worker)
    await ops.until_ready(200, "ok")
    # when Redis dies, though nothing is to be done
    redis.kill9()
    await ops.until_ready(503, "unready", "Redis does not answer")
    # and somebody looks at something
    await shop.tell(shop.an_event(shop.customers[0], shop.items[0]))
    await ops.until_ready(503, "unready", "waits for the store")
    found = await ops.metrics()
    assert found["tsuide_waiting"] == {("store",): 1, ("broker",): 0}
    assert found["tsuide_failed_calls_total"][("store",)] > 0
    assert found["tsuide_ready"] == {(): 0}  # a scrape says what a probe is told
    # and Redis comes back
    await asyncio.to_thread(redis.start)
    await ops.until_ready(200, "ok")
    found = await ops.until_told(lambda told: told["tsuide_suggestions_total"] == {(): 1}, "the answer")
    assert found["tsuide_ready"] == {(): 1}
    # when it only stands still, and the broker dies
    redis.pause()
    await ops.until_ready(503, "unready", "Redis has not answered within 2 s")
    redis.resume()
    await ops.until_ready(200, "ok")
    await shop.close()
    broker.kill9()
    await ops.until_ready(503, "unready", "Kafka")
    assert await ops.live() == 200
    await asyncio.to_thread(broker.start)
    await ops.until_ready(200, "ok")
