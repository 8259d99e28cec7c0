"""Records that cannot be served, among others that can."""

from typing import Any

import msgspec
import pytest

from features.store.redis import RedisStore
from stream.contracts.events import Item, ViewItem
from stream.contracts.topics import CLICKSTREAM, DEAD_LETTERS, INPUT_BYTES
from stream.exits import INTERNAL
from tests.support.counting import Outcome, header, outcome, read_topic, until_worked
from tests.support.shop import Shop, customer_named, now_ms
from tests.support.workers import Crew, started

ENVELOPE_BYTES = 100  # what a record batch adds to its only record, generously
YEAR_2100_MS = 4_102_444_800_000


def an_event(**changed: object) -> bytes:
    fields = {"event": "view_item", "event_id": "bad", "event_time_ms": now_ms(), "customer": "k1:bad", "items": [{"item_id": "tea"}]}
    return msgspec.json.encode({name: value for name, value in (fields | changed).items() if value is not None})


POISON: dict[str, tuple[bytes | None, str]] = {
    "no value": (None, "NullValue"),
    "nothing in it": (b"", "DecodeError"),
    "no UTF-8": (b"\xff\xfe{", "DecodeError"),
    "UTF-8 cut short in a name": (an_event()[:-20] + b"\xe3\x81", "DecodeError"),
    "an event that nobody knows": (an_event(event="dance"), "ValidationError"),
    "a text for a time": (an_event(event_time_ms="noon"), "ValidationError"),
    "a number for the items": (an_event(items=7), "ValidationError"),
    "2,001 items": (an_event(items=[{"item_id": "tea"}] * 2_001), "ValidationError"),
    "the year 1970": (an_event(event_time_ms=1_000), "ValidationError"),
    "the year 2100": (an_event(event_time_ms=YEAR_2100_MS), "FutureEvent"),
    "a pictograph in an id": (an_event(items=[{"item_id": "\U0001f375"}]), "ValidationError"),
    "a zero byte in an id": (an_event(items=[{"item_id": "tea\x00pot"}]), "ValidationError"),
    "nobody": (an_event(customer=None), "NoCustomer"),
    "garbage as large as the topic takes": (b"\x80" * (INPUT_BYTES - ENVELOPE_BYTES), "DecodeError"),
}


async def test_poison_goes_to_the_dead_letters_and_everything_else_is_served(shop: Shop, crew: Crew, store: RedisStore):
    # given every kind of poison among good events, one of them with a header that has no value
    await started(crew.worker())
    poisoned: dict[tuple[str, str, str], tuple[bytes | None, str]] = {}
    async with shop.trading():
        for at, (value, error_class) in enumerate(POISON.values()):
            written = await shop.put(CLICKSTREAM, at % shop.partitions, value, headers=[("from", b"a test"), ("void", None)])
            poisoned[CLICKSTREAM, str(written.partition), str(written.offset)] = value, error_class
    await until_worked(shop, store)
    # then each is a dead letter, once, as it came, with its address and what was wrong
    letters = await read_topic(shop.bootstrap, DEAD_LETTERS)
    assert len(letters) == len(POISON)
    assert {address_of(letter): (letter.value, header(letter.headers, "dl_error_class")) for letter in letters} == poisoned
    assert all(header(letter.headers, "dl_error_message") and header(letter.headers, "from") == "a test" for letter in letters)
    # and whoever came after it was served
    assert await outcome(shop, store) == Outcome()


def address_of(letter: Any) -> tuple[str, str, str]:
    return header(letter.headers, "dl_topic"), header(letter.headers, "dl_partition"), header(letter.headers, "dl_offset")


