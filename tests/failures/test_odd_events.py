"""Events that no single record is to blame for: a clock that is wrong, one customer who does everything, letters in thousands."""

from statistics import median

from features.store.redis import RedisStore
from stream.contracts.topics import CLICKSTREAM, DEAD_LETTERS
from tests.support.counting import Outcome, outcome, read_topic, until_worked, waits_ms
from tests.support.shop import Shop
from tests.support.workers import Crew, started

HOUR_MS = 3_600_000
HOT_SHARE = 0.1
NOISE_MS = 250
LETTERS = 100_000
GROWTH_BYTES = 64 * 1_048_576


async def test_a_clock_that_is_set_back_by_an_hour_costs_no_event(shop: Shop, crew: Crew, store: RedisStore):
    await started(crew.worker())
    async with shop.trading():
        await shop.has_sent(300)
        shop.clock_off_ms = -HOUR_MS
        await shop.has_sent(300)
        shop.clock_off_ms = 0
        await shop.has_sent(300)
    await until_worked(shop, store)
    assert await outcome(shop, store) == Outcome()


async def test_a_customer_who_makes_a_tenth_of_all_events_keeps_nobody_waiting(shop: Shop, crew: Crew, store: RedisStore):
    shop.hot_share = HOT_SHARE
    await started(crew.worker())
    async with shop.trading(per_second=150):
        await shop.has_sent(1_500)
    await until_worked(shop, store)
    assert await outcome(shop, store) == Outcome()
    # then the others, in his partition and elsewhere, have their answers as soon as he has his
    waits = await waits_ms(shop.bootstrap)
    hot = waits.pop(shop.customers[0])
    others = [wait for several in waits.values() for wait in several]
    assert len(hot) > HOT_SHARE * len(others) * 0.8
    assert median(others) < 2 * median(hot) + NOISE_MS


async def test_100000_dead_letters_in_a_row_take_no_memory_and_whoever_stands_behind_them_is_served(
    shop: Shop, crew: Crew, store: RedisStore
):
    worker = crew.worker()
    await started(worker)
    async with shop.trading():
        await shop.has_sent(300)
    await until_worked(shop, store)
    before_bytes = worker.memory_bytes
    # when one partition is full of what cannot be read, with good events at its end and elsewhere
    await shop.put_all(CLICKSTREAM, 0, [b"\xff%d" % number for number in range(LETTERS)])
    async with shop.trading():
        await shop.has_sent(300)
    await until_worked(shop, store)
    # then every one of them is a letter, once, and every good event was served
    letters = {record.value for record in await read_topic(shop.bootstrap, DEAD_LETTERS)}
    assert letters == {b"\xff%d" % number for number in range(LETTERS)}
    assert await outcome(shop, store) == Outcome()
    assert worker.memory_bytes - before_bytes < GROWTH_BYTES
