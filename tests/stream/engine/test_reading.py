"""What a fetch needs is read while the one before it lands, and never holds longer than it is true."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest

from features.errors import StoreAway
from features.store.memory import MemoryStore
from features.store.port import Commit, Fence, Partition
from stream.contracts.topics import SUGGESTIONS
from stream.engine.caches import Caches
from stream.engine.engine import Engine
from stream.engine.record import Record, TopicPartition
from stream.transport.partitions import partition_of
from tests.support.engine_on_cue import (
    ANA,
    CLICKS,
    HOME,
    PARTITIONS,
    Broker,
    FailingStore,
    an_event,
    fetched,
    raises,
    standing,
    times_seen,
    worked,
)

BEN = next(name for letter in "bcdef" if partition_of(name := "k1:" + 64 * letter, PARTITIONS) == HOME)
WITHIN_S = 5.0
Fetch = Mapping[TopicPartition, Sequence[Record]]


class SlowStore(MemoryStore):
    """A store whose first commit, and what it tells of outboxes, waits until the test lets it; it notes of whom was read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[set[str]] = []
        self.committing, self.may_commit = asyncio.Event(), asyncio.Event()
        self.asked, self.may_tell = asyncio.Event(), asyncio.Event()
        self.may_tell.set()

    async def read(self, wanted: Mapping[int, Collection[str]]) -> dict[int, Partition]:
        self.reads.append({customer for customers in wanted.values() for customer in customers})
        return await super().read(wanted)

    async def outbox(self, partition: int) -> tuple[Fence, bytes]:
        if not self.may_tell.is_set():
            self.asked.set()
            await self.may_tell.wait()
        return await super().outbox(partition)

    async def commit(self, commits: Collection[Commit]) -> dict[int, Fence]:
        if not self.committing.is_set():
            self.committing.set()
            await self.may_commit.wait()
        return await super().commit(commits)


@asynccontextmanager
async def _beside_its_commit(engine: Engine, store: SlowStore, first: Fetch, second: Fetch) -> AsyncIterator[None]:
    """Work the first fetch until it is committed, and let it be that after the block; the second one comes before."""
    one = asyncio.create_task(engine.handle(first))
    await asyncio.wait_for(store.committing.wait(), WITHIN_S)
    store.reads.clear()
    two = asyncio.create_task(engine.handle(second))
    await _turns()
    yield
    store.may_commit.set()
    await asyncio.gather(one, two)
    await engine.look()


async def _turns() -> None:
    """Let everything come as far as it comes by itself."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_next_fetch_is_read_while_the_one_before_is_committed_and_not_again():
    store, broker = SlowStore(), Broker()
    engine = await standing(store, broker)
    async with _beside_its_commit(engine, store, fetched(an_event(1)), fetched(an_event(2, customer=BEN), first=1)):
        assert store.reads == [{BEN}]
    assert [customers for customers in store.reads if customers] == [{BEN}]
    assert (await times_seen(store), await times_seen(store, BEN)) == ({"tea": 1}, {"tea": 1})
    assert len(broker.of(SUGGESTIONS)) == 2
    assert engine.done[CLICKS] == 2


@pytest.mark.parametrize("capacity", [100, 1], ids=["cached", "not cached any more"])
async def test_of_a_customer_who_is_written_meanwhile_nothing_read_ahead_is_used(capacity: int):
    # given a fetch of Ana and Ben whose commit is under way, and a cache that may hold one of them only
    store, broker = SlowStore(), Broker()
    engine = await standing(store, broker)
    engine.caches.profiles = Caches(capacity).profiles
    # when another one with an event of each is read meanwhile
    now = fetched(an_event(1), an_event(2, customer=BEN))
    then = fetched(an_event(3), an_event(4, customer=BEN), first=2)
    async with _beside_its_commit(engine, store, now, then):
        assert store.reads == [{ANA, BEN}]
    # then nobody loses his first event
    assert (await times_seen(store), await times_seen(store, BEN)) == ({"tea": 2}, {"tea": 2})


async def test_nothing_read_ahead_is_used_once_another_owner_has_written():
    # given a fetch whose commit is under way
    store, broker = SlowStore(), Broker()
    engine = await standing(store, broker)
    async with _beside_its_commit(engine, store, fetched(an_event(1)), fetched(an_event(2), first=1)):
        assert store.reads == [{ANA}]
        # and another owner who commits the same before it lands
        await worked(await standing(store, broker), fetched(an_event(1)))
    # then the next fetch, of which the profile was read before that, counts on top of it
    assert engine.tally["fenced"] == 1
    assert await times_seen(store) == {"tea": 2}


async def test_nothing_read_ahead_is_used_that_is_older_than_the_taking_over():
    # given an engine that takes its partitions over again, and was given a fetch already
    store, broker = SlowStore(), Broker()
    store.may_commit.set()
    engine, other = await standing(store, broker), await standing(store, broker)
    store.may_tell.clear()
    taking = asyncio.create_task(engine.assign(dict(engine.standing)))
    await asyncio.wait_for(store.asked.wait(), WITHIN_S)
    given = asyncio.create_task(engine.handle(fetched(an_event(2), first=1)))
    await _turns()
    assert store.reads[-1] == {ANA}
    # when another one still works the event before it
    await worked(other, fetched(an_event(1)))
    store.may_tell.set()
    await asyncio.gather(taking, given)
    # then both count
    await engine.look()
    assert await times_seen(store) == {"tea": 2}


async def test_a_customer_is_counted_once_however_often_the_store_is_asked():
    store = FailingStore()
    engine = await standing(store, Broker())
    store.before_read += [raises(StoreAway("gone")), raises(StoreAway("gone"))]
    await worked(engine, fetched(an_event(1)))
    assert (engine.tally["profiles_read"], engine.tally["profiles_cached"]) == (1, 0)


async def test_the_end_of_a_fetch_is_foretold_once_before_its_last_chunk():
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker, chunk_records=2)
    told: list[tuple[int, float]] = []
    engine.soon_done = lambda in_s: told.append((engine.batches, in_s))
    await worked(engine, fetched(*(an_event(number) for number in range(5))))
    # 2 + 2 + 1: two chunks are done then, and the third takes some time, but no second
    [(batches, in_s)] = told
    assert batches == 2
    assert 0 < in_s < 1
