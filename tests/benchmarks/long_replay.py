"""A log of millions of events replayed into memory: whether the memory that this takes stays as it is once the windows are full."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from stream.contracts.events import Event
from tests.benchmarks.clicks import log_events
from tests.benchmarks.figure import Figure
from tests.benchmarks.gateway_floor import resident_bytes
from tests.benchmarks.long_log import long_log
from tests.benchmarks.soak import MIB, Sample, flatness
from tests.repo.sources import ROOT

LEARNT, RANKED = 5_000_000, 300_000
LOOKS = 200  # at the memory, evenly over the events
LINES_AT_ONCE = 500


async def long_replay(folder: Path) -> list[Figure]:
    """Return how flat the memory of `tsuide replay` is over the second half, and events a second: learning only, and with ranking."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs
    return [
        *await _replayed("long replay, learning only", folder, LEARNT, "--learn-only", least=10_000),
        *await _replayed("long replay, everybody answered", folder, RANKED, least=1_200),
    ]


async def _replayed(name: str, folder: Path, count: int, *options: str, least: float) -> list[Figure]:
    """Replay so many events in a process of its own, which reads them from a pipe."""
    command = [sys.executable, "-m", "stream.cli", "replay", "-", "--format", "events", "--json", *options]
    environ = os.environ | {"PYTHONPATH": str(ROOT), "TSUIDE_POLICY": str(ROOT / "deploy" / "policy.toml")}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environ, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdin is not None
    samples: list[Sample] = []
    half_s, began_s, written = 0.0, time.monotonic(), 0
    lines = _lines(long_log(log_events(200_000), count))
    while some := list(islice(lines, LINES_AT_ONCE)):
        process.stdin.write(b"".join(some))
        await process.stdin.drain()
        written += len(some)
        if written * LOOKS // count > len(samples):
            samples.append(Sample(time.monotonic() - began_s, resident_bytes(process.pid) / MIB))
            half_s = half_s or (samples[-1].at_s if 2 * written >= count else 0.0)
            print(f"{name}: {written:,} events, {samples[-1].at_s:.0f} s, {samples[-1].mib:.1f} MiB", file=sys.stderr, flush=True)
    told, _ = await process.communicate()
    done = msgspec.json.decode(told)
    return [
        *flatness(name, samples, half_s),
        Figure(
            name, done["per_second"], "records/s", least, "at least", f"n={done['records']:,}, {done['customers']:,} customers at the end"
        ),
    ]


def _lines(events: Iterator[Event]) -> Iterator[bytes]:
    return (msgspec.json.encode(event) + b"\n" for event in events)
