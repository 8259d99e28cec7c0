"""Bytes to typed events, or to the dead letters; a raw id goes no further."""

import json

import msgspec
import pytest

from stream.contracts.events import ViewItem
from stream.contracts.ids import Origin
from stream.contracts.topics import CLICKSTREAM, CONSENT, DAY_MS, DEAD_LETTERS
from stream.engine.decode import Decoded, Unreadable, dead_letter, decode, passed_on
from stream.engine.record import Record
from stream.engine.who import pseudonym

NOW_MS = 1_763_780_000_000
ANA = "k1:" + "a" * 64


def as_pseudonym(raw: str) -> str:
    return pseudonym(raw, "k1", b"a secret of the test")


def a_record(value: bytes | None, *, topic: str = CLICKSTREAM, headers: tuple[tuple[str, bytes], ...] = (), key: bytes = b"k") -> Record:
    return Record(topic, 3, 17, NOW_MS, key, value, headers)


def a_view(**changed: object) -> bytes:
    fields = {"event": "view_item", "event_id": "e1", "event_time_ms": NOW_MS, "customer": ANA, "items": [{"item_id": "tea"}]}
    return json.dumps({name: value for name, value in (fields | changed).items() if value is not None}).encode()


def test_an_event_comes_out_typed_with_its_address():
    decoded = decode(a_record(a_view()), as_pseudonym)
    assert isinstance(decoded, Decoded)
    assert isinstance(decoded.event, ViewItem)
    assert (decoded.customer, decoded.origin) == (ANA, Origin(CLICKSTREAM, 3, 17))


def test_a_replayed_record_keeps_the_origin_that_its_header_names():
    decoded = decode(a_record(a_view(), headers=(("origin", b"shop.cart.v1:5:99"),)), as_pseudonym)
    assert decoded.origin == Origin("shop.cart.v1", 5, 99)


@pytest.mark.parametrize(
    ("value", "error_class"),
    [
        (None, "NullValue"),
        (b"", "DecodeError"),
        (b"\xff\xfe{", "DecodeError"),
        (b"not json", "DecodeError"),
        (a_view(event="dance"), "ValidationError"),
        (a_view(event_time_ms="noon"), "ValidationError"),
        (a_view(event_time_ms=1_000), "ValidationError"),  # the year 1970
        (a_view(event_time_ms=4_102_444_800_000), "FutureEvent"),  # the year 2100
        (a_view(items=[{"item_id": "tea"}] * 2_001), "ValidationError"),
        (a_view(items=[{"item_id": "tea\x00pot"}]), "ValidationError"),
        (a_view(items=[{"item_id": "\U0001f375"}]), "ValidationError"),
        (a_view(customer=None), "NoCustomer"),
    ],
)
def test_what_cannot_be_served_is_a_dead_letter_with_its_reason(value, error_class):
    unreadable = decode(a_record(value), as_pseudonym)
    assert isinstance(unreadable, Unreadable)
    assert unreadable.error_class == error_class
    letter = dead_letter(unreadable, as_pseudonym)
    assert (letter.topic, letter.value) == (DEAD_LETTERS, value)
    assert dict(letter.headers)["dl_offset"] == b"17"
    assert dict(letter.headers)["dl_error_class"] == error_class.encode()


def test_a_day_ahead_of_the_record_is_the_last_moment_that_counts():
    assert isinstance(decode(a_record(a_view(event_time_ms=NOW_MS + DAY_MS)), as_pseudonym), Decoded)
    assert isinstance(decode(a_record(a_view(event_time_ms=NOW_MS + DAY_MS + 1)), as_pseudonym), Unreadable)


def test_a_raw_id_is_replaced_by_its_pseudonym_the_signed_in_one_first():
    decoded = decode(a_record(a_view(customer=None, user_id="ana@example.org", client_id="c-9")), as_pseudonym)
    assert isinstance(decoded, Decoded)
    assert decoded.customer == as_pseudonym("ana@example.org")
    assert b"ana@example.org" not in msgspec.json.encode(decoded.event)
    assert b"c-9" not in msgspec.json.encode(decoded.event)


def test_a_dead_letter_names_no_raw_id_in_value_or_key():
    # given a record of a foreign producer, keyed by the raw id, that cannot be served
    value = b'{"event": "dance", "user_id": "ana@example.org", "client_id" : 77, "note": "kept"}'
    letter = dead_letter(decode(a_record(value, key=b"ana@example.org"), as_pseudonym), as_pseudonym)
    # then the rest of it is as it came, and the key is the pseudonym
    assert letter.value == b'{"event": "dance", "user_id":"[redacted]", "client_id":"[redacted]", "note": "kept"}'
    assert letter.key == as_pseudonym("ana@example.org").encode()


def test_a_record_in_the_wrong_partition_goes_on_under_its_pseudonym_with_its_origin():
    decoded = decode(a_record(a_view(customer=None, user_id="ana")), as_pseudonym)
    sent = passed_on(decoded, 8)
    assert (sent.topic, sent.partition, sent.timestamp_ms) == (CLICKSTREAM, 8, NOW_MS)
    assert sent.key == as_pseudonym("ana").encode()
    assert sent.headers[0] == ("origin", f"{CLICKSTREAM}:3:17".encode())
    again = decode(Record(CLICKSTREAM, 8, 40, NOW_MS, sent.key, sent.value, sent.headers), as_pseudonym)
    assert (again.customer, again.origin) == (decoded.customer, decoded.origin)


def test_consent_is_read_from_its_own_topic():
    value = json.dumps({"event_id": "c1", "event_time_ms": NOW_MS, "customer": ANA, "choice": "opt_out"}).encode()
    decoded = decode(a_record(value, topic=CONSENT), as_pseudonym)
    assert isinstance(decoded, Decoded)
    assert decoded.event.choice == "opt_out"
