import pytest

from stream.load.measured import Measured, Report
from stream.load.schedule import Schedule
from stream.load.waits import Bound


def a_load(*, rate: float = 100, seconds: float = 1, warmup_s: float = 0) -> Measured:
    return Measured(Schedule(rate, seconds, warmup_s))


def reported(measured: Measured, *, not_handled: int = 0, bounds: tuple[Bound, ...] = ()) -> Report:
    return measured.report(not_handled=not_handled, left_out=0, customers=1, interrupted=False, bounds=bounds)


def sent_on_time(measured: Measured) -> Measured:
    for number in range(measured.schedule.count):
        measured.send(number, measured.schedule.due_s(number))
    return measured


def test_a_wait_is_counted_from_when_its_event_was_due_and_not_from_when_it_left() -> None:
    # given event 50, due at 0.5 s, which left at 0.9 s because the broker had no room
    measured = a_load()
    measured.send(50, 0.9)
    # when it is acknowledged at 1.0 s and answered at 1.5 s
    measured.acknowledge(50, 1.0)
    wait_s = measured.answer(50, 1.5)
    # then its customer has waited for a second, the broker's part is half of it, and it left 0.4 s late
    report = reported(measured)
    assert wait_s == 1.5 - 50 / 100
    assert report.suggestion.max == pytest.approx(1_000, rel=0.001)
    assert report.acknowledged.max == pytest.approx(500, rel=0.001)
    assert report.late.max == pytest.approx(400, rel=0.001)


def test_a_stall_of_a_second_is_waited_for_by_everybody_who_was_due_in_it() -> None:
    # given 100 events/s for 4 s, answered at once but for a stall from 1 s to 2 s, at whose end all get their answers
    measured = sent_on_time(a_load(seconds=4))
    for number in range(400):
        due_s = number / 100
        measured.answer(number, 2.0 if 1 <= due_s < 2 else due_s + 0.001)
    # then a quarter of all have waited for up to a second, evenly: at 90 % that is (0.90 - 0.75) / 0.25 = 0.6 of it
    assert reported(measured).suggestion.p90 == pytest.approx(600, abs=11)


def test_the_warm_up_is_in_no_figure() -> None:
    measured = sent_on_time(a_load(warmup_s=1))
    assert measured.answer(99, 30.0) is None
    assert measured.answer(100, 1.02) == pytest.approx(0.02)
    report = reported(measured)
    assert (report.sent, report.answered, report.suggestion.n) == (100, 1, 1)


def test_an_answer_that_comes_again_counts_once_and_is_told() -> None:
    measured = sent_on_time(a_load())
    assert [measured.answer(3, at_s) for at_s in (0.05, 9.0)] == [pytest.approx(0.02), None]
    assert measured.answer(100, 1.0) is None  # of no event of ours
    assert (reported(measured).answered, reported(measured).twice) == (1, 1)


def test_who_got_no_answer_was_met_with_silence_unless_nobody_has_handled_or_taken_his_event() -> None:
    # given 100 events: 60 answered, 5 refused by the broker, 10 not handled
    measured = sent_on_time(a_load())
    for number in range(60):
        measured.answer(number, 1.0)
    for number in range(60, 65):
        measured.fail(number, "KafkaTimeoutError")
    report = reported(measured, not_handled=10)
    assert (report.silent, report.failed) == (100 - 60 - 5 - 10, {"KafkaTimeoutError": 5})


def test_less_than_95_percent_of_the_rate_is_another_load() -> None:
    for took_s, missed in ((1.04, 0), (1.08, 1)):
        measured = a_load()
        for number in range(100):
            measured.send(number, number / 100 * took_s)
        assert len(reported(measured).missed) == missed, took_s


def test_refusals_backlogs_and_bounds_are_told_each_with_a_word() -> None:
    measured = sent_on_time(a_load())
    measured.fail(1, "KafkaTimeoutError")
    measured.answer(0, 0.5)
    missed = reported(measured, not_handled=3, bounds=(Bound(50, 100), Bound(50, 1_000))).missed
    assert [words.partition(":")[0] for words in missed] == [
        "the broker did not take 1 events",
        "3 records were not handled yet",
        "p50 is 500.2 ms, over 100 ms",
    ]
    assert reported(sent_on_time(a_load())).missed == ()


def test_a_seconds_waits_are_told_once() -> None:
    measured = sent_on_time(a_load())
    measured.answer(0, 0.1)
    assert [measured.lately().spread().n, measured.lately().spread().n] == [1, 0]
