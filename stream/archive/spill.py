"""An external merge sort: what does not fit into memory waits in files."""

import heapq
import io
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar, cast

import msgspec
import zstandard

RUN_BYTES = 32 * 1024 * 1024  # held in memory at once
FAN_IN = 64  # files that are merged at once: far below what a process may open
ITEM_BYTES = 200  # what an item costs in memory beside its line, about
LENGTH_BYTES = 4
Key = TypeVar("Key", bound=tuple[int | str, ...])
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(tuple[tuple[int | str, ...], bytes])


def sorted_by_key(
    items: Iterable[tuple[Key, bytes]], folder: Path, *, run_bytes: int = RUN_BYTES, fan_in: int = FAN_IN
) -> Iterator[tuple[Key, bytes]]:
    """Yield the items by their keys, those of equal keys in the order in which they came.

    O(n log n); at most `run_bytes` of lines in memory and all of them once in temporary files in `folder`, compressed. The files have no
    name, so nothing is left of them whatever happens.

    Raises:
        OSError: `folder` cannot be written or is full.
    """
    runs: list[IO[bytes]] = []
    run: list[tuple[Key, bytes]] = []
    size = 0
    try:
        for item in items:
            run.append(item)
            size += len(item[1]) + ITEM_BYTES
            if size >= run_bytes:
                runs.append(_written(sorted(run, key=itemgetter(0)), folder))
                run, size = [], 0
        run.sort(key=itemgetter(0))
        while len(runs) > fan_in:
            runs = [_joined(runs[first : first + fan_in], folder) for first in range(0, len(runs), fan_in)]
        yield from heapq.merge(*map(_read, runs), run, key=itemgetter(0))
    finally:
        for file in runs:
            file.close()


def _joined(runs: list[IO[bytes]], folder: Path) -> IO[bytes]:
    joined = _written(heapq.merge(*map(_read, runs), key=itemgetter(0)), folder)
    for file in runs:
        file.close()
    return joined


def _written(items: Iterable[tuple[Any, bytes]], folder: Path) -> IO[bytes]:
    file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed by whoever reads it
    with zstandard.ZstdCompressor(level=1).stream_writer(file, closefd=False) as packed:
        for item in items:
            encoded = _ENCODER.encode(item)
            packed.write(len(encoded).to_bytes(LENGTH_BYTES, "big") + encoded)
    file.seek(0)
    return file


def _read(file: IO[bytes]) -> Iterator[tuple[Any, bytes]]:
    packed = io.BufferedReader(cast(io.RawIOBase, zstandard.ZstdDecompressor().stream_reader(file, closefd=False)))
    while length := packed.read(LENGTH_BYTES):
        yield _DECODER.decode(packed.read(int.from_bytes(length, "big")))
