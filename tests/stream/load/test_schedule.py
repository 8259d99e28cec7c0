import pytest

from stream.load.schedule import Schedule


def test_an_event_is_due_by_its_number_alone() -> None:
    schedule = Schedule(rate=800, seconds=10)
    assert [schedule.due_s(number) for number in (0, 1, 800)] == [0, 1 / 800, 1]


def test_the_warm_up_is_sent_at_the_same_rate_and_not_counted() -> None:
    schedule = Schedule(rate=200, seconds=3, warmup_s=0.5)
    assert (schedule.first, schedule.count) == (200 // 2, 200 // 2 + 200 * 3)


def test_at_least_one_event_counts() -> None:
    assert Schedule(rate=0.1, seconds=1).count == 1


def test_on_time_the_rate_is_what_was_asked_and_late_it_is_what_really_left() -> None:
    schedule = Schedule(rate=100, seconds=10, warmup_s=1)
    # given a second of warm-up, then 100 events, the last of them due at (100 + 99) / 100 s
    assert schedule.reached(199, 1.99) == pytest.approx(100)
    # when the same has taken 2 s of counted time instead of 1, then it is half the rate
    assert schedule.reached(199, 2.99) == pytest.approx(50)
    assert schedule.reached(99, 0.99) == 0  # the warm-up alone
