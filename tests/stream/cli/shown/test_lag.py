from rich.console import Console

from stream.cli.shown.lag import as_json, ill, oldest_s, shown, span
from stream.ops.lag.rules import Lag, State


def a_lag(state: State = "OK", *, partition: int = 0, lag: int | None = 0, lag_s: float | None = 0.0, drain_s: float | None = 0.0) -> Lag:
    return Lag("tsuide", "shop.clickstream.v1", partition, state, 7, 9, 0, 9, lag, 0, lag_s, 1.0, 2.0, drain_s, 1)


def drawn(lags: list[Lag], *, width: int, height: int | None = None) -> list[str]:
    console = Console(width=width, soft_wrap=True, record=True, quiet=False, file=None)
    with console.capture() as captured:
        console.print(shown(lags, width=width, height=height))
    return [line.rstrip() for line in captured.get().splitlines()]


def test_on_eighty_columns_each_partition_has_one_line_and_on_two_hundred_its_offsets_too() -> None:
    stalled = a_lag("STALLED", partition=3, lag=65_430, lag_s=1_236.0, drain_s=None)
    *_, head, narrow = drawn([stalled], width=80)
    assert head.split() == ["state", "topic", "p", "lag", "oldest", "waits", "in/s", "out/s", "drained", "in"]
    assert narrow.split() == ["STALLED", "shop.clickstream.v1", "3", "65,430", "20.6", "min", "1.0", "2.0", "never"]
    *_, wide = drawn([stalled], width=200)
    assert wide.split()[2:7] == ["3", "tsuide", "7", "9", "0..9"]


def test_what_does_not_fit_on_the_screen_is_cut_from_the_end_and_counted() -> None:
    # given 30 partitions, all well, on a screen of 24 lines: one for the sum, one for the head, one for what is cut, one for the cursor
    lines = drawn([a_lag(partition=number) for number in range(30)], width=100, height=24)
    assert len(lines) == 24 - 1
    assert lines[-1] == f"and {30 - (24 - 4)} that are no worse"


def test_a_span_is_told_in_its_largest_unit() -> None:
    assert [span(seconds) for seconds in (0.0, 59.9, 60.0, 5_400.0, 86_400.0, None)] == [
        "0.0 s",
        "59.9 s",
        "1.0 min",
        "1.5 h",
        "1.0 d",
        "?",
    ]


def test_the_whole_is_as_old_as_its_oldest_and_unknown_where_one_is_unknown() -> None:
    assert oldest_s([a_lag(), a_lag("STALLED", lag=1, lag_s=4.0)]) == 4.0
    assert oldest_s([a_lag(), a_lag("STALLED", lag=1, lag_s=None)]) is None
    assert oldest_s([]) == 0.0


def test_programs_are_told_the_sum_the_oldest_and_the_states_that_ask_for_something() -> None:
    lags = [a_lag("STALLED", lag=5, lag_s=4.0), a_lag("CATCHING_UP", lag=2, lag_s=1.0), a_lag("STALLED", lag=1, lag_s=2.0), a_lag()]
    look = as_json(lags, 17)
    assert (look["at_ms"], look["lag"], look["lag_s"], look["states"]) == (17, 5 + 2 + 1, 4.0, ["STALLED", "CATCHING_UP"])
    assert ill([a_lag()]) == []
