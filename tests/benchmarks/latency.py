"""Event to suggestion readable by a consumer, at a steady rate, beside the plain runner without recommending."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from aiokafka import AIOKafkaConsumer

from stream.contracts.events import Event
from stream.contracts.topics import MEMORY, SUGGESTIONS
from tests.benchmarks.clicks import endless, log_events
from tests.benchmarks.figure import Figure, percentiles
from tests.benchmarks.shop_floor import Floor, open_floor

RATE, SECONDS, LEAVE_OUT = 500, 20, 0.1
LAST_S = 3.0  # how long is waited for the last answers


async def latency(folder: Path) -> list[Figure]:
    """Return the percentiles of both runners and the ratio of their medians."""
    events = endless(log_events(60_000))
    async with open_floor(folder) as floor:
        async with floor.plain_runner_without_recommending():
            await _warm(floor, events)
            plain = await _measure(floor, events, MEMORY)
        async with floor.worker():
            await _warm(floor, events)
            worker = await _measure(floor, events, SUGGESTIONS)
    plain_figures = percentiles("plain runner, no recommending: event to memory record", plain)
    figures = percentiles("worker: event to suggestion", worker, p50=20, p99=100)
    ratio = Figure("worker / plain runner, p50", figures[0].value / plain_figures[0].value, "x", 3)
    return [*plain_figures, *figures, ratio]


async def _warm(floor: Floor, events: Iterator[Event], count: int = 5_000) -> None:
    """Fill memory and caches, and wait until nothing is left to do."""
    futures = [await floor.sender.send(next(events)) for _ in range(count)]
    await asyncio.gather(*futures)
    await floor.until_handled(floor.sender.count)


async def _measure(floor: Floor, events: Iterator[Event], topic: str) -> list[float]:
    """Return milliseconds from the input's CreateTime to the moment its answer was read here."""
    waits: list[float] = []
    async with floor.reader(topic) as reader:
        reading = asyncio.create_task(_read(reader, waits))
        start_s = time.monotonic()
        for number in range(RATE * SECONDS):
            ahead_s = start_s + number / RATE - time.monotonic()
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            await floor.sender.send(next(events))
        await floor.until_handled(floor.sender.count)
        await asyncio.sleep(LAST_S)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
    return waits[int(LEAVE_OUT * len(waits)) :]


async def _read(reader: AIOKafkaConsumer, waits: list[float]) -> None:
    async for record in reader:
        waits.append(time.time_ns() / 1e6 - record.timestamp)
