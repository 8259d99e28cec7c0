"""Topics into a file: whose records, of which time."""

from collections.abc import Callable, Collection
from pathlib import Path

import msgspec
from msgspec import Struct

from stream.archive.parquet import SUFFIX as PARQUET
from stream.archive.parquet import ParquetFile
from stream.archive.topics import Looking, open_topics
from stream.archive.writing import LinesFile
from stream.connection.kafka import Broker
from stream.contracts.ids import Customer
from stream.engine.record import Record
from stream.engine.who import Pseudonymise

Progress = Callable[[int, int], None]  # (offsets passed, of how many)


class Exported(Struct, frozen=True):
    """What went into the file: records, and how many of each topic; the earliest and the latest timestamp in milliseconds.

    `bytes`: of the lines before compression; of a Parquet file those of keys and values.
    """

    records: int
    topics: dict[str, int]
    bytes: int
    first_ms: int | None
    last_ms: int | None


class _Named(Struct, frozen=True):
    customer: str | None = None
    user_id: str | None = None
    client_id: str | None = None


_NAMED = msgspec.json.Decoder(_Named)


class Wanted(Struct, frozen=True):
    """Which records are wanted.

    Args:
        from_ms: their timestamps are not before this.
        to_ms: and before this.
        customers: only of these; empty: of everybody. A record is of whom its key names, or its value.
        pseudonymise: turns raw ids in values into customers; without it such values are of nobody.
    """

    from_ms: int | None = None
    to_ms: int | None = None
    customers: frozenset[Customer] = frozenset()
    pseudonymise: Pseudonymise | None = None

    def has(self, record: Record) -> bool:
        """Return whether a record is among them."""
        if self.from_ms is not None and record.timestamp_ms < self.from_ms:
            return False
        if self.to_ms is not None and record.timestamp_ms >= self.to_ms:
            return False
        return not self.customers or self._is_theirs(record)

    def _is_theirs(self, record: Record) -> bool:
        if record.key is not None and record.key.decode(errors="replace") in self.customers:
            return True
        try:
            named = _NAMED.decode(record.value or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        raw_id = named.user_id or named.client_id
        if named.customer is None and raw_id is not None and self.pseudonymise is not None:
            return self.pseudonymise(raw_id) in self.customers
        return named.customer in self.customers


async def export(broker: Broker, topics: Collection[str], out: Path, wanted: Wanted, *, progress: Progress) -> Exported:
    """Write the wanted records of topics, up to the ends that these have now, to a file in the archive's order: lines, or Parquet.

    Raises:
        LogError: the file cannot be written.
        PackageMissing: it is a Parquet file, and pyarrow is not installed.
        BrokerAway, RightsMissing, TopicsDiffer: as `open_topics`.
    """
    counts = dict.fromkeys(topics, 0)
    first_ms: int | None = None
    last_ms: int | None = None
    how = Looking(since_ms=wanted.from_ms, wanted=wanted.has, progress=progress)
    with ParquetFile(out) if out.suffix == PARQUET else LinesFile(out) as file:
        async with open_topics(broker, topics, how) as log:
            async for record in log:
                file.add(record)
                counts[record.topic] += 1
                first_ms = min(record.timestamp_ms, record.timestamp_ms if first_ms is None else first_ms)
                last_ms = max(record.timestamp_ms, record.timestamp_ms if last_ms is None else last_ms)
    return Exported(file.lines, counts, file.bytes, first_ms, last_ms)
