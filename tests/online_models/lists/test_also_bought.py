"""What customers really bought together with the item on screen."""

from online_models.policy.lists import AlsoBought
from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem
from tests.online_models.shop import Shop, listed, the_card, the_list

KETTLE = CatalogItem("kettle", item_name="Gooseneck kettle", item_category="Kettles", price=39.0, currency="GBP")
CUPS = CatalogItem("cups", item_name="Two cups", item_category="Cups", price=14.0, currency="GBP")
TEA = CatalogItem("tea", item_name="Sencha", item_category="Tea", price=9.0, currency="GBP")
RUG = CatalogItem("rug", item_name="Wool rug", item_category="Rugs", price=80.0, currency="GBP")
ALONE = Policy(order=("also_bought",))


def a_shop(*more: CatalogItem, policy: Policy = ALONE) -> Shop:
    """Return a shop where 14 of 52 orders with the kettle held the cups too, and 3 the tea."""
    shop = Shop(KETTLE, CUPS, TEA, RUG, *more, policy=policy)
    shop.ordered_together(14, "kettle", "cups")
    shop.ordered_together(3, "kettle", "tea")
    shop.ordered_together(35, "kettle")
    return shop


def test_a_kettle_shows_the_cups_and_in_how_many_orders_they_were():
    answer = a_shop().sees("ana", "rug", "kettle")
    assert listed(answer, "also_bought") == ["cups", "tea"]
    assert the_list(answer, "also_bought").headline == "Customers who bought Gooseneck kettle also took"
    reason = the_card(answer, "cups").reason
    assert reason.evidence == {"anchor": "kettle", "together": 14, "of": 52}  # 14 + 3 + 35
    assert reason.text == "In 14 of 52 orders with Gooseneck kettle, this was taken too."


def test_two_orders_are_too_few():
    shop = a_shop()
    shop.ordered_together(2, "kettle", "rug")
    assert "rug" not in listed(shop.sees("ana", "tea", "kettle"), "also_bought")


def test_the_shop_may_ask_for_more_orders():
    policy = Policy(order=("also_bought",), also_bought=AlsoBought(min_evidence=4))
    assert listed(a_shop(policy=policy).sees("ana", "rug", "kettle"), "also_bought") == ["cups"]


def test_what_another_list_took_is_not_said_twice():
    # given the cups, which belong to the kettle by the shop's word and so stand among its accessories
    related = CatalogItem("tray", item_name="Tray", item_category="Trays", price=12.0, is_accessory_or_spare_part_for=("kettle",))
    shop = a_shop(related, policy=Policy(order=("accessories", "also_bought")))
    shop.ordered_together(5, "kettle", "tray")
    answer = shop.sees("ana", "rug", "kettle")
    assert "tray" in listed(answer, "accessories")
    assert set(listed(answer, "accessories")).isdisjoint(listed(answer, "also_bought"))


def test_what_is_withdrawn_sold_out_or_in_the_cart_is_never_shown():
    shop = a_shop(CatalogItem("jug", item_category="Jugs", availability="out_of_stock"))
    shop.ordered_together(9, "kettle", "jug")
    shop.catalog.withdraw("tea")
    assert listed(shop.sees("ana", "rug", "kettle"), "also_bought") == ["cups"]
    shop.puts_into_cart("ana", "cups")
    assert listed(shop.sees("ana", "kettle"), "also_bought") == []


def test_a_shop_without_orders_is_silent():
    shop = Shop(KETTLE, CUPS, policy=ALONE)
    shop.looked_at_together(5, "kettle", "cups")
    assert ("also_bought", "nothing") in shop.sees("ana", "cups", "kettle").silences


def test_a_policy_that_fills_lists_with_popular_items_does_not_call_them_bought():
    shop = Shop(KETTLE, CUPS, policy=Policy(order=("also_bought",), popularity_fallback=True))
    shop.looked_at_together(5, "cups")
    assert listed(shop.sees("ana", "rug", "kettle"), "also_bought") == []
