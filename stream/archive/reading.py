"""A log of any form, from a file, a folder or standard input, as records in the archive's order."""

import heapq
import shlex
from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter, itemgetter
from pathlib import Path

from msgspec import Struct

from stream.archive.formats.told import EVENTS, RECORDS, Format
from stream.archive.order import Key, LogUnordered, Placed, in_order
from stream.archive.placing import Placing, named_event
from stream.archive.rejects import Refused, raising
from stream.archive.source import STDIN, LogFile, LogFiles, NumberedLine
from stream.contracts.events import Event
from stream.engine.record import Record
from stream.engine.who import Pseudonymise
from stream.errors import LogError

KEPT_NAMES = 50_000  # customers whose pseudonyms are not computed again with each of their events


class Reading(Struct, frozen=True):
    """How a log is read.

    Args:
        partitions: of every input topic; where events live that have no address.
        pseudonymise: turns their raw ids into customers.
        format: None: as each file's first lines tell.
        refused: is told each line that cannot be taken; left out, the first such line ends the reading.
    """

    partitions: int
    pseudonymise: Pseudonymise
    format: Format | None = None
    refused: Refused = raising


class Log:
    """An open log: iterate over it once. `records` were given so far; its `files` know what was left out and how far they are read."""

    def __init__(self, files: LogFiles, how: Reading) -> None:
        self.files, self.records = files, 0
        self._how, self._cure = how, sort_command(files.source)

    def __iter__(self) -> Iterator[Record]:
        for record in self._of_events() if self.files.formats & EVENTS.keys() else self._of_records():
            self.records += 1
            yield record

    def _of_records(self) -> Iterator[Record]:
        """Yield records that have their addresses: a heap merge of files that are each in order."""
        each = [in_order(self._records(file), self._cure) for file in self.files.files]
        merged: Iterator[tuple[Key, Placed]] = heapq.merge(*each, key=itemgetter(0))
        if len(each) > 1:  # a partition may have gone on in another file
            merged = in_order((placed for _, placed in merged), self._cure)
        return (placed.record for _, placed in merged)

    def _records(self, file: LogFile) -> Iterator[Placed]:
        taken = file.taken(RECORDS[file.format], self._how.refused)
        return (Placed(record, file.path, line.number) for line, record in taken)

    def _of_events(self) -> Iterator[Record]:
        """Yield events under the addresses that they get in the order of their times; those of one millisecond are held together."""
        placing = Placing(self._how.partitions)
        merged = heapq.merge(*map(self._events, self.files.files), key=attrgetter("event_time_ms"))
        same_ms: list[Record] = []
        for record in map(placing.record_of, merged):
            if same_ms and same_ms[0].timestamp_ms != record.timestamp_ms:
                yield from _by_address(same_ms)
                same_ms = []
            same_ms.append(record)
        yield from _by_address(same_ms)

    def _events(self, file: LogFile) -> Iterator[Event]:
        decoded, last_ms = EVENTS[file.format], 0
        pseudonymise = lru_cache(KEPT_NAMES)(self._how.pseudonymise)

        def event_of(line: bytes) -> Event | None:
            event = decoded(line)
            return None if event is None else named_event(event, pseudonymise)

        taken: Iterator[tuple[NumberedLine, Event]] = file.taken(event_of, self._how.refused)
        for line, event in taken:
            if event.event_time_ms < last_ms:
                raise LogUnordered(file.path, line.number, f"{event.event_id} happened before a line above it; sort first: `{self._cure}`.")
            last_ms = event.event_time_ms
            yield event


def _by_address(records: list[Record]) -> list[Record]:
    return sorted(records, key=attrgetter("topic", "partition", "offset")) if len(records) > 1 else records


def open_log(source: Path, how: Reading) -> Log:
    """Open a file, a folder whose files are merged, or `-` for standard input: lines, plain, gzip or zstd, or Parquet.

    What the iteration yields is in the archive's order (`stream.archive.order`); one record a file is held in memory, and those events that
    happened in the same millisecond.

    Raises:
        LogError: a file cannot be read or its form is not known, here or while it is read.
        LogUnordered: while it is read: lines are not in order.
    """
    files = LogFiles(source, how.format)
    if files.formats & EVENTS.keys() and files.formats & RECORDS.keys():
        raise LogError(str(source), 0, "mixes records that have offsets with events that have none: read them one after the other.")
    return Log(files, how)


def sort_command(source: Path) -> str:
    """Return the command that sorts a log."""
    if source == STDIN:
        return "tsuide sort FILE SORTED.jsonl.zst"
    name = source.name.split(".")[0] if not source.is_dir() else source.name
    return f"tsuide sort {shlex.quote(str(source))} {shlex.quote(f'{name}.sorted.jsonl.zst')}"
