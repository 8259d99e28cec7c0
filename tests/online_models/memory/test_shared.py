"""The memory as a whole: counted once, and forgetful when asked."""

import pickle
import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from online_models.evaluate.report import size_mib
from online_models.memory.shared import SharedMemory
from stream.contracts.ids import Origin
from stream.contracts.memory import Forget, MemoryRecord
from tests.online_models.records import NOON_MS, browse, memory_of, remembered, walks

CUSTOMERS, ITEMS = ("ana", "bob", "eve"), tuple("abcdefg")
FORGET = 10_000  # an offset beyond all events


def test_a_record_delivered_twice_is_counted_once():
    memory = SharedMemory()
    record = remembered(7, "tea")
    assert [memory.take_in(record), memory.take_in(record)] == [True, False]
    assert (memory.version, memory.popularity.counts[0]) == (1, 1)


def test_a_record_older_than_the_newest_of_its_partition_is_dropped_and_of_another_partition_is_not():
    memory = memory_of([remembered(7, "tea")])
    other = remembered(3, "cup")
    assert not memory.take_in(other)
    assert memory.take_in(MemoryRecord(Origin("shop", 1, 3), "bob", "s9", "view_item", NOON_MS, other.items))


@st.composite
def histories(draw: st.DrawFn) -> list[MemoryRecord]:
    """Up to 60 events of three customers in their own sessions, a few of them late, some purchases of two items."""
    steps = draw(
        st.lists(
            st.tuples(
                st.sampled_from(CUSTOMERS),
                st.integers(0, 2),
                st.lists(st.sampled_from(ITEMS), min_size=1, max_size=2),
                st.sampled_from(["view_item", "add_to_cart", "purchase", "refund"]),
                st.integers(-2, 2),
                st.sampled_from([None, "drinks", "cups"]),
                st.sampled_from([None, 2.5, 3.0]),
            ),
            max_size=60,
        )
    )
    return [
        remembered(
            offset,
            *items,
            customer=customer,
            session=f"{customer}-{session}",
            event=event,
            at_ms=NOON_MS + 1_200_000 * offset + late * 3_600_000,  # within the day before the question
            category=category,
            price=price,
        )
        for offset, (customer, session, items, event, late, category, price) in enumerate(steps)
    ]


def assert_same_answers(one: SharedMemory, other: SharedMemory) -> None:
    for anchors in [(item,) for item in ITEMS] + [("a", "b", "c"), ("c", "d", "e", "f", "g")]:
        for session in ("", "bob-0"):
            left, right = (browse(memory, *anchors, session=session) for memory in (one, other))
            assert left.items == right.items
            assert left.scores.tobytes() == right.scores.tobytes()
            assert left.features.tobytes() == right.features.tobytes()
            assert left.sources == right.sources


def prices(memory: SharedMemory) -> list[float | None]:
    return [None if (index := memory.items.find(item)) is None else memory.prices.get(index) for item in ITEMS]


@given(histories())
@settings(max_examples=60, deadline=None)
def test_after_a_customer_is_forgotten_every_answer_is_that_of_a_memory_that_never_met_her(records):
    # given a memory of everybody, and one of everybody but ana
    memory = memory_of(records)
    # when ana is forgotten
    memory.take_in(Forget(Origin("shop", 0, FORGET), "ana"))
    # then both answer alike, to the last bit
    other = memory_of([record for record in records if record.customer != "ana"])
    assert_same_answers(memory, other)
    assert prices(memory) == prices(other)


