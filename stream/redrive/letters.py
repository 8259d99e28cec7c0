"""What is in a dead letter, what may become of it, and the record that is sent again; no I/O."""

import re
from typing import Literal

import msgspec
from msgspec import Struct

from stream.contracts.headers import ALWAYS, REDRIVEN
from stream.contracts.topics import DEAD_LETTERS, INPUT_BYTES, INPUTS
from stream.engine.record import ORIGIN_HEADER, Headers, Outgoing, Record

Fate = Literal["sent", "exhausted", "redacted", "large", "foreign"]
MEANING: dict[Fate, str] = {
    "sent": "goes back to its topic",
    "exhausted": "was sent back as often as is allowed: stays here",
    "redacted": "names its customer by a raw id only, which is not kept: let its producer send it again",
    "large": "has no room for the header that counts: let its producer send it again",
    "foreign": "is no letter of ours, or its topic has no such partition",
}
ROOM_BYTES = 512  # for what a batch of one record adds, and for the header that counts
OF_LETTERS = tuple(ALWAYS[DEAD_LETTERS])  # the headers that are put before a record's own
_REDACTED = re.compile(rb'"(?:user_id|client_id)":"\[redacted\]"')


class Letter(Struct, frozen=True):
    """A dead letter read: why it failed, the record as it was, and how often it was sent back before."""

    reason: str
    record: Record
    attempts: int


class _Named(Struct):
    """All that is asked of an event here."""

    customer: str | None = None


def letter_of(headers: Headers, key: bytes | None, value: bytes | None) -> Letter | None:
    """Return the letter, or None for a record that is none."""
    if tuple(name for name, _ in headers[: len(OF_LETTERS)]) != OF_LETTERS:
        return None
    said = {name: (text or b"").decode(errors="replace") for name, text in headers[: len(OF_LETTERS)]}
    numbers = [said[name] for name in ("dl_partition", "dl_offset", "dl_timestamp_ms")]
    if said["dl_topic"] not in INPUTS or not all(number.isdecimal() for number in numbers):
        return None
    partition, offset, timestamp_ms = map(int, numbers)
    record = Record(said["dl_topic"], partition, offset, timestamp_ms, key, value, headers[len(OF_LETTERS) :])
    before = record.header(REDRIVEN) or b""
    return Letter(said["dl_error_class"], record, int(before) if before.isdigit() else 0)


def fate_of(letter: Letter | None, *, attempts: int, partitions: int) -> Fate:
    """Return what becomes of a letter where each may be sent back `attempts` times, to topics of so many partitions."""
    if letter is None or letter.record.partition >= partitions:
        return "foreign"
    if letter.attempts >= attempts:
        return "exhausted"
    if again(letter).size_bytes + sum(len(name) + len(text or b"") for name, text in letter.record.headers) > INPUT_BYTES - ROOM_BYTES:
        return "large"
    return "redacted" if _is_nameless(letter.record.value or b"") else "sent"


def _is_nameless(value: bytes) -> bool:
    """Return whether whose event it was stood in a raw id alone: worked as it is, all of those would be one customer."""
    if not _REDACTED.search(value):
        return False
    try:
        return not msgspec.json.decode(value, type=_Named).customer
    except (msgspec.DecodeError, UnicodeDecodeError):
        return True


def again(letter: Letter) -> Outgoing:
    """Return the record as it was, one attempt more in its header, and without the origin that it may have been passed on with.

    It keeps its timestamp, so that nobody is answered for what he did long ago. Its origin is where it lies now: memory and trainer
    have gone past the former one and would take it for a repeat.
    """
    record = letter.record
    kept = tuple(header for header in record.headers if header[0] not in (ORIGIN_HEADER, REDRIVEN))
    headers = (*kept, (REDRIVEN, str(letter.attempts + 1).encode()))
    return Outgoing(record.topic, record.partition, record.key, record.value, record.timestamp_ms, headers)
