"""Samples after Segment's "Common fields" and "V2 Ecommerce Events"."""

import json
from typing import Any

import msgspec
import pytest

from stream.archive.formats.refused import LineRefused
from stream.archive.formats.segment import EVENTS, event_of
from stream.contracts.events import EVENT_NAMES, AddToCart, Item, Purchase, Refund, ReturnedItem, Search, SelectItem, ViewItemList

COMMON = {
    "anonymousId": "507f191e810c19729de860ea",
    "context": {"ip": "8.8.8.8", "locale": "en-US", "library": {"name": "analytics.js", "version": "2.11.1"}},
    "integrations": {"All": True},
    "messageId": "022bb90c-bbac-11e4-8dfc-aa07a5b093db",
    "receivedAt": "2015-02-23T22:28:55.387Z",
    "sentAt": "2015-02-23T22:28:55.111Z",
    "timestamp": "2015-02-23T22:28:55.111Z",
    "type": "track",
    "userId": "97980cfea0067",
    "version": "1.1",
}
AT_MS = 1_424_730_535_111  # 2015-02-23 22:28:55.111 UTC: 16,489 days x 86,400,000 + 80,935,111
PRODUCT = {
    "product_id": "507f1f77bcf86cd799439011",
    "sku": "G-32",
    "category": "Games",
    "name": "Monopoly: 3rd Edition",
    "brand": "Hasbro",
    "variant": "200 pieces",
    "price": 18.99,
    "quantity": 1,
    "coupon": "MAYDEALS",
    "position": 3,
    "url": "https://www.example.com/product/path",
    "image_url": "https://www.example.com/product/path.jpg",
}
MONOPOLY = Item(
    "507f1f77bcf86cd799439011",
    item_name="Monopoly: 3rd Edition",
    item_brand="Hasbro",
    item_category="Games",
    item_variant="200 pieces",
    price=18.99,
    index=3,
)
ORDER = {
    "checkout_id": "fksdjfsdjfisjf9sdfjsd9f",
    "order_id": "50314b8e9bcf000000000000",
    "affiliation": "Google Store",
    "total": 27.50,
    "subtotal": 22.50,
    "revenue": 25.00,
    "shipping": 3,
    "tax": 2,
    "discount": 2.5,
    "coupon": "hasbros",
    "currency": "USD",
    "products": [
        {"product_id": "507f1f77bcf86cd799439011", "sku": "45790-32", "name": "Monopoly: 3rd Edition", "price": 19, "quantity": 1},
        {"product_id": "505bd76785ebb509fc183733", "sku": "46493-32", "name": "Uno Card Game", "price": 3, "quantity": 2},
    ],
}


def call(event: str, properties: dict[str, Any], **more: Any) -> bytes:
    return json.dumps(COMMON | {"event": event, "properties": properties} | more).encode()


def test_a_product_added_is_add_to_cart_with_all_that_both_know() -> None:
    assert event_of(call("Product Added", PRODUCT | {"cart_id": "skdjsidjsdkdj29j"})) == AddToCart(
        event_id="022bb90c-bbac-11e4-8dfc-aa07a5b093db",
        event_time_ms=AT_MS,
        user_id="97980cfea0067",
        client_id="507f191e810c19729de860ea",
        language="en-US",
        items=(MONOPOLY,),
    )


def test_an_order_is_worth_its_revenue_and_keeps_its_number() -> None:
    bought = event_of(call("Order Completed", ORDER))
    assert isinstance(bought, Purchase)
    assert (bought.transaction_id, bought.currency, bought.value) == ("50314b8e9bcf000000000000", "USD", 25.0)
    assert [(item.item_id, item.price, item.quantity) for item in bought.items] == [
        ("507f1f77bcf86cd799439011", 19, 1),
        ("505bd76785ebb509fc183733", 3, 2),
    ]


