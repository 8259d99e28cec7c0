"""The files of a log, each with its form; a line that cannot be taken is told, and the reading goes on."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from stream.archive.formats.refused import LineRefused
from stream.archive.formats.told import FORMATS, LOOKED_AT, Format, told_by
from stream.archive.parquet import ParquetLines, is_parquet
from stream.archive.rejects import SUFFIX as REJECTS
from stream.archive.rejects import Refused, Reject
from stream.errors import LogError
from stream.lines import Lines

STDIN = Path("-")
Said = TypeVar("Said")


class NumberedLine(NamedTuple):
    """A line of a file, counted from 1."""

    number: int
    content: bytes


class LogFile:
    """One file: its form, and how far it is read. It is opened once, so that it may be a pipe.

    `refused` lines could not be taken, `skipped` ones say what the shop has no event for; `done_bytes` and `size_bytes` as on disk.

    Raises:
        LogError: it cannot be read, or its first lines tell no form.
    """

    def __init__(self, path: Path, format: Format | None) -> None:
        self._lines = ParquetLines(path) if is_parquet(path) else Lines("/dev/stdin" if path == STDIN else path)
        self.path = "standard input" if path == STDIN else str(path)
        self.refused = self.skipped = 0
        rest = (NumberedLine(*line) for line in self._lines)
        first = list(islice(rest, 1 if format else LOOKED_AT))
        self._numbered = chain(first, rest)
        self.is_empty = not first
        told = format or told_by(line.content for line in first)
        if told is None and first:
            raise LogError(self.path, first[0].number, f"tells no form that is known; say it with --format ({', '.join(FORMATS)}).")
        self.format: Format = told or FORMATS[0]  # of an empty file every form is right

    @property
    def done_bytes(self) -> int:
        """Return the bytes that are read."""
        return self._lines.done_bytes

    @property
    def size_bytes(self) -> int:
        """Return the bytes that there are; 0 for a pipe."""
        return self._lines.size_bytes

    def taken(self, adapter: Callable[[bytes], Said | None], refuse: Refused) -> Iterator[tuple[NumberedLine, Said]]:
        """Yield each line with what `adapter` makes of it.

        Raises:
            LogError: the file cannot be read on.
        """
        for line in self._numbered:
            try:
                said = adapter(line.content)
            except (msgspec.DecodeError, UnicodeDecodeError, LineRefused) as fault:  # a ValidationError is a DecodeError
                self.refused += 1
                refuse(Reject.of(self.path, line.number, str(fault), line.content))
                continue
            if said is None:
                self.skipped += 1
                continue
            yield line, said


class LogFiles:
    """The files of one log, all of one kind: their figures together. The form is that of the first that is not empty."""

    def __init__(self, source: Path, format: Format | None) -> None:
        self.source = source
        self.files = [file for file in (LogFile(path, format) for path in _paths(source)) if not file.is_empty]

    @property
    def formats(self) -> set[Format]:
        """Return the forms of the files."""
        return {file.format for file in self.files}

    @property
    def refused(self) -> int:
        """Return how many lines could not be taken."""
        return sum(file.refused for file in self.files)

    @property
    def skipped(self) -> int:
        """Return how many lines say what the shop has no event for."""
        return sum(file.skipped for file in self.files)

    @property
    def done_bytes(self) -> int:
        """Return the bytes on disk that are read."""
        return sum(file.done_bytes for file in self.files)

    @property
    def size_bytes(self) -> int:
        """Return the bytes on disk that there are; a pipe has none."""
        return sum(file.size_bytes for file in self.files)


def _paths(source: Path) -> Iterable[Path]:
    """Return the file, or a folder's files by their names, without hidden ones and rejects."""
    if source == STDIN or not source.is_dir():
        return [source]
    files = (path for path in source.iterdir() if path.is_file())
    found = sorted(path for path in files if not path.name.startswith(".") and not path.name.endswith(REJECTS))
    if not found:
        raise LogError(str(source), 0, "is a folder without files: is it the right one?")
    return found
