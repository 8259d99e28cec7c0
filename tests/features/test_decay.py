"""What a customer cares for, and the prices that are usual for him."""

from math import exp, log, sqrt

import pytest

from features.decay import HALF_LIFE_MS, MAX_EPOCHS, affinity, spent, usual_price
from features.profile import MAX_CATEGORIES, Spend

EPOCH_MS = 680 * HALF_LIFE_MS  # the start of the 680th half-life since 1970, in November 2025


def counted(*events: tuple[str, float, int], times: int = 1) -> tuple[Spend, ...]:
    spend: tuple[Spend, ...] = ()
    for category, price, at_ms in events:
        spend = spent(spend, category, price, at_ms, times=times, half_life_ms=HALF_LIFE_MS)
    return spend


def test_a_view_now_weighs_one_and_half_after_a_half_life():
    spend = counted(("tea", 9.5, EPOCH_MS))
    assert affinity(spend, EPOCH_MS) == {"tea": 1.0}
    assert affinity(spend, EPOCH_MS + HALF_LIFE_MS) == {"tea": 0.5}


def test_weights_of_several_epochs_add_up():
    # given one view two half-lives ago, one half a half-life ago: 1/4 + 1/sqrt(2)
    spend = counted(("tea", 9.5, EPOCH_MS), ("tea", 9.5, EPOCH_MS + 3 * HALF_LIFE_MS // 2))
    assert affinity(spend, EPOCH_MS + 2 * HALF_LIFE_MS)["tea"] == pytest.approx(1 / 4 + 1 / sqrt(2), abs=1e-5)


def test_a_stronger_sign_weighs_its_times():
    assert affinity(counted(("tea", 9.5, EPOCH_MS), times=4), EPOCH_MS) == {"tea": 4.0}


def test_the_usual_price_is_the_geometric_mean_with_newer_prices_heavier():
    # given 10.00 a half-life ago and 40.00 now: weights 1/2 and 1
    spend = counted(("tea", 10, EPOCH_MS), ("tea", 40, EPOCH_MS + HALF_LIFE_MS))
    # then exp((ln 10 + 2 ln 40) / 3) = (10 * 40 * 40) ** (1/3), to the thousandth that ln price is kept with
    assert usual_price(spend, EPOCH_MS + HALF_LIFE_MS) == pytest.approx(16_000 ** (1 / 3), rel=1e-3)


def test_the_usual_price_of_one_category_leaves_the_others_out():
    spend = counted(("tea", 10, EPOCH_MS), ("lamp", 1_000, EPOCH_MS))
    assert usual_price(spend, EPOCH_MS, category="tea") == pytest.approx(10, rel=1e-3)
    assert usual_price(spend, EPOCH_MS) == pytest.approx(exp((log(10) + log(1_000)) / 2), rel=1e-3)


def test_where_no_price_is_known_none_is_usual():
    assert usual_price((), EPOCH_MS) is None
    assert usual_price(counted(("tea", 10, EPOCH_MS)), EPOCH_MS, category="lamp") is None


def test_prices_below_one_are_kept_too():
    assert usual_price(counted(("sweets", 0.05, EPOCH_MS)), EPOCH_MS) == pytest.approx(0.05, rel=1e-3)


def test_the_usual_price_of_a_customer_long_away_is_still_known():
    ten_years_ms = 122 * HALF_LIFE_MS
    assert usual_price(counted(("tea", 10, EPOCH_MS)), EPOCH_MS + ten_years_ms) == pytest.approx(10, rel=1e-3)


def test_only_the_newest_epochs_of_a_category_are_kept():
    spend = counted(*[("tea", 10, EPOCH_MS + number * HALF_LIFE_MS) for number in range(MAX_EPOCHS + 2)])
    assert [epoch[0] for epoch in spend[0].epochs] == [682, 683, 684, 685]


def test_the_longest_untouched_category_gives_way():
    spend = counted(*[(f"c{number}", 10, EPOCH_MS + number) for number in range(MAX_CATEGORIES + 1)])
    assert [one.category for one in spend] == [f"c{number}" for number in range(1, MAX_CATEGORIES + 1)]
