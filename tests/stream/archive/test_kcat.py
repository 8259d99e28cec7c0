import json

import msgspec
import pytest

from stream.archive.formats.kcat import record_of
from stream.archive.formats.refused import LineRefused
from stream.engine.record import Record

# After kcat 1.7's json.c: topic, partition, offset, tstype, ts, broker, headers where there are any, key, payload.
PLAIN = (
    '{"topic":"shop.cart.v1","partition":2,"offset":17,"tstype":"create","ts":1763780000000,"broker":0,'
    '"key":"k1:ana","payload":"{\\"a\\":1}"}'
)
LISTED = (
    '{"topic":"t","partition":0,"offset":0,"tstype":"create","ts":5,"broker":1,'
    '"headers":["origin","t:0:1","mark",null,"mark","x"],"key":null,"payload":"é\\u0000"}'
)


def test_a_line_of_kcat_is_the_record() -> None:
    assert record_of(PLAIN.encode()) == Record("shop.cart.v1", 2, 17, 1_763_780_000_000, b"k1:ana", b'{"a":1}')


def test_headers_are_a_list_by_turns() -> None:
    found = record_of(LISTED.encode())
    assert found.headers == (("origin", b"t:0:1"), ("mark", None), ("mark", b"x"))
    assert (found.key, found.value) == (None, "é\0".encode())


def test_headers_may_be_a_map_to_lists() -> None:
    line = json.dumps(json.loads(LISTED) | {"headers": {"origin": ["t:0:1"], "mark": [None, "x"]}})
    assert record_of(line.encode()).headers == (("origin", b"t:0:1"), ("mark", None), ("mark", b"x"))


def test_a_tombstone_has_no_value() -> None:
    assert record_of(json.dumps(json.loads(PLAIN) | {"payload": None}).encode()).value is None


@pytest.mark.parametrize("headers", [["origin"], [None, "x"]], ids=["odd", "without a name"])
def test_headers_that_do_not_pair_are_refused(headers: list[str | None]) -> None:
    with pytest.raises(LineRefused, match="header"):
        record_of(json.dumps(json.loads(LISTED) | {"headers": headers}).encode())


@pytest.mark.parametrize(
    "line",
    [
        PLAIN.encode().replace(b"ana", b"\xff"),
        PLAIN.replace('"ts":1763780000000,', "").encode(),
        PLAIN.replace('"k1:ana"', '{"id":1}').encode(),
    ],
    ids=["bytes that are no UTF-8", "a broker without timestamps", "a key decoded from Avro"],
)
def test_what_cannot_be_exact_is_refused(line: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        record_of(line)
