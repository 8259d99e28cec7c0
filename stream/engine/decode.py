"""Bytes to typed events, or to the dead letters. A raw customer id goes no further than this module."""

import re

import msgspec
from msgspec import Struct

from features.store.port import Crash
from stream.contracts.consent import Consent
from stream.contracts.events import Event
from stream.contracts.ids import Origin
from stream.contracts.topics import CONSENT, DAY_MS, DEAD_LETTERS
from stream.engine.record import ORIGIN_HEADER, Headers, Outgoing, Record
from stream.engine.who import Pseudonymise, customer_of, named

DEATHS_TO_LETTER = 3  # a record that ended this many processes is set aside
_EVENT = msgspec.json.Decoder(Event)
_CONSENT = msgspec.json.Decoder(Consent)
_RAW_ID = re.compile(rb'"(user_id|client_id)"\s*:\s*("(?:[^"\\]|\\.)*"?|[^,}\]\s]+)')
_PSEUDONYM = re.compile(rb"\A[\w-]+:[0-9a-f]{64}\Z")


class Decoded(Struct, frozen=True, gc=False):
    """An event of a known customer, with where it first stood and where it lies now."""

    record: Record
    origin: Origin
    customer: str
    event: Event | Consent


class Unreadable(Struct, frozen=True, gc=False):
    """A record that cannot be served, and why."""

    record: Record
    error_class: str
    message: str


def decode(record: Record, pseudonymise: Pseudonymise) -> Decoded | Unreadable:
    """Return the record's event under its customer's pseudonym, or why there is none. O(bytes)."""
    if record.value is None:
        return Unreadable(record, "NullValue", "the record has no value; inputs are not compacted, send an event")
    try:
        event: Event | Consent = record.event or (_CONSENT if record.topic == CONSENT else _EVENT).decode(record.value)
        origin = _origin_of(record)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        return Unreadable(record, type(error).__name__, str(error))
    if event.event_time_ms > record.timestamp_ms + DAY_MS:
        return Unreadable(record, "FutureEvent", "event_time_ms lies more than a day after the record's own timestamp; check its clock")
    customer = customer_of(event, pseudonymise)
    if customer is None:
        return Unreadable(record, "NoCustomer", "one of customer, user_id and client_id is needed")
    return Decoded(record, origin, customer, named(event, customer))


def set_aside(record: Record, crash: Crash) -> Unreadable:
    """Return the letter of a record that has ended too many processes."""
    return Unreadable(record, "EndedProcesses", f"ended {crash.count} processes; the last traceback:\n{crash.traceback}")


def dead_letter(unreadable: Unreadable, pseudonymise: Pseudonymise) -> Outgoing:
    """Return the record as it came, raw ids redacted, with its address and error in headers."""
    record = unreadable.record
    headers: Headers = (
        ("dl_topic", record.topic.encode()),
        ("dl_partition", str(record.partition).encode()),
        ("dl_offset", str(record.offset).encode()),
        ("dl_timestamp_ms", str(record.timestamp_ms).encode()),
        ("dl_error_class", unreadable.error_class.encode()),
        ("dl_error_message", unreadable.message.encode(errors="replace")[:16_384]),
        *record.headers,
    )
    value = None if record.value is None else _RAW_ID.sub(rb'"\1":"[redacted]"', record.value)
    key = record.key
    if key is not None and not _PSEUDONYM.match(key):
        key = pseudonymise(key.decode(errors="replace")).encode()
    return Outgoing(DEAD_LETTERS, record.partition, key, value, record.timestamp_ms, headers)


def passed_on(decoded: Decoded, partition: int) -> Outgoing:
    """Return the event for the partition where its customer lives, its origin kept."""
    record = decoded.record
    others = tuple(header for header in record.headers if header[0] != ORIGIN_HEADER)
    headers = ((ORIGIN_HEADER, str(decoded.origin).encode()), *others)
    return Outgoing(record.topic, partition, decoded.customer.encode(), msgspec.json.encode(decoded.event), record.timestamp_ms, headers)


def _origin_of(record: Record) -> Origin:
    header = record.header(ORIGIN_HEADER)
    return Origin(record.topic, record.partition, record.offset) if header is None else Origin.parse(header.decode())
