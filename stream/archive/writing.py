"""Files that appear under their name only when they are whole: JSON lines, plain, gzip or zstd, as the name says."""

import gzip
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

import zstandard

from stream.archive.formats.archived import line_of
from stream.engine.record import Record
from stream.errors import LogError

SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst")
GZIP_LEVEL, ZSTD_LEVEL = 6, 3  # each library's usual one
UNFINISHED = ".unfinished"


def for_its_owner(path: str, flags: int) -> int:
    """Open a file that only its owner may read: what customers did is nobody else's business."""
    return os.open(path, flags, mode=0o600)


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Raise LogError with the cause where the file cannot be written."""
    try:
        yield
    except OSError as fault:
        raise LogError(str(path), 0, f"cannot be written: {fault.strerror or fault}; check the folder, its rights and its room.") from fault


class WholeFile:
    """A file that is written between entering and leaving; `lines` and `bytes` count what went into it.

    Until the end it is a hidden one beside its place; then it gets the name, over an older file. Whoever leaves with an error, or by
    Ctrl-C, leaves no file. Those who derive from it write into `_raw`, and leave it open.

    Raises:
        LogError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = self.bytes = 0
        self._unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}{UNFINISHED}")

    def __enter__(self) -> Self:
        with writable(self.path):
            self._raw = open(self._unfinished, "xb", opener=for_its_owner)
        try:
            self._begin()
        except BaseException:
            self._raw.close()
            self._unfinished.unlink(missing_ok=True)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            with writable(self.path), self._raw:
                if error is not None:
                    self._give_up()
                    return
                self._finish()
                self._raw.flush()
                os.fsync(self._raw.fileno())
                self._unfinished.rename(self.path)
        finally:
            self._unfinished.unlink(missing_ok=True)

    def _begin(self) -> None:
        """Make ready what writes."""

    def _finish(self) -> None:
        """Write the rest."""

    def _give_up(self) -> None:
        """Let go of what writes."""


class LinesFile(WholeFile):
    """Takes lines and writes them, compressed as the path's name says; the same lines give the same bytes. `bytes`: before compression."""

    def write(self, line: bytes) -> None:
        """Add one line, without its end."""
        with writable(self.path):
            self._file.write(line + b"\n")
        self.lines += 1
        self.bytes += len(line) + 1

    def add(self, record: Record) -> None:
        """Add a record in tsuide's own form."""
        self.write(line_of(record))

    def _begin(self) -> None:
        self._file = _compressing(self._raw, self.path)

    def _finish(self) -> None:
        if self._file is not self._raw:
            self._file.close()  # writes the rest, and leaves the raw file open

    _give_up = _finish


def _compressing(raw: IO[bytes], path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.GzipFile("", "wb", GZIP_LEVEL, raw, mtime=0))
    if path.suffix == ".zst":
        compressor = zstandard.ZstdCompressor(ZSTD_LEVEL, write_checksum=True)
        return cast(IO[bytes], compressor.stream_writer(raw, closefd=False))
    return raw
