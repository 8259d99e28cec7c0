"""Forgetting is exact: every answer is that of a memory that was built from the retained events of the others."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from online_models.browse.neighbours import POSTINGS
from stream.contracts.ids import Origin
from stream.contracts.memory import Forget, MemoryRecord
from tests.online_models.memory.retained import never_met
from tests.online_models.questions import answers
from tests.online_models.records import NOON_MS, memory_of, remembered

CUSTOMERS, ITEMS = ("ana", "bob", "eve", "jim", "kim"), tuple("abcdefgh")
EVENTS = ("view_item", "select_item", "add_to_wishlist", "add_to_cart", "purchase", "purchase", "refund")
HOUR_MS = 3_600_000
FORGET = 1_000_000  # an offset beyond all events
NAMES = ("first", "second", "@own")


def a_record(offset: int, draw: random.Random, items: tuple[str, ...] = ITEMS) -> MemoryRecord:
    """Return an event of a shop where sessions run side by side, some of one name, prices and categories change, clocks are off."""
    customer, name = draw.choice(CUSTOMERS), draw.choice(NAMES)
    return remembered(
        offset,
        *draw.choices(items, range(len(items), 0, -1), k=draw.choice((1, 1, 1, 2, 5))),
        customer=customer,
        session=customer + name if name == "@own" else name,
        event=draw.choice(EVENTS),
        at_ms=NOON_MS + HOUR_MS * (offset // 4 + draw.randint(-3, 3)),
        category=draw.choice((None, "drinks", "drinks", "cups")),
        price=draw.choice((None, 1.0, 1.5, 2.5, 4.0)),
    )


def a_log(seed: int, events: int) -> list[MemoryRecord]:
    chance = random.Random(seed)
    return [a_record(offset, chance) for offset in range(events)]


def assert_forgotten_exactly(records: list[MemoryRecord], **windows: int) -> None:
    now_ms = max((record.event_time_ms for record in records), default=NOON_MS) + HOUR_MS
    forgetful = memory_of(records, **windows)
    forgetful.take_in(Forget(Origin("wishes", 0, FORGET), "ana"))
    other = never_met(records, "ana", **windows)
    sessions = ("", "first", "bob@own")
    assert answers(forgetful, ITEMS, now_ms, sessions=sessions) == answers(other, ITEMS, now_ms, sessions=sessions)


@given(
    seed=st.integers(0, 2**32),
    events=st.integers(0, 250),
    session_rows=st.sampled_from([1, 2, 8, 16, 256]),
    baskets=st.sampled_from([1, 5, 20, 1000]),
    most_rows=st.sampled_from([1, 2, 4, 20]),
    most_baskets=st.sampled_from([1, 3, 5, 32]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_after_a_customer_is_forgotten_every_answer_is_that_of_the_retained_events_of_the_others(seed, events, **windows):
    assert_forgotten_exactly(a_log(seed, events), **windows)


@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_exact_too_where_more_is_retained_of_an_item_than_is_ever_read(seed):
    # given so many touches that the caps of reading cut: what forgetting takes out of the newest 300 is filled up from older ones
    records = a_log(seed, 2000)
    windows = {"session_rows": 1024, "baskets": 1024, "most_rows": 10_000, "most_baskets": 10_000}
    memory = memory_of(records, **windows)
    memory.take_in(Forget(Origin("wishes", 0, FORGET), "ana"))
    assert max(len(memory.sessions.postings.all(item)) for item in range(len(ITEMS))) > POSTINGS
    assert_forgotten_exactly(records, **windows)


@given(seed=st.integers(0, 2**32), when=st.integers(0, 200))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_who_was_forgotten_in_between_and_came_back_counts_with_what_he_did_since(seed, when):
    windows = {"session_rows": 256, "baskets": 1000, "most_rows": 4, "most_baskets": 4}
    records = a_log(seed, 200)
    memory = memory_of(records[:when], **windows)
    memory.take_in(Forget(Origin("wishes", 0, 0), "ana"))
    for record in records[when:]:
        memory.take_in(record)
    kept = [record for place, record in enumerate(records) if place >= when or record.customer != "ana"]
    now_ms = NOON_MS + 60 * HOUR_MS
    assert answers(memory, ITEMS, now_ms) == answers(never_met(kept, "nobody", **windows), ITEMS, now_ms)


def test_two_customers_who_hit_upon_the_same_session_name_do_not_divide_each_others_rows():
    # given that bob and ana are both in a session "1" at once
    log = [remembered(n, item, customer=who, session="1") for n, (who, item) in enumerate([("bob", "a"), ("ana", "b"), ("bob", "c")])]
    memory = memory_of(log)
    memory.take_in(Forget(Origin("wishes", 0, FORGET), "ana"))
    # then bob's walk from a to c is one row
    assert [memory.items.ids[item] for item in memory.sessions.items[0, :2].tolist()] == ["a", "c"]
    assert memory.sessions.start_of("1") == 0
