"""What counts as an answer, and what as a hit."""

from collections import Counter

import pytest

from stream.demo.score import Score, bestsellers
from stream.demo.shop import Visit
from tests.stream.demo.cases import a_suggestion, a_visit


def play(score: Score, visit: Visit, suggestions: dict[int, tuple[str, ...]]) -> None:
    """Let a visit happen, one step a second; each suggestion comes 10 ms after the line that causes it."""
    for place in range(len(visit.items) + 1):
        score.sending(visit, place, float(place))
        if place in suggestions:
            score.suggested(a_suggestion(visit, place, *suggestions[place]), place + 0.010)


def test_a_suggestion_is_right_when_the_same_invoice_has_one_of_its_items_later() -> None:
    score = Score()
    # given one visit where tea brings sugar (bought as the third line), and one where it brings milk (never bought)
    play(score, a_visit("tea", "cup", "sugar", invoice="1"), {0: ("jam", "sugar")})
    play(score, a_visit("tea", "cup", invoice="2"), {0: ("milk",)})
    # then one of two was right
    assert score.closed == 2
    assert score.hit_rate == 1 / 2


def test_a_set_around_the_line_is_an_answer_as_accessories_are() -> None:
    score, visit = Score(), a_visit("tea", "cup", "sugar")
    score.sending(visit, 0, 0.0)
    score.suggested(a_suggestion(visit, 0, "sugar", list_id="bundle"), 0.01)
    for place in (1, 2, 3):
        score.sending(visit, place, float(place))
    assert score.hit_rate == 1


def test_what_is_in_the_cart_already_is_no_hit() -> None:
    score = Score()
    play(score, a_visit("tea", "cup", "jam"), {1: ("tea",)})
    assert score.hit_rate == 0


def test_an_answer_to_the_last_line_is_left_out_because_nothing_could_follow() -> None:
    score = Score()
    play(score, a_visit("tea", "cup"), {1: ("milk",)})
    assert (score.suggestions, score.closed, score.hit_rate) == (1, 0, None)


def test_a_suggestion_after_the_next_line_is_late_its_wait_counts_and_its_items_do_not() -> None:
    score, visit = Score(), a_visit("tea", "cup", "sugar")
    # given the answer to the first line, 1,500 ms after it and after the second line
    score.sending(visit, 0, 0.0)
    score.sending(visit, 1, 1.0)
    score.suggested(a_suggestion(visit, 0, "sugar"), 1.5)
    score.sending(visit, 2, 2.0)
    score.sending(visit, 3, 3.0)
    # then
    assert score.late == 1
    assert score.closed == 0
    assert score.wait_ms(0.5) == 1_500


def test_a_suggestion_that_is_said_twice_counts_once() -> None:
    score, visit = Score(), a_visit("tea", "cup")
    score.sending(visit, 0, 0.0)
    for _ in range(2):
        score.suggested(a_suggestion(visit, 0, "cup"), 0.01)
    assert score.suggestions == 1


def test_suggestions_to_strangers_and_lists_of_another_kind_are_no_answers() -> None:
    score, visit = Score(), a_visit("tea", "cup")
    score.sending(visit, 0, 0.0)
    score.suggested(a_suggestion(a_visit("tea", invoice="somebody else"), 0, "cup"), 0.01)
    score.suggested(a_suggestion(visit, 0, "cup", list_id="upgrades"), 0.01)
    score.sending(visit, 1, 1.0)
    score.sending(visit, 2, 2.0)
    assert (score.suggestions, score.closed) == (1, 0)


def test_bestsellers_are_held_to_the_same_invoices_with_as_many_items() -> None:
    score = Score()
    # given a history in which cup sold three times, jam twice and tea once
    score.bought_before(["cup", "cup", "cup", "jam", "jam", "tea"])
    # when a list of one item is shown beside tea, and cup comes next
    play(score, a_visit("tea", "cup"), {0: ("milk",)})
    # then the one best-selling item, cup, would have been right where ours was not
    assert score.hit_rate == 0
    assert score.popular_hit_rate == 1


def test_bestsellers_are_ordered_by_lines_and_then_by_id() -> None:
    assert bestsellers(Counter({"b": 2, "a": 2, "c": 5, "d": 1}), 3) == ["c", "a", "b"]


def test_an_item_is_attributed_to_the_newest_suggestion_of_its_visit_that_showed_it() -> None:
    score, visit = Score(), a_visit("tea", "cup", "sugar")
    score.sending(visit, 0, 0.0)
    score.suggested(a_suggestion(visit, 0, "sugar"), 0.01)
    score.sending(visit, 1, 1.0)
    score.suggested(a_suggestion(visit, 1, "sugar", "jam"), 1.01)
    assert score.offered(visit, "sugar") == "s1"
    assert score.offered(visit, "milk") is None
    assert score.offered(a_visit("tea", invoice="another"), "sugar") is None


@pytest.mark.parametrize(("share", "expected_ms"), [(0.5, 60), (0.9, 100), (0.99, 100)])
def test_a_waiting_time_is_the_one_that_so_many_did_not_exceed(share: float, expected_ms: float) -> None:
    # given ten answers after 10, 20 ... 100 ms: place int(0.5 * 10) = 5 of the sorted ones is 60, the last one 100
    score = Score()
    for number in range(1, 11):
        visit = a_visit("tea", "cup", invoice=str(number))
        score.sending(visit, 0, 0.0)
        score.suggested(a_suggestion(visit, 0, "cup"), number / 100)
    assert score.wait_ms(share) == pytest.approx(expected_ms)


def test_waiting_times_of_the_last_answers_leave_the_older_ones_out() -> None:
    score = Score()
    for number, wait_s in enumerate((9.0, 0.01, 0.03)):
        visit = a_visit("tea", "cup", invoice=str(number))
        score.sending(visit, 0, 0.0)
        score.suggested(a_suggestion(visit, 0, "cup"), wait_s)
    assert score.wait_ms(0.99, newest=2) == pytest.approx(30)
    assert score.wait_ms(0.99) == pytest.approx(9_000)
