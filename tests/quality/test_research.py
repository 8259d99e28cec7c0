"""Research logs become the shop's contract."""

import gzip
from pathlib import Path

import msgspec
import pytest

from stream.cli.anybody import anybody
from stream.contracts.events import AddToCart, Item, Purchase
from stream.errors import LogError
from stream.logs import read_catalog, read_events
from tests.quality.logs import Log, allowed, as_shop_log, log_at, logs_in, protocols_of
from tests.quality.research import Described, Touch, catalogue_of, events_of

NOON_MS = 1_763_812_800_000


def bought(at_ms: int, item: str, basket: str, **more: object) -> Touch:
    return Touch(at_ms, "purchase", item, user="ana", basket=basket, **more)  # type: ignore[arg-type]


def test_a_basket_is_one_purchase_at_its_first_time_and_its_lines_keep_their_order():
    # given two baskets whose lines come mixed, the tea of the first on two lines: 1 + 2
    log = [bought(5, "tea", "b1", price=2.5), bought(6, "pot", "b2"), bought(7, "cup", "b1"), bought(8, "tea", "b1", qty=2)]
    first, second = events_of(log, "online_retail")
    assert first == {
        "event": "purchase",
        "event_id": "online_retail-0",
        "event_time_ms": 5,
        "user_id": "ana",
        "currency": "GBP",
        "transaction_id": "b1",
        "items": [{"item_id": "tea", "quantity": 3, "price": 2.5}, {"item_id": "cup", "quantity": 1}],
    }
    assert [line["item_id"] for line in second["items"]] == ["pot"]


def test_touches_come_by_time_session_and_line_and_baskets_of_one_time_by_their_name():
    log = [Touch(9, "view", "c", session="s1"), Touch(4, "view", "b", session="s2"), Touch(4, "view", "a", session="s1")]
    assert [event["items"][0]["item_id"] for event in events_of(log, "any")] == ["a", "b", "c"]
    assert [event["transaction_id"] for event in events_of([bought(4, "x", "b2"), bought(4, "y", "b1")], "any")] == ["b1", "b2"]


def test_every_other_touch_is_an_event_of_its_own_and_unknown_kinds_are_left_out():
    log = [
        Touch(1, "impression", "tea", user=7, position=2, rid="r1"),
        Touch(2, "cart_add", "tea", session=91, cat=12),
        Touch(3, "rating", "tea"),
        Touch(4, "return", "tea", basket="b1"),
    ]
    shown, carted, returned = events_of(log, "any")
    assert (shown["event"], shown["user_id"], shown["suggestion_id"], shown["items"][0]["index"]) == ("view_item_list", "7", "r1", 2)
    assert (carted["event"], carted["session_id"], carted["items"][0]["item_category"]) == ("add_to_cart", "91", "12")
    assert (returned["event"], returned["event_id"], returned["transaction_id"]) == ("refund", "any-3", "b1")


def test_a_described_item_keeps_its_path_of_categories_and_says_a_currency_only_with_a_price():
    items = [Described("tea", title="Tea", price=40.0, category=["10", "1005"]), Described("cup")]
    assert list(catalogue_of(items, "tafeng_2000")) == [
        {"item_id": "tea", "item_name": "Tea", "price": 40.0, "currency": "TWD", "item_category": "10", "item_category2": "1005"},
        {"item_id": "cup"},
    ]


def written(folder: Path, name: str, *records: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / name, "wb") as file:
        file.writelines(msgspec.json.encode(record) + b"\n" for record in records)


def test_a_log_of_either_form_is_found_and_read_as_the_shops_own(tmp_path: Path) -> None:
    # given a research log, a log in the shop's contract, a folder without a log, and nothing of the sample shop
    written(tmp_path / "a", "events.jsonl.gz", {"ts": NOON_MS, "type": "cart_add", "item": "tea", "user": "ana", "country": "UK"})
    written(tmp_path / "a", "items.jsonl.gz", {"item": "tea", "category": ["Drinks"], "features": {"x": 1}})
    written(tmp_path / "b", "events.jsonl.gz", {"event": "view_item", "event_id": "e", "event_time_ms": NOON_MS, "user_id": "ana"})
    (tmp_path / "c").mkdir()
    # then both are found beside the sample shop, which comes with the product
    found = {log.name: log for log in logs_in(tmp_path)}
    assert list(found) == ["a", "b", "online_retail"]
    assert [found[name].research for name in found] == [True, False, False]
    # and the first one, written anew, is the shop's contract
    log = as_shop_log(found["a"], tmp_path / "scratch")
    [event] = read_events(log.events, anybody)
    assert isinstance(event, AddToCart)
    assert (event.event_time_ms, event.items) == (NOON_MS, (Item("tea"),))
    assert log.catalog is not None
    assert [item.leaf_category for item in read_catalog(log.catalog)] == ["Drinks"]
    assert as_shop_log(found["b"], tmp_path / "scratch") is found["b"]


def test_without_a_folder_of_logs_the_sample_shop_is_measured(tmp_path: Path) -> None:
    assert [log.name for log in logs_in(tmp_path / "none")] == ["online_retail"]
    assert log_at(tmp_path, "empty") is None


def order(*items: Item) -> Purchase:
    return Purchase(event_id="e", event_time_ms=NOON_MS, customer="ana", transaction_id="t", items=items)


@pytest.mark.parametrize(
    ("events", "categories", "fitting"),
    [
        ([order(Item("tea"), Item("cup"))], [], ["basket", "basket, discover", "accessory, any category"]),
        (
            [order(Item("tea", price=1.0), Item("cup"))],
            ["Tea", "Cups", None],
            ["basket", "basket, discover", "accessory", "upgrade"],
        ),
        ([order(Item("tea"), Item("tea"))], ["Tea", "Cups"], []),
        (
            [AddToCart(event_id="e", event_time_ms=NOON_MS, session_id="s", items=(Item("tea", item_category="Tea"),))],
            ["Cups"],
            ["next-item", "accessory, sessions"],
        ),
        ([AddToCart(event_id="e", event_time_ms=NOON_MS, customer="ana", items=(Item("tea"),))], ["Tea", "Cups"], []),
    ],
)
def test_a_log_of_no_name_is_asked_what_its_content_allows(events, categories, fitting):
    assert allowed(events, categories) == fitting


def test_a_known_log_is_asked_what_was_promised_of_it(tmp_path: Path) -> None:
    assert protocols_of(Log("ms_store", tmp_path / "never read", None, research=False)) == ["basket", "basket, discover"]


def test_a_damaged_research_log_is_refused_with_its_line(tmp_path: Path) -> None:
    written(tmp_path / "a", "events.jsonl.gz", {"ts": 1, "type": "view", "item": "tea"}, {"ts": 2, "type": "view"})
    log = log_at(tmp_path / "a", "a")
    assert log is not None
    with pytest.raises(LogError, match=r"events\.jsonl\.gz:2: Object missing required field `item`"):
        as_shop_log(log, tmp_path / "scratch")
