"""A worker's start when a million events are remembered: from the topic's beginning, and from a checkpoint."""

import asyncio
import time
from pathlib import Path

import aiohttp
from msgspec import Struct

from tests.benchmarks.clicks import log_events
from tests.benchmarks.figure import Figure
from tests.benchmarks.past import put, remembered
from tests.benchmarks.shop_floor import Floor, open_floor
from tests.support.log_lines import lines_in
from tests.support.operations import OPENMETRICS, Samples, samples_of

EVENTS = 1_000_000
SINCE = 36_000  # two minutes at 300 events/s: what comes between two checkpoints
AT_ONCE = 10_000
DEADLINE_S, LOOK_AGAIN_S = 600, 0.02


class Start(Struct, frozen=True):
    """One start: seconds to readiness, those of CPU among them, what the metrics say, and seconds that loading a checkpoint took."""

    ready_s: float
    cpu_s: float
    page: Samples
    loaded_s: float | None


async def restart(folder: Path) -> list[Figure]:
    """Return seconds from a worker's start to its readiness, both ways, and what the checkpoint costs."""
    records = remembered(log_events(60_000))
    async with open_floor(folder) as floor:
        floor.variables |= {
            "TSUIDE_OPS_LISTEN": "127.0.0.1:0",
            "TSUIDE_CHECKPOINTS": str(folder / "checkpoints"),
            "TSUIDE_CHECKPOINT_EVERY_S": "86400",
            "OMP_NUM_THREADS": "1",
        }
        await put(floor, records, EVENTS)
        first = await _start(floor, folder)
        await put(floor, records, SINCE)
        second = await _start(floor, folder)
    n, page = f"n={EVENTS:,}", first.page
    assert second.loaded_s is not None
    return [
        Figure("start without a checkpoint, ready", first.ready_s, "s", note=f"{n}; {first.cpu_s:.1f} s of CPU"),
        Figure("start with a checkpoint, ready", second.ready_s, "s", 10, note=f"{n} and {SINCE:,} since; {second.cpu_s:.1f} s of CPU"),
        Figure("checkpoint, to load", second.loaded_s, "s", note=n),
        Figure("checkpoint, size", page["tsuide_checkpoint_size_bytes"][()] / 1e6, "MB", note=n),
        Figure("checkpoint, to write", page["tsuide_checkpoint_duration_seconds"][()], "s", note=n),
        Figure("checkpoint, longest pause", page["tsuide_checkpoint_longest_pause_seconds"][()] * 1e3, "ms", 50, note=n),
    ]


async def _start(floor: Floor, folder: Path) -> Start:
    """Start a worker, wait until a probe finds it ready and its metrics tell of a checkpoint, and end it in order."""
    log = folder / "worker.log"
    log.unlink(missing_ok=True)
    began_s = time.monotonic()
    async with floor.worker(), asyncio.timeout(DEADLINE_S), aiohttp.ClientSession() as http:
        while not (served := lines_in(log, "metrics and health are served")):  # noqa: ASYNC110 another process writes it
            await asyncio.sleep(LOOK_AGAIN_S)
        url = served[0]["url"]
        while (await http.get(f"{url}/health/ready")).status != 200:  # noqa: ASYNC110 another process answers
            await asyncio.sleep(LOOK_AGAIN_S)
        ready_s = time.monotonic() - began_s
        page = await _page(http, url)
        cpu_s = page["process_cpu_seconds_total"][()]
        while "tsuide_checkpoint_size_bytes" not in page:
            await asyncio.sleep(LOOK_AGAIN_S)
            page = await _page(http, url)
    loaded = lines_in(log, "started from a checkpoint")
    return Start(ready_s, cpu_s, page, loaded[0]["took_s"] if loaded else None)


async def _page(http: aiohttp.ClientSession, url: str) -> Samples:
    async with http.get(f"{url}/metrics", headers={"Accept": OPENMETRICS}) as answer:
        return samples_of(await answer.text())
