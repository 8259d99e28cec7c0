from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.ops.lag.follow import WINDOW, Windows
from stream.ops.lag.rules import ADVICE, Lag, Place, State, judge, over, worst_first

NOW_MS = 1_763_780_000_000
EVERY_MS = 2_000


def a_place(look: int = 0, **fields: Any) -> Place:
    """Return a worker's place: everything from 0 on is there, 100 of 100 records are handled and committed, one member reads."""
    usual = {
        "group": "tsuide",
        "topic": "shop.clickstream.v1",
        "partition": 0,
        "at_ms": NOW_MS + look * EVERY_MS,
        "committed": 100,
        "watermark": 100,
        "log_start": 0,
        "end": 100,
        "readers": 1,
        "by_watermark": True,
    }
    return Place(**usual | fields)


def looks(positions: list[int], ends: list[int], **fields: Any) -> list[Place]:
    """Return looks two seconds apart, committed as far as handled."""
    return [
        a_place(number, committed=position, watermark=position, end=end, **fields)
        for number, (position, end) in enumerate(zip(positions, ends, strict=True))
    ]


def a_lag(state: State = "OK", **fields: Any) -> Lag:
    usual = {"lag": 0, "lost": 0, "lag_s": 0.0, "in_per_s": 0.0, "out_per_s": 0.0, "drain_s": 0.0, "readers": 1}
    place = {"group": "tsuide", "topic": "shop.cart.v1", "partition": 0, "committed": 9, "watermark": 9, "log_start": 0, "end": 9}
    return Lag(state=state, **place | usual | fields)


def test_where_all_is_handled_it_is_ok_and_waits_for_nothing() -> None:
    found = judge(looks([100, 100], [100, 100]))
    assert (found.state, found.lag, found.lag_s, found.drain_s, found.waits) == ("OK", 0, 0.0, 0.0, False)


def test_a_backlog_that_shrinks_says_when_it_is_drained() -> None:
    # given 1,000 records that wait at first; in two seconds 40 come in and 240 are handled
    window = looks([0, 240], [1_000, 1_040])
    # then 20 a second come in, 120 are handled, and of 800 that wait each second takes 100 away: 8 s
    found = judge(window)
    assert (found.state, found.lag, found.in_per_s, found.out_per_s, found.drain_s) == ("CATCHING_UP", 800, 20.0, 120.0, 8.0)


def test_a_backlog_that_grows_is_never_drained() -> None:
    found = judge(looks([0, 40], [1_000, 1_200]))
    assert (found.state, found.lag, found.drain_s) == ("CATCHING_UP", 1_160, None)


def test_a_worker_that_has_handled_what_stood_a_look_ago_is_ok_though_new_records_wait() -> None:
    # given a live shop: at each look two records are under way, and those of the look before are handled
    assert judge(looks([98, 498], [100, 500])).state == "OK"
    # but where one of them still waits, it is behind
    assert judge(looks([98, 99], [100, 500])).state == "CATCHING_UP"


def test_records_that_wait_while_a_member_handles_nothing_are_a_stall_and_without_members_a_stop() -> None:
    assert judge(looks([100, 100], [120, 140])).state == "STALLED"
    assert judge(looks([100, 100], [120, 140], readers=0)).state == "STOPPED"


def test_a_record_that_came_between_two_looks_is_no_stall() -> None:
    assert judge(looks([100, 100], [100, 140])).state == "OK"


def test_one_look_alone_accuses_nobody_of_a_stall() -> None:
    assert judge(looks([100], [120])).state == "CATCHING_UP"


def test_nobody_reading_is_no_fault_while_nothing_waits() -> None:
    assert judge(looks([100, 100], [100, 100], readers=0)).state == "OK"


def test_where_nothing_was_ever_committed_is_a_state_of_its_own_and_not_the_whole_log() -> None:
    found = judge([a_place(number, committed=None, watermark=None, end=5_000, oldest_ms=NOW_MS - 58_000) for number in range(2)])
    assert (found.state, found.lag, found.out_per_s, found.drain_s) == ("NO_COMMIT", None, None, None)
    # and how long the first record waits is known all the same: 58 s before the first look, 60 before the second
    assert (found.waits, found.lag_s) == (True, 60.0)


def test_the_watermark_is_the_truth_and_a_commit_that_is_behind_it_counts_for_nothing() -> None:
    found = judge([a_place(committed=70, watermark=90)])
    assert (found.lag, found.committed, found.watermark) == (100 - 90, 70, 90)


def test_a_group_without_watermarks_stands_where_it_committed() -> None:
    assert judge([a_place(committed=70, watermark=None, by_watermark=False)]).lag == 100 - 70


def test_a_watermark_behind_what_was_committed_is_rewound_at_one_look() -> None:
    found = judge([a_place(committed=100, watermark=60)])
    assert (found.state, found.lag) == ("REWOUND", 100 - 60)


