"""The tables that are derived from session rows."""

import math

import numpy as np
import pytest

from online_models.memory.popularity import HALF_LIFE_MS
from online_models.memory.prices import Prices
from online_models.memory.similarity import signs
from tests.online_models.records import NOON_MS, memory_of, remembered, walks


def test_fresh_popularity_halves_in_six_hours():
    # given two touches at the start of a half-life, one a half-life later
    start_ms = NOON_MS // HALF_LIFE_MS * HALF_LIFE_MS
    memory = memory_of([
        remembered(0, "tea", customer="ana", session="a", at_ms=start_ms),
        remembered(1, "tea", customer="bob", session="b", at_ms=start_ms),
        remembered(2, "tea", customer="eve", session="c", at_ms=start_ms + HALF_LIFE_MS),
    ])  # fmt: skip
    # then two half-lives after the first: 2/4 + 1/2
    assert memory.popularity.fresh(np.array([0]), start_ms + 2 * HALF_LIFE_MS).tolist() == [1.0]


def test_fresh_popularity_is_that_of_each_questions_own_time():
    memory = memory_of([remembered(0, "tea"), remembered(1, "cup"), remembered(2, "cup", at_ms=NOON_MS + HALF_LIFE_MS)])
    popularity, times = memory.popularity, [NOON_MS + HALF_LIFE_MS, NOON_MS + 3 * HALF_LIFE_MS + 1, NOON_MS + HALF_LIFE_MS]
    items, question = np.array([0, 1, 1, 0, 1]), np.array([0, 0, 1, 2, 2])
    alone = [popularity.fresh(items[question == number], now_ms) for number, now_ms in enumerate(times)]
    assert popularity.fresh_by(items, question, np.array(times)).tolist() == np.concatenate(alone).tolist()
    assert popularity.fresh_by(items[:2], question[:2], np.array(times[:1])).tolist() == alone[0].tolist()


def test_fresh_popularity_forgets_what_is_older_than_its_window():
    memory = memory_of([remembered(0, "tea"), remembered(1, "cup", at_ms=NOON_MS + 1000 * HALF_LIFE_MS)])
    assert memory.popularity.fresh(np.array([0]), NOON_MS + 1000 * HALF_LIFE_MS).tolist() == [0.0]
    assert memory.popularity.counts[0] == 1


def test_an_event_that_comes_late_does_not_turn_the_clock_back():
    memory = memory_of([remembered(0, "tea"), remembered(1, "tea", session="s2", at_ms=NOON_MS - 5000)])
    assert memory.popularity.last_ms[0] == NOON_MS


def test_the_newest_items_of_a_category_come_first():
    memory = memory_of(walks("tea mate tea", "coffee", tea="drinks", mate="drinks", coffee="drinks"))
    drinks = memory.categories.index("drinks")
    assert [memory.items.ids[item] for item in memory.categories.latest(drinks, 2)] == ["coffee", "tea"]


def test_an_item_moves_with_the_category_that_its_newest_event_names():
    records = [remembered(0, "tea", category="drinks"), remembered(1, "tea", session="s2", category="gifts")]
    memory = memory_of(records)
    drinks, gifts = memory.categories.index("drinks"), memory.categories.index("gifts")
    assert (memory.categories.latest(drinks, 9), memory.categories.latest(gifts, 9)) == ([], [0])


def test_moves_between_categories_are_counted_within_sessions():
    # from drinks: once to cups, twice to sweets; the change of session is no move
    memory = memory_of(walks("tea mug", "tea cake", "mate cake", tea="drinks", mate="drinks", mug="cups", cake="sweets"))
    shares = memory.categories.moves(memory.categories.index("drinks"))
    assert shares[memory.categories.index("cups")] == pytest.approx(1 / 3)
    assert shares[memory.categories.index("sweets")] == pytest.approx(2 / 3)
    assert shares[-1] == 0


def test_company_vectors_sum_the_signs_of_what_stands_near():
    # "tea cup spoon": the tea has the cup at distance 1 (60) and the spoon at distance 2 (30)
    memory = memory_of(walks("tea cup spoon"))
    expected = 60 * signs("cup") + 30 * signs("spoon").astype(np.int64)
    assert memory.similarity.vectors[0].tolist() == expected.tolist()
    assert memory.similarity.squares[0] == (expected**2).sum()


def test_items_that_never_met_but_keep_the_same_company_are_alike():
    memory = memory_of(walks("tea cup", "mate cup", "nail hammer"))
    tea, mate, nail = (memory.similarity.vectors[memory.items.find(item)] for item in ("tea", "mate", "nail"))
    assert tea @ mate == math.prod((60, 60, 64))  # both are 60 times the cup's signs
    assert abs(tea @ nail) < tea @ mate


def test_a_price_is_the_newest_seen_and_falls_back_when_its_witness_is_forgotten():
    # given that ana saw 5.00, then bob 6.00, then ana 7.00
    prices = Prices()
    for offset, (customer, price) in enumerate([("ana", 5.0), ("bob", 6.0), ("ana", 7.0)]):
        prices.take_in(remembered(offset, "tea", customer=customer, price=price), [0])
    assert prices.get(0) == 7.0
    # when ana is forgotten, then bob's price stands; when bob is, none
    prices.forget("ana")
    assert prices.get(0) == 6.0
    prices.forget("bob")
    assert prices.get(0) is None