@given(histories(), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_forgetting_in_the_middle_leaves_no_difference_at_the_end(records, when):
    memory = memory_of(records[:when])
    memory.take_in(Forget(Origin("wishes", 0, 0), "ana"))
    for record in records[when:]:
        memory.take_in(record)
    kept = [record for offset, record in enumerate(records) if record.customer != "ana" or offset >= when]
    assert_same_answers(memory, memory_of(kept))


@given(histories(), st.sampled_from([1, 2, 4, 8]))
@settings(max_examples=60, deadline=None)
def test_a_full_window_answers_as_one_that_only_ever_saw_what_it_retains(records, rows):
    # given room for a few rows, and of every record's single step the cell that it was written to
    steps = [record for record in records if len(record.items) == 1 and record.event != "refund"]
    memory, cells = SharedMemory(session_rows=rows), []
    for record in steps:
        memory.take_in(record)
        cells.append(newest_cell(memory, record))
    # when a customer is forgotten
    memory.take_in(Forget(Origin("shop", 0, FORGET), "ana"))
    # then it is as if there had been only those records of others whose cell is still held (a repeat shares its cell)
    kept = [
        record
        for number, (record, cell) in enumerate(zip(steps, cells, strict=True))
        if record.customer != "ana" and cell not in cells[:number] and holds(memory, record, cell)
    ]
    assert_same_answers(memory, memory_of(kept))


def newest_cell(memory: SharedMemory, record: MemoryRecord) -> int:
    """Return the cell that holds the step; of a repeat, the cell that it repeats."""
    index = memory.items.find(record.items[0].item_id)
    start = memory.sessions.start_of(record.session)
    own = [
        cell
        for cell in memory.sessions.postings.all(index).tolist()
        if memory.sessions.starts[cell // 32 % memory.sessions.capacity] == start
    ]
    return own[-1]


def holds(memory: SharedMemory, record: MemoryRecord, cell: int) -> bool:
    return cell in memory.sessions.postings.all(memory.items.find(record.items[0].item_id)).tolist()


def test_no_trace_of_a_forgotten_customer_is_left():
    records = [
        remembered(0, "tea", "cup", customer="k1:5ecre7", session="k1:5ecre7@1", event="purchase", price=2.5, category="drinks"),
        remembered(1, "tea", customer="bob", session="b", price=3.0),
    ]
    memory = memory_of(records)
    assert b"5ecre7" in pickle.dumps(memory)
    memory.take_in(Forget(Origin("shop", 0, FORGET), "k1:5ecre7"))
    assert b"5ecre7" not in pickle.dumps(memory)


def test_asking_changes_nothing():
    memory = memory_of(walks("tea cup spoon", "cup spoon jar", "tea jar", tea="drinks", cup="cups"))
    before = pickle.dumps(memory)
    first, second = browse(memory, "tea", "cup"), browse(memory, "tea", "cup")
    assert pickle.dumps(memory) == before
    assert first.scores.tobytes() == second.scores.tobytes()
    assert first.items == second.items


def test_memory_does_not_grow_once_the_window_is_full():
    # given a window of eight rows, filled ten times over with the same few items
    memory = memory_of(walks(*["tea cup spoon"] * 80), session_rows=8)
    assert len(memory.sessions.items) == 8
    assert sum(len(memory.sessions.postings.all(item)) for item in range(3)) == 8 * 3
    assert np.array_equal(memory.popularity.counts[:3], [8, 8, 8])


def test_a_log_twice_as_long_takes_at_most_a_tenth_more_memory_once_the_windows_are_full():
    # given 40 customers who look at 3 of 60 items and buy them, again and again, and windows that 2,000 visits fill many times over
    chance, windows = random.Random(5), {"session_rows": 128, "baskets": 200}
    log = [
        remembered(
            visit,
            *chance.sample([f"item{n}" for n in range(60)], 3),
            customer=f"c{chance.randrange(40)}",
            session=f"s{visit}",
            event=chance.choice(("view_item", "purchase")),
            at_ms=NOON_MS + visit * 1_800_000,
            category=chance.choice(("drinks", "cups")),
            price=float(chance.randrange(1, 9)),
        )
        for visit in range(4000)
    ]
    sizes = [size_mib(memory_of(log[:length], **windows), digits=6) for length in (2000, 4000)]
    assert sizes[1] <= 1.1 * sizes[0]
