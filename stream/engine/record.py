"""Records as the engine takes them in and sends them out."""

from typing import NamedTuple

import msgspec
from msgspec import Struct

from stream.contracts.events import Event

Headers = tuple[tuple[str, bytes | None], ...]  # Kafka lets a header have no value
ORIGIN_HEADER = "origin"
ANSWER_HEADER, ALWAYS, NEVER = "answer", b"always", b"never"  # whatever the record's age


class TopicPartition(NamedTuple):
    """One partition of one topic."""

    topic: str
    partition: int


class Record(Struct, frozen=True, gc=False):
    """One input record as the broker gave it; `timestamp_ms` is the broker's CreateTime.

    `event`: what `value` says, where the record was made here from the event, so that nobody decodes it again.
    """

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    event: Event | None = None

    @property
    def address(self) -> str:
        """Return `topic:partition:offset`, as logs and crash counters name it."""
        return f"{self.topic}:{self.partition}:{self.offset}"

    @property
    def address_in_partition(self) -> str:
        """Return `topic:offset`, as crashes are counted within a partition number."""
        return f"{self.topic}:{self.offset}"

    def header(self, name: str) -> bytes | None:
        """Return the first header of this name; None also where it has no value."""
        for key, value in self.headers:  # a loop, as this is asked four times a record
            if key == name:
                return value
        return None


class Outgoing(Struct, frozen=True, array_like=True, gc=False):
    """One record to be sent, to a partition that is named: the same customer stays in the same partition number."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    timestamp_ms: int
    headers: Headers = ()

    @property
    def size_bytes(self) -> int:
        """Return the bytes of key and value; headers are small beside them."""
        return len(self.key or b"") + len(self.value or b"")


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Outgoing])


def pack_outbox(outgoing: list[Outgoing]) -> bytes:
    """Return an outbox as bytes; no record gives no bytes."""
    return _ENCODER.encode(outgoing) if outgoing else b""


def unpack_outbox(packed: bytes) -> list[Outgoing]:
    """Read what `pack_outbox` wrote."""
    return _DECODER.decode(packed) if packed else []
