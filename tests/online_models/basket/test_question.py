"""The line that is held out of a basket."""

from hashlib import sha1

from online_models.basket import held_out


def test_the_target_is_the_line_that_the_transactions_hash_points_at():
    # given three distinct items, sorted cup, pot, tea
    where = int(sha1(b"536365").hexdigest(), 16) % 3
    # then the one at the hash's place is taken out, the others are the cart
    items = ["cup", "pot", "tea"]
    assert held_out("536365", ["tea", "cup", "tea", "pot"]) == (tuple(items[:where] + items[where + 1 :]), items[where])


def test_the_order_of_the_lines_does_not_matter():
    assert held_out("t1", ["a", "b", "c", "d"]) == held_out("t1", ["d", "b", "c", "a"])


def test_a_basket_of_one_item_asks_nothing():
    assert held_out("t1", ["tea", "tea"]) is None
