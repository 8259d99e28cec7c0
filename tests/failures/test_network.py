"""A network that swallows everything between a worker and Kafka, while another worker is well."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from features.store.redis import RedisStore
from tests.support.counting import Outcome, outcome, until_worked
from tests.support.proxy import Proxy
from tests.support.servers import KafkaBroker, free_port
from tests.support.shop import Shop
from tests.support.topics import PARTITIONS
from tests.support.workers import Crew, started

CUT_S = 30
TAKEN_OVER_S = 12
BACK_S = 30


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[KafkaBroker]:
    """A Kafka that has a second way to it."""
    with KafkaBroker(tmp_path / "kafka", proxy_port=free_port()) as broker:
        yield broker


@pytest.fixture
async def way(broker: KafkaBroker) -> AsyncIterator[Proxy]:
    """The second way."""
    assert broker.proxy_port is not None
    async with Proxy(broker.proxy_port, broker.proxied_port) as proxy:
        yield proxy


@pytest.fixture
async def shop(broker: KafkaBroker) -> AsyncIterator[Shop]:
    """A shop on the first way."""
    shop = Shop(broker.bootstrap)
    await shop.open()
    yield shop
    await shop.close()


@pytest.fixture
def crew(broker: KafkaBroker, redis_url: str, tmp_path: Path) -> Iterator[Crew]:
    """Workers on the first way, unless told otherwise."""
    crew = Crew(tmp_path / "crew", broker.bootstrap, redis_url, name=f"network-{broker.port}", partitions=PARTITIONS)
    yield crew
    crew.end()


async def test_a_worker_that_is_cut_off_for_30_s_is_taken_over_in_12_s_and_comes_back(
    shop: Shop, crew: Crew, store: RedisStore, way: Proxy
):
    far, near = crew.worker(KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{way.port}"), crew.worker()
    await started(far, near)
    async with shop.trading():
        await shop.has_sent(300)
        way.swallow()
        mended = asyncio.get_running_loop().call_later(CUT_S, way.mend)
        await asyncio.to_thread(near.wait_for_partitions, 4, within_s=TAKEN_OVER_S)
        await shop.has_sent(300)
        # when it can be reached again, then it is a member again, and both do their part
        await asyncio.sleep(mended.when() - asyncio.get_running_loop().time())
        await asyncio.to_thread(near.wait_for_partitions, 2, within_s=BACK_S)
        await asyncio.to_thread(far.wait_for_partitions, 2, within_s=BACK_S)
        await shop.has_sent(300)
    await until_worked(shop, store)
    assert (await outcome(shop, store)).but_for_repeats() == Outcome()
    assert far.running
