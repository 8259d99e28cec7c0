"""What a list leaves out, and by which rule."""

from typing import Any

from msgspec.structs import replace

from online_models.left_out import left_out
from online_models.lists.scene import scene_of
from online_models.policy.lists import ListName, Upgrades
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import BeginCheckout, Event, Item, RemoveFromCart, ViewItem
from tests.online_models.lamps import FLOOR_LAMP, a_shop
from tests.online_models.shop import Shop, listed


def rules(shop: Shop, name: ListName, customer: str, event: Event) -> dict[str, str]:
    """Return what the list leaves out on this event: item -> rule. Asking changes nothing."""
    occasion = shop.occasion(event, customer)
    scene = scene_of(
        occasion,
        memory=shop.memory,
        catalog=shop.catalog,
        weights=shop.weights,
        policy=shop.policy,
        now_ms=event.event_time_ms,
        browse=None,
    )
    answer = shop.answer(occasion)
    before = shop.policy.order[: shop.policy.order.index(name)]
    taken = frozenset(item for other in before for item in listed(answer, other))
    found = left_out(name, scene, taken=taken, shown=frozenset(listed(answer, name)))
    assert {one.item_list_id for one in found} <= {name}
    return {one.item_id: one.rule for one in found}


def a_view(shop: Shop, item_id: str) -> ViewItem:
    return ViewItem(event_id="v", event_time_ms=shop.now_ms + 1, items=(Item(item_id),))


def lamps(n: int, **fields: Any) -> list[CatalogItem]:
    return [CatalogItem(f"lamp-{at}", item_category="Lamps", price=40.0 + at, **fields) for at in range(n)]


def test_every_dearer_lamp_that_is_not_shown_has_its_rule():
    # given lamps for 40 to 43, of which one is in the cart, one was dismissed, one was bought and one is sold out
    shop = a_shop(*lamps(3), CatalogItem("lamp-3", item_category="Lamps", price=43.0, availability="out_of_stock"))
    shop.puts_into_cart("ana", "lamp-0")
    shop.dismisses("ana", "lamp-1")
    shop.buys("ana", "lamp-2")
    shop.puts_into_cart("ana", "lamp-0")  # a purchase empties the cart
    found = rules(shop, "upgrades", "ana", a_view(shop, "lamp"))
    # then the chandelier is 240 / 30 = 8 times the price, and the floor lamp is what is shown
    assert found == {
        "lamp-0": "in_cart",
        "lamp-1": "dismissed",
        "lamp-2": "bought_lately",
        "lamp-3": "sold_out",
        "chandelier": "price_band",
    }


def test_what_finds_no_place_and_what_nobody_pays_is_told_apart():
    shop = a_shop(*lamps(3), policy=replace(a_shop().policy, upgrades=Upgrades(items=1, usual_ratio=1.35)))
    shop.sees("ana", "rug")
    # 1.35 * 30 = 40.50: the floor lamp for 36 is shown, the lamp for 40 has no place, those for 41 and 42 cost too much
    found = rules(shop, "upgrades", "ana", a_view(shop, "lamp"))
    assert found == {"lamp-0": "list_full", "lamp-1": "more_than_usual", "lamp-2": "more_than_usual", "chandelier": "price_band"}


def test_an_accessory_may_lack_evidence_or_be_of_the_kind_on_screen():
    shop = a_shop()
    shop.looked_at_together(3, "lamp", "clip-lamp")
    shop.looked_at_together(1, "lamp", "rug")
    shop.looked_at_together(3, "lamp", "bulb")
    shop.sees("ana", "vase")
    found = rules(shop, "accessories", "ana", a_view(shop, "lamp"))
    assert found["rug"] == "too_little_evidence"
    assert found["clip-lamp"] == "same_kind"
    assert "bulb" not in found  # it is shown


def test_at_checkout_what_is_no_small_thing_is_named():
    # a quarter of the cart's 30.00 is 7.50; the rug costs 80.00
    shop = a_shop()
    shop.ordered_together(3, "lamp", "bulb", "rug")
    shop.puts_into_cart("ana", "lamp")
    event = BeginCheckout(event_id="pay", event_time_ms=shop.now_ms + 1, items=(Item("lamp", price=30.0),))
    assert rules(shop, "accessories", "ana", event) == {"rug": "too_dear_at_checkout"}


def test_an_item_that_stands_in_a_list_before_is_named():
    shade = CatalogItem("shade", item_category="Lamps", price=36.0, is_accessory_or_spare_part_for=("lamp",))
    shop = a_shop(shade)
    shop.sees("ana", "rug")
    assert rules(shop, "accessories", "ana", a_view(shop, "lamp"))["shade"] == "in_another_list"


def test_cheaper_ones_are_ruled_on_only_once_price_is_the_obstacle():
    # given the clip-on lamp at 18 / 30 = 0.6, and one at 5 / 30 = 0.17, below the band
    shop = a_shop(CatalogItem("toy-lamp", item_category="Lamps", price=5.0))
    shop.puts_into_cart("ana", "lamp")
    assert rules(shop, "alternatives", "ana", a_view(shop, "lamp")) == {}
    event = RemoveFromCart(event_id="out", event_time_ms=shop.now_ms + 1, items=(Item("lamp"),))
    assert rules(shop, "alternatives", "ana", event) == {"toy-lamp": "price_band"}


def test_a_withdrawn_item_that_others_looked_at_is_called_withdrawn():
    shop = a_shop()
    shop.looked_at_together(3, "lamp", "bulb")
    shop.catalog.withdraw("bulb")
    shop.sees("ana", "rug")
    assert rules(shop, "accessories", "ana", a_view(shop, "lamp"))["bulb"] == "withdrawn"


def test_the_lists_are_asked_with_the_catalogue_as_it_is():
    shop = a_shop()
    shop.catalog.put(replace(FLOOR_LAMP, availability="out_of_stock"))
    before = shop.catalog.version
    shop.sees("ana", "rug")
    assert rules(shop, "upgrades", "ana", a_view(shop, "lamp"))["floor-lamp"] == "sold_out"
    assert (shop.catalog.version, shop.catalog.sellable("floor-lamp")) == (before, False)
