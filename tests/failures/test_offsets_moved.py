"""Where the workers go on, moved by hand: into fresh state, over what is skipped, and killed in between."""

import asyncio
import signal
import time
from collections import Counter

import pytest

from features.profile import Profile
from features.store.port import Fence
from features.store.redis import RedisStore
from stream.contracts.topics import CART, CLICKSTREAM
from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition
from stream.exits import FAILED, OK
from stream.transport.groups import find_group
from stream.transport.topics import admin_of
from tests.support.commands import Ended, ended
from tests.support.counting import counts_of, outcome, profiles, until_worked
from tests.support.shop import Shop, customer_named
from tests.support.workers import Crew, started

SOON_S = 30
COMMAND = ("stream.cli", "offsets", "reset")


async def reset(crew: Crew, *arguments: str, command: tuple[str, ...] = COMMAND) -> Ended:
    """Run the command as another process would."""
    return await ended(crew, *command, *arguments)


async def fences(shop: Shop, store: RedisStore) -> dict[int, Fence]:
    """Return the fences of all partition numbers."""
    return {number: (await store.outbox(number))[0] for number in range(shop.partitions)}


async def committed(shop: Shop, crew: Crew) -> Offsets:
    """Return what Kafka knows of the group."""
    async with admin_of(shop.bootstrap) as admin:
        return (await find_group(admin, crew.prefix)).committed


async def traded(shop: Shop, crew: Crew, store: RedisStore, events: int) -> None:
    """Have a worker handle that many events and end."""
    worker = crew.worker()
    await started(worker)
    async with shop.trading():
        await shop.has_sent(events)
    await until_worked(shop, store)
    await asyncio.to_thread(worker.terminate)


async def counted_beyond(shop: Shop, store: RedisStore) -> dict[str, Counter[tuple[str, str]]]:
    """Return what customers are believed to have done and have not."""
    expected, found = shop.expected(), await profiles(shop, store)
    beyond = {customer: counts_of(profile) - expected.get(customer, Counter()) for customer, profile in found.items()}
    return {customer: counts for customer, counts in beyond.items() if counts}


async def test_back_into_fresh_state_every_event_counts_once_and_who_opted_out_stays_out(shop: Shop, crew: Crew, store: RedisStore):
    # given events that were handled, and a customer who wants nothing to do with it
    silent = customer_named("who says no")
    await shop.choose(silent, "opt_out")
    await traded(shop, crew, store, 300)
    before, home = await fences(shop, store), shop.home_of(silent)
    # when the group is to go back with its profiles, then that is refused with the choice, and nothing was written
    refused = await reset(crew, "--to-earliest", "--execute")
    assert (refused.code, refused.told["executed"]) == (FAILED, False)
    assert "would be counted twice" in refused.said
    assert await fences(shop, store) == before
    # when its state begins anew, first as a plan, which writes nothing
    assert (await reset(crew, "--to-earliest", "--fresh")).code == OK
    assert await fences(shop, store) == before
    done = await reset(crew, "--to-earliest", "--fresh", "--execute")
    assert (done.code, done.told["executed"]) == (OK, True), done.said
    # then nothing is known but who opted out, and Redis and Kafka say the same
    assert await profiles(shop, store) == {}
    assert (await store.read({home: [silent]}))[home].profiles == {silent: Profile(opted_out=True)}
    for number, fence in (await fences(shop, store)).items():
        assert set(fence.watermarks.values()) == {0}
        assert fence.epoch > before[number].epoch
    assert {offset for at, offset in (await committed(shop, crew)).items() if at.topic == CLICKSTREAM} == {0}
    # and a worker counts every event once
    await started(crew.worker())
    await until_worked(shop, store)
    found = await outcome(shop, store)
    assert (found.miscounted, found.unanswered, found.unasked) == ({}, set(), set())
    assert (await store.read({home: [silent]}))[home].profiles == {silent: Profile(opted_out=True)}


async def test_what_is_skipped_is_never_counted_and_nothing_moves_while_somebody_reads(shop: Shop, crew: Crew, store: RedisStore):
    skip = ("--to-latest", "--topic", CLICKSTREAM, "--topic", CART, "--execute")
    # given a worker that reads: refused, and nothing was written
    worker = crew.worker()
    await started(worker)
    async with shop.trading():
        await shop.has_sent(150)
    await until_worked(shop, store)
    before = await fences(shop, store)
    refused = await reset(crew, *skip)
    assert refused.code == FAILED
    assert f"somebody reads in group {crew.prefix} (members: 1): end every worker" in refused.said
    assert await fences(shop, store) == before
    # when it has ended, and events that came meanwhile are skipped
    await asyncio.to_thread(worker.terminate)
    counted = list(shop.sent)
    async with shop.trading():
        await shop.has_sent(150)
    skipped = len(shop.sent) - len(counted)
    done = await reset(crew, *skip)
    assert done.code == OK, done.said
    assert sum(step["records"] for step in done.told["partitions"]) == skipped
    kafka = await committed(shop, crew)
    assert all(kafka[TopicPartition(step["topic"], step["partition"])] == step["end"] for step in done.told["partitions"])
    # then the next worker counts what was before and what comes after, and answers none of it
    shop.sent = counted
    await traded(shop, crew, store, 150)
    found = await outcome(shop, store)
    assert (found.miscounted, found.unanswered, found.unasked) == ({}, set(), set())


async def test_a_worker_that_slept_through_a_reset_writes_nothing_of_what_was_skipped(shop: Shop, crew: Crew, store: RedisStore):
    # given a worker that sleeps, events that it would work next, and a group that Kafka has found to be empty
    sleeper = crew.worker()
    await started(sleeper)
    async with shop.trading():
        await shop.has_sent(150)
    await until_worked(shop, store)
    counted = list(shop.sent)
    sleeper.pause()
    async with shop.trading():
        await shop.has_sent(150)
    deadline = time.monotonic() + SOON_S
    while (done := await reset(crew, "--to-latest", "--execute")).code != OK:
        assert "members" in done.said
        assert time.monotonic() < deadline
    # when it wakes, then it goes on where the fence says
    sleeper.resume()
    shop.sent = counted
    async with shop.trading():
        await shop.has_sent(150)
    await until_worked(shop, store)
    found = await outcome(shop, store)
    assert (found.miscounted, found.unanswered, found.unasked) == ({}, set(), set())


@pytest.mark.parametrize("dies", ["forgetting", "moving", "telling"])
async def test_killed_anywhere_it_is_finished_by_running_it_again_and_nothing_counts_twice(
    shop: Shop, crew: Crew, store: RedisStore, dies: str
):
    await traded(shop, crew, store, 200)
    anew = ("--to-earliest", "--fresh", "--execute")
    # given a reset that was killed in the middle of it
    killed = await reset(crew, *anew, command=("tests.support.reset_process", dies))
    assert killed.code == -signal.SIGKILL
    # when somebody starts a worker all the same, then nothing counts twice
    await traded(shop, crew, store, 100)
    assert await counted_beyond(shop, store) == {}
    # and run again it is done
    done = await reset(crew, *anew)
    assert done.code == OK, done.said
    assert await profiles(shop, store) == {}
    await traded(shop, crew, store, 100)
    assert (await outcome(shop, store)).miscounted == {}
