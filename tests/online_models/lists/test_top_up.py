"""What closes the gap to the next threshold."""

from typing import Any

import pytest
from msgspec.structs import replace

from online_models.policy.lists import Threshold, TopUp
from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem
from tests.online_models.shop import Shop, listed, the_card, the_list

SHAMPOO = CatalogItem("shampoo", item_name="Shampoo", item_category="Shampoo", price=41.0, currency="GBP")
CONDITIONER = CatalogItem("conditioner", item_name="Hair conditioner", item_category="Conditioner", price=9.5, currency="GBP")
COMB = CatalogItem("comb", item_name="Comb", item_category="Combs", price=4.0, currency="GBP")
OIL = CatalogItem("oil", item_name="Hair oil", item_category="Oils", price=18.0, currency="GBP")
DRYER = CatalogItem("dryer", item_name="Dryer", item_category="Dryers", price=70.0, currency="GBP")
FREE_DELIVERY = Threshold(50.0, {"en": "free delivery", "ja": "送料無料"}, "GBP")


def a_shop(*thresholds: Threshold, **rules: Any) -> Shop:
    """Return a shop where the conditioner, the comb, the oil and the dryer were each in 4 of 16 orders with the shampoo."""
    shop = Shop(SHAMPOO, CONDITIONER, COMB, OIL, DRYER, policy=Policy(order=("top_up",), top_up=TopUp(thresholds=thresholds, **rules)))
    for item in ("conditioner", "comb", "oil", "dryer"):
        shop.ordered_together(4, "shampoo", item)
    return shop


def rule(shop: Shop, **fields: Any) -> str:
    """Return why the list is silent when ana opens her cart."""
    [(name, why)] = shop.opens_cart("ana", **fields).silences
    assert name == "top_up"
    return why


def test_hair_conditioner_takes_a_cart_of_shampoo_to_free_delivery():
    answer = a_shop(FREE_DELIVERY).puts_into_cart("ana", "shampoo", currency="GBP")
    # 50.00 - 41.00 = 9.00 are missing: the comb costs less, the dryer more than half the cart; the oil overshoots more
    assert listed(answer, "top_up") == ["conditioner", "oil"]
    assert the_list(answer, "top_up").headline == "£9.00 more for free delivery"
    reason = the_card(answer, "conditioner").reason
    assert reason.evidence == {"anchor": "shampoo", "together": 4, "of": 16, "gap": 9.0, "threshold": 50.0, "total": 50.5}
    assert reason.text == "Brings your cart to £50.50. In 4 of 16 orders with Shampoo, this was taken too."
    assert the_card(answer, "conditioner").price_difference is None


def test_a_japanese_cart_reads_its_gap_in_yen():
    shop = a_shop(Threshold(5_000, {"ja": "送料無料"}, "JPY"))
    shop.catalog.put(replace(SHAMPOO, price=4_100.0, currency="JPY"))
    shop.catalog.put(replace(CONDITIONER, price=900.0, currency="JPY"))
    answer = shop.puts_into_cart("ana", "shampoo", language="ja-JP", currency="JPY")
    assert the_list(answer, "top_up").headline == "あと¥900で送料無料"
    assert listed(answer, "top_up") == ["conditioner"]


def test_the_cart_as_a_whole_counts_with_its_pieces_whether_the_event_lists_it_or_not():
    # given a comb for 4.00 beside the shampoo: 45.00, 5.00 are missing
    shop = a_shop(FREE_DELIVERY)
    shop.puts_into_cart("ana", "shampoo")
    shop.puts_into_cart("ana", "comb")
    for answer in (shop.opens_cart("ana"), shop.goes_to_pay("ana", "shampoo", "comb")):
        assert the_list(answer, "top_up").headline == "£5.00 more for free delivery"
        assert listed(answer, "top_up")[0] == "conditioner"


def test_what_was_taken_out_is_not_offered_again_at_once():
    shop = a_shop(FREE_DELIVERY)
    shop.puts_into_cart("ana", "shampoo")
    shop.puts_into_cart("ana", "conditioner")
    answer = shop.takes_out("ana", "conditioner")
    assert listed(answer, "top_up") == ["oil"]


def test_the_next_threshold_counts_and_none_is_left_after_the_last():
    shop = a_shop(FREE_DELIVERY, Threshold(60.0, {"en": "a gift"}))
    shop.puts_into_cart("ana", "shampoo")
    answer = shop.puts_into_cart("ana", "conditioner")
    # 60.00 - 50.50 = 9.50
    assert the_list(answer, "top_up").headline == "£9.50 more for a gift"
    shop.puts_into_cart("ana", "oil")
    assert rule(shop) == "thresholds_reached"


