"""What the live page is told."""

from stream.demo.figures import Course, figures_of
from stream.demo.front.tell import Teller, live_figures
from stream.demo.score import Score
from tests.stream.demo.cases import a_suggestion, a_visit

TITLES = {"tea": "GREEN TEA", "cup": "BLUE CUP"}


def test_an_answer_is_told_at_once_and_again_when_its_item_was_taken() -> None:
    # given a customer who put tea into the cart and was shown jam and a cup
    score, visit, teller = Score(), a_visit("tea", "cup"), Teller(TITLES)
    score.sending(visit, 0, 0.0)
    score.suggested(a_suggestion(visit, 0, "jam", "cup"), 0.01)
    [first] = teller.look(score.newest, 1.0)
    assert (first.outcome, first.put, first.item_id) == ("open", "GREEN TEA", "tea")
    assert [(card.item_name, card.taken) for card in first.cards] == [("jam", False), ("BLUE CUP", False)]
    assert len(first.customer) == 4
    # when he takes the cup
    score.sending(visit, 1, 1.1)
    # then the same answer is told with its outcome, and then no more
    [again] = teller.look(score.newest, 1.5)
    assert (again.suggestion_id, again.outcome) == (first.suggestion_id, "taken")
    assert [card.taken for card in again.cards] == [False, True]
    assert list(teller.look(score.newest, 2.5)) == []


def test_an_answer_that_nothing_came_of_is_told_as_such_when_the_customer_has_paid() -> None:
    score, visit, teller = Score(), a_visit("tea", "cup"), Teller(TITLES)
    score.sending(visit, 0, 0.0)
    score.suggested(a_suggestion(visit, 0, "jam"), 0.01)
    assert [told.outcome for told in teller.look(score.newest, 1.0)] == ["open"]
    score.sending(visit, 1, 1.1)
    assert list(teller.look(score.newest, 1.5)) == []
    score.sending(visit, 2, 1.6)
    assert [told.outcome for told in teller.look(score.newest, 2.0)] == ["not"]


def test_rates_are_those_of_the_last_four_seconds() -> None:
    # given two samples a second: 10 events each for ten seconds, then 30 each for four
    score, course = Score(), Course.empty()
    for number in range(1, 29):
        score.events += 10 if number <= 20 else 30
        score.suggestions = score.events // 2
        course.samples.append(figures_of(score, seconds=number / 2, lag=0, dead_letters=0, model=(None, None), memory_mib=None, history=0))
    now = live_figures(course, score, clock_ms=7)
    # then 8 samples * 30 events in 4 s are 60 a second, half of them answered
    assert (now.events_per_s, now.suggestions_per_s) == (60, 30)
    assert (now.events, now.clock_ms, now.p99_ms) == (20 * 10 + 8 * 30, 7, None)


def test_the_first_sample_has_rates_too() -> None:
    course = Course.empty()
    course.samples.append(figures_of(Score(), seconds=0.0, lag=0, dead_letters=0, model=(None, None), memory_mib=None, history=0))
    assert live_figures(course, Score(), clock_ms=0).events_per_s == 0
