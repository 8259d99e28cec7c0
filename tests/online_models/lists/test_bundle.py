"""A set around the item on screen."""

import pytest
from msgspec.structs import replace

from online_models.policy.lists import Bundle
from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem
from tests.online_models.shop import Shop, listed, the_card, the_list

CAMERA = CatalogItem("camera", item_name="Camera X", item_category="Cameras", price=500.0, currency="GBP")
CARD = CatalogItem("card", item_name="Memory card", item_category="Cards", price=30.0, currency="GBP")
FAST_CARD = CatalogItem("fast-card", item_name="Fast memory card", item_category="Cards", price=60.0, currency="GBP")
BAG = CatalogItem("bag", item_name="Shoulder bag", item_category="Bags", price=45.5, currency="GBP")
RUG = CatalogItem("rug", item_name="Wool rug", item_category="Rugs", price=80.0, currency="GBP")

PAIRS = Policy(order=("bundle",), bundle=Bundle(min_items=1))


def a_shop(*more: CatalogItem, order: tuple[str, ...] = ("bundle",), **rules: float) -> Shop:
    """Return a shop where 5 orders hold camera, card and bag, 2 camera and card, and 10 others a rug alone."""
    policy = Policy(order=order, bundle=Bundle(**rules))  # type: ignore[arg-type]
    shop = Shop(CAMERA, CARD, FAST_CARD, BAG, RUG, *more, policy=policy)
    shop.ordered_together(5, "camera", "card", "bag")
    shop.ordered_together(2, "camera", "card")
    shop.ordered_together(10, "rug")
    return shop


def test_a_camera_is_completed_by_card_and_bag_at_the_sum_of_their_prices():
    answer = a_shop().sees("ana", "rug", "camera")
    shown = the_list(answer, "bundle")
    # then the camera itself is not repeated, and the set costs 500.00 + 30.00 + 45.50
    assert [item.item_id for item in shown.items] == ["card", "bag"]
    assert (shown.set_price, shown.set_price_before, shown.currency) == (575.5, None, "GBP")
    assert shown.headline == "The set with Camera X: £575.50"
    # and each says in how many of the 7 orders with a camera it was; 5 held the whole set
    assert the_card(answer, "card").reason.evidence == {"anchor": "camera", "together": 7, "of": 7, "whole_set": 5}
    assert the_card(answer, "bag").reason.evidence == {"anchor": "camera", "together": 5, "of": 7, "whole_set": 5}
    assert the_card(answer, "bag").price_difference is None


def test_a_discount_of_the_policy_is_said_beside_the_sum():
    shown = the_list(a_shop(discount_percent=10).sees("ana", "rug", "camera"), "bundle")
    # 575.50 * 0.9 = 517.95
    assert (shown.set_price, shown.set_price_before) == (517.95, 575.5)
    assert shown.headline == "The set with Camera X: £517.95 instead of £575.50"


def test_a_japanese_set_price_has_no_cents():
    shop = a_shop(discount_percent=5)
    for item, price in ((CAMERA, 61_001.0), (CARD, 3_300.0), (BAG, 5_000.0)):
        shop.catalog.put(replace(item, price=price, currency="JPY"))
    shop.sees("ana", "rug", language="ja")
    shown = the_list(shop.sees("ana", "camera", language="ja"), "bundle")
    # 69,301 * 0.95 = 65,835.95
    assert shown.set_price == 65_836
    assert shown.headline == "Camera Xとのセットは¥65,836、単品の合計は¥69,301"


def test_a_set_is_offered_when_its_first_item_goes_into_the_cart():
    assert listed(a_shop().puts_into_cart("ana", "camera"), "bundle") == ["card", "bag"]


def test_two_cards_do_the_same_thing():
    shop = a_shop(items=2)
    shop.ordered_together(6, "camera", "card", "fast-card")
    found = listed(shop.sees("ana", "rug", "camera"), "bundle")
    # then the card that most took stands with the bag, not with another card
    assert found == ["card", "bag"]


def test_without_categories_titles_say_what_does_the_same_thing():
    # given two kettles that 4 took together, and nothing that names a category
    kettles = [CatalogItem(f"kettle-{colour}", item_name=f"Whistling kettle {colour}", price=20.0) for colour in ("red", "blue")]
    shop = Shop(*kettles, RUG, policy=PAIRS)
    shop.ordered_together(4, "kettle-red", "kettle-blue")
    shop.ordered_together(10, "rug")
    assert listed(shop.sees("ana", "rug", "kettle-red"), "bundle") == []


