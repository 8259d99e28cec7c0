"""The shops that are shipped: what they say of themselves, and the invented one's goods, orders and rounds."""

from collections import Counter
from itertools import islice

import pytest

from online_models.policy.policy import Policy
from stream.cli.choices import ShopName
from stream.contracts.events import Purchase
from stream.contracts.suggestion import ListId
from stream.demo.shop import open_shop, played
from stream.demo.shops import FOLDERS, about, policy_of
from stream.engine.who import pseudonymiser

WHO = pseudonymiser("k1", b"a secret of the test")
SAMPLE = FOLDERS["sample"]


@pytest.mark.parametrize("name", list(ShopName))
def test_every_shop_that_can_be_named_has_a_policy_with_a_threshold_that_its_pages_can_say_in_both_languages(name: ShopName) -> None:
    policy = Policy.read(policy_of(FOLDERS[name]))
    assert policy.top_up.thresholds
    for threshold in policy.top_up.thresholds:
        assert threshold.benefit.keys() == {"en", "ja"}
        assert threshold.currency == about(FOLDERS[name]).currency


def test_in_the_real_shop_only_the_threshold_differs_from_the_policy_that_is_shipped() -> None:
    shipped, demo = Policy.default(), Policy.read(policy_of(FOLDERS["uci"]))
    assert [name for name in Policy.__struct_fields__ if getattr(shipped, name) != getattr(demo, name)] == ["top_up", "version"]
    assert shipped.top_up.thresholds == ()


def test_the_invented_shop_lets_every_list_speak() -> None:
    policy = Policy.read(policy_of(SAMPLE))
    assert set(policy.order) == set(ListId.__args__)


def test_the_invented_shop_s_goods_name_only_each_other_and_have_words_in_both_languages() -> None:
    catalog = {item.item_id: item for item in open_shop(SAMPLE, WHO, history=0).catalog}
    for item in catalog.values():
        assert {*item.is_accessory_or_spare_part_for, *item.is_related_to} <= catalog.keys()
        assert item.currency == "JPY"
        assert item.benefits.keys() in (set(), {"ja", "en"})
        if item.rating is not None:
            assert item.rating.verified_count <= item.rating.count
    assert 60 <= len(catalog) <= 90


def test_the_invented_orders_hold_goods_at_the_catalogue_s_price_and_no_plan() -> None:
    shop = open_shop(SAMPLE, WHO, history=10_000)
    prices = {item.item_id: item.price for item in shop.catalog if item.item_category in shop.about.departments}
    orders = [event for event in shop.history if isinstance(event, Purchase)]
    assert len(orders) == len(shop.upcoming) == 416
    assert all(prices[line.item_id] == line.price for order in orders for line in order.items)
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 300_000


def test_orders_that_come_around_again_are_somebody_else_s_each_time() -> None:
    # given the invented shop, whose 416 orders have 1,279 lines
    shop = open_shop(SAMPLE, WHO, history=0)
    steps = sum(len(order.items) + 1 for order in shop.upcoming)
    # when two rounds are played
    first, second = (Counter(), Counter())
    for number, (visit, place) in enumerate(islice(played(shop, WHO), 2 * steps)):
        (first if number < steps else second)[(visit.invoice, visit.customer)] += place == len(visit.items)
    # then as many orders were bought in both, under ids and by customers that are not the others'
    assert sum(first.values()) == sum(second.values()) == len(shop.upcoming)
    assert {invoice for invoice, _ in first}.isdisjoint({invoice for invoice, _ in second})
    assert {customer for _, customer in first}.isdisjoint({customer for _, customer in second})
    assert {customer for _, customer in first}.isdisjoint({order.customer for order in shop.upcoming})


def test_a_log_that_does_not_come_around_ends() -> None:
    shop = open_shop(FOLDERS["uci"], WHO, history=0)
    assert sum(1 for _ in islice(played(shop, WHO), 1_000_000)) < 1_000_000
