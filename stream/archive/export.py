"""Topics into a file."""

from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from stream.archive.parquet import SUFFIX as PARQUET
from stream.archive.parquet import ParquetFile
from stream.archive.progress import Progress
from stream.archive.topics import Looking, open_topics
from stream.archive.wanted import Wanted
from stream.archive.writing import LinesFile
from stream.connection.kafka import Broker


class Exported(Struct, frozen=True):
    """What went into the file: records, and how many of each topic; the earliest and the latest timestamp in milliseconds.

    `bytes`: of the lines before compression; of a Parquet file those of keys and values.
    """

    records: int
    topics: dict[str, int]
    bytes: int
    first_ms: int | None
    last_ms: int | None


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