def test_two_cards_that_many_take_together_do_not():
    shop = a_shop(alike_evidence=6)
    shop.ordered_together(6, "camera", "card", "fast-card")
    # 13 of 13 orders with a camera hold the card, 6 the fast one, 5 the bag
    assert listed(shop.sees("ana", "rug", "camera"), "bundle") == ["card", "fast-card"]


def test_companions_that_nobody_took_together_make_no_set_of_three():
    # given a camera that some bought with a tripod and others with a lens, never both
    shop = Shop(CAMERA, RUG, policy=PAIRS)
    shop.ordered_together(4, "camera", "tripod")
    shop.ordered_together(3, "camera", "lens")
    shop.ordered_together(10, "rug")
    assert listed(shop.sees("ana", "rug", "camera"), "bundle") == ["tripod"]


def test_one_companion_alone_is_an_accessory_unless_the_shop_makes_sets_of_pairs():
    for policy, found in ((Policy(order=("bundle", "accessories")), ([], ["card"])), (PAIRS, (["card"], []))):
        shop = Shop(CAMERA, CARD, RUG, policy=policy)
        shop.ordered_together(4, "camera", "card")
        shop.ordered_together(10, "rug")
        answer = shop.sees("ana", "rug", "camera")
        assert (listed(answer, "bundle"), listed(answer, "accessories")) == found


def test_what_everybody_takes_is_no_companion():
    # given carrier bags in every one of 10 orders: 4 * 10 / (4 * 10) = 1, no more than chance
    shop = Shop(CAMERA, RUG, policy=PAIRS)
    shop.ordered_together(4, "camera", "carrier")
    shop.ordered_together(6, "rug", "carrier")
    assert listed(shop.sees("ana", "rug", "camera"), "bundle") == []


def test_a_set_without_all_prices_names_none():
    # given a strap that neither the catalogue nor any event has a price for
    shop = Shop(CAMERA, RUG, policy=PAIRS)
    shop.ordered_together(3, "camera", "strap")
    shop.ordered_together(5, "rug")
    shown = the_list(shop.sees("ana", "rug", "camera"), "bundle")
    assert (shown.set_price, shown.currency, shown.headline) == (None, None, "Bought together with Camera X")


def test_prices_in_two_currencies_have_no_sum():
    shop = a_shop()
    shop.catalog.put(replace(BAG, currency="EUR"))
    assert the_list(shop.sees("ana", "rug", "camera"), "bundle").set_price is None


@pytest.mark.parametrize("gone", ["camera", "card"])
def test_nothing_withdrawn_is_part_of_a_set_nor_is_a_set_made_around_it(gone: str):
    shop = a_shop(min_items=1)
    shop.catalog.withdraw(gone)
    found = listed(shop.sees("ana", "rug", "camera"), "bundle")
    assert found == ([] if gone == "camera" else ["bag"])


def test_what_is_sold_out_dismissed_or_in_the_cart_is_not_part_of_it():
    shop = a_shop(min_items=1)
    shop.catalog.put(replace(BAG, availability="out_of_stock"))
    assert listed(shop.sees("ana", "rug", "camera"), "bundle") == ["card"]
    shop.dismisses("ana", "card")
    assert listed(shop.sees("ana", "camera"), "bundle") == []
    shop.catalog.put(BAG)
    shop.puts_into_cart("bob", "card")
    assert listed(shop.puts_into_cart("bob", "camera"), "bundle") == ["bag"]


def test_what_an_upgrade_took_is_not_part_of_it_and_accessories_take_what_is_left():
    shop = a_shop(order=("bundle", "accessories"))
    answer = shop.sees("ana", "rug", "camera")
    assert set(listed(answer, "bundle")).isdisjoint(listed(answer, "accessories"))


def test_two_orders_make_no_set():
    shop = Shop(CAMERA, CARD, policy=PAIRS)
    shop.ordered_together(2, "camera", "card")
    shop.ordered_together(5, "rug")
    assert ("bundle", "nothing") in shop.sees("ana", "rug", "camera").silences
