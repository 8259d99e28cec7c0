import re

import msgspec

from stream.contracts.events import AddToCart
from stream.contracts.examples import CUSTOMER, EXAMPLES, SESSION
from stream.contracts.headers import headers_of
from stream.contracts.ids import Customer
from stream.contracts.topics import CART, DEAD_LETTERS, MODELS, SUGGESTIONS
from stream.engine.decode import Decoded, dead_letter, decode, passed_on
from stream.engine.outgoing import suggestion_record
from stream.engine.record import Outgoing, Record

TRACE = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")


def a_record(value: bytes) -> Record:
    return Record(CART, 3, 4711, 1_763_780_000_000, CUSTOMER.encode(), value, (TRACE,))


def decoded() -> Decoded:
    read = decode(a_record(msgspec.json.encode(EXAMPLES[AddToCart])), Customer)
    assert isinstance(read, Decoded)
    return read


def misfits(sent: Outgoing) -> list[str]:
    """Return what the published schema would say against a record's headers."""
    schema = headers_of(sent.topic)
    assert schema is not None
    headers = {name: value.decode() for name, value in sent.headers}
    words = [f"{name} is missing" for name in schema["required"] if name not in headers]
    for name, text in headers.items():
        known = schema["properties"].get(name)
        if known is None:
            words.append(f"{name} is not published")
        elif text != known.get("const", text) or not re.search(known.get("pattern", ""), text):
            words.append(f"{name} is {text!r}")
    return words


def test_a_suggestion_is_sent_with_the_headers_that_are_published() -> None:
    sent = suggestion_record(
        decoded(), (), seq=1, session=SESSION, life_ms=1_000, versions=(1, "p", 1), experiment={}, now_ms=1_763_780_000_010
    )
    assert sent.topic == SUGGESTIONS
    assert misfits(sent) == []


def test_a_record_passed_on_is_sent_with_the_headers_that_are_published() -> None:
    assert misfits(passed_on(decoded(), 1)) == []


def test_a_dead_letter_is_sent_with_the_headers_that_are_published_and_those_that_it_came_with() -> None:
    unreadable = decode(a_record(b"not json"), Customer)
    assert not isinstance(unreadable, Decoded)
    sent = dead_letter(unreadable, Customer)
    assert sent.topic == DEAD_LETTERS
    assert misfits(sent) == ["traceparent is not published"]


def test_a_topic_between_our_own_processes_has_no_headers_to_know() -> None:
    assert headers_of(MODELS) is None