def test_a_redis_that_forgot_all_is_rewound_to_where_the_log_begins() -> None:
    found = judge([a_place(committed=100, watermark=None, log_start=30)])
    assert (found.state, found.lag, found.lost) == ("REWOUND", 100 - 30, 0)


def test_a_position_that_fell_is_rewound_until_it_is_regained() -> None:
    assert judge(looks([90, 40, 60], [100, 100, 100])).state == "REWOUND"
    assert judge(looks([90, 40, 90], [100, 100, 101])).state == "CATCHING_UP"
    assert judge(looks([90, 40, 100], [100, 100, 100])).state == "OK"


def test_what_was_deleted_before_it_was_handled_is_lost_and_no_lag() -> None:
    # given a watermark at 100 and a log from 130 to 150
    found = judge([a_place(log_start=130, end=150)])
    assert (found.state, found.lost, found.lag) == ("DATA_LOST", 130 - 100, 150 - 130)


def test_a_position_beyond_the_end_is_a_topic_made_anew_and_never_a_negative_lag() -> None:
    found = judge([a_place(end=10)])
    assert (found.state, found.lag, found.lag_s) == ("DATA_LOST", 0, 0.0)


def test_marks_of_transactions_at_the_end_of_a_log_are_nothing_that_waits() -> None:
    found = judge([a_place(end=101, hollow=True)])
    assert (found.state, found.lag, found.lag_s) == ("OK", 0, 0.0)


def test_seconds_are_the_age_of_the_oldest_record_that_waits_and_never_negative() -> None:
    assert judge([a_place(end=101, oldest_ms=NOW_MS - 1_500)]).lag_s == 1.5
    assert judge([a_place(end=101, oldest_ms=NOW_MS + 500)]).lag_s == 0.0  # a producer's clock is ahead of this one
    assert judge([a_place(end=101, oldest_ms=None)]).lag_s is None


@given(
    offsets=st.lists(st.tuples(*[st.none() | st.integers(0, 50)] * 2, *[st.integers(0, 50)] * 2), min_size=1, max_size=4),
    by_watermark=st.booleans(),
    readers=st.integers(0, 1),
)
def test_nothing_is_ever_below_zero(offsets: list[tuple[int | None, int | None, int, int]], by_watermark: bool, readers: int) -> None:
    found = judge(
        [
            a_place(
                number,
                committed=committed,
                watermark=watermark,
                log_start=log_start,
                end=log_start + more,
                by_watermark=by_watermark,
                readers=readers,
            )
            for number, (committed, watermark, log_start, more) in enumerate(offsets)
        ]
    )
    figures = (found.lag, found.lost, found.lag_s, found.in_per_s, found.out_per_s, found.drain_s)
    assert all(figure >= 0 for figure in figures if figure is not None)
    assert (found.state == "NO_COMMIT") == (found.lag is None)


def test_the_worst_comes_first_and_a_partition_that_never_had_a_record_last() -> None:
    untouched = a_lag("NO_COMMIT", end=0, lag=None)
    old, young = a_lag("STALLED", lag=5, lag_s=60.0), a_lag("STALLED", lag=900, lag_s=2.0)
    lost, behind = a_lag("DATA_LOST"), a_lag("CATCHING_UP", lag=70_000, lag_s=600.0)
    unread = a_lag("NO_COMMIT", lag=None, lag_s=3.0)
    found = worst_first([untouched, behind, young, unread, lost, old])
    assert found == [lost, old, young, unread, behind, untouched]


def test_every_state_but_ok_says_what_to_do() -> None:
    assert [state for state, advice in ADVICE.items() if not advice] == ["OK"]


@pytest.mark.parametrize(
    ("lag", "is_over"),
    [
        (a_lag("CATCHING_UP", lag=10**6, lag_s=60.0), False),
        (a_lag("CATCHING_UP", lag=1, lag_s=60.1), True),
        (a_lag("STALLED", lag=1, lag_s=None), True),
        (a_lag("DATA_LOST"), True),
        (a_lag("NO_COMMIT", end=0, lag=None, lag_s=0.0), False),
    ],
)
def test_over_the_limit_is_what_waits_too_long_or_is_lost_however_many_there_are(lag: Lag, is_over: bool) -> None:
    assert over([lag], 60.0) == ([lag] if is_over else [])


def test_partitions_are_judged_apart_by_their_newest_looks() -> None:
    windows = Windows()
    # given a partition that was caught up at the first look only, and another that moves
    for look in range(WINDOW + 1):
        stuck = a_place(look, end=100 if look == 0 else 120)
        moving = a_place(look, partition=1, watermark=look, committed=look, end=1_000)
        found = windows.add([stuck, moving])
        # then the first look counts as long as the window holds it
        states = {one.partition: one.state for one in found}
        assert states[0] == ("OK" if look < WINDOW else "STALLED")
    assert (states[1], [one.partition for one in found]) == ("CATCHING_UP", [0, 1])
