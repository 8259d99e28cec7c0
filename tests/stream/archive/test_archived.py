import base64
import json

import msgspec
import pytest
from hypothesis import given

from stream.archive.formats.archived import line_of, record_of
from stream.contracts.topics import CART
from stream.engine.record import Record
from stream.lines import MAX_LINE_BYTES
from tests.stream.archive.records import RECORDS, T


@given(RECORDS)
def test_every_record_comes_back_to_the_byte(record: Record) -> None:
    line = line_of(record)
    assert b"\n" not in line
    assert record_of(line) == record


def test_a_line_is_what_the_documentation_says() -> None:
    # given a value that is JSON, a key that is no UTF-8 (ff), and headers with and without a value
    record = Record(CART, 3, 4711, T, b"\xff", b'{"event": "view_item"}', (("origin", b"a:0:1"), ("mark", None), ("mark", b"")))
    assert json.loads(line_of(record)) == {
        "topic": "shop.cart.v1",
        "partition": 3,
        "offset": 4711,
        "timestamp": 1_763_780_000_000,
        "key": {"base64": base64.b64encode(b"\xff").decode()},
        "headers": [["origin", "a:0:1"], ["mark", None], ["mark", ""]],
        "value": '{"event": "view_item"}',
    }


def test_a_value_of_nothing_and_no_value_are_told_apart() -> None:
    for value in (None, b""):
        assert record_of(line_of(Record(CART, 0, 0, T, None, value))).value == value


def test_the_largest_record_fits_into_a_line_whatever_is_in_it() -> None:
    # given 4 MiB of NUL, the most that any topic takes, and in JSON six bytes each
    letter = Record(CART, 0, 0, T, b"k", bytes(4 * 1_048_576))
    line = line_of(letter)
    assert len(line) < MAX_LINE_BYTES
    assert record_of(line) == letter


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b'{"topic": "t", "partition": 0, "offset": 0, "timestamp": 0, "key": null, "headers": []}',
        b'{"topic": "t", "partition": -1, "offset": 0, "timestamp": 0, "key": null, "headers": [], "value": null}',
        b'{"topic": "t", "partition": 0, "offset": 0, "timestamp": 0, "key": {"base64": "!"}, "headers": [], "value": null}',
        b'{"topic": "t", "partition": 0, "offset": 0, "timestamp": 0, "key": null, "headers": [], "value": {"event": "x"}}',
        b'{"topic": "t", "partition": 0, "offset": 0, "timestamp": 0, "key": "\xff", "headers": [], "value": null}',
    ],
    ids=["cut", "no object", "no value", "partition below 0", "no base64", "value that is JSON itself", "no UTF-8"],
)
def test_what_is_no_such_line_is_refused(line: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        record_of(line)
