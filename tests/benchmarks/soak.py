"""A long load on worker, trainer and gateway: whether the memory that they hold stays as it is.

Customers are new with every round through the log, and browsers come and go, so that what is kept of who has left would show. The
windows of the shared memory, which fill over half an hour at this rate, are full from the beginning.
"""

import asyncio
import sys
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import islice
from pathlib import Path

import numpy as np
from msgspec import Struct

from stream.load.run import Load
from stream.load.schedule import Schedule
from tests.benchmarks.clicks import log_events
from tests.benchmarks.figure import Figure
from tests.benchmarks.gateway_floor import Browser, Gate, open_gate, resident_bytes, token_of
from tests.benchmarks.loads import a_load, joined, rounds, spread, under_load
from tests.benchmarks.past import put, remembered
from tests.benchmarks.shop_floor import open_floor
from tests.support.waiting import until

RATE, BROWSERS, COME_AND_GO = 300, 50, 10
PAST = 700_000  # remembered events, of the log: more rows than the memory of sessions holds
EVERY_S = 10.0
READ_S = 300.0  # at most, until the worker has read that past
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
        await put(floor, remembered(log_events(60_000)), PAST)
        worker = await running.enter_async_context(floor.worker())
        trainer = await running.enter_async_context(floor.running("trainer"))
        await joined(floor, 1, within_s=READ_S)
        await joined(floor, 1, group="tsuide-trainer")
        gate = await running.enter_async_context(open_gate(floor))
        load = a_load(floor, rounds(log_events(200_000)), Schedule(RATE, 60 * minutes + BEGIN_S))
        processes = {"worker": worker.pid, "trainer": trainer.pid, "gateway": gate.process.pid}
        async with under_load(load):
            browsers = Browsers(gate, load)
            await browsers.come(BROWSERS)
            samples = await _sampled(processes, 60 * minutes, browsers)
            await browsers.go(BROWSERS)
    half_s = 30 * minutes
    flat = [figure for name, of in samples.items() for figure in flatness(name, of, half_s)]
    notes = [
        Figure(f"parts of streams that {BROWSERS} browsers heard", browsers.heard, "", 1, "at least"),
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


async def _sampled(processes: Mapping[str, int], seconds: float, browsers: "Browsers") -> dict[str, list[Sample]]:
    samples: defaultdict[str, list[Sample]] = defaultdict(list)
    began_s = time.monotonic()
    for number in range(1, int(seconds / EVERY_S) + 1):
        await asyncio.sleep(began_s + number * EVERY_S - time.monotonic())
        await browsers.go(COME_AND_GO)
        await browsers.come(COME_AND_GO)
        for name, pid in processes.items():
            samples[name].append(Sample(time.monotonic() - began_s, resident_bytes(pid) / MIB))
        told = ", ".join(f"{name} {of[-1].mib:.1f} MiB" for name, of in samples.items())
        print(f"{number * EVERY_S:.0f} s of {seconds:.0f}: {told}", file=sys.stderr, flush=True)
    return dict(samples)


class Browsers:
    """Streams of the load's newest customers: some leave each time, as many come."""

    def __init__(self, gate: Gate, load: Load) -> None:
        self._gate, self._load = gate, load
        self._open: deque[tuple[Browser, asyncio.Task[None]]] = deque()
        self.heard = 0  # parts of streams

    async def come(self, count: int) -> None:
        """Let so many more come, of the newest customers. Raises TimeoutError where there are not as many."""

        async def enough() -> bool:
            return len(self._load.customers) >= count

        await until(enough, f"{count} customers")
        for customer in list(islice(reversed(self._load.customers), count)):
            browser = await Browser.open(self._gate, token_of(customer))
            self._open.append((browser, asyncio.create_task(browser.read(self._hear))))

    async def go(self, count: int) -> None:
        """Let those go who have been there longest."""
        for _ in range(min(count, len(self._open))):
            browser, reading = self._open.popleft()
            reading.cancel()
            await asyncio.wait({reading})
            browser.close()

    def _hear(self, _: bytes) -> None:
        self.heard += 1
