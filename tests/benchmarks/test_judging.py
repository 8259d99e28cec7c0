"""What long measurements are judged by, on figures worked out by hand."""

import time

import pytest

from tests.benchmarks.handover import Gaps
from tests.benchmarks.long_replay import added
from tests.benchmarks.shop_floor import PARTITIONS
from tests.benchmarks.soak import Sample, flatness


def test_memory_is_flat_where_the_most_of_the_second_half_is_within_5_percent_of_the_least() -> None:
    # given memory that grows in the first half only, to 200 MiB, and then by 4 % in half an hour, evenly
    growing = [Sample(60.0 * minute, 100 + 100 * minute / 30) for minute in range(30)]
    nearly_flat = [Sample(60.0 * (30 + minute), 200 + 8 * minute / 30) for minute in range(31)]
    span, slope = flatness("worker", growing + nearly_flat, half_s=1_800)
    assert span.reached
    assert span.value == pytest.approx(100 * (208 - 200) / 200)
    assert slope.value == pytest.approx(8 / 0.5)  # MiB an hour
    # when it grows on as before, then it is not
    still_growing = [Sample(60.0 * minute, 100 + 100 * minute / 30) for minute in range(61)]
    assert flatness("worker", still_growing, half_s=1_800)[0].reached is False


def test_what_ranking_adds_is_judged_while_the_windows_still_fill() -> None:
    # given memory that grows by 10 MiB a look with and without ranking, which adds 40 MiB
    learnt = [Sample(0.0, 100.0 + 10 * look) for look in range(20)]
    ranked = [Sample(0.0, 140.0 + 10 * look) for look in range(10)]
    assert added("replay", ranked, learnt).value == 0
    # when ranking adds 3 MiB more with each look, then over the last five of ten that is 4 * 3 of 140 + 9 * 13 MiB
    growing = added("replay", [Sample(0.0, 140.0 + 13 * look) for look in range(10)], learnt)
    assert growing.value == pytest.approx(100 * 12 / 257)
    assert growing.reached
    assert added("replay", [Sample(0.0, 140.0 + 14 * look) for look in range(10)], learnt).reached is False  # 16 of 266: 6 %


def test_a_gap_that_has_not_ended_counts_and_the_worst_partition_is_told() -> None:
    # given a partition that has been silent since the beginning, and others that are not
    gaps = Gaps()
    gaps.begin()
    began_s = time.monotonic()
    while time.monotonic() < began_s + 0.05:
        for partition in range(1, PARTITIONS):
            gaps.note(partition)
    # then it is the longest, and once it speaks again that stays told
    assert gaps.longest_s() >= 0.05
    gaps.note(0)
    assert gaps.longest_s() >= 0.05
    gaps.begin()
    assert gaps.longest_s() < 0.05
