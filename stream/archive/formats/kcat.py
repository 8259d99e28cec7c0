"""What `kcat -C -J` prints: a record as one line of JSON.

Headers are one list, name and value by turns, or a map from a name to its values. kcat writes bytes that are no UTF-8 as they are, which is
no JSON: such a line is refused, and so are key and payload that kcat has decoded from Avro. Source: kcat 1.7, json.c.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from stream.archive.formats.refused import LineRefused
from stream.engine.record import Headers, Record

Count = Annotated[int, Meta(ge=0)]
Values = list[str | None]


class Printed(Struct, frozen=True):
    """A line of kcat; `ts` in milliseconds since 1970 UTC."""

    topic: str
    partition: Count
    offset: Count
    ts: int
    key: str | None
    payload: str | None
    headers: Values | dict[str, Values] = []


_LINE = msgspec.json.Decoder(Printed)


def record_of(line: bytes) -> Record:
    """Return the record that a line stands for. Raises msgspec.DecodeError, UnicodeDecodeError or LineRefused."""
    found = _LINE.decode(line)
    return Record(found.topic, found.partition, found.offset, found.ts, _bytes(found.key), _bytes(found.payload), _headers(found.headers))


def _headers(said: Values | dict[str, Values]) -> Headers:
    if isinstance(said, dict):
        return tuple((name, _bytes(value)) for name, values in said.items() for value in values)
    if len(said) % 2:
        raise LineRefused("headers are an odd number of texts: a name or a value is missing")
    return tuple((_name(name), _bytes(value)) for name, value in zip(said[::2], said[1::2], strict=True))


def _name(name: str | None) -> str:
    if name is None:
        raise LineRefused("a header has no name")
    return name


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
