from features.cart import InCart, in_cart, worth
from features.profile import CartLine, Profile


def a_profile(*lines: CartLine) -> Profile:
    return Profile(cart=lines)


def test_what_was_taken_out_again_is_not_in_the_cart():
    profile = a_profile(CartLine(1, "lamp", 1, 30.0), CartLine(2, "bulb", 4, 2.5), CartLine(3, "lamp", -1, 30.0))
    assert in_cart(profile) == (InCart("bulb", 4, 2.5),)


def test_the_article_added_last_comes_first_with_all_its_pieces_at_the_newest_price():
    profile = a_profile(CartLine(1, "bulb", 2, 2.5), CartLine(2, "lamp", 1, 30.0), CartLine(3, "bulb", 3, 2.0), CartLine(4, "bulb", 1))
    assert in_cart(profile) == (InCart("bulb", 6, 2.0), InCart("lamp", 1, 30.0))


def test_the_worth_counts_pieces_and_passes_over_what_has_no_price():
    cart = (InCart("bulb", 6, 2.0), InCart("lamp", 1, 30.0), InCart("gift", 1, None))
    assert worth(cart) == 42.0  # 6 * 2.00 + 30.00
    assert worth((InCart("gift", 1, None),)) is None
