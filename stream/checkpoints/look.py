"""One checkpoint as people ask about it: what it holds, and whether it is whole."""

from pathlib import Path

from msgspec import Struct

from stream.checkpoints.file import CheckpointRefused, Header, read_checkpoint, read_header
from stream.checkpoints.restore import offsets_of


class Look(Struct, frozen=True):
    """What one file says of itself. `fault`: why a worker would refuse it, None where it is whole; times in ms since 1970 UTC."""

    path: str
    size_bytes: int
    created_ms: int | None = None
    records: int | None = None
    topic: str | None = None
    cluster: str | None = None
    offsets: dict[int, int] = {}
    fault: str | None = None


def look_at(path: Path) -> Look:
    """Return what the file holds; all of it is read and held against its checksum."""
    size_bytes = path.stat().st_size
    try:
        header = read_header(path)
    except CheckpointRefused as refused:
        return Look(str(path), size_bytes, fault=refused.why)
    try:
        read_checkpoint(path)
    except CheckpointRefused as refused:
        return _told(path, size_bytes, header, refused.why)
    return _told(path, size_bytes, header, None)


def _told(path: Path, size_bytes: int, header: Header, fault: str | None) -> Look:
    one = header.identity
    return Look(str(path), size_bytes, header.created_ms, header.records, one.topic, one.cluster, offsets_of(header.marks), fault)
