"""What one gets for the difference, and how others rated it: examples from daily life."""

from typing import Any

import pytest
from msgspec.structs import replace

from stream.contracts.catalog import CatalogItem, Rating
from stream.contracts.suggestion import SuggestedItem
from tests.online_models.lamps import BULB, FLOOR_LAMP, LAMP, RUG
from tests.online_models.shop import Shop, the_card

PLAIN = CatalogItem("plain", item_name="Compact camera", item_category="Cameras", price=300.0, currency="GBP")
BETTER = CatalogItem("better", item_name="System camera", item_category="Cameras", price=420.0, currency="GBP")


def better(plain: dict[str, Any], specs: dict[str, Any], *, language: str = "en", **fields: Any) -> SuggestedItem:
    """Return the card of the better camera for somebody who looks at the plain one; 420 - 300 = 120."""
    shop = Shop(RUG, replace(PLAIN, specs=plain), replace(BETTER, specs=specs, **fields))
    return the_card(shop.sees("ana", "rug", "plain", language=language), "better")


def test_what_a_dearer_one_has_and_the_other_has_not_is_said_with_the_difference():
    card = better({"4K video": False, "Wi-Fi": True}, {"4K video": True, "Wi-Fi": True})
    assert card.reason.code == "more_for"
    assert card.reason.text == "£120.00 more: 4K video"
    assert card.reason.evidence == {"anchor": "plain", "price_ratio": 1.4, "4K video": "✓"}
    assert (card.benefit, card.price_difference) == ("4K video", 120.0)


def test_a_japanese_customer_reads_the_difference_in_yen():
    shop = Shop(
        RUG,
        replace(PLAIN, item_name="コンパクトカメラ", price=50_000.0, currency="JPY", specs={"4K動画": False}),
        replace(BETTER, item_name="ミラーレスカメラ", price=62_000.0, currency="JPY", specs={"4K動画": True}),
    )
    card = the_card(shop.sees("ana", "rug", "plain", language="ja"), "better")
    assert card.reason.text == "プラス¥12,000で、4K動画"  # 62 000 - 50 000


def test_the_shop_s_own_sentence_comes_before_properties():
    benefits = {"en": "Films your holidays in 4K", "ja": "旅行を4Kで残せます"}
    said = {language: better({"4K": False}, {"4K": True}, language=language, benefits=benefits) for language in ("en", "ja")}
    assert said["en"].reason.text == "£120.00 more: Films your holidays in 4K"
    assert (said["ja"].reason.text, said["ja"].benefit) == ("プラス£120.00で、旅行を4Kで残せます", "旅行を4Kで残せます")


def test_a_larger_number_is_named_with_what_it_is_compared_with():
    card = better({"Megapixels": 20.0}, {"Megapixels": 24.5})
    assert card.reason.text == "£120.00 more: Megapixels 24.5 instead of 20"
    assert card.reason.evidence["Megapixels"] == 24.5
    assert better({"画素数": 2000}, {"画素数": 2400}, language="ja").benefit == "画素数 2,400（ご覧の品は2,000）"  # noqa: RUF001 - Japanese brackets


def test_at_most_two_properties_are_named_and_those_that_the_other_lacks_come_first():
    plain = {"megapixels": 20, "flash": False, "touch_screen": False, "wifi": False}
    card = better(plain, {"megapixels": 24, "flash": True, "touch_screen": True, "wifi": True})
    assert card.benefit == "flash, touch screen"
    assert better({"megapixels": 20, "flash": False}, {"megapixels": 24, "flash": True}).benefit == "flash, megapixels 24 instead of 20"


@pytest.mark.parametrize(
    ("plain", "specs"),
    [
        ({}, {"4K video": True}),  # of the plain one nothing is known
        ({"4K video": True}, {"4K video": True}),
        ({"megapixels": 24}, {"megapixels": 20}),
        ({"megapixels": 24}, {"megapixels": 24}),
        ({"megapixels": "about 20"}, {"megapixels": 24}),
        ({"colour": "black"}, {"colour": "silver"}),  # other, but who says better
        ({"4K video": "no"}, {"4K video": True}),
    ],
)
def test_nothing_is_invented(plain: dict[str, Any], specs: dict[str, Any]):
    card = better(plain, specs)
    assert (card.reason.code, card.reason.text, card.benefit) == ("dearer_of_kind", "Same kind, £120.00 more.", None)


def test_what_a_described_item_does_not_list_it_has_not():
    assert better({"megapixels": 24}, {"megapixels": 24, "4K video": True}).benefit == "4K video"


def test_a_rating_by_purchasers_is_said_where_nothing_better_is_known():
    rated = replace(BULB, rating=Rating(4.6, 128, 128))
    shop = Shop(LAMP, RUG, rated)
    shop.ordered_together(3, "lamp", "bulb")
    assert the_card(shop.puts_into_cart("ana", "lamp"), "bulb").benefit == "4.6 from 128 verified purchasers"
    ja = the_card(shop.puts_into_cart("bo", "lamp", language="ja"), "bulb").benefit
    assert ja == "購入が確認されたお客様128名の評価は4.6"
    shop.catalog.put(replace(rated, benefits={"en": "Lasts ten years"}))
    assert the_card(shop.puts_into_cart("cy", "lamp"), "bulb").benefit == "Lasts ten years"


def test_a_mean_that_others_had_a_part_in_is_not_called_the_purchasers():
    shop = Shop(LAMP, RUG, replace(BULB, rating=Rating(4.6, 1_500, 128)))
    shop.ordered_together(3, "lamp", "bulb")
    said = "4.6 from 1,500 ratings, 128 of them by verified purchasers"
    assert the_card(shop.puts_into_cart("ana", "lamp"), "bulb").benefit == said


@pytest.mark.parametrize("rating", [Rating(4.6, 128, 4), Rating(3.9, 128, 128), Rating(4.6, 128), None])
def test_few_poor_or_unproven_ratings_are_no_benefit(rating: Rating | None):
    shop = Shop(LAMP, RUG, replace(BULB, rating=rating))
    shop.ordered_together(3, "lamp", "bulb")
    assert the_card(shop.puts_into_cart("ana", "lamp"), "bulb").benefit is None


def test_a_better_rating_than_that_of_the_item_on_screen_comes_before_the_rating_alone():
    shop = Shop(RUG, replace(LAMP, rating=Rating(4.1, 30, 30)), replace(FLOOR_LAMP, rating=Rating(4.6, 12, 12)))
    assert the_card(shop.sees("ana", "rug", "lamp"), "floor-lamp").benefit == "Rated 4.6 instead of 4.1"
