"""A log's lines in the archive's order, however large the log is."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from stream.archive.formats.told import EVENTS, RECORDS, Format
from stream.archive.order import Clocks, Key
from stream.archive.progress import Progress, untold
from stream.archive.rejects import Refused
from stream.archive.source import LogFiles
from stream.archive.spill import sorted_by_key
from stream.archive.writing import LinesFile, writable
from stream.engine.record import TopicPartition
from stream.errors import LogError

LINES_A_LOOK = 256
Said = TypeVar("Said")
Addressed = tuple[tuple[str, int, int, int], bytes]  # (topic, partition, offset, timestamp in ms), line


class Sorted(Struct, frozen=True):
    """What became of a log: lines written, refused as damaged, skipped as calls that the shop has no event for, and given repeatedly."""

    format: Format | None
    lines: int
    refused: int
    skipped: int
    repeated: int


class Sorting:
    """One log on its way into order; its `files` know how far they are read.

    Lines stay as they are, byte for byte. Records are sorted as `stream.archive.order` has it, and one that is there twice is written once;
    events by their time, those of one millisecond in the order in which they came.

    Raises:
        LogError: files of several forms, or one whose form is not known.
    """

    def __init__(self, source: Path, format: Format | None = None) -> None:
        self.files = LogFiles(source, format)
        self.repeated = 0
        self._progress: Progress = untold
        if len(self.files.formats) > 1:
            raise LogError(str(source), 0, f"has files of several forms ({', '.join(sorted(self.files.formats))}): sort them one by one.")

    def write(self, out: Path, refused: Refused, *, progress: Progress = untold) -> Sorted:
        """Write the sorted log; meanwhile temporary files of about its compressed size stand in the same folder.

        Raises:
            LogError: a file cannot be read on or written, or two different records have the same address.
        """
        self._progress = progress
        form = next(iter(self.files.formats), None)
        with LinesFile(out) as file, writable(out):
            for line in self._events(out.parent, refused) if form in EVENTS else self._records(out.parent, refused):
                file.write(line)
        return Sorted(form, file.lines, self.files.refused, self.files.skipped, self.repeated)

    def _events(self, folder: Path, refused: Refused) -> Iterator[bytes]:
        timed = (((event.event_time_ms,), line) for event, line in self._taken(EVENTS, refused))
        return (line for _, line in sorted_by_key(timed, folder))

    def _records(self, folder: Path, refused: Refused) -> Iterator[bytes]:
        addressed = (((r.topic, r.partition, r.offset, r.timestamp_ms), line) for r, line in self._taken(RECORDS, refused))
        clocked = self._clocked(sorted_by_key(addressed, folder))  # a clock goes by offsets, so they are put in order first
        return (line for _, line in sorted_by_key(clocked, folder))

    def _clocked(self, addressed: Iterable[Addressed]) -> Iterator[tuple[Key, bytes]]:
        clocks = Clocks()
        last: tuple[tuple[str, int, int] | None, bytes] = (None, b"")
        for (topic, partition, offset, timestamp_ms), line in addressed:
            if last[0] == (topic, partition, offset):
                if last[1] != line:
                    why = f"two different records are {topic}:{partition}:{offset}; are these the logs of one cluster?"
                    raise LogError(str(self.files.source), 0, why)
                self.repeated += 1
                continue
            last = (topic, partition, offset), line
            yield (clocks.clock_of(TopicPartition(topic, partition), timestamp_ms), topic, partition, offset), line

    def _taken(self, adapters: Mapping[Format, Callable[[bytes], Said | None]], refused: Refused) -> Iterator[tuple[Said, bytes]]:
        for file in self.files.files:
            for line, said in file.taken(adapters[file.format], refused):
                if line.number % LINES_A_LOOK == 0:
                    self._progress(self.files.done_bytes, self.files.size_bytes)
                yield said, line.content
