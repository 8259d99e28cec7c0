from online_models.policy.policy import Policy
from stream.contracts.catalog import CatalogItem
from tests.online_models.lamps import a_shop
from tests.online_models.shop import Shop, listed, the_card


def cameras() -> Shop:
    """Return a shop of cameras at 900, 700, 500 and 400, with bags at 90 and 60."""
    bodies = [
        CatalogItem(f"camera-{price}", f"Camera {price}", item_category="Cameras", price=float(price)) for price in (900, 700, 500, 400)
    ]
    bags = [CatalogItem(f"bag-{price}", f"Bag {price}", item_category="Bags", price=float(price)) for price in (90, 60)]
    return Shop(*bodies, *bags, policy=Policy(order=("alternatives",)))


def test_cheaper_ones_are_shown_when_the_item_was_taken_out_of_the_cart():
    shop = a_shop()
    shop.puts_into_cart("ana", "lamp")
    answer = shop.takes_out("ana", "lamp")
    assert listed(answer, "alternatives") == ["clip-lamp"]
    card = the_card(answer, "clip-lamp")
    assert (card.price_difference, card.reason.text) == (-12.0, "Same kind, £12.00 less.")


def test_cheaper_ones_are_not_pressed_on_somebody_who_only_looks():
    answer = a_shop().sees("ana", "rug", "lamp")
    assert listed(answer, "alternatives") == []
    assert ("alternatives", "price_no_obstacle") in answer.silences


def test_who_dismisses_dearer_ones_is_shown_cheaper_ones():
    shop = a_shop()
    shop.sees("ana", "rug", "lamp")
    shop.dismisses("ana", "floor-lamp")
    assert listed(shop.sees("ana", "lamp"), "alternatives") == ["clip-lamp"]


def test_who_walks_down_the_prices_of_a_kind_is_shown_the_next_cheaper_one():
    # given somebody who looks at cameras, each cheaper than the one before
    shop = cameras()
    shop.sees("ana", "bag-90", "camera-900")
    assert listed(shop.sees("ana", "camera-700"), "alternatives") == []
    assert listed(shop.sees("ana", "camera-500"), "alternatives") == ["camera-400"]


def test_a_dearer_look_or_one_of_another_kind_in_between_is_no_walk_down():
    assert listed(cameras().sees("ana", "camera-700", "camera-900", "camera-500"), "alternatives") == []
    assert listed(cameras().sees("ana", "camera-900", "bag-90", "camera-700"), "alternatives") == []


def test_a_page_that_is_loaded_again_is_one_look():
    # given two cameras, one of them looked at twice running
    assert listed(cameras().sees("ana", "camera-900", "camera-900", "camera-700"), "alternatives") == []


def test_who_comes_back_to_an_item_after_a_while_without_taking_it_is_shown_cheaper_ones():
    shop = cameras()
    assert listed(shop.sees("ana", "bag-90", "camera-700"), "alternatives") == []
    # when he is back 4 minutes after the first look, and then 5
    shop.after(minutes=3)
    assert listed(shop.sees("ana", "camera-700"), "alternatives") == []
    assert listed(shop.sees("ana", "camera-700"), "alternatives") == ["camera-500", "camera-400"]


def test_who_has_put_it_into_the_cart_does_not_hesitate():
    shop = cameras()
    shop.sees("ana", "bag-90", "camera-700")
    shop.puts_into_cart("ana", "camera-700")
    assert listed(shop.after(minutes=10).sees("ana", "camera-700"), "alternatives") == []


def test_who_looked_at_it_in_an_earlier_session_does_not_hesitate():
    shop = cameras()
    shop.sees("ana", "camera-700")
    assert listed(shop.after(days=1).sees("ana", "camera-700"), "alternatives") == []
