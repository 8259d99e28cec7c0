"""Which form a log has: told by its first lines, or said."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from stream.archive.formats import archived, kcat, segment, shop
from stream.contracts.events import Event
from stream.engine.record import Record

Format = Literal["archive", "kcat", "events", "segment"]
FORMATS: tuple[Format, ...] = ("archive", "kcat", "events", "segment")
RECORDS: Mapping[Format, Callable[[bytes], Record]] = {"archive": archived.record_of, "kcat": kcat.record_of}
EVENTS: Mapping[Format, Callable[[bytes], Event | None]] = {"events": shop.event_of, "segment": segment.event_of}
SEGMENT_TYPES = {"track", "identify", "page", "screen", "group", "alias"}
LOOKED_AT = 100  # lines; damaged ones among the first do not hide what the others tell


def told_by(lines: Iterable[bytes]) -> Format | None:
    """Return the form that the first line which tells one has; None where none does."""
    return next((format for format in map(_told_by, lines) if format), None)


def _told_by(line: bytes) -> Format | None:
    try:
        said = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not isinstance(said, dict):
        return None
    if {"topic", "partition", "offset"} <= said.keys():
        return "archive" if "value" in said else "kcat" if "payload" in said else None
    if "event_time_ms" in said:
        return "events"
    return "segment" if said.get("type") in SEGMENT_TYPES else None
