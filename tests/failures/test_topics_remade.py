"""Topics that were deleted and made anew: offsets begin again, and what was handled of the old log says nothing of the new one."""

import asyncio
import re

from features.store.redis import RedisStore, open_store
from stream.contracts.topics import CLICKSTREAM, TRAINING
from stream.exits import TOPIC_REMADE
from stream.transport.remade import DERIVED
from tests.support.counting import Outcome, outcome, until_worked
from tests.support.shop import Shop
from tests.support.topics import make_topics
from tests.support.training import everything_learnt
from tests.support.waiting import until
from tests.support.workers import Crew, Worker, started

ANOTHER = r"ends at \d+, and another log of its name was handled up to \d+.*"
OF_CLICKS = re.compile(rf"shop\.clickstream\.v1:\d {ANOTHER} a TSUIDE_PREFIX that was never used")
OF_TRAINING = re.compile(rf"tsuide\.training\.v1:0 {ANOTHER} --topic tsuide\.models\.v1")


async def make_clickstream_anew(shop: Shop) -> None:
    await make_topics(shop.bootstrap, only=[CLICKSTREAM])
    await shop.connect()
    shop.sent = [one for one in shop.sent if one.topic != CLICKSTREAM]


def said_what_to_do(worker: Worker) -> bool:
    return OF_CLICKS.search(worker.said) is not None


async def test_made_anew_while_nobody_read_ends_the_next_worker_which_says_what_to_run_and_that_mends_it(
    shop: Shop, crew: Crew, store: RedisStore
):
    # given 300 events that were handled, then a new clickstream with fewer: that its logs are too short is told by any Kafka
    first = crew.worker()
    await started(first)
    async with shop.trading():
        await shop.has_sent(300)
    await until_worked(shop, store)
    await asyncio.to_thread(first.terminate)
    await make_clickstream_anew(shop)
    async with shop.trading():
        await shop.has_sent(60)
    # when a worker begins, then it ends by itself and says of which partition how far it goes and what to run
    again = crew.worker().launch()
    assert await asyncio.to_thread(again.ended, 60) == TOPIC_REMADE
    assert said_what_to_do(again)
    # when that is done, then everything that is there counts once and is answered
    await make_topics(shop.bootstrap, only=DERIVED)
    await shop.connect()
    await shop.remember()
    prefix = f"{crew.prefix}-anew"
    await started(crew.worker(TSUIDE_PREFIX=prefix))
    anew = open_store(crew.environ["REDIS_URL"], prefix=prefix)
    await until_worked(shop, anew)
    assert await outcome(shop, anew) == Outcome()
    await anew.aclose()


async def test_made_anew_under_a_worker_ends_it_before_it_passes_anything_over(shop: Shop, crew: Crew, store: RedisStore):
    worker = crew.worker()
    await started(worker)
    async with shop.trading():
        await shop.has_sent(300)
    await until_worked(shop, store)
    before = {number: (await store.outbox(number))[0] for number in range(shop.partitions)}
    # when the topic goes and comes back under its hands, and soon holds more than before
    await make_clickstream_anew(shop)
    async with shop.trading():
        await shop.has_sent(600)
        assert await asyncio.to_thread(worker.ended, 60) == TOPIC_REMADE
    assert said_what_to_do(worker)
    # then of the new clickstream nothing counts as handled
    after = {number: (await store.outbox(number))[0] for number in range(shop.partitions)}
    assert [fence.watermarks[CLICKSTREAM] for fence in after.values()] == [fence.watermarks[CLICKSTREAM] for fence in before.values()]


async def test_training_made_anew_ends_the_trainer_which_says_what_to_run(shop: Shop, crew: Crew, store: RedisStore):
    # given a trainer that has published what it learnt
    await started(crew.worker())
    trainer = crew.trainer().launch()
    async with shop.trading():
        await shop.has_sent(600)
    await until_worked(shop, store)
    await until(lambda: everything_learnt(shop.bootstrap), what="a model of all examples")
    await asyncio.to_thread(trainer.terminate)
    await make_topics(shop.bootstrap, only=[TRAINING])
    # when it begins on a topic without a record
    again = crew.trainer().launch()
    assert await asyncio.to_thread(again.ended, 60) == TOPIC_REMADE
    assert OF_TRAINING.search(again.log.read_text())
