"""Lines of a file that may be compressed, one by one, never the whole file in memory."""

import zlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import IO, Protocol

import zstandard

from stream.errors import LogError

CHUNK_BYTES = 64 * 1024
MAX_LINE_BYTES = 8 * 1024 * 1024  # far above the largest record that a topic takes
GZIP, ZSTD, BOM = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xef\xbb\xbf"


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class Lines:
    """A plain, gzip or zstd file as (line number from 1, line without its end); blank lines are left out.

    How it is compressed is told by its first bytes, not by its name. `done_bytes` of `size_bytes` (both as on disk) say how far it is read,
    `number` is the line that was given last.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.done_bytes = 0
        self.number = 0
        try:
            self.size_bytes = self.path.stat().st_size
        except OSError as fault:
            raise LogError(str(path), 0, f"cannot be opened: {fault.strerror}; check the path.") from fault

    def __iter__(self) -> Generator[tuple[int, bytes], None, None]:
        self.number = 0
        try:
            with self.path.open("rb") as file:
                for line in _split(self._chunks(file)):
                    self.number += 1
                    text = line.removeprefix(BOM) if self.number == 1 else line
                    if text.strip():
                        yield self.number, text.rstrip(b"\r")
        except _Damaged as fault:
            raise LogError(str(self.path), self.number + 1, str(fault)) from fault
        except OSError as fault:
            raise LogError(str(self.path), 0, f"cannot be read: {fault.strerror}; check the path and its permissions.") from fault

    def _chunks(self, file: IO[bytes]) -> Iterator[bytes]:
        self.done_bytes = 0
        first = file.read(CHUNK_BYTES)
        fresh = _decompressor(first)
        inner = fresh() if fresh else None
        chunk = first
        while chunk:
            self.done_bytes += len(chunk)
            if fresh is None:
                yield chunk
            while fresh is not None and chunk:
                if inner is None or inner.eof:  # another member or frame follows
                    inner = fresh()
                yield _decompressed(inner, chunk)
                chunk = inner.unused_data.lstrip(b"\0") if inner.eof else b""
            chunk = file.read(CHUNK_BYTES)
        if inner is not None and not inner.eof:
            raise _Damaged("the compressed file ends too early; fetch or write it again.")


class _Damaged(Exception):
    """The bytes cannot be decompressed or split."""


def _decompressor(first: bytes) -> Callable[[], _Decompressor] | None:
    if first.startswith(GZIP):
        return lambda: zlib.decompressobj(wbits=31)
    if first.startswith(ZSTD):
        return lambda: zstandard.ZstdDecompressor().decompressobj()
    return None


def _decompressed(inner: _Decompressor, chunk: bytes) -> bytes:
    try:
        return inner.decompress(chunk)
    except (zlib.error, zstandard.ZstdError) as fault:
        raise _Damaged(f"the compressed file is damaged ({fault}); fetch or write it again.") from fault


def _split(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > MAX_LINE_BYTES:
            raise _Damaged(f"a line is longer than {MAX_LINE_BYTES} bytes; is this a file of lines?")
    if rest:
        yield rest
