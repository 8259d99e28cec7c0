"""One batch through the engine: what is counted, answered, set aside and passed over."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from features.profile import Meter
from features.store.memory import MemoryStore
from features.store.port import Crash, Fence, Store
from features.store.redis import open_store
from online_models.policy.balance import Holdout
from online_models.policy.holdout import held_out
from online_models.policy.lists import Accessories
from stream.contracts.catalog import CatalogItem, Tier
from stream.contracts.events import AddToCart, Event, Item, Purchase, Usage
from stream.contracts.suggestion import Context, Suggestion
from stream.contracts.topics import CLICKSTREAM, CONSENT, DEAD_LETTERS, MEMORY, SUGGESTIONS, TRAINING
from stream.engine.errors import RecordFailed
from stream.engine.record import Outgoing, Record
from stream.transport.partitions import partition_of
from tests.support.engine_on_cue import (
    ANA,
    CARTS,
    CLICKS,
    HOME,
    NOW_MS,
    PARTITIONS,
    SPEAKS,
    WISHES,
    Broker,
    an_event,
    fetched,
    knowledge,
    standing,
    times_seen,
    worked,
)


async def test_a_batch_delivered_twice_is_counted_and_answered_once():
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    batch = fetched(an_event(1), an_event(2))
    await worked(engine, batch)
    await worked(engine, batch)
    assert await times_seen(store) == {"tea": 2}
    assert len(broker.of(SUGGESTIONS)) == 2
    assert engine.done == {CLICKS: 2, CARTS: 0, WISHES: 0}


async def test_a_fetch_that_begins_too_far_on_is_not_worked():
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    assert await worked(engine, fetched(an_event(9), first=5)) == {CLICKS: 0}
    assert await times_seen(store) == {}


async def test_a_fetch_larger_than_a_chunk_is_worked_to_its_end():
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker, chunk_records=2)
    await worked(engine, fetched(*(an_event(number) for number in range(5))))
    # 5 records in chunks of 2: 2 + 2 + 1
    assert (await times_seen(store), engine.batches, engine.done[CLICKS]) == ({"tea": 5}, 3, 5)


async def test_a_customers_events_of_one_fetch_are_folded_in_order_of_their_time():
    # given a view that lies before a cart line in time, and behind it in the fetch
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    await worked(engine, fetched(an_event(1, "cup", at_ms=NOW_MS + 5), an_event(2, "tea", at_ms=NOW_MS)))
    profile = (await store.read({HOME: [ANA]}))[HOME].profiles[ANA]
    assert [touch.item_id for touch in profile.history] == ["tea", "cup"]
    # the second record's suggestion is made first, and so has the lower seq
    seqs = {str(one.headers[1][1]): msgspec.json.decode(one.value or b"")["seq"] for one in broker.of(SUGGESTIONS)}
    assert list(seqs.values()) == [1, 0]


async def test_a_repeated_event_id_is_counted_once():
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker)
    await worked(engine, fetched(an_event(1), an_event(1)))
    await worked(engine, fetched(an_event(1), first=2))
    assert (await times_seen(store), engine.tally["repeats"]) == ({"tea": 1}, 2)


async def test_a_record_that_cannot_be_folded_ends_the_process_and_is_set_aside_the_fourth_time(monkeypatch: pytest.MonkeyPatch):
    # given a fault in folding one item
    from stream.engine import foresight

    fold = foresight.fold

    def failing(profile: object, event: Event) -> object:
        if event.items[0].item_id == "bad":
            raise ZeroDivisionError("folding")
        return fold(profile, event)  # type: ignore[arg-type]

    monkeypatch.setattr(foresight, "fold", failing)
    store, broker = MemoryStore(), Broker()
    batch = fetched(an_event(1), an_event(2, "bad"), an_event(3))
    # when three processes die of it
    for death in (1, 2, 3):
        with pytest.raises(RecordFailed) as failed:
            await worked(await standing(store, broker), batch)
        assert (failed.value.deaths, failed.value.record.address) == (death, f"{CLICKSTREAM}:{HOME}:1")
    assert await times_seen(store) == {}
    # then the fourth sets it aside, and serves the others
    await worked(await standing(store, broker), batch)
    assert await times_seen(store) == {"tea": 2}
    [letter] = broker.of(DEAD_LETTERS)
    assert b"ZeroDivisionError: folding" in (dict(letter.headers)["dl_error_message"] or b"")
    assert await store.crashes(HOME) == {}


async def test_a_meter_that_runs_out_brings_the_next_plan_to_whom_it_belongs():
    # given a news site whose free plan ends after five articles
    known = knowledge()
    for rank, (plan, price) in enumerate((("guest", 0.0), ("reader", 6.0))):
        known.catalog.put(CatalogItem(plan, item_name=plan.title(), price=price, currency="GBP", tier=Tier("news", rank)))
    store, broker = MemoryStore(), Broker()
    engine = await standing(store, broker, known=known)
    # when its backend reports the fifth
    read = Usage(event_id="u", event_time_ms=NOW_MS, customer=ANA, plan_id="guest", metric="articles", used=5, limit=5)
    await worked(engine, fetched(read))
    # then the plan is suggested, as something about the plan that ran out, and the meter stands in the profile
    [sent] = broker.of(SUGGESTIONS)
    suggestion = msgspec.json.decode(sent.value or b"", type=Suggestion)
    assert [(one.item_list_id, [item.item_id for item in one.items]) for one in suggestion.lists] == [("plans", ["reader"])]
    assert suggestion.context == Context("usage", "guest")
    assert (await store.read({HOME: [ANA]}))[HOME].profiles[ANA].meters == (Meter(NOW_MS, "guest", "articles", 5, 5),)


async def test_a_crash_that_is_over_is_not_held_against_the_record():
    store, broker = MemoryStore(), Broker()
    await store.count_crash(HOME, f"{CLICKSTREAM}:0", "once")
    assert await store.crashes(HOME) == {f"{CLICKSTREAM}:0": Crash(1, "once")}
    await worked(await standing(store, broker), fetched(an_event(1)))
    assert await store.crashes(HOME) == {}


async def test_what_is_caught_up_on_is_counted_and_remembered_without_a_word():
    # given an event that the broker took an hour ago
    store, broker = MemoryStore(), Broker()
    [(at, [record])] = fetched(an_event(1)).items()
    old = msgspec.structs.replace(record, timestamp_ms=NOW_MS - 60 * 60 * 1000)
    await worked(await standing(store, broker), {at: [old]})
    assert await times_seen(store) == {"tea": 1}
    assert [one.topic for one in broker.sent] == [MEMORY]


@pytest.mark.parametrize(("said", "age_ms", "is_answered"), [(b"always", 60 * 60 * 1000, True), (b"never", 0, False), (b"?", 0, False)])
async def test_a_record_may_say_itself_whether_it_is_answered_whatever_its_age(said: bytes, age_ms: int, is_answered: bool):
    store, broker = MemoryStore(), Broker()
    [(at, [record])] = fetched(an_event(1)).items()
    fed = msgspec.structs.replace(record, timestamp_ms=NOW_MS - age_ms, headers=(("answer", said),))
    await worked(await standing(store, broker), {at: [fed]})
    assert await times_seen(store) == {"tea": 1}
    assert (SUGGESTIONS in {one.topic for one in broker.sent}) is is_answered


async def test_who_is_held_out_is_sent_nothing_and_is_learnt_from_and_each_silence_is_counted():
    store, broker, known = MemoryStore(), Broker(), knowledge()
    known.policy = msgspec.structs.replace(known.policy, order=("accessories",), holdout=Holdout(1.0))
    engine = await standing(store, broker, known=known)
    await worked(engine, fetched(an_event(1), an_event(2, "cup")))
    assert {one.topic for one in broker.sent} == {MEMORY, TRAINING}
    assert engine.tally["silent:accessories:holdout"] == 2
    assert await times_seen(store) == {"tea": 1, "cup": 1}


async def test_who_is_not_held_out_is_told_so_in_every_suggestion():
    store, broker, known = MemoryStore(), Broker(), knowledge()
    free = next(name for name in "abcdefgh" if not held_out(ANA, Holdout(0.5, name)))
    known.policy = msgspec.structs.replace(known.policy, holdout=Holdout(0.5, free))
    await worked(await standing(store, broker, known=known), fetched(an_event(1)))
    [suggestion] = [msgspec.json.decode(one.value or b"", type=Suggestion) for one in broker.of(SUGGESTIONS)]
    assert suggestion.experiment == {"holdout": "shown"}


async def test_a_policy_that_is_replaced_between_two_fetches_holds_from_the_second_on():
    # given a shop of four items, whose policy shows up to four others
    store, broker, known = MemoryStore(), Broker(), knowledge()
    known.policy = msgspec.structs.replace(known.policy, order=("accessories",))
    engine = await standing(store, broker, known=known)
    await worked(engine, fetched(an_event(1)))
    # when another one shows a single item
    known.policy = msgspec.structs.replace(known.policy, accessories=Accessories(items=1), version="new")
    await worked(engine, fetched(an_event(2, "cup"), first=1))
    first, second = (msgspec.json.decode(one.value or b"", type=Suggestion) for one in broker.of(SUGGESTIONS))
    assert ([len(shown.items) for shown in first.lists], first.policy_version) == ([3], SPEAKS.version)
    assert ([len(shown.items) for shown in second.lists], second.policy_version) == ([1], "new")


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
            assert await worked(engine, fetch) == {}
        sent.append(broker.sent)
        fences.append((await store.outbox(HOME))[0])
    # then what they sent is the same, byte for byte, and there is something of everything in it
    assert sent[0] == sent[1]
    assert fences[0] == fences[1]
    assert {one.topic for one in sent[0]} >= {SUGGESTIONS, MEMORY, DEAD_LETTERS, CLICKSTREAM}
