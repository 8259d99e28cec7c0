"""Event to suggestion readable by a consumer, at a steady rate, beside the plain runner without recommending."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from stream.contracts.events import Event
from stream.load.measured import LEAST_OF_RATE
from stream.load.run import Load
from stream.load.schedule import Schedule
from tests.benchmarks.clicks import endless, log_events
from tests.benchmarks.cores import apart
from tests.benchmarks.figure import Figure
from tests.benchmarks.loads import a_load, answered_by_memory, rounds, spread
from tests.benchmarks.shop_floor import Floor, open_floor

SCHEDULE = Schedule(rate=800, seconds=20, warmup_s=10)  # a broker of a minute ago is slower at first, as is a worker
WARM = 5_000


async def latency(folder: Path) -> list[Figure]:
    """Return the percentiles of both runners, free of coordinated omission, and the ratio of their medians.

    Each has a core: the worker one of its own, the plain one that of the load, in whose process it runs.
    """
    events, here = log_events(60_000), os.getpid()
    async with open_floor(folder) as floor:
        async with floor.plain_runner_without_recommending():
            with apart(here, *floor.servers):
                await _warm(floor, endless(events))
                plain = answered_by_memory(a_load(floor, rounds(events), SCHEDULE, group="plain"))
                await plain.run()
        async with floor.worker() as process:
            with apart(process.pid, here, *floor.servers):
                await _warm(floor, endless(events))
                worker = a_load(floor, rounds(events), SCHEDULE)
                await worker.run()
    at = f"at {SCHEDULE.rate:g} events/s"
    plain_figures = spread(f"plain runner, no recommending, {at}: event to memory record", plain.measured.suggestion)
    figures = spread(f"one worker {at}: event to suggestion", worker.measured.suggestion, p50=20, p99=100)
    ratio = Figure("worker / plain runner, p50", figures[0].value / plain_figures[0].value, "x", 3)
    return [*plain_figures, *figures, ratio, *_honest(worker)]


async def _warm(floor: Floor, events: Iterator[Event]) -> None:
    """Fill memory and caches, and wait until nothing is left to do."""
    before = await floor.handled()
    await asyncio.gather(*[await floor.sender.send(next(events)) for _ in range(WARM)])
    await floor.until_handled(before + WARM)


def _honest(load: Load) -> list[Figure]:
    """Return what the waits rest on: the rate that was reached, and how late events left."""
    measured = load.measured
    late = measured.late.spread()
    return [
        Figure(
            "of the rate, reached", measured.reached / measured.schedule.rate, "of all", LEAST_OF_RATE, "at least", f"n={measured.sent}"
        ),
        Figure("events not handled at the end", load.not_handled, "", 0),
        Figure("the load itself late, p99", late.p99 or 0.0, "ms", note=f"n={late.n}"),
    ]
