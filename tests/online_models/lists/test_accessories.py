from stream.contracts.catalog import CatalogItem
from tests.online_models.shop import Shop, listed, the_card

BOOKS = (
    CatalogItem("pot-2", item_name="The Pot, volume 2", item_category="Crime", series="The Pot", author="E. Brown", price=9.0),
    CatalogItem("pot-1", item_name="The Pot, volume 1", item_category="Crime", series="The Pot", author="E. Brown", price=9.0),
    CatalogItem("tea", item_name="A Life in Tea", item_category="Memoirs", author="E. Brown", price=12.0),
    CatalogItem("rug", item_name="Rugs of the North", item_category="Crafts", author="I. Loom", price=30.0),
)


def test_a_volume_that_nobody_has_ever_met_goes_with_its_series_and_the_author_s_other_books():
    # given a shop without any event, and somebody who looks at two books
    answer = Shop(*BOOKS).sees("ana", "rug", "pot-1")
    # then the next volume and the memoir are there by the catalogue's word alone
    assert listed(answer, "accessories") == ["pot-2", "tea"]
    assert the_card(answer, "pot-2").reason.text == "Also in the series The Pot."
    assert the_card(answer, "tea").reason.text == "Also by E. Brown."


def test_in_japanese_the_series_is_named_too():
    shop = Shop(*BOOKS)
    shop.sees("ana", "rug", language="ja")
    card = the_card(shop.sees("ana", "pot-1", language="ja"), "pot-2")
    assert card.reason.text == "同じシリーズ「The Pot」の品です。"
    assert card.reason.evidence == {"anchor": "pot-1", "series": "The Pot"}


def test_orders_speak_for_a_volume_once_there_are_enough():
    shop = Shop(*BOOKS)
    shop.ordered_together(3, "pot-1", "pot-2")
    card = the_card(shop.sees("ana", "rug", "pot-1"), "pot-2")
    assert card.reason.text == "In 3 of 3 orders with The Pot, volume 1, this was taken too."


def test_a_volume_that_is_withdrawn_or_moved_to_another_series_is_no_longer_of_it():
    shop = Shop(*BOOKS)
    shop.catalog.withdraw("pot-2")
    assert listed(shop.sees("ana", "rug", "pot-1"), "accessories") == ["tea"]
    shop.catalog.put(CatalogItem("tea", item_name="A Life in Tea", item_category="Memoirs", price=12.0))
    assert listed(shop.sees("ana", "pot-1"), "accessories") == []
