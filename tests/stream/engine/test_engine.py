"""One batch through the engine, with a store and a broker that fail on cue."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from features.errors import StoreAway
from features.profile import EMPTY
from features.store.memory import MemoryStore
from features.store.port import Commit, Crash, Fence, Partition, Store
from features.store.redis import open_store
from online_models.policy import Policy
from stream.contracts.events import AddToCart, Event, Item, Purchase, ViewItem, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered
from stream.contracts.topics import CART, CLICKSTREAM, CONSENT, DEAD_LETTERS, MEMORY, SUGGESTIONS, topic_of
from stream.engine.caches import Caches
from stream.engine.engine import Engine
from stream.engine.errors import RecordFailed
from stream.engine.knowledge import Knowledge
from stream.engine.patience import Away
from stream.engine.record import Outgoing, Record, TopicPartition
from stream.engine.who import pseudonymiser
from stream.transport.partitions import partition_of

NOW_MS = 1_763_780_000_000
PARTITIONS = 2
ANA = "k1:" + 64 * "a"
HOME = partition_of(ANA, PARTITIONS)
CLICKS, CARTS, WISHES = (TopicPartition(topic, HOME) for topic in (CLICKSTREAM, CART, CONSENT))
SPEAKS = Policy.of(b"always_speak = true\nquiet_first_view = false\n[accessories]\ntriggers = ['view_item', 'add_to_cart']", name="test")
DEADLINE_S = 10


class Broker:
    """Keeps what is sent; refuses `refusals` times first, and calls `before` each time."""

    def __init__(self, *, refusals: int = 0) -> None:
        self.sent: list[Outgoing] = []
        self.attempts: list[list[Outgoing]] = []
        self.refusals = refusals

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        self.attempts.append(list(outgoing))
        if len(self.attempts) <= self.refusals:
            raise Away("the broker is away")
        self.sent += outgoing

    def of(self, topic: str) -> list[Outgoing]:
        return [one for one in self.sent if one.topic == topic]


class Cut(Exception):
    """The process ends here."""


class FailingStore(MemoryStore):
    """A memory store whose commits and clearings fail as the test says: a function called before, and one called after."""

    def __init__(self) -> None:
        super().__init__()
        self.before_commit: list[Callable[[], None]] = []
        self.after_commit: list[Callable[[], None]] = []
        self.before_clear: list[Callable[[], None]] = []
        self.before_read: list[Callable[[], None]] = []

    async def read(self, wanted: Mapping[int, Collection[str]]) -> dict[int, Partition]:
        _next(self.before_read)
        return await super().read(wanted)

    async def commit(self, commits: Collection[Commit]) -> dict[int, Fence]:
        _next(self.before_commit)
        refused = await super().commit(commits)
        _next(self.after_commit)
        return refused

    async def clear_outbox(self, fences: Mapping[int, Fence]) -> None:
        _next(self.before_clear)
        await super().clear_outbox(fences)


def _next(scripted: list[Callable[[], None]]) -> None:
    if scripted:
        scripted.pop(0)()


def raises(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def an_engine(store: Store, broker: Broker, *, chunk_records: int = 500, known: Knowledge | None = None) -> Engine:
    return Engine(
        store=store,
        send=broker.send,
        knowledge=known or knowledge(),
        pseudonymise=pseudonymiser("k1", b"a secret of the test"),
        partition_of=lambda customer: partition_of(customer, PARTITIONS),
        caches=Caches(100),
        chunk_records=chunk_records,
        wall_ms=lambda: NOW_MS,
    )


def knowledge() -> Knowledge:
    known = Knowledge(SPEAKS)
    for offset, item in enumerate(("tea", "kettle", "cup", "tray")):
        seen = MemoryRecord(Origin("before", 0, offset), "k1:before", "before", "view_item", NOW_MS, (Remembered(item),))
        known.memory.take_in(seen)
    return known


async def standing(store: Store, broker: Broker, **options: int) -> Engine:
    """Return an engine that owns both topics of every partition, from the beginning of their logs."""
    engine = an_engine(store, broker, **options)
    await engine.assign({TopicPartition(topic, number): 0 for topic in (CLICKSTREAM, CART, CONSENT) for number in range(PARTITIONS)})
    return engine


def an_event(number: int, item: str = "tea", kind: type[Event] = ViewItem, *, at_ms: int | None = None, customer: str = ANA) -> Event:
    return kind(
        event_id=f"e{number}",
        event_time_ms=NOW_MS + number if at_ms is None else at_ms,
        customer=customer,
        session_id="s",
        items=(Item(item, price=2.0),),  # type: ignore[call-arg]
    )


def fetched(*events: Event | bytes, first: int = 0, partition: int = HOME) -> dict[TopicPartition, list[Record]]:
    """Return events as a fetch: offsets from `first` on in each topic; bytes lie in the clickstream as they are."""
    batch: dict[TopicPartition, list[Record]] = {}
    for event in events:
        at = TopicPartition(CLICKSTREAM if isinstance(event, bytes) else topic_of(name_of(event)), partition)
        records = batch.setdefault(at, [])
        value = event if isinstance(event, bytes) else msgspec.json.encode(event)
        records.append(Record(*at, first + len(records), NOW_MS, None, value))
    return batch


async def times_seen(store: Store, customer: str = ANA) -> dict[str, int]:
    """Return how often each item was looked at."""
    number = partition_of(customer, PARTITIONS)
    profile = (await store.read({number: [customer]}))[number].profiles.get(customer, EMPTY)
    return {touch.item_id: touch.views for touch in profile.history}


async def test_a_batch_delivered_twice_is_counted_and_answered_once():
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    batch = fetched(an_event(1), an_event(2))
    await engine.handle(batch)
    await engine.handle(batch)
    assert await times_seen(store) == {"tea": 2}
    assert len(broker.of(SUGGESTIONS)) == 2
    assert engine.done == {CLICKS: 2, CARTS: 0, WISHES: 0}


async def test_a_batch_is_committed_before_anything_of_it_is_sent():
    # given a process that is cut off with the commit
    store, broker = FailingStore(), Broker()
    store.before_commit = [raises(Cut())]
    engine = await standing(store, broker)
    with pytest.raises(Cut):
        await engine.handle(fetched(an_event(1)))
    # then nothing has left, and nothing counts
    assert (broker.attempts, await times_seen(store), engine.done) == ([], {}, {})


async def test_what_was_committed_but_not_sent_is_sent_by_the_next_owner_the_same():
    # given a process that is cut off after the commit, and what it was about to send
    store, broker, later = FailingStore(), Broker(), Broker()
    store.before_clear = [raises(Cut())]
    engine = await standing(store, broker)
    with pytest.raises(Cut):
        await engine.handle(fetched(an_event(1), an_event(2, "cup")))
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
    await engine.handle(fetched(an_event(1)))
    assert await times_seen(store) == {"tea": 1}
    assert len(broker.of(SUGGESTIONS)) == 1
    assert (await store.outbox(HOME))[1] == b""


async def test_a_commit_that_never_arrived_is_made_again():
    store, broker = FailingStore(), Broker()
    store.before_commit = [raises(StoreAway("the request is lost"))]
    engine = await standing(store, broker)
    await engine.handle(fetched(an_event(1)))
    assert await times_seen(store) == {"tea": 1}
    assert len(broker.of(SUGGESTIONS)) == 1


async def test_a_store_that_is_away_is_waited_for_and_named():
    store, broker, waited_for = FailingStore(), Broker(), []
    engine = await standing(store, broker)

    def look() -> None:
        waited_for.append(engine.waiting_for)
        raise StoreAway("away")

    store.before_read = [look, look]
    async with asyncio.timeout(DEADLINE_S):
        await engine.handle(fetched(an_event(1)))
    assert waited_for == [None, "the store"]
    assert (await times_seen(store), engine.waiting_for) == ({"tea": 1}, None)


async def test_a_broker_that_is_away_is_sent_the_same_again():
    store, broker = MemoryStore(), Broker(refusals=2)
    engine = await standing(store, broker)
    async with asyncio.timeout(DEADLINE_S):
        await engine.handle(fetched(an_event(1)))
    assert broker.attempts == [broker.sent, broker.sent, broker.sent]
    assert len(broker.of(SUGGESTIONS)) == 1


async def test_an_owner_that_was_overtaken_changes_nothing_and_goes_on_from_where_the_other_stands():
    # given two that believe they own the partition, and one that has worked two records
    store, one, other = MemoryStore(), Broker(), Broker()
    sleeper, awake = await standing(store, one), await standing(store, other)
    await awake.handle(fetched(an_event(1), an_event(2)))
    # when the other wakes with the first of them
    seeks = await sleeper.handle(fetched(an_event(1)))
    # then it has done nothing, and reads on behind
    assert (one.attempts, await times_seen(store)) == ([], {"tea": 2})
    assert seeks[CLICKS] == 2
    assert sleeper.tally["fenced"] == 1
    await sleeper.handle(fetched(an_event(3), first=2))
    assert await times_seen(store) == {"tea": 3}


async def test_an_owner_that_is_overtaken_between_reading_and_committing_changes_nothing():
    store, one, other = FailingStore(), Broker(), Broker()
    sleeper, awake = await standing(store, one), await standing(store, other)
    overtaking: list[Fence] = []

    async def overtake() -> None:
        await awake.handle(fetched(an_event(1), an_event(2)))
        overtaking.append((await store.outbox(HOME))[0])

    # given a commit during which the other works the same records
    commit = store.commit

    async def late(commits: Collection[Commit]) -> dict[int, Fence]:
        store.commit = commit  # type: ignore[method-assign]
        await overtake()
        return await commit(commits)

    store.commit = late  # type: ignore[method-assign]
    seeks = await sleeper.handle(fetched(an_event(1)))
    # then it was refused
    assert (one.attempts, await times_seen(store), seeks[CLICKS]) == ([], {"tea": 2}, 2)
    assert (await store.outbox(HOME))[0] == overtaking[0]


async def test_a_partition_that_was_overtaken_does_not_hold_up_the_other():
    # given customers of both partitions, one of which was overtaken
    ben = next(f"k1:{number}" for number in range(100) if partition_of(f"k1:{number}", PARTITIONS) != HOME)
    store, broker, other = MemoryStore(), Broker(), Broker()
    engine, overtaker = await standing(store, broker), await standing(store, other)
    await overtaker.handle(fetched(an_event(1)))
    # when a fetch holds records of both
    batch = fetched(an_event(1)) | fetched(an_event(2, customer=ben), partition=1 - HOME)
    seeks = await engine.handle(batch)
    # then the one counts and the other is sought
    assert (await times_seen(store), await times_seen(store, ben)) == ({"tea": 1}, {"tea": 1})
    assert {at.partition for at in seeks} == {HOME}


async def test_a_store_that_fell_back_is_brought_up_again_from_where_it_stands():
    # given a store that knows the state before the last batch again
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    await engine.handle(fetched(an_event(1)))
    older = msgspec.msgpack.decode(msgspec.msgpack.encode((await store.read({HOME: [ANA]}))[HOME]), type=Partition)
    await engine.handle(fetched(an_event(2), first=1))
    fallen = MemoryStore()
    await fallen.commit([Commit(HOME, Fence(), older.fence, older.profiles, b"")])
    store._partitions = fallen._partitions
    # when the next batch comes, then it is not worked but what was lost is read again
    seeks = await engine.handle(fetched(an_event(3), first=2))
    assert (seeks[CLICKS], await times_seen(store)) == (1, {"tea": 1})
    await engine.handle(fetched(an_event(2), an_event(3), first=1))
    assert await times_seen(store) == {"tea": 3}


async def test_a_fetch_that_begins_too_far_on_is_not_worked():
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    assert await engine.handle(fetched(an_event(9), first=5)) == {CLICKS: 0}
    assert await times_seen(store) == {}


async def test_a_log_whose_beginning_is_gone_is_read_from_what_is_left_and_the_loss_is_counted():
    # given watermarks at 1, and a clickstream that begins at 5 now
    store, broker = MemoryStore(), Broker()
    await (await standing(store, broker)).handle(fetched(an_event(1), an_event(2, kind=AddToCart)))
    engine = an_engine(store, broker)
    targets = await engine.assign({CLICKS: 5, CARTS: 0})
    assert (targets, engine.tally["lost_to_retention"]) == ({CLICKS: 5, CARTS: 1}, 4)
    # when the cart goes on first, then the clickstream is still read from 5
    await engine.handle(fetched(an_event(3, kind=AddToCart), first=1))
    assert await engine.handle(fetched(an_event(4), first=5)) == {}
    assert await times_seen(store) == {"tea": 2}


async def test_a_fetch_larger_than_a_chunk_is_worked_to_its_end():
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker, chunk_records=2)
    await engine.handle(fetched(*(an_event(number) for number in range(5))))
    # 5 records in chunks of 2: 2 + 2 + 1
    assert (await times_seen(store), engine.batches, engine.done[CLICKS]) == ({"tea": 5}, 3, 5)


async def test_a_customers_events_of_one_fetch_are_folded_in_order_of_their_time():
    # given a view that lies before a cart line in time, and behind it in the fetch
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    await engine.handle(fetched(an_event(1, "cup", at_ms=NOW_MS + 5), an_event(2, "tea", at_ms=NOW_MS)))
    profile = (await store.read({HOME: [ANA]}))[HOME].profiles[ANA]
    assert [touch.item_id for touch in profile.history] == ["tea", "cup"]
    # the second record's suggestion is made first, and so has the lower seq
    seqs = {str(one.headers[1][1]): msgspec.json.decode(one.value or b"")["seq"] for one in broker.of(SUGGESTIONS)}
    assert list(seqs.values()) == [1, 0]


async def test_a_repeated_event_id_is_counted_once():
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    await engine.handle(fetched(an_event(1), an_event(1)))
    await engine.handle(fetched(an_event(1), first=2))
    assert (await times_seen(store), engine.tally["repeats"]) == ({"tea": 1}, 2)


async def test_a_record_that_cannot_be_folded_ends_the_process_and_is_set_aside_the_fourth_time(monkeypatch: pytest.MonkeyPatch):
    # given a fault in folding one item
    from stream.engine import work

    fold = work.fold

    def failing(profile: object, event: Event) -> object:
        if event.items[0].item_id == "bad":
            raise ZeroDivisionError("folding")
        return fold(profile, event)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "fold", failing)
    store, broker = MemoryStore(), Broker()
    batch = fetched(an_event(1), an_event(2, "bad"), an_event(3))
    # when three processes die of it
    for death in (1, 2, 3):
        with pytest.raises(RecordFailed) as failed:
            await (await standing(store, broker)).handle(batch)
        assert (failed.value.deaths, failed.value.address) == (death, f"{CLICKSTREAM}:{HOME}:1")
    assert await times_seen(store) == {}
    # then the fourth sets it aside, and serves the others
    await (await standing(store, broker)).handle(batch)
    assert await times_seen(store) == {"tea": 2}
    [letter] = broker.of(DEAD_LETTERS)
    assert b"ZeroDivisionError: folding" in (dict(letter.headers)["dl_error_message"] or b"")
    assert await store.crashes(HOME) == {}


async def test_a_crash_that_is_over_is_not_held_against_the_record():
    store, broker = MemoryStore(), Broker()
    await store.count_crash(HOME, f"{CLICKSTREAM}:0", "once")
    assert await store.crashes(HOME) == {f"{CLICKSTREAM}:0": Crash(1, "once")}
    await (await standing(store, broker)).handle(fetched(an_event(1)))
    assert await store.crashes(HOME) == {}


async def test_what_is_caught_up_on_is_counted_and_remembered_without_a_word():
    # given an event that the broker took an hour ago
    store, broker = MemoryStore(), Broker()
    [(at, [record])] = fetched(an_event(1)).items()
    old = msgspec.structs.replace(record, timestamp_ms=NOW_MS - 60 * 60 * 1000)
    await (await standing(store, broker)).handle({at: [old]})
    assert await times_seen(store) == {"tea": 1}
    assert [one.topic for one in broker.sent] == [MEMORY]


async def test_a_header_without_a_value_survives_the_outbox():
    store, broker, later = FailingStore(), Broker(), Broker()
    store.before_clear = [raises(Cut())]
    engine = await standing(store, broker)
    poison = Record(CLICKSTREAM, HOME, 0, NOW_MS, None, b"\xff", (("void", None),))
    with pytest.raises(Cut):
        await engine.handle({CLICKS: [poison]})
    await standing(store, later)
    assert later.sent == broker.sent
    assert dict(later.of(DEAD_LETTERS)[0].headers)["void"] is None


@pytest.fixture
async def redis_store(redis_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(redis_url, prefix=f"engine{tmp_path.name}")
    yield store
    await store.aclose()


async def test_the_same_fetches_give_the_same_bytes_whatever_keeps_the_profiles(redis_store: Store):
    # given fetches of every kind: views, carts, a purchase, a stranger, poison, and somebody who opts out
    ben = next(f"k1:{number}" for number in range(100) if partition_of(f"k1:{number}", PARTITIONS) == HOME)
    away = next(f"k1:{number}" for number in range(100) if partition_of(f"k1:{number}", PARTITIONS) != HOME)
    basket = Purchase(event_id="p", event_time_ms=NOW_MS + 9, customer=ANA, transaction_id="t", items=(Item("tea"), Item("cup")))
    wish = msgspec.json.encode({"event_id": "w", "event_time_ms": NOW_MS + 10, "customer": ben, "choice": "opt_out"})
    fetches = [
        fetched(an_event(1), an_event(2, "cup"), an_event(3, "kettle", AddToCart), an_event(4, customer=ben), b"\xff"),
        fetched(an_event(5, "tray"), an_event(6, customer=away), first=4) | {CARTS: fetched(basket, first=1)[CARTS]},
        {WISHES: [Record(CONSENT, HOME, 0, NOW_MS, None, wish)]},
        fetched(an_event(7, customer=ben), an_event(8, "cup"), first=6),
    ]
    sent: list[list[Outgoing]] = []
    fences: list[Fence] = []
    # when two engines that know the same work them
    for store in (MemoryStore(), redis_store):
        broker = Broker()
        engine = await standing(store, broker)
        for fetch in fetches:
            assert await engine.handle(fetch) == {}
        sent.append(broker.sent)
        fences.append((await store.outbox(HOME))[0])
    # then what they sent is the same, byte for byte, and there is something of everything in it
    assert sent[0] == sent[1]
    assert fences[0] == fences[1]
    assert {one.topic for one in sent[0]} >= {SUGGESTIONS, MEMORY, DEAD_LETTERS, CLICKSTREAM}
