from online_models.lists.evidence import orders_with, visits_with
from tests.online_models.shop import Shop


def test_each_visit_counts_once_however_long_it_was_and_in_whatever_order():
    shop = Shop()
    long = [f"thing-{n}" for n in range(30)]
    shop.sees("a", "lamp", *long, "bulb")  # goes on in a second row
    shop.sees("b", "bulb", "lamp", "bulb", "lamp")
    for n in range(40):
        shop.sees(f"c{n}", "rug", "vase")
    shop.sees("d", "lamp", "rug")
    # then: bulb with b; the visit of a holds it in another row than the lamp and is not looked through; rug with d; vase with nobody
    assert visits_with(shop.memory, "lamp", ["bulb", "rug", "vase", "unheard of"], apart_from="") == [1, 1, 0, 0]
    assert visits_with(shop.memory, "vase", ["rug"], apart_from="") == [40]


def test_the_visit_that_asks_is_left_out():
    shop = Shop()
    shop.sees("a", "lamp", "bulb", session="s-a")
    shop.sees("b", "lamp", "bulb", session="s-b")
    assert visits_with(shop.memory, "lamp", ["bulb"], apart_from="s-b") == [1]


def test_orders_are_counted_with_both_and_with_the_anchor():
    shop = Shop()
    shop.ordered_together(3, "lamp", "bulb")
    shop.ordered_together(2, "lamp")
    assert orders_with(shop.memory, "lamp", "bulb") == (3, 5)
    assert orders_with(shop.memory, "lamp", "unheard of") == (0, 5)
    assert orders_with(shop.memory, "unheard of", "lamp") == (0, 0)
