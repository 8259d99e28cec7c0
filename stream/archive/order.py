"""The order of an archive: by time across partitions, by offset within each.

A record's clock is the latest timestamp that its partition has reached with it. The order is (clock, topic, partition, offset): where each
partition is in the order of its timestamps, that is (timestamp, topic, partition, offset), and a record that came late keeps its place
in its partition, as it had it in Kafka and as a reader that counts offsets needs it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stream.engine.record import Record, TopicPartition
from stream.errors import LogError

Key = tuple[int, str, int, int]  # clock in ms, topic, partition, offset


class LogUnordered(LogError):
    """Lines do not stand in the archive's order; the message names the first of them and the command that sorts."""


class Placed(NamedTuple):
    """A record, and the line where it stood."""

    record: Record
    path: str
    line: int


class Clocks:
    """How far each partition has come."""

    def __init__(self) -> None:
        self._latest: dict[TopicPartition, int] = {}

    def clock_of(self, at: TopicPartition, timestamp_ms: int) -> int:
        """Return the clock of the next record of a partition; they must come by their offsets."""
        clock = self._latest[at] = max(timestamp_ms, self._latest.get(at, timestamp_ms))
        return clock

    def key_of(self, record: Record) -> Key:
        """Return the place of the next record of its partition in the order."""
        clock = self.clock_of(TopicPartition(record.topic, record.partition), record.timestamp_ms)
        return clock, record.topic, record.partition, record.offset


def in_order(placed: Iterable[Placed], cure: str) -> Iterator[tuple[Key, Placed]]:
    """Yield each record with its key, in the given order.

    Raises:
        LogUnordered: at the first that should have come before another; `cure` is the command that sorts.
    """
    clocks = Clocks()
    last: Key | None = None
    reached: dict[TopicPartition, int] = {}
    for one in placed:
        key, at = clocks.key_of(one.record), TopicPartition(one.record.topic, one.record.partition)
        if (last is not None and key <= last) or one.record.offset <= reached.get(at, -1):
            raise LogUnordered(one.path, one.line, f"{one.record.address} belongs before a record above it; sort first: `{cure}`.")
        last, reached[at] = key, one.record.offset
        yield key, one
