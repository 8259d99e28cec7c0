"""Workers that die, sleep, come and go."""

import asyncio
import signal

from features.store.redis import RedisStore
from stream.exits import OK, STALLED
from tests.support.counting import Outcome, outcome, until_worked
from tests.support.shop import Shop
from tests.support.worker_process import DIES_UNPUBLISHED
from tests.support.workers import SHUTDOWN_S, Crew, started

TAKEN_OVER_S = 5
TAKEN_OVER_DEAD_S = 12  # its session of 6 s, twice
STALL_S = 12


async def test_without_any_fault_every_event_counts_once_and_is_answered_once(shop: Shop, crew: Crew, store: RedisStore):
    await started(crew.worker())
    async with shop.trading():
        await shop.has_sent(600)
    await until_worked(shop, store)
    assert await outcome(shop, store) == Outcome()


async def test_a_killed_worker_is_taken_over_and_every_event_counts_once(shop: Shop, crew: Crew, store: RedisStore):
    # given two workers that share a load
    killed, survivor = crew.worker(), crew.worker()
    await started(killed, survivor)
    async with shop.trading():
        await shop.has_sent(600)
        # when one is killed in the middle of it
        killed.kill9()
        await asyncio.to_thread(survivor.wait_for_partitions, 4, within_s=TAKEN_OVER_DEAD_S)
        await shop.has_sent(300)
    # then nothing is missing or doubled, and what was published twice is the same
    await until_worked(shop, store)
    assert (await outcome(shop, store)).but_for_repeats() == Outcome()


async def test_what_was_committed_and_not_published_is_published_by_the_next_owner(shop: Shop, crew: Crew, store: RedisStore):
    # given a worker that dies with its fourth sending, between commit and publishing
    dying, next_owner = crew.worker("die_before_sending", "4"), crew.worker()
    await started(dying)
    async with shop.trading():
        assert await asyncio.to_thread(dying.ended, 30) == DIES_UNPUBLISHED
        # then what it had committed stands in the outboxes
        assert [number for number in range(4) if (await store.outbox(number))[1]]
        # and when another takes over, it is published, and everything counts once
        await started(next_owner)
    # (with the chunks before it, where they stood yet, the same)
    await until_worked(shop, store)
    assert (await outcome(shop, store)).but_for_repeats() == Outcome()


async def test_a_worker_that_slept_through_its_session_changes_nothing_when_it_wakes(shop: Shop, crew: Crew, store: RedisStore):
    # given two workers that share a load
    sleeper, awake = crew.worker(), crew.worker()
    await started(sleeper, awake)
    async with shop.trading():
        await shop.has_sent(600)
        # when one sleeps until the other has its partitions, and wakes in the middle of what it was doing
        sleeper.pause()
        await asyncio.to_thread(awake.wait_for_partitions, 4)
        await shop.has_sent(300)
        sleeper.resume()
        # then it becomes a member again
        await asyncio.to_thread(awake.wait_for_partitions, 2)
        await asyncio.to_thread(sleeper.wait_for_partitions, 2)
        await shop.has_sent(300)
    # and nothing is missing or doubled, and what was published twice is the same
    await until_worked(shop, store)
    assert (await outcome(shop, store)).but_for_repeats() == Outcome()


async def test_a_worker_that_joins_under_load_takes_its_share_and_one_that_leaves_gives_it_back(shop: Shop, crew: Crew, store: RedisStore):
    first, joining = crew.worker(), crew.worker()
    await started(first)
    async with shop.trading():
        await shop.has_sent(300)
        await started(joining)
        await asyncio.to_thread(first.wait_for_partitions, 2)
        await asyncio.to_thread(joining.wait_for_partitions, 2)
        await shop.has_sent(300)
        # when the first is told to end, then the other has everything as soon as it hears of it
        first.tell(signal.SIGTERM)
        await asyncio.to_thread(joining.wait_for_partitions, 4, within_s=TAKEN_OVER_S)
        assert await asyncio.to_thread(first.ended, SHUTDOWN_S) == OK
        await shop.has_sent(300)
    await until_worked(shop, store)
    assert (await outcome(shop, store)).but_for_repeats() == Outcome()


async def test_a_worker_that_kafka_put_out_for_being_slow_ends_by_itself_and_its_restart_goes_on(shop: Shop, crew: Crew, store: RedisStore):
    # given a worker that works on one fetch for longer than a member may go without a poll: Faust never joins again by itself
    slow = crew.worker("oversleep", "20", TSUIDE_STALL_S=str(STALL_S))
    await started(slow)
    async with shop.trading(per_second=100):
        # then its watchdog ends it, after its sleep of 8 s and the time that it is given
        assert await asyncio.to_thread(slow.ended, 60) == STALLED
        assert "slept" in slow.said
        # when the supervisor starts it again
        await started(crew.worker())
        await shop.has_sent(100)
    await until_worked(shop, store)
    assert (await outcome(shop, store)).but_for_repeats() == Outcome()
