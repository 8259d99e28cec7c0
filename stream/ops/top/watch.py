"""Lag and what the processes tell, looked at together again and again."""

import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

import aiohttp
from msgspec import Struct

from stream.ops.lag.follow import follow, follow_on
from stream.ops.lag.rules import Lag
from stream.ops.probe import reachable
from stream.ops.top.figures import Figures, figures_of
from stream.ops.top.scrape import scrape_all
from stream.settings import Settings

KEPT = 240  # moments, more than any terminal has columns for


class Beat(Struct, frozen=True):
    """What is drawn as a course, of the workers' group: rates a second, records that wait, seconds; None: not known then."""

    in_per_s: float
    out_per_s: float
    lag: int
    p99_s: float | None


class Moment(Struct, frozen=True):
    """How everything stands. `lags` worst first; `course` oldest first and with this moment as its last."""

    at_ms: int
    lags: Sequence[Lag]
    figures: Figures
    course: Sequence[Beat]


async def watch(
    settings: Settings, addresses: Sequence[str], *, every_s: float, away: Callable[[str], None] | None = None
) -> AsyncGenerator[Moment, None]:
    """Yield how everything stands, first after two looks `every_s` apart, then after each; `away` is told of what is waited for.

    Raises: what `follow` does; with `away` only before anything was seen.
    """
    course: deque[Beat] = deque(maxlen=KEPT)
    async with aiohttp.ClientSession() as http:
        before = await scrape_all(http, addresses)
        looks = follow(settings, every_s=every_s) if away is None else follow_on(settings, every_s=every_s, away=away)
        async with aclosing(looks):
            async for lags in looks:
                now = await scrape_all(http, addresses)
                figures = figures_of(before, now)
                before = now
                course.append(beat_of([lag for lag in lags if lag.group == settings.group], figures))
                yield Moment(time.time_ns() // 1_000_000, lags, figures, tuple(course))


def beat_of(lags: Sequence[Lag], figures: Figures) -> Beat:
    """Return the sums over one group's partitions."""
    rates = [sum(getattr(lag, field) or 0.0 for lag in lags) for field in ("in_per_s", "out_per_s")]
    return Beat(rates[0], rates[1], sum(lag.lag or 0 for lag in lags), figures.wait_s[2] if figures.wait_s else None)


def addresses_of(said: str, ops_listen: str) -> list[str]:
    """Return the addresses named, host:port separated by commas; else our own, where it names a port. Raises ValueError."""
    if not said:
        own = reachable(ops_listen)
        return [] if own is None else [own]
    addresses = [address.strip() for address in said.split(",")]
    for address in addresses:
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit() or "/" in address:
            raise ValueError(f"{address!r} is no host:port")
    return addresses


async def first(settings: Settings, addresses: Sequence[str], *, every_s: float) -> Moment:
    """Return how everything stands, once. Raises: what `follow` does."""
    async with aclosing(watch(settings, addresses, every_s=every_s)) as moments:
        return await anext(moments)
