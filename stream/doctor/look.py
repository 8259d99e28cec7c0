"""All looks in order; what cannot be reached is one failed finding, and its further looks are left out."""

import time
from collections.abc import AsyncIterator

from features.errors import StoreAway
from stream.doctor.broker import look_at_broker, look_at_groups
from stream.doctor.finding import Finding
from stream.doctor.here import look_here
from stream.doctor.placement import look_at_placement
from stream.doctor.store import look_at_redis
from stream.errors import BrokerAway, RightsMissing
from stream.settings import Settings


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """Yield every finding as soon as it is made. Reads only; takes about a second where all answers."""
    for finding in look_here(settings):
        yield finding
    try:
        for finding in await look_at_broker(settings):
            yield finding
        for finding in await look_at_placement(settings, _wall_ms()):
            yield finding
        for finding in await look_at_groups(settings):
            yield finding
    except BrokerAway as fault:
        yield Finding("kafka", "fail", "away", str(fault))
    except RightsMissing as fault:
        yield Finding("kafka rights", "fail", "missing", str(fault))
    try:
        for finding in await look_at_redis(settings, _wall_ms):
            yield finding
    except StoreAway as fault:
        yield Finding("redis", "fail", "away", str(fault))


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000
