"""What is told of a finished chunk to whoever watches: nothing is collected for it, and nobody watching costs nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from features.store.port import Fence
from stream.engine.record import Record


class Stage(NamedTuple):
    """One stage of a chunk, in seconds of `time.perf_counter`."""

    name: str
    began_s: float
    ended_s: float


class Finished(Struct, frozen=True):
    """A chunk that was worked to its end, or a trainer's fetch: the records that count by now, and what each stage took."""

    records: tuple[Record, ...]
    stages: tuple[Stage, ...]


Watch = Callable[[Finished], None]


def finished(chunk: Sequence[Record], fences: Mapping[int, Fence], stages: Sequence[Stage]) -> Finished:
    """Return what is told of `chunk`, of which as much counts as `fences` say by partition number."""
    counting = [
        record
        for record in chunk
        if record.partition in fences and record.offset < fences[record.partition].watermarks.get(record.topic, 0)
    ]
    return Finished(tuple(counting), tuple(stages))
