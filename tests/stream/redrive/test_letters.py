"""A letter is read back to the record that it was made of, and goes out as that record."""

import msgspec
import pytest

from features.store.port import Crash
from stream.contracts.topics import CLICKSTREAM, INPUT_BYTES
from stream.engine.decode import Decoded, Unreadable, dead_letter, decode, set_aside
from stream.engine.record import ORIGIN_HEADER, Headers, Outgoing, Record
from stream.engine.who import pseudonymiser
from stream.redrive.letters import Fate, Letter, again, fate_of, letter_of
from tests.stream.contracts.test_headers import misfits

AT_MS = 1_767_225_600_000
TRACE = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
ANA = "k1:" + 64 * "a"
who = pseudonymiser("k1", b"a secret of the tests, long enough")


def an_event(**changed: object) -> bytes:
    fields = {"event": "view_item", "event_id": "e1", "event_time_ms": AT_MS, "customer": ANA, "items": [{"item_id": "tea"}]}
    return msgspec.json.encode({name: value for name, value in (fields | changed).items() if value is not None})


def a_record(value: bytes | None = None, *, headers: Headers = (TRACE,), key: bytes = ANA.encode()) -> Record:
    return Record(CLICKSTREAM, 3, 4711, AT_MS, key, an_event() if value is None else value, headers)


def letter_from(record: Record) -> Letter:
    """Return the letter that the engine would write of a record that ended processes."""
    sent = dead_letter(set_aside(record, Crash(3, "boom")), who)
    letter = letter_of(sent.headers, sent.key, sent.value)
    assert letter is not None
    return letter


def fate(record: Record, *, attempts: int = 3, partitions: int = 4) -> Fate:
    return fate_of(letter_from(record), attempts=attempts, partitions=partitions)


def test_a_letter_goes_out_as_the_record_that_it_was_with_one_header_more() -> None:
    letter = letter_from(a_record(headers=(TRACE, ("void", None))))
    assert (letter.reason, letter.attempts) == ("EndedProcesses", 0)
    sent = again(letter)
    assert sent == Outgoing(CLICKSTREAM, 3, ANA.encode(), an_event(), AT_MS, (TRACE, ("void", None), ("redriven", b"1")))
    # and is an event like any other, with headers that are published
    assert isinstance(decode(a_record(sent.value, headers=sent.headers), who), Decoded)
    assert misfits(again(letter_from(a_record()))) == []


def test_attempts_are_counted_through_letter_after_letter_until_there_are_enough() -> None:
    record, fates = a_record(), []
    for _ in range(4):
        fates.append(fate(record, attempts=3))
        record = a_record(headers=again(letter_from(record)).headers)
    assert fates == ["sent", "sent", "sent", "exhausted"]
    assert record.headers == (TRACE, ("redriven", b"4"))


def test_a_record_that_was_passed_on_is_new_where_it_lies() -> None:
    passed = a_record(headers=((ORIGIN_HEADER, b"shop.clickstream.v1:0:7"), TRACE))
    assert again(letter_from(passed)).headers == (TRACE, ("redriven", b"1"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (an_event(customer=None, user_id="ana@shop.example"), "redacted"),
        (an_event(customer=None, client_id="c-1", user_id=None), "redacted"),
        (b'{"user_id": "ana@shop.example", cut', "redacted"),
        (an_event(user_id="ana@shop.example"), "sent"),
        (b"not json", "sent"),
    ],
)
def test_an_event_whose_customer_was_a_raw_id_alone_is_not_made_somebody_elses(value: bytes, expected: Fate) -> None:
    assert fate(a_record(value)) == expected


def test_what_fills_its_topic_to_the_brim_has_no_room_for_a_header() -> None:
    assert fate(a_record(b"\x80" * (INPUT_BYTES - 100))) == "large"
    assert fate(a_record(b"\x80" * (INPUT_BYTES - 4_000))) == "sent"


def test_what_is_no_letter_of_ours_is_left_where_it_is() -> None:
    sent = dead_letter(set_aside(a_record(), Crash(3, "boom")), who)
    assert letter_of((), None, b"{}") is None
    assert letter_of(sent.headers[1:], sent.key, sent.value) is None
    assert letter_of((("dl_topic", b"shop.catalog.v1"), *sent.headers[1:]), sent.key, sent.value) is None
    assert letter_of((sent.headers[0], ("dl_partition", b"x"), *sent.headers[2:]), sent.key, sent.value) is None
    assert fate_of(None, attempts=3, partitions=4) == "foreign"
    assert fate(a_record(), partitions=3) == "foreign"


def test_a_record_without_a_value_is_one_again() -> None:
    read = decode(Record(CLICKSTREAM, 0, 1, AT_MS, None, None), who)
    assert isinstance(read, Unreadable)
    sent = dead_letter(read, who)
    letter = letter_of(sent.headers, sent.key, sent.value)
    assert letter is not None
    assert again(letter) == Outgoing(CLICKSTREAM, 0, None, None, AT_MS, (("redriven", b"1"),))
