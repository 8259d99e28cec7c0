"""One worker on a backlog: every event ranked, and catching up (folding and feeding the memory only)."""

import asyncio
import time
from pathlib import Path

from stream.contracts.suggestion import SUGGESTION_LIFE_MS
from tests.benchmarks.clicks import endless, log_events
from tests.benchmarks.figure import Figure
from tests.benchmarks.shop_floor import Floor, open_floor

RANKED, FOLDED = 15_000, 150_000
FIRST = 2_000  # records before the clock runs: assignment, first fetches, cold caches


async def throughput(folder: Path) -> list[Figure]:
    """Return events a second of both kinds."""
    ranked = await _drain(folder / "ranked", RANKED, age_ms=0)
    folded = await _drain(folder / "folded", FOLDED, age_ms=2 * SUGGESTION_LIFE_MS)
    return [
        Figure("one worker, every event ranked", ranked, "events/s", 1_000, "at least", f"n={RANKED}"),
        Figure("one worker, catching up", folded, "events/s", 10_000, "at least", f"n={FOLDED}"),
    ]


async def _drain(folder: Path, count: int, *, age_ms: int) -> float:
    async with open_floor(folder, worked_hard=True) as floor:
        await _backlog(floor, count, time.time_ns() // 1_000_000 - age_ms)
        async with floor.worker():
            start_s = await floor.until_handled(FIRST)
            already = await floor.handled()
            end_s = await floor.until_handled(count)
    return (count - already) / (end_s - start_s)


async def _backlog(floor: Floor, count: int, timestamp_ms: int) -> None:
    events = endless(log_events(60_000))
    futures = []
    for _ in range(count):
        futures.append(await floor.sender.send(next(events), timestamp_ms=timestamp_ms))
        if len(futures) >= 5_000:
            await asyncio.gather(*futures)
            futures.clear()
    await asyncio.gather(*futures)
