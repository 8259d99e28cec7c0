"""tsuide's own form: a record as one line of JSON, exact to the byte.

`{"topic": ..., "partition": ..., "offset": ..., "timestamp": ms, "key": part, "headers": [[name, part], ...], "value": part}`. A part is
text where the bytes are UTF-8, `{"base64": "..."}` where they are not, null where there are none. JSON in a value stays text, as it came.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from stream.engine.record import Headers, Record
from stream.lines import MAX_LINE_BYTES

Count = Annotated[int, Meta(ge=0)]


class Binary(Struct, frozen=True):
    """Bytes that are no text."""

    base64: bytes


Part = str | Binary | None


class Archived(Struct, frozen=True):
    """A record as it is written; `timestamp` in milliseconds since 1970 UTC, as the broker has it."""

    topic: str
    partition: Count
    offset: Count
    timestamp: int
    key: Part
    headers: tuple[tuple[str, Part], ...]
    value: Part


_LINE = msgspec.json.Decoder(Archived)
_ENCODER = msgspec.json.Encoder()


def line_of(record: Record) -> bytes:
    """Return the record as a line, without its end.

    A line that escaping makes longer than half of what a reader takes (`MAX_LINE_BYTES`) has its bytes in base64, which adds a third only.
    """
    line = _ENCODER.encode(_archived(record, as_text=True))
    return line if 2 * len(line) <= MAX_LINE_BYTES else _ENCODER.encode(_archived(record, as_text=False))


def record_of(line: bytes) -> Record:
    """Read what `line_of` wrote. Raises msgspec.DecodeError or UnicodeDecodeError."""
    found = _LINE.decode(line)
    headers: Headers = tuple((name, _bytes(part)) for name, part in found.headers)
    return Record(found.topic, found.partition, found.offset, found.timestamp, _bytes(found.key), _bytes(found.value), headers)


def part_of(content: bytes | None, *, as_text: bool = True) -> Part:
    """Return bytes as they stand in a line; without `as_text` always in base64."""
    if content is None:
        return None
    try:
        return content.decode() if as_text else Binary(content)
    except UnicodeDecodeError:
        return Binary(content)


def _archived(record: Record, *, as_text: bool) -> Archived:
    headers = tuple((name, part_of(value, as_text=as_text)) for name, value in record.headers)
    key, value = part_of(record.key, as_text=as_text), part_of(record.value, as_text=as_text)
    return Archived(record.topic, record.partition, record.offset, record.timestamp_ms, key, headers, value)


def _bytes(part: Part) -> bytes | None:
    if isinstance(part, Binary):
        return part.base64
    return None if part is None else part.encode()
