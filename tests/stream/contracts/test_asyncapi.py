import json
import re

import msgspec
import pytest

from stream.contracts.asyncapi import RECORDS, document
from stream.contracts.compatibility import incompatible
from stream.contracts.events import EVENT_NAMES, Event
from stream.contracts.examples import EXAMPLES, example_of
from stream.contracts.ids import IdText
from stream.contracts.schemas import RECORDS as ALL_RECORDS
from stream.contracts.schemas import draft_7, ecma
from stream.contracts.topics import CART, CATALOG, CLICKSTREAM, DEAD_LETTERS, SUGGESTIONS, TOPICS
from tests.stream.contracts.golden import GOLDEN, golden, in_print
from tests.support.node import run_node

NEWER_STANDARD = "asyncapi-latest-version"  # 3.0 is what most tools read


def test_the_published_document_is_the_one_that_the_types_make() -> None:
    assert GOLDEN.read_text(encoding="utf-8") == in_print(document()), "run `make golden`"


def test_nothing_published_was_taken_back() -> None:
    assert incompatible(golden(), document()) == []


@pytest.mark.node
def test_asyncapi_s_own_parser_has_nothing_against_the_document() -> None:
    said = json.loads(run_node("validate.mjs", document()))
    assert [remark for remark in said if remark["code"] != NEWER_STANDARD] == []


@pytest.mark.node
def test_asyncapi_s_own_parser_would_refuse_an_operation_without_its_topic() -> None:
    wrong = document()
    wrong["operations"]["tell_acting"]["channel"] = {"$ref": "#/channels/shop.cart.v9"}
    said = json.loads(run_node("validate.mjs", wrong))
    assert [remark["path"] for remark in said if remark["severity"] == 0] == ["operations.tell_acting.channel.$ref"]


@pytest.mark.node
def test_every_example_fits_its_schema() -> None:
    assert json.loads(run_node("examples.mjs", document())) == []


@pytest.mark.node
def test_an_example_that_does_not_fit_would_be_found() -> None:
    wrong = document()
    wrong["components"]["messages"]["add_to_cart"]["examples"][0]["payload"]["event_id"] = 17
    assert json.loads(run_node("examples.mjs", wrong)) == [{"message": "add_to_cart", "path": "/event_id", "text": "must be string"}]


def test_every_topic_of_the_table_is_a_channel_with_its_settings() -> None:
    channels = document(partitions=12)["channels"]
    assert list(channels) == [topic.name for topic in TOPICS]
    assert channels[CATALOG]["bindings"]["kafka"] == {
        "bindingVersion": "0.5.0",
        "topic": CATALOG,
        "partitions": 1,
        "topicConfiguration": {"cleanup.policy": ["compact"], "max.message.bytes": 1_048_576, "delete.retention.ms": 7 * 86_400_000},
    }
    assert channels[SUGGESTIONS]["bindings"]["kafka"]["partitions"] == 12


def test_every_event_travels_on_one_of_the_two_event_topics() -> None:
    looking, acting = set(RECORDS[CLICKSTREAM]), set(RECORDS[CART])
    assert looking | acting == set(EVENT_NAMES.values())
    assert looking & acting == set()
    assert {"add_to_cart", "purchase", "refund"} < acting


def test_every_record_has_a_message_and_an_example() -> None:
    named = {kind for messages in RECORDS.values() for kind in messages.values()}
    assert named == set(ALL_RECORDS) == set(EXAMPLES)


@pytest.mark.parametrize("kind", ALL_RECORDS, ids=lambda kind: kind.__name__)
def test_an_example_is_read_back_as_what_it_was(kind: type) -> None:
    wanted = Event if kind in EVENT_NAMES else kind
    assert msgspec.convert(example_of(kind), wanted) == EXAMPLES[kind]


def test_a_suggestion_carries_the_headers_of_a_cloud_event() -> None:
    headers = document()["components"]["messages"]["suggestion"]["headers"]
    needed = {"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type", "origin"}
    assert set(headers["required"]) == needed
    assert set(headers["properties"]) == needed | {"traceparent"}


def test_a_dead_letter_is_bytes_with_an_address() -> None:
    letter = document()["components"]["messages"]["dead_letter"]
    assert letter["contentType"] == "application/octet-stream"
    assert {"dl_topic", "dl_partition", "dl_offset"} <= set(letter["headers"]["required"])
    assert list(document()["channels"][DEAD_LETTERS]["messages"]) == ["dead_letter"]


def test_a_tuple_becomes_a_list_of_schemas_in_draft_7() -> None:
    assert draft_7({"type": "array", "prefixItems": [{"type": "string"}]}) == {"type": "array", "items": [{"type": "string"}]}


def test_a_property_that_is_called_pattern_is_not_a_pattern() -> None:
    schema = {"properties": {"pattern": {"type": "string", "pattern": r"^\w\Z"}}}
    assert draft_7(schema) == {"properties": {"pattern": {"type": "string", "pattern": r"^[\p{L}\p{N}_]$"}}}


@pytest.mark.node
def test_a_browser_reads_the_pattern_of_ids_as_python_does() -> None:
    [meta] = IdText.__metadata__
    texts = ["85123A", "k1:9f", "やかん", "ü-7", "a b", "~", "", "a\n", "a\tb", "\u0000", "\U0001f600", "Ⅷ", "e\u0301"]
    there = json.loads(run_node("patterns.mjs", {"pattern": ecma(meta.pattern), "texts": texts}))
    assert dict(zip(texts, there, strict=True)) == {text: re.search(meta.pattern, text) is not None for text in texts}
