"""Cuts, lost answers and other owners: every record still counts once and is answered with the same bytes."""

import asyncio
from collections.abc import Collection

import msgspec
import pytest

from features.errors import StoreAway
from features.store.memory import MemoryStore
from features.store.port import Commit, Fence, Partition
from stream.contracts.events import AddToCart
from stream.contracts.topics import CART, CLICKSTREAM, DEAD_LETTERS, SUGGESTIONS
from stream.engine.record import Record
from stream.transport.partitions import partition_of
from tests.support.engine_on_cue import (
    ANA,
    CARTS,
    CLICKS,
    DEADLINE_S,
    HOME,
    NOW_MS,
    PARTITIONS,
    Broker,
    Cut,
    FailingStore,
    an_engine,
    an_event,
    fetched,
    raises,
    standing,
    times_seen,
    worked,
)


async def test_a_batch_is_committed_before_anything_of_it_is_sent():
    # given a process that is cut off with the commit
    store, broker = FailingStore(), Broker()
    store.before_commit = [raises(Cut())]
    engine = await standing(store, broker)
    with pytest.raises(Cut):
        await worked(engine, fetched(an_event(1)))
    # then nothing has left, and nothing counts
    assert (broker.attempts, await times_seen(store), engine.done) == ([], {}, {})


async def test_what_was_committed_but_not_sent_is_sent_by_the_next_owner_the_same():
    # given a process that is cut off after the commit, and what it was about to send
    store, broker, later = FailingStore(), Broker(), Broker()
    store.before_clear = [raises(Cut())]
    engine = await standing(store, broker)
    with pytest.raises(Cut):
        await worked(engine, fetched(an_event(1), an_event(2, "cup")))
    # when another takes over
    await standing(store, later)
    # then it sends the very same records, and the outbox is gone
    assert later.sent == broker.sent
    assert len(later.of(SUGGESTIONS)) == 2
    assert (await store.outbox(HOME))[1] == b""


async def test_a_commit_whose_answer_is_lost_counts_once():
    store, broker = FailingStore(), Broker()
    store.after_commit = [raises(StoreAway("the answer is lost"))]
    engine = await standing(store, broker)
    await worked(engine, fetched(an_event(1)))
    assert await times_seen(store) == {"tea": 1}
    assert len(broker.of(SUGGESTIONS)) == 1
    assert (await store.outbox(HOME))[1] == b""


async def test_a_commit_that_never_arrived_is_made_again():
    store, broker = FailingStore(), Broker()
    store.before_commit = [raises(StoreAway("the request is lost"))]
    engine = await standing(store, broker)
    await worked(engine, fetched(an_event(1)))
    assert await times_seen(store) == {"tea": 1}
    assert len(broker.of(SUGGESTIONS)) == 1


async def test_a_store_that_is_away_is_waited_for_and_named():
    store, broker, waited_for = FailingStore(), Broker(), []
    engine = await standing(store, broker)

    def look() -> None:
        waited_for.append(engine.patience.waiting_for)
        raise StoreAway("away")

    store.before_read = [look, look]
    async with asyncio.timeout(DEADLINE_S):
        await worked(engine, fetched(an_event(1)))
    assert waited_for == [None, "the store"]
    assert (await times_seen(store), engine.patience.waiting_for) == ({"tea": 1}, None)


async def test_a_store_that_reads_but_refuses_to_write_is_waited_for_and_says_why():
    store, broker, said = FailingStore(), Broker(), []
    engine = await standing(store, broker)

    def refuse() -> None:
        said.append((engine.patience.waiting_for, engine.patience.why))
        raise StoreAway("full")

    store.before_commit = [refuse, refuse, refuse]
    async with asyncio.timeout(DEADLINE_S):
        await worked(engine, fetched(an_event(1)))
    assert said == [(None, ""), (None, ""), ("the store", "full")]
    assert (await times_seen(store), engine.patience.waiting_for, engine.patience.why) == ({"tea": 1}, None, "")


async def test_a_broker_that_is_away_is_sent_the_same_again():
    store, broker = MemoryStore(), Broker(refusals=2)
    engine = await standing(store, broker)
    async with asyncio.timeout(DEADLINE_S):
        await worked(engine, fetched(an_event(1)))
    assert broker.attempts == [broker.sent, broker.sent, broker.sent]
    assert len(broker.of(SUGGESTIONS)) == 1


