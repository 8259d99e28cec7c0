"""How a worker ends when it is told to."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

from features.store.redis import RedisStore
from stream.engine.record import TopicPartition
from stream.exits import OK, SHUTDOWN_TOO_SLOW
from stream.transport.groups import find_group
from stream.transport.topics import admin_of
from tests.support.counting import Outcome, outcome, until_worked
from tests.support.servers import KafkaBroker
from tests.support.shop import Shop
from tests.support.topics import PARTITIONS
from tests.support.workers import SHUTDOWN_S, Crew, started

ENDS_S = 5
MARGIN_S = 10  # for a busy machine, beside the deadline


async def test_told_to_end_under_load_it_ends_in_5_s_with_everything_committed_and_the_next_one_goes_on(
    shop: Shop, crew: Crew, store: RedisStore
):
    ending, next_one = crew.worker(), crew.worker()
    await started(ending)
    async with shop.trading():
        await shop.has_sent(300)
        ending.tell(signal.SIGTERM)
        told_s = time.monotonic()
        assert await asyncio.to_thread(ending.ended, SHUTDOWN_S + MARGIN_S) == OK
        assert time.monotonic() - told_s < ENDS_S
        # then what it began is done: nothing is left to be published, and Kafka knows what Redis knows
        left = {number: await store.outbox(number) for number in range(PARTITIONS)}
        assert [outbox for _, outbox in left.values()] == [b""] * PARTITIONS
        async with admin_of(shop.bootstrap) as admin:
            committed = (await find_group(admin, crew.prefix)).committed
        assert committed == {
            TopicPartition(topic, number): offset for number, (fence, _) in left.items() for topic, offset in fence.watermarks.items()
        }
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
