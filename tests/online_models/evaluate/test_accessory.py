"""Protocol accessory on logs small enough to work out by hand."""

from hashlib import sha1

import pytest

from features.catalog import Catalog
from online_models.evaluate.accessory import evaluate_accessory
from online_models.evaluate.accessory_sessions import evaluate_accessory_sessions
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import AddToCart, Event, Item, Purchase, ViewItem

NOON_MS = 1_763_812_800_000
KINDS = {"kettle": "Kettles", "pot": "Kettles", "cup": "Cups", "tea": "Tea", "sugar": "Sugar"}


def shop() -> Catalog:
    catalog = Catalog()
    for item, kind in KINDS.items():
        catalog.put(CatalogItem(item, item_category=kind))
    return catalog


def order(customer: str, minute: int, *items: str, about: str) -> Purchase:
    """An order that the protocol asks about `about`: the transaction id is chosen so that its hash says so."""
    place = sorted(items).index(about)
    number = next(n for n in range(1_000) if int(sha1(f"t{minute}-{n}".encode()).hexdigest(), 16) % len(items) == place)
    return Purchase(
        event_id=f"{customer}-{minute}",
        event_time_ms=NOON_MS + minute * 60_000,
        customer=customer,
        transaction_id=f"t{minute}-{number}",
        items=tuple([Item(item) for item in items]),
    )


def test_what_goes_with_the_item_is_asked_and_what_goes_instead_of_it_is_not():
    # given one order with kettle, cup and tea, and then one with kettle, pot and cup
    log = [order("ana", 0, "kettle", "cup", "tea", about="kettle"), order("bob", 1, "kettle", "pot", "cup", about="kettle")]
    report = evaluate_accessory(log, shop(), tail=0.5)
    # then the second asks what goes with the kettle: the truth is the cup, the pot is of its kind
    assert (report.n, report.events) == (1, 2)
    assert report.metrics["hr@10"] == 1.0
    assert report.metrics["recall@10"] == 1.0


def test_without_categories_what_is_of_the_kind_counts_too():
    log = [order("ana", 0, "kettle", "pot", about="kettle"), order("bob", 1, "kettle", "pot", about="kettle")]
    assert evaluate_accessory(log, shop(), tail=1.0).n == 0
    # ana's order is asked of an empty memory and missed, bob's is answered: 1 of 2
    report = evaluate_accessory(log, shop(), ignore_category=True, tail=1.0)
    assert (report.n, report.metrics["hr@10"], report.baselines["cosine"]["hr@10"]) == (2, 0.5, 0.5)


def test_what_the_customer_bought_before_is_neither_asked_nor_answered():
    log = [order("ana", 0, "kettle", "cup", about="kettle"), order("ana", 1, "pot", "cup", about="pot")]
    assert evaluate_accessory(log, shop(), tail=0.5).n == 0


def walk(*steps: tuple[type[ViewItem] | type[AddToCart], str, str]) -> list[Event]:
    return [
        kind(event_id=f"e{at}", event_time_ms=NOON_MS + at * 1_000, customer=session, session_id=session, items=(Item(item),))
        for at, (kind, session, item) in enumerate(steps)
    ]


def test_a_session_is_asked_at_each_first_cart_for_what_is_carted_later_of_another_category():
    # given a session that looked at and carted kettle and cup, and another that does the same, with a pot between
    first = [(ViewItem, "one", "kettle"), (AddToCart, "one", "kettle"), (AddToCart, "one", "cup")]
    second = [(AddToCart, "two", "kettle"), (AddToCart, "two", "pot"), (AddToCart, "two", "cup"), (AddToCart, "two", "kettle")]
    report = evaluate_accessory_sessions(walk(*first, *second), shop(), tail=4 / 7)
    # then of the second session's last four touches three ask: kettle and pot for the cup, the cup for the kettle; the kettle's second
    # cart is no first one. The kettle was followed by the cup before, and from the pot the session's kettle leads to it: all are found.
    assert report.n == 3
    assert report.metrics["hr@10"] == pytest.approx(1.0)


def test_a_session_without_a_second_category_asks_nothing():
    assert evaluate_accessory_sessions(walk((AddToCart, "one", "kettle"), (AddToCart, "one", "pot")), shop(), tail=1.0).n == 0
