"""In which order a fetch is worked."""

from hypothesis import given
from hypothesis import strategies as st

from stream.engine.order import Pending, by_event_time, may_end_after
from stream.engine.record import Record, TopicPartition

CLICKS, CART = TopicPartition("clicks", 0), TopicPartition("cart", 0)


def a_record(at: TopicPartition, offset: int, timestamp_ms: int) -> Record:
    return Record(at.topic, at.partition, offset, timestamp_ms, None, b"")


def test_a_chunk_takes_the_oldest_of_all_partitions_first_and_a_prefix_of_each():
    # given clicks at 10 and 30 ms and a cart event at 20 ms
    pending = Pending({CLICKS: [a_record(CLICKS, 5, 10), a_record(CLICKS, 6, 30)], CART: [a_record(CART, 9, 20)]})
    # when two records are asked for, then they are the two oldest
    assert [(record.topic, record.offset) for record in pending.next(2)] == [("clicks", 5), ("cart", 9)]
    # when these are done, then the third remains, and afterwards nothing
    pending.drop_until({CLICKS: 6, CART: 10})
    assert [record.offset for record in pending.next(10)] == [6]
    pending.drop_until({CLICKS: 7})
    assert not pending


def test_a_partition_number_is_dropped_with_all_its_topics():
    other = TopicPartition("clicks", 1)
    pending = Pending({CLICKS: [a_record(CLICKS, 1, 1)], CART: [a_record(CART, 1, 1)], other: [a_record(other, 4, 1)]})
    pending.drop_partition(0)
    assert [(record.partition, record.offset) for record in pending.next(10)] == [(1, 4)]


def test_a_customers_events_are_put_in_order_of_event_time_and_nobody_else_moves():
    # given ana at times 30, 10, 20 in places 0, 2, 3, ben between them, and a record without an event at the end
    customers = ["ana", "ben", "ana", "ana", None]
    times_ms = [30, 99, 10, 20, 0]
    # when they are ordered, then ana's places hold 10 (place 2), 20 (place 3), 30 (place 0)
    assert by_event_time(customers, times_ms) == [2, 1, 3, 0, 4]


def test_a_chunk_may_end_only_where_the_work_done_is_a_prefix():
    assert may_end_after([2, 1, 3, 0, 4]) == [False, False, False, True, True]
    assert may_end_after([0, 1, 2]) == [True, True, True]


@given(st.lists(st.tuples(st.sampled_from(["ana", "ben", None]), st.integers(0, 9)), max_size=30))
def test_every_order_is_a_permutation_that_may_end_at_its_end(events):
    order = by_event_time([customer for customer, _ in events], [time_ms for _, time_ms in events])
    assert sorted(order) == list(range(len(events)))
    assert not events or may_end_after(order)[-1]