async def test_the_next_batch_is_worked_while_one_is_sent_and_committed_once_that_is_done():
    # given a broker that takes nothing yet
    store, broker = FailingStore(), Broker()
    broker.takes.clear()
    engine = await standing(store, broker)
    await engine.handle(fetched(an_event(1)))
    worked_meanwhile = asyncio.Event()
    store.before_read = [worked_meanwhile.set]
    second = asyncio.create_task(engine.handle(fetched(an_event(2), first=1)))
    await worked_meanwhile.wait()
    await asyncio.sleep(0)
    # then the second batch is read, and the store still holds what of the first is to be sent
    assert (second.done(), await times_seen(store), broker.sent, engine.done) == (False, {"tea": 1}, [], {})
    # when the broker takes it
    broker.takes.set()
    await second
    await engine.look()
    # then both count, and are answered in order
    assert (await times_seen(store), engine.done[CLICKS]) == ({"tea": 2}, 2)
    assert [dict(one.headers)["origin"] for one in broker.of(SUGGESTIONS)] == [f"{CLICKSTREAM}:{HOME}:{at}".encode() for at in (0, 1)]


async def test_who_leaves_has_sent_everything_and_works_nothing_more():
    store, broker, later = FailingStore(), Broker(), Broker()
    engine = await standing(store, broker)
    await engine.handle(fetched(an_event(1)))
    await engine.leave()
    # when another batch comes all the same, then nothing of it is done, and whoever comes next has nothing to send again
    assert await engine.handle(fetched(an_event(2), first=1)) == {}
    await standing(store, later)
    assert (await times_seen(store), len(broker.of(SUGGESTIONS)), later.sent) == ({"tea": 1}, 1, [])
    assert engine.done[CLICKS] == 1


async def test_nothing_is_committed_after_a_record_that_the_broker_refuses_for_good():
    store, broker, later = FailingStore(), Broker(), Broker()
    engine = await standing(store, broker)
    broker.refuses = ValueError("too large")
    await engine.handle(fetched(an_event(1)))
    for _ in range(2):
        with pytest.raises(ValueError, match="too large"):
            await engine.handle(fetched(an_event(2), first=1))
    assert (await times_seen(store), engine.done) == ({"tea": 1}, {})
    # then what was committed stands in the store for the next owner
    await standing(store, later)
    assert len(later.of(SUGGESTIONS)) == 1


async def test_an_owner_that_was_overtaken_changes_nothing_and_goes_on_from_where_the_other_stands():
    # given two that believe they own the partition, and one that has worked two records
    store, one, other = MemoryStore(), Broker(), Broker()
    sleeper, awake = await standing(store, one), await standing(store, other)
    await worked(awake, fetched(an_event(1), an_event(2)))
    # when the other wakes with the first of them
    seeks = await worked(sleeper, fetched(an_event(1)))
    # then it has done nothing, and reads on behind
    assert (one.attempts, await times_seen(store)) == ([], {"tea": 2})
    assert seeks[CLICKS] == 2
    assert sleeper.tally["fenced"] == 1
    await worked(sleeper, fetched(an_event(3), first=2))
    assert await times_seen(store) == {"tea": 3}


async def test_an_owner_that_is_overtaken_between_reading_and_committing_changes_nothing():
    store, one, other = FailingStore(), Broker(), Broker()
    sleeper, awake = await standing(store, one), await standing(store, other)
    overtaking: list[Fence] = []

    async def overtake() -> None:
        await worked(awake, fetched(an_event(1), an_event(2)))
        overtaking.append((await store.outbox(HOME))[0])

    # given a commit during which the other works the same records
    commit = store.commit

    async def late(commits: Collection[Commit]) -> dict[int, Fence]:
        store.commit = commit  # type: ignore[method-assign]
        await overtake()
        return await commit(commits)

    store.commit = late  # type: ignore[method-assign]
    seeks = await worked(sleeper, fetched(an_event(1)))
    # then it was refused
    assert (one.attempts, await times_seen(store), seeks[CLICKS]) == ([], {"tea": 2}, 2)
    assert (await store.outbox(HOME))[0] == overtaking[0]


