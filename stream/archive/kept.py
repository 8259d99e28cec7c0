"""What is kept of the past, to be read more than once: an archive's files, or the topics of a running Kafka as they stand now."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from stream.archive.progress import Progress, untold
from stream.archive.reading import Reading, open_log
from stream.archive.topics import Looking, open_topics
from stream.connection.kafka import Broker
from stream.engine.record import Record, TopicPartition

RECORDS_A_LOOK = 512


class Part(Struct, frozen=True):
    """Which part of a past is read.

    Args:
        topics: of these topics.
        since_ms: from about this time on; an archive is read from its beginning. None: all.
        earlier: by topic, how many records before that time are to be read, too.
        offsets: where to begin those partitions of Kafka that it names.
        only: by topic, the partitions that are read; of a topic that it does not name, all. An archive is read whole.
        wanted: the records that are seen.
    """

    topics: Collection[str]
    since_ms: int | None = None
    earlier: Mapping[str, int] = {}
    offsets: Mapping[TopicPartition, int] = {}
    only: Mapping[str, Collection[int]] = {}
    wanted: Callable[[Record], bool] = lambda record: True


class Kept(Protocol):
    """Gives its records in the archive's order, as often as it is asked."""

    def read(self, part: Part) -> AbstractAsyncContextManager[AsyncIterator[Record]]:
        """Open a part for reading, up to the end that the past has now."""


class KeptInFiles:
    """The past in a file or a folder. `progress` is told (bytes read, of how many).

    Raises:
        LogError: while it is read: a file cannot be read, or a line cannot be taken.
    """

    def __init__(self, source: Path, how: Reading, progress: Progress = untold) -> None:
        self._source, self._how, self._progress = source, how, progress

    def read(self, part: Part) -> AbstractAsyncContextManager[AsyncIterator[Record]]:
        """Open the files."""
        return aclosing(self._records(part))

    async def _records(self, part: Part) -> AsyncGenerator[Record, None]:
        log = open_log(self._source, self._how)
        for record in log:
            if log.records % RECORDS_A_LOOK == 0:
                self._progress(log.files.done_bytes, log.files.size_bytes)
            if record.topic in part.topics and part.wanted(record):
                yield record


class KeptInKafka:
    """The past that Kafka still has. `progress` is told (offsets passed, of how many).

    Raises:
        BrokerAway, RightsMissing, TopicsDiffer: as `open_topics`.
    """

    def __init__(self, broker: Broker, progress: Progress = untold) -> None:
        self._broker, self._progress = broker, progress

    def read(self, part: Part) -> AbstractAsyncContextManager[AsyncIterator[Record]]:
        """Open the topics."""
        return aclosing(self._records(part))

    async def _records(self, part: Part) -> AsyncGenerator[Record, None]:
        how = Looking(
            since_ms=part.since_ms,
            earlier=part.earlier,
            offsets=part.offsets,
            only=part.only,
            wanted=part.wanted,
            progress=self._progress,
        )
        async with open_topics(self._broker, part.topics, how) as log:
            async for record in log:
                yield record
