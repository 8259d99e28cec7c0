import pytest

from stream.load.waits import Bound, Spread, Waits


def waits_of(*waits_ms: float) -> Waits:
    waits = Waits()
    for wait_ms in waits_ms:
        waits.add(wait_ms / 1_000)
    return waits


def test_percentiles_are_told_in_milliseconds_to_a_thousandth() -> None:
    # given 1 to 1,000 ms, each once
    spread = waits_of(*range(1, 1_001)).spread()
    assert spread.n == 1_000
    for told, true in zip((spread.p50, spread.p90, spread.p99, spread.p99_9, spread.max), (500, 900, 990, 999, 1_000), strict=True):
        assert told == pytest.approx(true, rel=0.001)


def test_nobody_waited_where_nobody_was_answered() -> None:
    assert Waits().spread() == Spread(0, None, None, None, None, None)


def test_more_than_an_hour_counts_as_an_hour_and_nothing_as_a_microsecond() -> None:
    longest, shortest = waits_of(7_200_000).spread(), waits_of(-1).spread()
    assert longest.n == shortest.n == 1
    assert longest.max == pytest.approx(3_600_000, rel=0.001)
    assert shortest.max == pytest.approx(0.001)


def test_several_seconds_are_put_together() -> None:
    assert Waits.sum_of([waits_of(10), waits_of(20, 30)]).spread().n == 3


@pytest.mark.parametrize(("text", "bound"), [("p99=100", Bound(99, 100)), ("p99.9=2.5", Bound(99.9, 2.5)), ("max=1000", Bound(100, 1000))])
def test_a_bound_is_a_percentile_and_milliseconds(text: str, bound: Bound) -> None:
    assert Bound.of(text) == bound


@pytest.mark.parametrize("text", ["p99", "99=100", "p100=1", "p99=-1", "p99=100ms", "p=1", ""])
def test_anything_else_is_no_bound(text: str) -> None:
    with pytest.raises(ValueError, match="write p99=100"):
        Bound.of(text)


def test_a_bound_is_kept_missed_or_cannot_be_told() -> None:
    waits = waits_of(*[10] * 99, 500)
    assert Bound.of("p50=20").missed_by(waits) is None
    assert Bound.of("p99.9=20").missed_by(waits) == "p99.9 is 500.2 ms, over 20 ms"  # the upper end of the value's bucket
    assert "nothing was answered" in str(Bound.of("p50=20").missed_by(Waits()))