async def test_a_partition_that_was_overtaken_does_not_hold_up_the_other():
    # given customers of both partitions, one of which was overtaken
    ben = next(f"k1:{number}" for number in range(100) if partition_of(f"k1:{number}", PARTITIONS) != HOME)
    store, broker, other = MemoryStore(), Broker(), Broker()
    engine, overtaker = await standing(store, broker), await standing(store, other)
    await worked(overtaker, fetched(an_event(1)))
    # when a fetch holds records of both
    batch = fetched(an_event(1)) | fetched(an_event(2, customer=ben), partition=1 - HOME)
    seeks = await worked(engine, batch)
    # then the one counts and the other is sought
    assert (await times_seen(store), await times_seen(store, ben)) == ({"tea": 1}, {"tea": 1})
    assert {at.partition for at in seeks} == {HOME}


async def test_a_store_that_fell_back_is_brought_up_again_from_where_it_stands():
    # given a store that knows the state before the last batch again
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    await worked(engine, fetched(an_event(1)))
    older = msgspec.msgpack.decode(msgspec.msgpack.encode((await store.read({HOME: [ANA]}))[HOME]), type=Partition)
    await worked(engine, fetched(an_event(2), first=1))
    fallen = MemoryStore()
    await fallen.commit([Commit(HOME, Fence(), older.fence, older.profiles, b"")])
    vars(store).update(vars(fallen))
    # when the next batch comes, then it is not worked but what was lost is read again
    seeks = await worked(engine, fetched(an_event(3), first=2))
    assert (seeks[CLICKS], await times_seen(store)) == (1, {"tea": 1})
    await worked(engine, fetched(an_event(2), an_event(3), first=1))
    assert await times_seen(store) == {"tea": 3}


async def test_a_store_that_fell_back_where_nothing_happens_is_noticed_by_looking():
    # given a store that knows nothing again of the only event
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    await worked(engine, fetched(an_event(1)))
    assert await engine.look() == {}
    vars(store).update(vars(MemoryStore()))
    # when the engine looks, then it is sent back, and the event counts once
    assert (await engine.look())[CLICKS] == 0
    await worked(engine, fetched(an_event(1)))
    assert await times_seen(store) == {"tea": 1}


async def test_a_log_whose_beginning_is_gone_is_read_from_what_is_left_and_the_loss_is_counted():
    # given watermarks at 1, and a clickstream that begins at 5 now
    store, broker = MemoryStore(), Broker()
    await worked(await standing(store, broker), fetched(an_event(1), an_event(2, kind=AddToCart)))
    engine = an_engine(store, broker)
    targets = await engine.assign({CLICKS: 5, CARTS: 0})
    assert (targets, engine.tally["lost_to_retention"]) == ({CLICKS: 5, CARTS: 1}, 4)
    # when the cart goes on first, then the clickstream is still read from 5
    await worked(engine, fetched(an_event(3, kind=AddToCart), first=1))
    assert await worked(engine, fetched(an_event(4), first=5)) == {}
    assert await times_seen(store) == {"tea": 2}


async def test_a_header_without_a_value_survives_the_outbox():
    store, broker, later = FailingStore(), Broker(), Broker()
    store.before_clear = [raises(Cut())]
    engine = await standing(store, broker)
    poison = Record(CLICKSTREAM, HOME, 0, NOW_MS, None, b"\xff", (("void", None),))
    with pytest.raises(Cut):
        await worked(engine, {CLICKS: [poison]})
    await standing(store, later)
    assert later.sent == broker.sent
    assert dict(later.of(DEAD_LETTERS)[0].headers)["void"] is None


async def test_a_log_that_is_shorter_than_what_was_handled_or_of_another_topic_is_strange():
    # given watermarks at 1 in both logs, whose topics were known by their ids
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    assert await engine.strange({CLICKS: 9, CARTS: 9}, {CLICKSTREAM: "a", CART: "b"}) == {}
    await worked(engine, fetched(an_event(1), an_event(2, kind=AddToCart)))
    # then what ends at 1 is the same log, what ends at 0 is not, nor what has another id however long it is
    assert await engine.strange({CLICKS: 1, CARTS: 0}, {}) == {CARTS: 1}
    assert await engine.strange({CLICKS: 9, CARTS: 9}, {CLICKSTREAM: "c", CART: "b"}) == {CLICKS: 1}