def test_what_the_customer_likes_himself_or_the_shop_relates_needs_no_orders():
    cloth = CatalogItem("cloth", item_name="Towel", price=12.0, currency="GBP", is_accessory_or_spare_part_for=("shampoo",))
    shop = Shop(SHAMPOO, CONDITIONER, OIL, cloth, policy=Policy(order=("top_up",), top_up=TopUp(thresholds=(FREE_DELIVERY,))))
    shop.sees("ana", "oil")
    answer = shop.puts_into_cart("ana", "shampoo")
    # then the conditioner, which nobody has met, is not offered
    assert listed(answer, "top_up") == ["cloth", "oil"]
    assert the_card(answer, "cloth").reason.text == "Brings your cart to £53.00. Made for Shampoo."
    assert the_card(answer, "oil").reason.text == "Brings your cart to £59.00. You have looked at it."


def test_what_is_popular_is_the_last_resort_and_says_so():
    shop = Shop(SHAMPOO, OIL, policy=Policy(order=("top_up",), top_up=TopUp(thresholds=(FREE_DELIVERY,))))
    shop.looked_at_together(3, "oil")
    assert the_card(shop.puts_into_cart("ana", "shampoo"), "oil").reason.text == "Brings your cart to £59.00. Popular at the moment."


def test_a_shop_without_thresholds_is_silent_by_that_name():
    shop = a_shop()
    shop.puts_into_cart("ana", "shampoo")
    assert rule(shop) == "no_threshold"
    assert Policy.default().top_up.thresholds == ()


def test_an_empty_cart_is_left_alone():
    assert rule(a_shop(FREE_DELIVERY)) == "cart_empty"


def test_a_gap_of_more_than_half_the_cart_is_unreasonable():
    # 30.00 are missing on a cart of 20.00; with 1.5 times the cart allowed they are not too many
    shop = a_shop(FREE_DELIVERY)
    shop.catalog.put(replace(SHAMPOO, price=20.0))
    shop.puts_into_cart("ana", "shampoo")
    assert rule(shop) == "gap_too_wide"
    shop.policy = replace(shop.policy, top_up=replace(shop.policy.top_up, max_gap_share=3.5))
    assert listed(shop.opens_cart("ana"), "top_up") == ["dryer"]


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_a_threshold_in_another_currency_says_nothing_of_this_cart(currency: str):
    shop = a_shop(replace(FREE_DELIVERY, currency=currency))
    shop.puts_into_cart("ana", "shampoo")
    assert rule(shop) == "currency_differs"


def test_a_cart_in_another_currency_than_the_goods_is_not_added_up():
    shop = a_shop(FREE_DELIVERY)
    shop.puts_into_cart("ana", "shampoo", currency="EUR")
    assert rule(shop, currency="EUR") == "currency_differs"


def test_a_cart_with_an_unknown_price_is_not_added_up():
    shop = a_shop(FREE_DELIVERY)
    shop.puts_into_cart("ana", "shampoo", "mystery")
    assert rule(shop) == "cart_unknown"


def test_a_benefit_is_not_said_in_a_language_that_the_customer_does_not_read():
    shop = a_shop(replace(FREE_DELIVERY, benefit={"ja": "送料無料"}))
    shop.puts_into_cart("ana", "shampoo")
    assert rule(shop) == "benefit_not_in_language"


def test_what_is_withdrawn_sold_out_or_dismissed_closes_no_gap():
    shop = a_shop(FREE_DELIVERY)
    shop.catalog.withdraw("conditioner")
    assert listed(shop.puts_into_cart("ana", "shampoo"), "top_up") == ["oil"]
    shop.dismisses("ana", "oil")
    assert listed(shop.opens_cart("ana"), "top_up") == []
    shop.catalog.put(replace(CONDITIONER, availability="out_of_stock"))
    assert rule(shop) == "nothing"


def test_what_another_list_took_is_not_offered_to_close_the_gap():
    shop = a_shop(FREE_DELIVERY)
    shop.policy = replace(shop.policy, order=("accessories", "top_up"))
    answer = shop.puts_into_cart("ana", "shampoo")
    assert {"conditioner", "oil"} <= set(listed(answer, "accessories"))
    assert listed(answer, "top_up") == []
