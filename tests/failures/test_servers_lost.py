"""Redis and Kafka that die and come back, with all they knew or with less."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from features.store.redis import RedisStore
from tests.support.counting import Outcome, outcome, until_worked
from tests.support.servers import KafkaBroker, RedisServer
from tests.support.shop import Shop
from tests.support.topics import PARTITIONS
from tests.support.workers import Crew, started


class TestRedis:
    @pytest.fixture
    def crew(self, kafka: str, redis: RedisServer, tmp_path: Path) -> Iterator[Crew]:
        crew = Crew(tmp_path / "crew", kafka, redis.url, name=f"redis-{redis.port}", partitions=PARTITIONS)
        yield crew
        crew.end()

    async def test_that_was_killed_and_started_again_is_waited_for(self, shop: Shop, crew: Crew, store: RedisStore, redis: RedisServer):
        await started(crew.worker())
        async with shop.trading():
            await shop.has_sent(300)
            redis.kill9()
            await shop.has_sent(300)
            await asyncio.to_thread(redis.start)
            await shop.has_sent(300)
        await until_worked(shop, store)
        # then everything counts once; a last write that was held back while the disk was busy comes again, perhaps with other content
        found = await outcome(shop, store)
        assert (found.miscounted, found.unanswered, found.unasked) == ({}, set(), set())

    async def test_that_lost_its_newest_writes_is_brought_up_again(self, shop: Shop, crew: Crew, store: RedisStore, redis: RedisServer):
        await started(crew.worker())
        async with shop.trading():
            await shop.has_sent(900)
            # when Redis dies and comes back without the newest half of what it was told
            redis.kill9()
            redis.truncate_aof(redis.aof.stat().st_size // 2)
            await asyncio.to_thread(redis.start)
            await shop.has_sent(300)
        await until_worked(shop, store)
        found = await outcome(shop, store)
        # then the inputs were worked again from there, so that suggestions came a second time, perhaps with other content
        assert found.repeated > 0
        assert (found.miscounted, found.unanswered, found.unasked) == ({}, set(), set())


class TestKafka:
    @pytest.fixture
    async def shop(self, broker: KafkaBroker) -> AsyncIterator[Shop]:
        shop = Shop(broker.bootstrap)
        await shop.open()
        yield shop
        await shop.close()

    @pytest.fixture
    def crew(self, broker: KafkaBroker, redis_url: str, tmp_path: Path) -> Iterator[Crew]:
        crew = Crew(tmp_path / "crew", broker.bootstrap, redis_url, name=f"kafka-{broker.port}", partitions=PARTITIONS)
        yield crew
        crew.end()

    async def test_that_was_killed_and_started_again_is_waited_for(self, shop: Shop, crew: Crew, store: RedisStore, broker: KafkaBroker):
        worker = crew.worker()
        await started(worker)
        async with shop.trading():
            await shop.has_sent(600)
            await asyncio.to_thread(broker.restart)
            await shop.has_sent(600)
        await until_worked(shop, store)
        assert (await outcome(shop, store)).but_for_repeats() == Outcome()
        assert worker.running
