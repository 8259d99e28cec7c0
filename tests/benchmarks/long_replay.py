"""A log of millions of events replayed into memory: whether the memory that this takes stays as it is once the windows are full."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from stream.contracts.events import Event
from tests.benchmarks.clicks import log_events
from tests.benchmarks.figure import Figure
from tests.benchmarks.gateway_floor import resident_bytes
from tests.benchmarks.long_log import long_log
from tests.benchmarks.soak import FLAT, MIB, Sample, flatness
from tests.repo.sources import ROOT

LEARNT, RANKED = 5_000_000, 300_000  # with ranking the windows of sessions and profiles are still filling then
A_LOOK = 25_000  # events between two looks at the memory
LINES_AT_ONCE = 500


class Replayed(Struct, frozen=True):
    """A replay's resident memory each 25,000 events, and what `tsuide replay --json` told of it."""

    samples: list[Sample]
    per_second: float
    records: int
    customers: int


async def long_replay(folder: Path) -> list[Figure]:
    """Return how flat the memory of `tsuide replay` is over the second half, and events a second: learning only, and with ranking."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs
    learnt = await replayed(folder, LEARNT, "--learn-only")
    ranked = await replayed(folder, RANKED)
    return [
        *flatness("long replay, learning only", learnt.samples, learnt.samples[len(learnt.samples) // 2].at_s),
        _speed("long replay, learning only", learnt, least=10_000),
        added("long replay, everybody answered", ranked.samples, learnt.samples),
        _speed("long replay, everybody answered", ranked, least=1_200),
    ]


def added(name: str, ranked: Sequence[Sample], learnt: Sequence[Sample]) -> Figure:
    """Return by how much of its memory what ranking adds to learning has changed over the second half, in percent.

    Both are samples after equally many events.
    """
    late = [(one.mib, one.mib - other.mib) for one, other in zip(ranked, learnt, strict=False)][len(ranked) // 2 :]
    more = [difference for _, difference in late]
    note = f"n={len(late)}, it adds {more[0]:.0f} MiB at half time and {more[-1]:.0f} at the end, when there are {late[-1][0]:.0f}"
    return Figure(f"{name}: change of what it adds over the second half", 100 * (max(more) - min(more)) / late[-1][0], "%", FLAT, note=note)


async def replayed(folder: Path, count: int, *options: str) -> Replayed:
    """Replay so many events in a process of its own, which reads them from a pipe."""
    command = [sys.executable, "-m", "stream.cli", "replay", "-", "--format", "events", "--json", *options]
    environ = os.environ | {"PYTHONPATH": str(ROOT), "TSUIDE_POLICY": str(ROOT / "deploy" / "policy.toml")}
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environ, stdin=pipe, stdout=pipe, stderr=nowhere)
    assert process.stdin is not None
    samples: list[Sample] = []
    began_s, written = time.monotonic(), 0
    lines = _lines(long_log(log_events(200_000), count))
    while some := list(islice(lines, LINES_AT_ONCE)):
        process.stdin.write(b"".join(some))
        await process.stdin.drain()  # so few are on their way that what is written is as good as worked
        written += len(some)
        if written % A_LOOK == 0:
            samples.append(Sample(time.monotonic() - began_s, resident_bytes(process.pid) / MIB))
            told = f"{written:,} of {count:,} events, {samples[-1].at_s:.0f} s, {samples[-1].mib:.1f} MiB"
            print(f"replay {' '.join(options)}: {told}", file=sys.stderr, flush=True)
    process.stdin.close()
    told_bytes, _ = await process.communicate()
    done = msgspec.json.decode(told_bytes)
    return Replayed(samples, done["per_second"], done["records"], done["customers"])


def _speed(name: str, done: Replayed, *, least: float) -> Figure:
    note = f"n={done.records:,}, {done.customers:,} customers at the end"
    return Figure(name, done.per_second, "records/s", least, "at least", note)


def _lines(events: Iterator[Event]) -> Iterator[bytes]:
    return (msgspec.json.encode(event) + b"\n" for event in events)
