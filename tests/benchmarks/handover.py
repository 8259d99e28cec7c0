"""How long customers wait while partitions change hands: a worker joins, ends as it should, is killed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
from aiokafka import ConsumerRecord

from stream.load.run import Load
from stream.load.schedule import Schedule
from tests.benchmarks.clicks import log_events
from tests.benchmarks.figure import Figure
from tests.benchmarks.loads import a_load, joined, rounds, under_load
from tests.benchmarks.shop_floor import PARTITIONS, open_floor

RATE, TIMES, KILLED = 300, 3, 2
MOST_S = 1_200.0
BEFORE_S, AFTER_S, AFTER_KILL_S = 3.0, 5.0, 14.0  # a session of 10 s has to pass after a kill


class Gaps:
    """The longest time in which a partition had no suggestion; also that which has not ended yet."""

    def __init__(self) -> None:
        self._last_s: dict[int, float] = {}
        self._longest_s = 0.0
        self.read = 0

    def note(self, partition: int) -> None:
        now_s = time.monotonic()
        self._longest_s = max(self._longest_s, now_s - self._last_s.get(partition, now_s))
        self._last_s[partition] = now_s
        self.read += 1

    def begin(self) -> None:
        """Forget what was before; every partition has had a suggestion now."""
        self._last_s = dict.fromkeys(range(PARTITIONS), time.monotonic())
        self._longest_s, self.read = 0.0, 0

    def longest_s(self) -> float:
        """Return the longest gap of any partition since `begin`."""
        return max(self._longest_s, time.monotonic() - min(self._last_s.values()))


async def handover(folder: Path) -> list[Figure]:
    """Return the longest gaps of each kind of change, over all partitions and all tries, and of as long a time without any."""
    async with open_floor(folder) as floor, AsyncExitStack() as first:
        await first.enter_async_context(floor.worker())
        await joined(floor, 1)
        gaps = Gaps()
        load = _noting(a_load(floor, rounds(log_events(60_000)), Schedule(RATE, MOST_S)), gaps)
        async with under_load(load):
            await asyncio.sleep(2 * BEFORE_S)
            quiet = [await _gap(gaps, _nothing, AFTER_S)]
            joins, ends, kills = [], [], []
            for turn in range(TIMES + KILLED):
                async with AsyncExitStack() as second:
                    worker = None

                    async def join(second: AsyncExitStack = second) -> None:
                        nonlocal worker
                        worker = await second.enter_async_context(floor.worker())
                        await joined(floor, 2)

                    joins.append(await _gap(gaps, join, AFTER_S))
                    assert worker is not None
                    killed = turn >= TIMES
                    leave = worker.kill if killed else worker.terminate
                    tries, after_s = (kills, AFTER_KILL_S) if killed else (ends, AFTER_S)
                    tries.append(await _gap(gaps, _calling(leave), after_s))
                    await joined(floor, 1)
    return [
        _figure("no change at all", quiet),
        _figure("a second worker joins", joins, 3.0),
        _figure("one of two workers ends on SIGTERM", ends, 3.0),
        _figure("one of two workers is killed (SIGKILL)", kills, 12.0),
        Figure("events not handled at the end", load.not_handled, "", 0, note=f"n={load.measured.newest + 1}"),
    ]


def _noting(load: Load, gaps: Gaps) -> Load:
    number_of = load.answering.number_of

    def noted(record: ConsumerRecord) -> int | None:
        gaps.note(record.partition)
        return number_of(record)

    load.answering = msgspec.structs.replace(load.answering, number_of=noted)
    return load


async def _gap(gaps: Gaps, change: Callable[[], Awaitable[None]], after_s: float) -> tuple[float, int]:
    """Return (longest gap in seconds, suggestions read) from just before the change until `after_s` after it."""
    await asyncio.sleep(BEFORE_S)
    gaps.begin()
    await change()
    await asyncio.sleep(after_s)
    return gaps.longest_s(), gaps.read


async def _nothing() -> None:
    """Change nothing."""


def _calling(now: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        now()

    return call


def _figure(what: str, tries: list[tuple[float, int]], bound: float | None = None) -> Figure:
    longest = max(gap_s for gap_s, _ in tries)
    told = ", ".join(f"{gap_s:.2f}" for gap_s, _ in sorted(tries))
    note = f"n={len(tries)} ({told}), {RATE} events/s, {PARTITIONS} partitions, {sum(read for _, read in tries):,} suggestions"
    return Figure(f"longest gap of any partition: {what}", longest, "s", bound, note=note)
