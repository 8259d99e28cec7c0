"""When records are due, by a clock that the test turns."""

import pytest

from stream.replay.feed.pace import CATCH_UP_S, Pace

T = 1_700_000_000_000


class Clock:
    """A clock that stands until it is turned."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def __call__(self) -> float:
        """Return what it shows."""
        return self.at_s


@pytest.fixture
def clock() -> Clock:
    """One that shows 100 seconds."""
    return Clock()


@pytest.mark.parametrize(("speed", "after_s"), [(1.0, 6.0), (60.0, 0.1), (0.5, 12.0)])
def test_records_are_due_as_far_apart_as_they_were_and_nearer_by_the_factor(clock: Clock, speed: float, after_s: float):
    pace = Pace(speed, None, clock)
    assert pace.due_s(T) == pytest.approx(100)
    assert pace.due_s(T + 6_000) == pytest.approx(100 + after_s)


def test_at_full_speed_everything_is_due_now(clock: Clock):
    pace = Pace(None, None, clock)
    assert [pace.due_s(T), pace.due_s(T + 10**9)] == [100, 100]


def test_a_rate_spaces_what_would_be_due_together(clock: Clock):
    pace = Pace(None, 10, clock)
    assert [pace.due_s(T) for _ in range(3)] == pytest.approx([100, 100.1, 100.2])
    # and spaces nothing that is far enough apart already
    slow = Pace(1.0, 10, clock)
    assert [slow.due_s(T), slow.due_s(T + 5_000)] == pytest.approx([100, 105])


def test_a_short_delay_is_made_up_for_and_a_long_one_is_let_go(clock: Clock):
    pace = Pace(1.0, None, clock)
    pace.due_s(T)
    clock.at_s += 1.5
    assert pace.due_s(T + 1_000) == pytest.approx(101)  # at once, and the next one when it would have been
    clock.at_s += 3_600
    late = pace.due_s(T + 2_000)
    assert late == pytest.approx(clock.at_s - CATCH_UP_S)
    assert pace.due_s(T + 7_000) == pytest.approx(late + 5)


def test_after_a_long_delay_a_rate_allows_no_burst(clock: Clock):
    pace = Pace(None, 10, clock)
    pace.due_s(T)
    clock.at_s += 3_600
    due = [pace.due_s(T) for _ in range(100)]
    assert sum(at <= clock.at_s for at in due) <= CATCH_UP_S * 10 + 1
    assert due[-1] > clock.at_s
