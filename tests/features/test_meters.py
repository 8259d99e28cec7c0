"""The newest reading of each meter."""

from itertools import permutations
from random import Random

from features.meters import metered, of_plan
from features.profile import MAX_METERS, Meter
from stream.contracts.events import Usage
from tests.features.events import DAY_MS, NOON_MS, folded


def a_reading(plan_id: str, metric: str, used: float, *, at_ms: int = NOON_MS, limit: float = 10.0) -> Usage:
    return Usage(event_id=f"{plan_id}-{metric}-{used}-{at_ms}", event_time_ms=at_ms, plan_id=plan_id, metric=metric, used=used, limit=limit)


def after(*readings: Usage) -> tuple[Meter, ...]:
    meters: tuple[Meter, ...] = ()
    for reading in readings:
        meters = metered(meters, reading)
    return meters


def test_a_profile_keeps_the_newest_reading_of_every_meter():
    profile = folded(a_reading("S", "calls", 3, at_ms=NOON_MS + 1), a_reading("S", "gb", 7), a_reading("S", "calls", 9, at_ms=NOON_MS + 2))
    assert profile.meters == (Meter(NOON_MS, "S", "gb", 7, 10), Meter(NOON_MS + 2, "S", "calls", 9, 10))
    assert of_plan(profile.meters, "S")["calls"].used == 9
    assert of_plan(profile.meters, "M") == {}


def test_a_late_reading_does_not_turn_a_meter_back():
    newest = a_reading("S", "calls", 9, at_ms=NOON_MS + DAY_MS)
    assert after(newest, a_reading("S", "calls", 3)) == after(newest)


def test_of_two_readings_at_the_same_time_the_higher_one_counts_in_either_order():
    low, high = a_reading("S", "calls", 3), a_reading("S", "calls", 4)
    assert after(low, high) == after(high, low) == (Meter(NOON_MS, "S", "calls", 4, 10),)


def test_any_order_of_arrival_gives_the_same_meters():
    readings = [a_reading("S", "calls", 1), a_reading("S", "calls", 2, at_ms=NOON_MS + 1), a_reading("M", "gb", 5, at_ms=NOON_MS + 1)]
    assert len({after(*order) for order in permutations(readings)}) == 1


def test_beyond_the_bound_the_newest_meters_stay_and_any_order_still_gives_the_same():
    # given 3 readings of each of 20 meters at distinct times
    chance = Random(7)
    readings = [a_reading(f"p{plan}", "calls", plan, at_ms=NOON_MS + 100 * turn + plan) for turn in range(3) for plan in range(20)]
    expected = tuple(Meter(NOON_MS + 200 + plan, f"p{plan}", "calls", plan, 10) for plan in range(20 - MAX_METERS, 20))
    for _ in range(50):
        assert after(*chance.sample(readings, len(readings))) == expected
