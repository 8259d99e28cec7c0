from typing import Any

from features.catalog import Catalog
from stream.contracts.catalog import CatalogItem, SalePeriod, Tier


def a_catalog(*items: CatalogItem) -> Catalog:
    catalog = Catalog()
    for item in items:
        catalog.put(item)
    return catalog


def a_lamp(**said: Any) -> CatalogItem:
    return CatalogItem(**({"item_id": "lamp", "item_category": "Home", "item_category2": "Lamps", "price": 30.0} | said))


def test_a_sale_price_holds_from_its_first_millisecond_and_before_its_last():
    # given a lamp at 30.00 that costs 24.00 from 1000 ms on and before 2000 ms
    catalog = a_catalog(a_lamp(sale_price=24.0, sale_price_effective_date=SalePeriod(start_ms=1_000, end_ms=2_000)))
    # then
    assert [catalog.price("lamp", now_ms) for now_ms in (999, 1_000, 1_999, 2_000)] == [30.0, 24.0, 24.0, 30.0]


def test_a_sale_price_without_a_period_holds_now():
    assert a_catalog(a_lamp(sale_price=24.0)).price("lamp", 5) == 24.0


def test_an_item_never_heard_of_is_sold_but_has_no_price():
    catalog = Catalog()
    assert catalog.sellable("rug")
    assert catalog.price("rug", 0) is None
    assert catalog.category("rug") is None


def test_only_what_is_out_of_stock_or_withdrawn_is_not_sold():
    for availability in ("in_stock", "preorder", "backorder"):
        assert a_catalog(a_lamp(availability=availability)).sellable("lamp")
    assert not a_catalog(a_lamp(availability="out_of_stock")).sellable("lamp")


def test_a_withdrawn_item_stays_withdrawn_until_it_is_listed_again():
    catalog = a_catalog(a_lamp())
    catalog.withdraw("lamp")
    assert (catalog.sellable("lamp"), catalog.get("lamp"), len(catalog)) == (False, None, 0)
    catalog.put(a_lamp())
    assert (catalog.sellable("lamp"), len(catalog)) == (True, 1)


def test_an_item_withdrawn_before_it_was_ever_listed_is_not_sold():
    catalog = Catalog()
    catalog.withdraw("lamp")
    assert not catalog.sellable("lamp")


def test_the_most_specific_category_counts():
    assert a_catalog(a_lamp()).category("lamp") == "Lamps"


def test_an_accessory_is_found_from_what_it_belongs_to_even_before_that_is_listed():
    catalog = a_catalog(CatalogItem("shade", is_accessory_or_spare_part_for=("lamp",)))
    catalog.put(CatalogItem("bulb", is_accessory_or_spare_part_for=("lamp", "torch", "lamp")))
    assert catalog.accessories_of("lamp") == ("bulb", "shade")
    assert catalog.accessories_of("torch") == ("bulb",)


def test_a_relation_that_the_shop_takes_back_is_gone_from_both_ends():
    catalog = a_catalog(CatalogItem("bulb", is_accessory_or_spare_part_for=("lamp", "torch"), is_related_to=("tape",)))
    catalog.put(CatalogItem("bulb", is_accessory_or_spare_part_for=("torch",)))
    assert (catalog.accessories_of("lamp"), catalog.accessories_of("torch"), catalog.related("bulb")) == ((), ("bulb",), ())
    catalog.withdraw("bulb")
    assert catalog.accessories_of("torch") == ()


def test_a_graded_line_is_told_from_the_lowest_rank_up():
    catalog = a_catalog(
        CatalogItem("best", tier=Tier("kettle", 3)),
        CatalogItem("good", tier=Tier("kettle", 1)),
        CatalogItem("better", tier=Tier("kettle", 2)),
    )
    assert catalog.family("better") == ((1, "good"), (2, "better"), (3, "best"))
    catalog.put(CatalogItem("best"))
    assert catalog.family("good") == ((1, "good"), (2, "better"))
    assert catalog.family("best") == ()


def test_the_order_of_arrival_does_not_show():
    bulbs = [CatalogItem(f"bulb-{n}", is_accessory_or_spare_part_for=("lamp",), tier=Tier("bulbs", n)) for n in range(5)]
    onward, backward = a_catalog(*bulbs), a_catalog(*reversed(bulbs))
    assert onward.accessories_of("lamp") == backward.accessories_of("lamp")
    assert onward.family("bulb-2") == backward.family("bulb-2")
    assert onward.ids() == backward.ids()


def test_hearing_the_same_again_changes_no_version():
    catalog = a_catalog(a_lamp(), a_lamp())
    assert catalog.version == 1
    catalog.withdraw("lamp")
    catalog.withdraw("lamp")
    assert catalog.version == 2


def test_the_shelf_tells_the_next_dearer_and_the_next_cheaper_of_the_category():
    prices = {"a": 10.0, "b": 20.0, "c": 20.0, "d": 30.0, "e": 40.0, "f": 50.0}
    catalog = a_catalog(*[CatalogItem(item, item_category="Kettles", price=price) for item, price in prices.items()])
    catalog.put(CatalogItem("toaster", item_category="Toasters", price=25.0))
    assert catalog.neighbours_in_price("b", 2, dearer=True) == ("d", "e")
    assert catalog.neighbours_in_price("d", 2, dearer=False) == ("c", "b")
    catalog.put(CatalogItem("d", item_category="Kettles", price=5.0))
    assert catalog.neighbours_in_price("b", 2, dearer=True) == ("e", "f")
    assert catalog.neighbours_in_price("b", 9, dearer=False) == ("a", "d")


def test_a_category_is_told_from_the_cheapest_up_and_what_has_no_price_comes_last():
    catalog = a_catalog(
        CatalogItem("dear", item_category="Kettles", price=50.0),
        CatalogItem("riddle", item_category="Kettles"),
        CatalogItem("cheap", item_category="Kettles", price=10.0),
    )
    assert list(catalog.of_category("Kettles")) == ["cheap", "dear", "riddle"]
    assert catalog.neighbours_in_price("cheap", 9, dearer=True) == ("dear",)
    assert list(catalog.of_category("Toasters")) == []


def test_a_new_price_does_not_change_the_version_of_the_names():
    catalog = a_catalog(a_lamp(item_name="Desk lamp"))
    before = catalog.names_version
    catalog.put(a_lamp(item_name="Desk lamp", price=31.0, availability="out_of_stock"))
    assert catalog.names_version == before
    catalog.put(a_lamp(item_name="Desk lamp, green"))
    assert catalog.names_version == before + 1
    catalog.withdraw("lamp")
    assert catalog.names_version == before + 2
