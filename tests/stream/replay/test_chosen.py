"""Which part of a log is replayed."""

from stream.archive.wanted import Wanted
from stream.contracts.ids import Customer
from stream.contracts.topics import CART, CATALOG, CLICKSTREAM, CONSENT
from stream.engine.record import Record
from stream.replay.chosen import Chosen

ANA, BEN = "k1:" + 64 * "a", "k1:" + 64 * "b"


def a_record(topic: str, offset: int, *, event: str = "view_item", customer: str = ANA) -> Record:
    return Record(topic, 0, offset, 1_000 + offset, None, f'{{"event":"{event}","customer":"{customer}"}}'.encode())


GOODS = Record(CATALOG, 0, 0, 5_000, b"tea", b"{}")
VIEW, LINE = a_record(CLICKSTREAM, 0), a_record(CART, 1, event="add_to_cart", customer=BEN)
WISH, LATE = a_record(CONSENT, 2, event="", customer=ANA), a_record(CLICKSTREAM, 3)
PAST = [GOODS, VIEW, LINE, WISH, LATE]


def chosen(**said: object) -> list[Record]:
    return list(Chosen(**said).of(PAST))  # type: ignore[arg-type]


def test_without_a_choice_everything_is_replayed():
    assert chosen() == PAST


def test_times_and_customers_choose_and_the_catalogue_always_comes_along():
    assert chosen(wanted=Wanted(from_ms=1_001, to_ms=1_003)) == [GOODS, LINE, WISH]
    assert chosen(wanted=Wanted(customers=frozenset({Customer(BEN)}))) == [GOODS, LINE]


def test_events_are_chosen_by_name_and_what_a_customer_wants_is_none():
    assert chosen(events=frozenset({"add_to_cart"})) == [GOODS, LINE, WISH]
    assert list(Chosen(events=frozenset({"view_item"})).of([Record(CLICKSTREAM, 0, 0, 1, None, b"\xff")])) == []


def test_a_limit_counts_what_was_chosen_and_not_the_catalogue():
    assert chosen(limit=2) == [GOODS, VIEW, LINE]
    assert chosen(limit=0) == [GOODS]
    assert chosen(limit=1, events=frozenset({"add_to_cart"})) == [GOODS, LINE]
