"""The long log that replays are measured with."""

from itertools import pairwise

from stream.contracts.events import Item, Purchase, ViewItem
from tests.benchmarks.long_log import DAY_MS, long_log

MONDAY_MS = 1_763_942_400_000
VIEW = ViewItem(event_id="a", event_time_ms=MONDAY_MS + 1_000, customer="k1:ana", session_id="s", items=(Item("tea"),))
ORDER = Purchase(
    event_id="b", event_time_ms=MONDAY_MS + DAY_MS, customer="k1:ana", session_id="s", transaction_id="t", items=(Item("cup"),)
)


def test_each_round_is_of_others_and_begins_whole_days_after_the_one_before_it():
    # given two events that lie a day less a second apart, the later one first, twice and a half
    log = list(long_log([ORDER, VIEW], 5))
    # then they come in order, rounds a day apart, with the items that they had
    assert [event.event_time_ms - MONDAY_MS for event in log] == [1_000, DAY_MS, DAY_MS + 1_000, 2 * DAY_MS, 2 * DAY_MS + 1_000]
    assert [event.items[0].item_id for event in log] == ["tea", "cup", "tea", "cup", "tea"]
    # and a round's customer, session and order are its own, and each event's id
    first, second, third = {event.customer for event in log[:2]}, {event.customer for event in log[2:4]}, {log[4].customer}
    assert [len(names) for names in (first, second, third, first | second | third)] == [1, 1, 1, 3]
    assert len({event.session_id for event in log}) == 3
    assert len({event.transaction_id for event in log if isinstance(event, Purchase)}) == 2
    assert len({event.event_id for event in log}) == 5


def test_the_same_events_give_the_same_log_in_the_order_of_time():
    log = list(long_log([VIEW, ORDER], 1_000))
    assert log == list(long_log([ORDER, VIEW], 1_000))
    assert all(one.event_time_ms <= other.event_time_ms for one, other in pairwise(log))
