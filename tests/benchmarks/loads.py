"""The product's own load generator on a measurement's floor."""

import asyncio
import itertools
import math
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import ConsumerRecord

from stream.contracts.events import Event
from stream.contracts.topics import MEMORY
from stream.load.renaming import Renaming, is_of_a_load
from stream.load.run import Answering, Load, Plan
from stream.load.schedule import Schedule
from stream.load.target import Target, group_at
from stream.load.waits import Waits
from tests.benchmarks.figure import Figure
from tests.benchmarks.shop_floor import PARTITIONS, READY_S, Floor

LOOK_AGAIN_S = 0.1


def rounds(events: Sequence[Event]) -> Iterator[tuple[int, Event]]:
    """Yield (round, event) of a log in memory for ever, as `Replay` does of a file."""
    return ((turn, event) for turn in itertools.count() for event in events)


def a_load(floor: Floor, events: Iterator[tuple[int, Event]], schedule: Schedule, *, group: str = "tsuide") -> Load:
    """Return a load of new customers, answered by suggestions, that is to be run."""
    plan = Plan(schedule, Renaming(secrets.token_hex(4)))
    return Load(plan, Target(floor.bootstrap, group, PARTITIONS), events)


def answered_by_memory(load: Load) -> Load:
    """Return the load with the memory records as its answers, for a runner that suggests nothing.

    They do not name their event, but its time, from which its number follows as long as events are a millisecond apart or more.
    """
    rate = load.plan.schedule.rate

    def number_of(record: ConsumerRecord) -> int | None:
        return math.ceil((record_time_ms(record) - load.began_ms) * rate / 1_000) if is_of_a_load(record.key) and load.began_ms else None

    load.answering = Answering(MEMORY, number_of)
    return load


def record_time_ms(record: ConsumerRecord) -> int:
    """Return the event's own time of a memory record."""
    return int(record.value.partition(b'"event_time_ms":')[2].partition(b",")[0])


async def joined(floor: Floor, members: int, *, group: str = "tsuide", within_s: float = READY_S) -> None:
    """Return once the group has so many members and shares out nothing any more. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while True:
            standing = await group_at(floor.bootstrap, group)
            if (standing.members, standing.state) == (members, "Stable"):
                return
            await asyncio.sleep(LOOK_AGAIN_S)


@asynccontextmanager
async def under_load(load: Load) -> AsyncIterator[Load]:
    """Run the load while the block runs; what it sent is handled at its end."""
    running = asyncio.create_task(load.run())
    try:
        yield load
    finally:
        load.stop.set()
        await running


def spread(name: str, waits: Waits, *, p50: float | None = None, p99: float | None = None) -> list[Figure]:
    """Return p50, p90, p99 and the longest of these waits, in milliseconds."""
    told = waits.spread()
    points = (("p50", told.p50, p50), ("p90", told.p90, None), ("p99", told.p99, p99), ("max", told.max, None))
    return [Figure(f"{name} {point}", value or math.inf, "ms", bound, note=f"n={told.n}") for point, value, bound in points]
