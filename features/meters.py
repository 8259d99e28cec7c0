"""What of a subscription is used up: the newest reading of each meter."""

from collections.abc import Iterable
from operator import attrgetter

from features.newest import keep_newest
from features.profile import MAX_METERS, Meter
from stream.contracts.events import Usage

_by_time = attrgetter("at_ms", "plan_id", "metric", "used", "limit")


def metered(meters: tuple[Meter, ...], event: Usage) -> tuple[Meter, ...]:
    """Return the meters with this reading, unless a newer one of the same plan and metric is known; oldest first. O(meters).

    Exact beyond its bound too, in any order of arrival: a meter's newest reading only grows, so one that was pushed out stays beaten
    by the others.
    """
    said = Meter(event.event_time_ms, event.plan_id, event.metric, event.used, event.limit)
    known = next((one for one in meters if (one.plan_id, one.metric) == (said.plan_id, said.metric)), None)
    if known is None:
        return keep_newest(meters, (said,), _by_time, MAX_METERS)
    if _by_time(said) <= _by_time(known):
        return meters
    return keep_newest([one for one in meters if one is not known], (said,), _by_time, MAX_METERS)


def of_plan(meters: Iterable[Meter], plan_id: str) -> dict[str, Meter]:
    """Return the plan's newest readings by metric."""
    return {one.metric: one for one in meters if one.plan_id == plan_id}
