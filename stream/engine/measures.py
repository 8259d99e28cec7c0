"""What a worker measures while it works, as plain numbers: cheap to write, and put into words only when somebody asks."""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate

from stream.contracts.topics import SUGGESTIONS
from stream.engine.ownership import Send
from stream.engine.record import Outgoing
from stream.engine.watching import Stage

CHUNK_STAGES = ("decode", "read", "work", "commit", "publish")  # timed once a chunk
EVENT_STAGES = ("fold", "recommend")  # timed for each event, and together most of a chunk's `work`
STAGE_BOUNDS_S = (0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
# From what nobody notices to what comes too late: after 15 minutes a suggestion is not shown any more.
AGE_BOUNDS_S = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)


class Histogram:
    """How many values lay in each bucket, and their sum. A bucket holds what is above the bound before it and at most its own."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)  # the last: above every bound
        self.sum = 0.0

    def add(self, value: float) -> None:
        """Count one value. About 0.2 microseconds."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def cumulated(self) -> list[int]:
        """Return how many values were at most each bound, and last how many there were."""
        return list(accumulate(self.counts))


class Measures:
    """Seconds by stage, and how old events were when their suggestions were acknowledged."""

    def __init__(self) -> None:
        self.chunk_stages = {stage: Histogram(STAGE_BOUNDS_S) for stage in CHUNK_STAGES}
        self.event_stages = {stage: Histogram(STAGE_BOUNDS_S) for stage in EVENT_STAGES}
        self.event_age = Histogram(AGE_BOUNDS_S)

    @contextmanager
    def timed(self, stage: str, stages: list[Stage]) -> Iterator[None]:
        """Time what one chunk, whose `stages` these are, spends in `stage`; what an error ends is not counted. About 2 microseconds."""
        began_s = time.perf_counter()
        yield
        ended_s = time.perf_counter()
        self.chunk_stages[stage].add(ended_s - began_s)
        stages.append(Stage(stage, began_s, ended_s))

    def published(self, outgoing: Sequence[Outgoing], now_ms: int) -> None:
        """Count how long the customers of these acknowledged suggestions have waited, from their events' Kafka timestamps on.

        The timestamp and not the event's own time: a customer's clock may be wrong by days.
        """
        for one in outgoing:
            if one.topic == SUGGESTIONS:
                self.event_age.add(max(0, now_ms - one.timestamp_ms) / 1_000)


def measured(send: Send, measures: Measures, wall_ms: Callable[[], int]) -> Send:
    """Return `send` with the waits of what it has sent counted."""

    async def send_and_measure(outgoing: Sequence[Outgoing]) -> None:
        await send(outgoing)
        measures.published(outgoing, wall_ms())

    return send_and_measure
