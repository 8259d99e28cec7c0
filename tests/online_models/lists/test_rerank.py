from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from online_models.lists.rerank import order, worths


def test_without_lifts_and_weight_the_list_s_own_order_stays():
    # given scores of two heads: the second begins above where the first ends
    worth = worths([3.0, 1.0, 2.0], [0.0, 0.0, 0.0])
    assert worth == [3.0, 1.0, 1.0]
    assert order(worth, ["a", "a", "a"], weight=0.0, places=2) == [0, 1, 2]


def test_a_lift_is_in_standard_deviations_of_the_scores():
    # given 4, 2, 2, 0: mean 2, variance (4 + 0 + 0 + 4) / 4 = 2
    worth = worths([4.0, 2.0, 2.0, 0.0], [0.0, 0.0, 0.0, 3.0])
    assert worth == [4.0, 2.0, 2.0, 3 * 2**0.5]
    assert order(worth, [None] * 4, weight=0.0, places=4) == [3, 0, 1, 2]  # 3 * 1.41 = 4.24 is above 4


def test_where_all_scores_are_alike_a_lift_counts_as_it_is():
    assert worths([0.3, 0.3], [0.0, 0.5]) == [0.3, 0.8]


def test_the_second_of_a_kind_gives_way_to_another_kind_that_is_nearly_as_good():
    # given relevances 1, 0.9, 0.6, 0 and a weight of 0.3
    worth, kinds = [10.0, 9.0, 6.0, 0.0], ["lamp", "lamp", "bulb", "lamp"]
    # then after the first lamp (0.7) the next lamp has 0.7 * 0.9 - 0.3 = 0.33, the bulb 0.7 * 0.6 = 0.42
    assert order(worth, kinds, weight=0.3, places=3)[:2] == [0, 2]
    # and with 0.1 the lamp has 0.9 * 0.9 - 0.1 = 0.71, the bulb 0.9 * 0.6 = 0.54
    assert order(worth, kinds, weight=0.1, places=3)[:2] == [0, 1]


def test_what_is_of_no_kind_resembles_nothing():
    assert order([3.0, 2.0, 1.0], [None, None, None], weight=1.0, places=3) == [0, 1, 2]
    assert order([3.0, 2.0, 1.0, 0.0], ["a", None, None, "a"], weight=0.5, places=4) == [0, 1, 2, 3]


def test_behind_the_places_shown_the_order_is_that_of_worth():
    assert order([5.0, 4.0, 3.0, 2.0, 1.0], ["a", "a", "a", "a", "b"], weight=0.9, places=2) == [0, 4, 1, 2, 3]


CANDIDATES = st.lists(st.tuples(st.floats(-9, 9), st.sampled_from(["a", "b", None])), min_size=1, max_size=12)


@given(CANDIDATES, st.floats(0, 1), st.integers(1, 6))
def test_every_candidate_stands_in_the_order_once_and_the_best_first(
    candidates: list[tuple[float, str | None]], weight: float, places: int
):
    worth, groups = [score for score, _ in candidates], [group for _, group in candidates]
    found = order(worth, groups, weight=weight, places=places)
    assert sorted(found) == list(range(len(worth)))
    assert weight == 1 or worth[found[0]] == max(worth)


@given(CANDIDATES, st.floats(0.251, 1))
def test_above_a_quarter_a_list_of_four_is_never_of_one_kind_while_there_are_others(
    candidates: list[tuple[float, str | None]], weight: float
):
    groups = [group for _, group in candidates]
    shown = [groups[at] for at in order([score for score, _ in candidates], groups, weight=weight, places=4)[:4]]
    alike = len(shown) == 4 and all(one == other and one is not None for one, other in combinations(shown, 2))
    assert not alike or len(set(groups)) == 1