def test_without_a_revenue_an_order_is_worth_its_value_or_total() -> None:
    refund = event_of(call("Order Refunded", {"order_id": "o1", "total": 30, "currency": "USD", "products": [{"sku": "45790-32"}]}))
    assert isinstance(refund, Refund)
    assert (refund.value, refund.items) == (30, (ReturnedItem("45790-32"),))
    started = event_of(call("Checkout Started", {"value": 20, "total": 30}))
    assert started is not None
    assert started.value == 20


def test_a_list_names_itself_in_the_event_and_in_each_item() -> None:
    seen = event_of(
        call("Product List Viewed", {"list_id": "hot_deals_1", "category": "Deals", "products": [{"product_id": "a"}, {"sku": "b"}]})
    )
    assert isinstance(seen, ViewItemList)
    assert (seen.item_list_id, [(item.item_id, item.item_list_id) for item in seen.items]) == (
        "hot_deals_1",
        [("a", "hot_deals_1"), ("b", "hot_deals_1")],
    )
    clicked = event_of(call("Product Clicked", PRODUCT))
    assert isinstance(clicked, SelectItem)
    assert clicked.items == (MONOPOLY,)


def test_a_search_has_its_words_and_one_by_an_object_has_none() -> None:
    for query, term in (("blue roses", "blue roses"), ({"colour": "blue"}, None)):
        searched = event_of(call("Products Searched", {"query": query}))
        assert isinstance(searched, Search)
        assert searched.search_term == term


@pytest.mark.parametrize(("said", "name"), EVENTS.items())
def test_every_event_that_is_mapped_is_one_of_ours(said: str, name: str) -> None:
    event = event_of(call(said, PRODUCT))
    assert event is not None
    assert EVENT_NAMES[type(event)] == name


@pytest.mark.parametrize(
    "line",
    [
        call("Coupon Applied", {"coupon_id": "may_deals_2016"}),
        call("Promotion Viewed", {"promotion_id": "promo_1", "position": "home_banner_top"}),
        call("User Registered", {"plan": "Pro Annual"}),
        json.dumps(COMMON | {"type": "identify", "traits": {"email": "a@example.com"}}).encode(),
        json.dumps(COMMON | {"type": "page", "name": "Home", "properties": {"title": "Welcome"}}).encode(),
    ],
    ids=["coupon", "promotion", "own event", "identify", "page"],
)
def test_a_call_that_the_shop_has_no_event_for_is_none(line: bytes) -> None:
    assert event_of(line) is None


def test_numbers_as_text_and_ids_as_numbers_are_understood() -> None:
    event = event_of(call("Product Viewed", {"product_id": 42, "price": "18.99", "quantity": "2"}, userId=7))
    assert event is not None
    assert (event.items, event.user_id) == ((Item("42", price=18.99, quantity=2),), "7")


def test_a_call_before_segment_corrected_its_clock_has_its_original_time() -> None:
    early = json.loads(call("Product Viewed", PRODUCT))
    early["originalTimestamp"] = early.pop("timestamp")
    event = event_of(json.dumps(early).encode())
    assert event is not None
    assert event.event_time_ms == AT_MS


@pytest.mark.parametrize(
    "line",
    [
        call("Product Viewed", PRODUCT, timestamp=None),
        call("Product Viewed", PRODUCT, messageId=None),
        call("Product Viewed", PRODUCT, timestamp="2015-02-23T22:28:55.111"),
        call("Product Viewed", PRODUCT | {"price": "free"}),
        call("Product Viewed", PRODUCT | {"price": -1}),
        call("Order Completed", ORDER | {"products": [{"name": "Uno Card Game"}]}),
    ],
    ids=["no time", "no id", "no zone", "price in words", "price below 0", "product without an id"],
)
def test_a_call_that_says_too_little_is_refused(line: bytes) -> None:
    with pytest.raises((LineRefused, msgspec.DecodeError)):
        event_of(line)
