"""The past that a command reads: an archive, or without one what Kafka has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stream.archive.kept import Kept, KeptInFiles, KeptInKafka
from stream.archive.reading import Reading
from stream.cli.anybody import who_of
from stream.cli.progress import told
from stream.settings import Settings


@contextmanager
def kept(log: Path | None, here: Settings) -> Iterator[Kept]:
    """Give the past; how far it is read is told meanwhile."""
    with told("offsets read" if log is None else "bytes read") as tell:
        yield KeptInKafka(here.kafka, tell) if log is None else KeptInFiles(log, Reading(here.partitions, who_of(here)), tell)
