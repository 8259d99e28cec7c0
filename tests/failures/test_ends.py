"""How a worker ends when it is told to."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from features.store.redis import RedisStore
from stream.exits import OK, SHUTDOWN_TOO_SLOW
from tests.support.counting import Outcome, outcome, until_worked
from tests.support.servers import KafkaBroker
from tests.support.shop import Shop
from tests.support.topics import PARTITIONS
from tests.support.workers import SHUTDOWN_S, Crew, started

MARGIN_S = 10  # for a busy machine, beside the deadline


async def test_told_to_end_under_load_it_ends_with_0_and_the_next_one_goes_on(shop: Shop, crew: Crew, store: RedisStore):
    ending, next_one = crew.worker(), crew.worker()
    await started(ending)
    async with shop.trading():
        await shop.has_sent(300)
        ending.tell(signal.SIGTERM)
        assert await asyncio.to_thread(ending.ended, SHUTDOWN_S + MARGIN_S) == OK
        await started(next_one)
    await until_worked(shop, store)
    assert await outcome(shop, store) == Outcome()


async def test_told_to_end_while_the_broker_is_away_it_ends_at_its_deadline(
    kafka_broker: Callable[[], KafkaBroker], redis_url: str, tmp_path: Path
):
    # given a worker at work, and a broker that is no more
    broker = kafka_broker()
    shop = Shop(broker.bootstrap)
    await shop.open()
    crew = Crew(tmp_path / "crew", broker.bootstrap, redis_url, name=f"ends-{broker.port}", partitions=PARTITIONS)
    worker = crew.worker()
    try:
        await started(worker)
        async with shop.trading():
            await shop.has_sent(100)
        await shop.close()
        broker.kill9()
        # when it is told to end, then it does not wait for the broker for ever
        worker.tell(signal.SIGTERM)
        assert await asyncio.to_thread(worker.ended, SHUTDOWN_S + MARGIN_S) == SHUTDOWN_TOO_SLOW
    finally:
        crew.end()
