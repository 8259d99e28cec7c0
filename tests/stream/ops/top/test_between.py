from math import inf

import pytest

from stream.ops.top.between import Between, percentile
from stream.ops.top.figures import figures_of
from stream.ops.top.scrape import Page, samples_of


def a_page(text: str, *, at_s: float, address: str = "a:1", fault: str | None = None) -> Page:
    return Page(address, at_s, samples_of(text), fault)


def test_a_percentile_lies_where_its_share_of_a_bucket_ends() -> None:
    # given 100 values: 50 up to 1 s, 40 more up to 2 s, 10 more up to 4 s
    buckets = {1.0: 50.0, 2.0: 90.0, 4.0: 100.0, inf: 100.0}
    assert percentile(buckets, 0.25) == 0 + 1 * 25 / 50
    assert percentile(buckets, 0.5) == 1.0
    assert percentile(buckets, 0.7) == 1 + 1 * 20 / 40
    assert percentile(buckets, 0.99) == pytest.approx(2 + 2 * 9 / 10)


def test_beyond_the_last_bound_a_percentile_is_that_bound() -> None:
    assert percentile({1.0: 0.0, inf: 10.0}, 0.5) == 1.0


def test_rates_are_summed_over_processes_each_by_its_own_time() -> None:
    # given one that counted 20 in 2 s and another that counted 30 in 10 s
    before = [a_page('x_total{list="a"} 100\n', at_s=5), a_page('x_total{list="a"} 7\n', at_s=0, address="b:1")]
    now = [a_page('x_total{list="a"} 120\nx_total{list="b"} 4\n', at_s=7), a_page('x_total{list="a"} 37\n', at_s=10, address="b:1")]
    between = Between(before, now)
    # then 10 + 3, and what was not told before began at 0
    assert between.rates("x_total", "list") == {("a",): 20 / 2 + 30 / 10, ("b",): 4 / 2}
    assert between.rate("x_total") == 20 / 2 + 4 / 2 + 30 / 10


def test_a_counter_that_fell_began_anew_and_a_process_that_was_away_has_no_rate() -> None:
    before = [a_page("x_total 100\n", at_s=0), Page("b:1", 0, fault="does not answer")]
    now = [a_page("x_total 8\n", at_s=2), a_page("x_total 1000\n", at_s=2, address="b:1")]
    assert Between(before, now).rate("x_total") == 8 / 2
    assert Between(before, now).rate("never_told_total") is None


def test_figures_say_of_each_process_what_it_is_and_of_the_shop_what_all_tell_together() -> None:
    worker = """
tsuide_events_total {events}
tsuide_suggestions_total {events}
tsuide_ready 1
tsuide_event_age_seconds_bucket{{le="0.1"}} {fast}
tsuide_event_age_seconds_bucket{{le="1.0"}} {events}
tsuide_event_age_seconds_bucket{{le="+Inf"}} {events}
tsuide_chunk_duration_seconds_sum{{stage="read"}} {read_s}
tsuide_chunk_duration_seconds_count{{stage="read"}} {events}
tsuide_dead_letters_total{{class="DecodeError"}} 3
tsuide_dead_letters_total{{class="NoCustomer"}} 0
tsuide_silences_total{{list="upgrades",rule="day_cap"}} {events}
tsuide_waiting{{server="store"}} 1
tsuide_waiting{{server="broker"}} 0
tsuide_lost_records_total 2
tsuide_model_age_seconds 4.5
"""
    before = [a_page(worker.format(events=0, fast=0, read_s=0), at_s=0)]
    now = [
        a_page(worker.format(events=100, fast=50, read_s=0.2), at_s=10),
        a_page("tsuide_streams 7\ntsuide_ready 0\n", at_s=10, address="b:1"),
        Page("c:1", 10, fault="does not answer"),
    ]
    found = figures_of(before, now)
    assert [(one.kind, one.ready, one.fault) for one in found.told] == [
        ("worker", True, None),
        ("gateway", False, None),
        (None, None, "does not answer"),
    ]
    assert found.missing() == ["trainer"]
    # half of 100 waited up to 0.1 s, the others up to 1 s: 0.1 + 0.9 x 40 / 50 for nine of ten
    assert found.wait_s is not None
    assert found.wait_s[:2] == (0.1, pytest.approx(0.1 + 0.9 * 40 / 50))
    assert (found.events_per_s, found.silences_per_s, found.streams, found.lost) == (100 / 10, {"day_cap": 100 / 10}, 7, 2)
    assert found.stages_s == {"read": 0.2 / 100}
    assert (found.dead_letters, found.dead_letters_per_s, found.waited_for) == ({"DecodeError": 3}, 0.0, ("store",))
    assert found.model_age_s == 4.5
