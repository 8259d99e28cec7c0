"""A checkpoint as bytes: a header that says what it belongs to, and a compressed body, each with its checksum.

Layout: MAGIC, the header's length (4 bytes, little-endian), its BLAKE2b-128, the header in JSON, the body. The body is one zstd stream
of the columns' pieces, end to end; the header tells each column's type and each piece's column and length. Nothing in it is executed.
"""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from math import prod
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import zstandard
from msgspec import Struct

from online_models.checkpoint.columns import Array, Columns, Piece
from online_models.checkpoint.shared import FORMAT
from stream.errors import StreamError

MAGIC = b"tsuide checkpoint\n"
LENGTH_BYTES, DIGEST_BYTES = 4, 16
LEVEL = 1  # of zstd: half the time of 3, for a quarter more bytes
NUMBERS = "iuf"  # kinds of numpy types that a column may have
Kind = Literal["damaged", "version", "foreign", "offsets"]


class CheckpointRefused(StreamError):
    """A checkpoint cannot be started from; the next older one is tried, and without any the topic is read from its beginning.

    `kind`: damaged (cut off, changed, unreadable), version (of another release), foreign (another topic, cluster or limits),
    offsets (the topic does not hold what it was to go on with).
    """

    def __init__(self, path: Path, kind: Kind, why: str) -> None:
        super().__init__(f"the checkpoint {path} is not used: {why}")
        self.path, self.kind, self.why = path, kind, why


class Mark(Struct, frozen=True):
    """Where one partition is to be read on, and the digest of the record before that: the topic is still the one that it was."""

    next: int
    before: str | None = None


class Identity(Struct, frozen=True):
    """What a checkpoint belongs to: a topic of a Kafka cluster, and a memory of these limits."""

    topic: str
    shape: dict[str, int]
    cluster: str | None = None


class Column(Struct, frozen=True, array_like=True):
    """Name, numpy's name of the type, and the shape of one row."""

    name: str
    dtype: str
    row: tuple[int, ...]


class Header(Struct, frozen=True, kw_only=True):
    """All about a checkpoint but the memory itself. `forgets`: partition -> offset of the newest wish to be forgotten that is in it."""

    format: int = FORMAT
    created_ms: int
    records: int
    identity: Identity
    windows: dict[str, int]
    marks: dict[int, Mark]
    forgets: dict[int, int] = {}
    columns: tuple[Column, ...] = ()
    pieces: tuple[tuple[int, int], ...] = ()  # (column, bytes)
    body_bytes: int = 0
    body_digest: str = ""

    def holds(self, forgets: dict[int, int]) -> bool:
        """Return whether it may hold rows of somebody who wished, at one of these offsets, to be forgotten."""
        return any(partition not in self.marks or self.marks[partition].next <= offset for partition, offset in forgets.items())


class _Format(Struct):
    format: int


class Body:
    """Pieces as they are compressed; held in memory, so that a slow disk holds nobody up."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=LEVEL).compressobj()
        self._columns: dict[str, tuple[int, Column]] = {}
        self._pieces: list[tuple[int, int]] = []
        self._parts: list[bytes] = []

    def add(self, pieces: Sequence[Piece]) -> None:
        """Take pieces in. About 3 ms a MB, of which others of the process lose little: the compressor runs beside them."""
        for name, rows in pieces:
            column = Column(name, rows.dtype.str, rows.shape[1:])
            number, known = self._columns.setdefault(name, (len(self._columns), column))
            if known != column:
                raise ValueError(f"the column {name} is {known} and {column}")
            self._pieces.append((number, rows.nbytes))
            self._parts.append(self._compressor.compress(np.ascontiguousarray(rows).tobytes()))

    def closed(self, header: Header) -> list[bytes]:
        """Return the whole checkpoint in parts, with what `header` says of it."""
        self._parts.append(self._compressor.flush())
        digest = blake2b(digest_size=DIGEST_BYTES)
        for part in self._parts:
            digest.update(part)
        whole = msgspec.structs.replace(
            header,
            columns=tuple(column for _, column in self._columns.values()),
            pieces=tuple(self._pieces),
            body_bytes=sum(map(len, self._parts)),
            body_digest=digest.hexdigest(),
        )
        head = msgspec.json.encode(whole)
        return [MAGIC, len(head).to_bytes(LENGTH_BYTES, "little"), _digest(head), head, *self._parts]


def read_header(path: Path) -> Header:
    """Return what a file says of itself. Some KB are read.

    Raises:
        CheckpointRefused: it is no checkpoint, its header is damaged, or of another release.
    """
    return _header_and_body(path, body=False)[0]


def read_checkpoint(path: Path) -> tuple[Header, Columns]:
    """Return the header and the columns, which cannot be written to. About a second for 200 MB of them.

    Raises:
        CheckpointRefused: a byte of it is not as it was written, or it is of another release.
    """
    header, body = _header_and_body(path, body=True)
    if len(body) != header.body_bytes:
        raise CheckpointRefused(path, "damaged", f"{len(body)} bytes of {header.body_bytes} are there: it was cut off")
    if _digest(body).hex() != header.body_digest:
        raise CheckpointRefused(path, "damaged", "its checksum is wrong: the disk has changed it")
    raw = zstandard.ZstdDecompressor().decompress(body, max_output_size=sum(size for _, size in header.pieces))
    return header, _columns(header, raw)


def _header_and_body(path: Path, *, body: bool) -> tuple[Header, bytes]:
    try:
        with path.open("rb") as file:
            start = file.read(len(MAGIC) + LENGTH_BYTES + DIGEST_BYTES)
            if len(start) < len(MAGIC) + LENGTH_BYTES + DIGEST_BYTES or not start.startswith(MAGIC):
                raise CheckpointRefused(path, "damaged", "it does not begin as a checkpoint does")
            length = int.from_bytes(start[len(MAGIC) : -DIGEST_BYTES], "little")
            head = file.read(min(length, path.stat().st_size))
            if _digest(head) != start[-DIGEST_BYTES:]:
                raise CheckpointRefused(path, "damaged", "its header was changed or cut off")
            return _header(path, head), file.read() if body else b""
    except OSError as fault:
        raise CheckpointRefused(path, "damaged", f"it cannot be read ({fault.strerror})") from fault


def _header(path: Path, head: bytes) -> Header:
    try:
        release = msgspec.json.decode(head, type=_Format).format
        if release == FORMAT:
            return msgspec.json.decode(head, type=Header)
    except msgspec.DecodeError as fault:
        raise CheckpointRefused(path, "damaged", f"its header cannot be understood ({fault})") from fault
    raise CheckpointRefused(path, "version", f"its format is {release}, this release reads {FORMAT}")


def _columns(header: Header, raw: bytes) -> dict[str, Array]:
    parts: defaultdict[int, list[Array]] = defaultdict(list)
    start = 0
    for number, size in header.pieces:
        column = header.columns[number]
        kind = np.dtype(column.dtype)
        if kind.kind not in NUMBERS:
            raise ValueError(f"the column {column.name} is {column.dtype}")
        rows = size // (kind.itemsize * prod(column.row))
        parts[number].append(np.frombuffer(raw, kind, rows * prod(column.row), start).reshape(rows, *column.row))
        start += size
    return {header.columns[number].name: np.concatenate(arrays) for number, arrays in parts.items()}


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=DIGEST_BYTES).digest()