async def test_poison_in_an_outbox_is_published_by_the_next_owner(shop: Shop, crew: Crew, store: RedisStore):
    # given a worker that dies between committing poison and sending its letter
    dying = crew.worker("die_before_sending", "1")
    await started(dying)
    await shop.put(CLICKSTREAM, 0, b"\xff", headers=[("void", None)])
    dying.ended(30)
    assert (await store.outbox(0))[1]
    # when another takes over, under a group of its own because only the store counts
    await started(crew.worker(TSUIDE_GROUP=f"{crew.prefix}-next"))
    await until_worked(shop, store)
    # then the letter is there
    [letter] = await read_topic(shop.bootstrap, DEAD_LETTERS)
    assert address_of(letter) == (CLICKSTREAM, "0", "0")


async def test_a_fault_in_recommending_costs_one_suggestion(shop: Shop, crew: Crew, store: RedisStore):
    await started(crew.worker("fail_recommending", "odd"))
    async with shop.trading():
        await shop.has_sent(100)
        failed = await shop.tell(shop.an_event(shop.customers[0], "odd"))
        await shop.has_sent(100)
    await until_worked(shop, store)
    assert await outcome(shop, store) == Outcome(unanswered={failed.id})


async def test_a_record_that_ended_three_processes_is_set_aside_with_its_traceback(shop: Shop, crew: Crew, store: RedisStore):
    # given a record that cannot be folded, among others
    async with shop.trading():
        await shop.has_sent(100)
        bad = await shop.tell(shop.an_event(shop.customers[0], "bad"))
        await shop.has_sent(100)
    # when three processes have ended because of it
    for death in range(3):
        worker = crew.worker("fail_folding", "bad", TSUIDE_GROUP=f"{crew.prefix}-{death}").launch()
        assert worker.ended(60) == INTERNAL
        assert (await store.crashes(bad.partition))[f"{bad.topic}:{bad.offset}"].count == death + 1
    # then the fourth sets it aside
    await started(crew.worker("fail_folding", "bad", TSUIDE_GROUP=f"{crew.prefix}-last"))
    await until_worked(shop, store)
    [letter] = await read_topic(shop.bootstrap, DEAD_LETTERS)
    assert address_of(letter) == (bad.topic, str(bad.partition), str(bad.offset))
    assert header(letter.headers, "dl_error_class") == "EndedProcesses"
    assert "Injected: folding bad" in header(letter.headers, "dl_error_message")
    # and everything else was counted, and nothing is held against the record any more
    shop.sent.remove(bad)
    assert await outcome(shop, store) == Outcome()
    assert await store.crashes(bad.partition) == {}


@pytest.mark.parametrize("raw", [False, True], ids=["under his pseudonym", "under his raw id"])
async def test_a_record_in_the_wrong_partition_is_served_once_where_its_customer_lives(
    shop: Shop, crew: Crew, store: RedisStore, raw: bool
):
    await started(crew.worker())
    # given a customer whose events a foreign producer spreads over all partitions
    customer = customer_named("wanderer")
    shop.customers.append(customer)
    async with shop.trading():
        for number in range(8):
            event = shop.an_event(customer, f"item-{number}")
            if raw:
                event = msgspec.structs.replace(event, customer=None, user_id="wanderer")
            await shop.tell(event, at=number % shop.partitions, customer=customer)
    await until_worked(shop, store)
    # then every event counted once in one profile, and was answered under the address where it first stood
    assert await outcome(shop, store) == Outcome()
    for number in range(shop.partitions):
        assert (customer in (await store.read({number: [customer]}))[number].profiles) == (number == shop.home_of(customer))


async def test_a_large_event_is_served(shop: Shop, crew: Crew, store: RedisStore):
    await started(crew.worker())
    # 2,000 items with names of 400 characters: 2,000 * (400 + 68) bytes, 0.9 MB
    items = tuple(Item(f"large-{number}", item_name="n" * 400, price=1.0) for number in range(2_000))
    sent = await shop.put(CLICKSTREAM, 0, msgspec.json.encode(shop.an_event("k1:large", "", ViewItem, items=items)))
    await until_worked(shop, store)
    assert (sent.offset, await read_topic(shop.bootstrap, DEAD_LETTERS)) == (0, [])
