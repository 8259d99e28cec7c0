"""A Redis that stands still, is full, or hands over to a replica that knows less."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from features.store.redis import RedisStore, open_store
from tests.support.counting import Outcome, outcome, until_worked
from tests.support.operations import SETTING, Operations
from tests.support.proxy import Proxy
from tests.support.servers import RedisServer, free_port, wait_until
from tests.support.shop import Shop
from tests.support.topics import PARTITIONS
from tests.support.workers import Crew, started

STILL_S = 10  # twice what a call waits for its answer
HEALS_S = 20
ROOM_BYTES = 20_000  # a few commits of profiles


class TestRedis:
    @pytest.fixture
    def crew(self, kafka: str, redis: RedisServer, tmp_path: Path) -> Iterator[Crew]:
        crew = Crew(tmp_path / "crew", kafka, redis.url, name=f"redis-{redis.port}", partitions=PARTITIONS)
        yield crew
        crew.end()

    async def test_that_stands_still_for_10_s_is_waited_for_and_caught_up_with_in_20_s(
        self, shop: Shop, crew: Crew, store: RedisStore, redis: RedisServer
    ):
        await started(crew.worker())
        async with shop.trading():
            await shop.has_sent(300)
            redis.pause()
            await asyncio.sleep(STILL_S)
            redis.resume()
            await shop.has_sent(300)
        await until_worked(shop, store, within_s=HEALS_S)
        assert (await outcome(shop, store)).but_for_repeats() == Outcome()

    async def test_that_is_full_is_waited_for_until_it_has_more_memory_and_readiness_says_so(
        self, shop: Shop, crew: Crew, store: RedisStore, redis: RedisServer
    ):
        worker = crew.worker(**SETTING)
        await started(worker)
        ops = await Operations.of(worker)
        await ops.until_ready(200, "ok")
        # when it has room for a few profiles more, under load
        with Redis(port=redis.port) as administrator:
            used_bytes = int(administrator.info("memory")["used_memory"])
            administrator.config_set("maxmemory", used_bytes + ROOM_BYTES)
            async with shop.trading():
                await ops.until_ready(503, "unready", "waits for the store: ")
                _, _, reasons = await ops.ready()
                assert any("Redis is full (maxmemory, noeviction)" in reason for reason in reasons)
                before = (await ops.metrics())["tsuide_failed_calls_total"]["store",]
                await shop.has_sent(600)
                # then it asks now and then, at least 2 s apart in the end, and does not hammer
                after = (await ops.metrics())["tsuide_failed_calls_total"]["store",]
                assert 0 < after - before < 30
                # and when it is given more, it goes on as if nothing had been
                administrator.config_set("maxmemory", 0)
                await ops.until_ready(200, "ok")
        await until_worked(shop, store, within_s=HEALS_S)
        assert await outcome(shop, store) == Outcome()

    async def test_that_lost_its_newest_writes_is_brought_up_again_also_when_nobody_does_anything_any_more(
        self, shop: Shop, crew: Crew, store: RedisStore, redis: RedisServer
    ):
        await started(crew.worker())
        async with shop.trading():
            await shop.has_sent(300)
        await until_worked(shop, store)
        # when Redis dies and comes back without its newest writes, and no event comes that would show it
        redis.kill9()
        redis.truncate_aof(redis.aof.stat().st_size // 2)
        await asyncio.to_thread(redis.start)
        await until_worked(shop, store, within_s=HEALS_S)
        found = await outcome(shop, store)
        assert found.repeated > 0
        assert (found.miscounted, found.unanswered, found.unasked) == ({}, set(), set())

    async def test_that_was_emptied_is_filled_again_from_what_kafka_still_holds(
        self, shop: Shop, crew: Crew, store: RedisStore, redis: RedisServer
    ):
        await started(crew.worker())
        async with shop.trading():
            await shop.has_sent(300)
            with Redis(port=redis.port) as administrator:
                administrator.flushall()
            await shop.has_sent(300)
        await until_worked(shop, store, within_s=HEALS_S)
        # then every event of the whole log counts once, and was answered a second time, perhaps with other content
        found = await outcome(shop, store)
        assert found.repeated > 0
        assert (found.miscounted, found.unanswered, found.unasked) == ({}, set(), set())


class TestReplica:
    """The workers reach Redis by a name that can lead elsewhere, the replica its primary by a line that can be cut."""

    @pytest.fixture
    async def name(self, redis: RedisServer) -> AsyncIterator[Proxy]:
        async with Proxy(free_port(), redis.port) as proxy:
            yield proxy

    @pytest.fixture
    async def line(self, redis: RedisServer) -> AsyncIterator[Proxy]:
        async with Proxy(free_port(), redis.port) as proxy:
            yield proxy

    @pytest.fixture
    async def replica(self, redis_server: Callable[[], RedisServer], line: Proxy) -> RedisServer:
        replica = redis_server()
        with Redis(port=replica.port) as client:
            await asyncio.to_thread(client.replicaof, "127.0.0.1", line.port)

            def in_step() -> bool:
                return client.info("replication")["master_link_status"] == "up"

            await asyncio.to_thread(wait_until, in_step, within_s=20, what="the replica follows")
        return replica

    @pytest.fixture
    def crew(self, kafka: str, name: Proxy, tmp_path: Path) -> Iterator[Crew]:
        crew = Crew(tmp_path / "crew", kafka, f"redis://127.0.0.1:{name.port}/0", name=f"name-{name.port}", partitions=PARTITIONS)
        yield crew
        crew.end()

    async def test_that_is_behind_and_takes_over_is_brought_up_again_from_kafka_in_20_s(
        self, shop: Shop, crew: Crew, redis: RedisServer, name: Proxy, line: Proxy, replica: RedisServer
    ):
        await started(crew.worker())
        async with shop.trading():
            await shop.has_sent(300)
            # given a replica that hears nothing of the next 300 events
            line.swallow()
            await shop.has_sent(300)
            # when the primary dies and the replica takes over
            redis.kill9()
            with Redis(port=replica.port) as client:
                await asyncio.to_thread(client.replicaof, "NO", "ONE")
            name.lead_to(replica.port)
            await shop.has_sent(300)
        store = open_store(replica.url, prefix=crew.prefix)
        await until_worked(shop, store, within_s=HEALS_S)
        # then what it did not know was worked again: counted once, and published a second time, perhaps with other content
        found = await outcome(shop, store)
        await store.aclose()
        assert found.repeated > 0
        assert (found.miscounted, found.unanswered, found.unasked) == ({}, set(), set())
