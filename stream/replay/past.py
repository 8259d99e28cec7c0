"""The past that is replayed: what was chosen of a log, or of topics of the running Kafka, one record after the other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from stream.archive.progress import Progress, untold
from stream.archive.reading import Log, Reading, open_log
from stream.archive.source import STDIN
from stream.archive.topics import Looking, TopicsLog, open_topics
from stream.connection.kafka import Broker
from stream.contracts.topics import CATALOG, INPUTS
from stream.engine.record import Record
from stream.replay.chosen import Chosen

KAFKA = "kafka:"  # begins a source that is no file
AT_ONCE = 500  # records between which others may have their turn


class Past:
    """Iterate over it once. `done` of `size` are read, in bytes or offsets; `refused` lines could not be, `skipped` are no events."""

    def __init__(self, records: Callable[[], AsyncIterator[Record]], source: Log | TopicsLog) -> None:
        self._records, self._source = records, source

    def __aiter__(self) -> AsyncIterator[Record]:
        return self._records()

    @property
    def done(self) -> int:
        """How much is read."""
        return self._source.files.done_bytes if isinstance(self._source, Log) else self._source.done

    @property
    def size(self) -> int:
        """How much there is."""
        return self._source.files.size_bytes if isinstance(self._source, Log) else self._source.total

    @property
    def refused(self) -> int:
        """Lines that could not be read."""
        return self._source.files.refused if isinstance(self._source, Log) else 0

    @property
    def skipped(self) -> int:
        """Lines that are no events."""
        return self._source.files.skipped if isinstance(self._source, Log) else 0


def topics_named(source: str) -> list[str] | None:
    """Return the topics that `kafka:` and their names, separated by commas, mean; None: it is a file.

    `kafka:` alone is all that a worker is told: the inputs and the catalogue.
    """
    if not source.startswith(KAFKA):
        return None
    return [name for name in source.removeprefix(KAFKA).split(",") if name] or [*INPUTS, CATALOG]


@asynccontextmanager
async def open_past(source: str, chosen: Chosen, reading: Reading, broker: Broker, *, progress: Progress = untold) -> AsyncIterator[Past]:
    """Open a file, a folder, `-`, or topics as `kafka:` names them, up to the ends that they have now.

    Raises:
        LogError: the file cannot be read, here or later.
        BrokerAway, TopicsDiffer: Kafka does not answer, or has no such topic.
    """
    topics = topics_named(source)
    if topics is None:
        log = open_log(Path(source), reading)
        yield Past(lambda: _of_file(log, chosen), log)
        return
    how = Looking(since_ms=chosen.wanted.from_ms, progress=progress)
    async with open_topics(broker, topics, how) as live:
        yield Past(lambda: chosen.of_coming(live), live)


async def _of_file(log: Log, chosen: Chosen) -> AsyncIterator[Record]:
    for number, record in enumerate(chosen.of(log)):
        yield record
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)


def name_of(source: str) -> str:
    """Return a name for files beside: the log's own."""
    if topics_named(source) is not None:
        return "kafka"
    return "stdin" if Path(source) == STDIN else Path(source).name
