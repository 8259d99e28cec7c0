"""A long load on worker, trainer and gateway: whether the memory that they hold stays as it is."""

import asyncio
import random
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import numpy as np
from msgspec import Struct

from stream.load.run import Load
from stream.load.schedule import Schedule
from tests.benchmarks.clicks import log_events
from tests.benchmarks.figure import Figure
from tests.benchmarks.gateway_floor import Browser, Gate, open_gate, resident_bytes, token_of
from tests.benchmarks.loads import a_load, joined, rounds, spread, under_load
from tests.benchmarks.shop_floor import open_floor
from tests.support.operations import until

RATE, CUSTOMERS, BROWSERS = 300, 20_000, 50
EVERY_S = 10.0
BEGIN_S = 120.0  # at most, until the browsers are there
FLAT = 5.0  # percent between the least and the most of the second half
MIB = 2**20


class Sample(Struct, frozen=True):
    """Resident memory of one process, so many seconds after the beginning."""

    at_s: float
    mib: float


async def soak(folder: Path, *, minutes: float) -> list[Figure]:
    """Return how flat each process's memory was over the second half, its slope there, and the waits of the whole time."""
    async with open_floor(folder) as floor, AsyncExitStack() as running:
        worker = await running.enter_async_context(floor.worker())
        trainer = await running.enter_async_context(floor.running("trainer"))
        await joined(floor, 1)
        await joined(floor, 1, group="tsuide-trainer")
        gate = await running.enter_async_context(open_gate(floor))
        load = a_load(floor, rounds(log_events(200_000)), Schedule(RATE, 60 * minutes + BEGIN_S), customers=CUSTOMERS)
        processes = {"worker": worker.pid, "trainer": trainer.pid, "gateway": gate.process.pid}
        async with under_load(load):
            heard = await running.enter_async_context(_browsers(gate, load))
            samples = await _sampled(processes, 60 * minutes)
    half_s = 30 * minutes
    flat = [figure for name, of in samples.items() for figure in flatness(name, of, half_s)]
    notes = [
        Figure(f"parts of streams that {BROWSERS} browsers heard", len(heard), "", 1, "at least"),
        Figure("events not handled at the end", load.not_handled, "", 0, note=f"n={load.measured.newest + 1}"),
    ]
    return [*flat, *spread(f"event to suggestion at {RATE} events/s", load.measured.suggestion), *notes]


def flatness(name: str, samples: Sequence[Sample], half_s: float) -> list[Figure]:
    """Return the span of the samples from `half_s` on in percent of the least, and their slope (least squares)."""
    late = [sample for sample in samples if sample.at_s >= half_s]
    mib = np.array([sample.mib for sample in late])
    hours = np.array([sample.at_s for sample in late]) / 3_600
    slope = float(np.polyfit(hours, mib, 1)[0]) if len(late) > 1 else 0.0
    note = f"n={len(late)}, {samples[0].mib:.0f} MiB at first, {mib[0]:.0f} at half time, {mib[-1]:.0f} at the end"
    return [
        Figure(f"{name}: memory over the second half, most over least", 100 * float(mib.max() / mib.min() - 1), "%", FLAT, note=note),
        Figure(f"{name}: slope there", slope, "MiB/h", note=f"from {mib.min():.1f} to {mib.max():.1f} MiB"),
    ]


async def _sampled(processes: Mapping[str, int], seconds: float) -> dict[str, list[Sample]]:
    samples: defaultdict[str, list[Sample]] = defaultdict(list)
    began_s = time.monotonic()
    for number in range(1, int(seconds / EVERY_S) + 1):
        await asyncio.sleep(began_s + number * EVERY_S - time.monotonic())
        for name, pid in processes.items():
            samples[name].append(Sample(time.monotonic() - began_s, resident_bytes(pid) / MIB))
        told = ", ".join(f"{name} {of[-1].mib:.1f} MiB" for name, of in samples.items())
        print(f"{number * EVERY_S:.0f} s of {seconds:.0f}: {told}", file=sys.stderr, flush=True)
    return dict(samples)


@asynccontextmanager
async def _browsers(gate: Gate, load: Load) -> AsyncIterator[list[int]]:
    """Give the sizes of what the streams of some of the load's customers were sent, as it comes."""

    async def enough() -> bool:
        return len(load.customers) >= 10 * BROWSERS

    await until(enough, "customers to choose from")
    heard: list[int] = []
    chosen = random.Random(1).sample(sorted(load.customers), BROWSERS)
    browsers = [await Browser.open(gate, token_of(customer)) for customer in chosen]
    reading = [asyncio.create_task(browser.read(lambda part: heard.append(len(part)))) for browser in browsers]
    try:
        yield heard
    finally:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        for browser in browsers:
            browser.close()
