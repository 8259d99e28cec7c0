from copy import deepcopy
from typing import Any

import pytest

from stream.contracts.compatibility import incompatible

FIELD = {"type": "string"}


def a_document(schema: dict[str, Any], **schemas: dict[str, Any]) -> dict[str, Any]:
    """One topic `t`, one message `m` with this payload, and named schemas beside it."""
    kafka = {"partitions": 4, "topicConfiguration": {"cleanup.policy": ["delete"]}}
    message = {"payload": schema, "bindings": {"kafka": {"key": {"description": "customer"}}}}
    return {
        "channels": {"t": {"address": "shop.t.v1", "messages": {"m": {}}, "bindings": {"kafka": kafka}}},
        "components": {"messages": {"m": message}, "schemas": schemas},
    }


def an_object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return incompatible(a_document(old), a_document(new))


def test_an_added_optional_field_is_compatible() -> None:
    assert changes(an_object(("a",), a=FIELD), an_object(("a",), a=FIELD, b={"type": "integer", "default": 1})) == []


def test_a_better_description_is_compatible() -> None:
    assert changes(an_object(a=FIELD), an_object(a=FIELD | {"description": "whose it is"})) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (an_object(a=FIELD), an_object(), "t m.a: the field is gone"),
        (an_object(a=FIELD), an_object(a={"type": "number"}), "t m.a: type was 'string', is 'number'"),
        (an_object(a=FIELD), an_object(("a",), a=FIELD), "t m.a: the field is newly required"),
        (an_object(), an_object(("a",), a=FIELD), "t m.a: the field is newly required"),
        (an_object(("a",), a=FIELD), an_object(a=FIELD), "t m.a: the field is no longer sure to be there"),
        (an_object(a={"enum": ["x"]}), an_object(a={"enum": ["x", "y"]}), "t m.a: enum was ['x'], is ['x', 'y']"),
        (an_object(a=FIELD), an_object(a=FIELD | {"maxLength": 9}), "t m.a: maxLength was None, is 9"),
        (an_object(a={"default": 1}), an_object(a={"default": 2}), "t m.a: default was 1, is 2"),
    ],
)
def test_a_change_of_a_known_field_is_named(old: dict[str, Any], new: dict[str, Any], said: str) -> None:
    assert changes(old, new) == [said]


def test_a_change_inside_a_list_is_found() -> None:
    old = an_object(lines={"type": "array", "items": an_object(price=FIELD)})
    new = an_object(lines={"type": "array", "items": an_object(price={"type": "number"})})
    assert changes(old, new) == ["t m.lines[].price: type was 'string', is 'number'"]


def test_a_change_inside_an_alternative_is_found() -> None:
    old, new = an_object(a={"anyOf": [FIELD, {"type": "null"}]}), an_object(a={"anyOf": [FIELD, {"type": "integer"}]})
    assert changes(old, new) == ["t m.a|: type was 'null', is 'integer'"]


def test_another_alternative_is_a_wider_type() -> None:
    old, new = an_object(a={"anyOf": [FIELD]}), an_object(a={"anyOf": [FIELD, {"type": "null"}]})
    assert changes(old, new) == ["t m.a|: had 1 possible parts, has 2"]


def test_a_change_of_the_values_of_a_map_is_found() -> None:
    old = an_object(evidence={"additionalProperties": FIELD})
    new = an_object(evidence={"additionalProperties": {"type": "number"}})
    assert changes(old, new) == ["t m.evidence.*: type was 'string', is 'number'"]


def test_a_type_may_get_another_name() -> None:
    old = a_document({"$ref": "#/components/schemas/Old"}, Old=an_object(a=FIELD))
    new = a_document({"$ref": "#/components/schemas/New"}, New=an_object(a=FIELD))
    assert incompatible(old, new) == []


def test_a_type_that_holds_itself_is_compared_once() -> None:
    node = {"$ref": "#/components/schemas/Node"}
    old, new = a_document(node, Node=an_object(child=node, a=FIELD)), a_document(node, Node=an_object(child=node))
    assert incompatible(old, new) == ["t m.a: the field is gone"]


def test_a_topic_that_is_gone_renamed_or_divided_otherwise_is_named() -> None:
    old = a_document(an_object())
    gone, renamed, divided, kept = (deepcopy(old) for _ in range(4))
    del gone["channels"]["t"]
    renamed["channels"]["t"]["address"] = "shop.t.v2"
    divided["channels"]["t"]["bindings"]["kafka"]["partitions"] = 8
    kept["channels"]["t"]["bindings"]["kafka"]["topicConfiguration"]["cleanup.policy"] = ["compact"]
    assert incompatible(old, gone) == ["t: the topic is gone"]
    assert incompatible(old, renamed) == ["t: the topic was shop.t.v1, is shop.t.v2"]
    assert incompatible(old, divided) == ["t: it had 4 partitions, has 8"]
    assert incompatible(old, kept) == ["t: its clean-up was ['delete'], is ['compact']"]


def test_a_topic_or_a_message_may_be_added_but_not_taken_away() -> None:
    less = a_document(an_object())
    more = deepcopy(less)
    more["channels"]["u"] = more["channels"]["t"]
    more["channels"]["t"]["messages"]["n"] = {}
    more["components"]["messages"]["n"] = more["components"]["messages"]["m"]
    assert incompatible(less, more) == []
    assert incompatible(more, less) == ["t n: the message is gone", "u: the topic is gone"]


def test_a_header_that_readers_relied_on_must_stay() -> None:
    old = a_document(an_object())
    old["components"]["messages"]["m"]["headers"] = an_object(("ce_id",), ce_id=FIELD)
    assert incompatible(old, a_document(an_object())) == ["t m headers.ce_id: the field is gone"]


def test_another_key_moves_every_customer_to_another_partition() -> None:
    new = a_document(an_object())
    new["components"]["messages"]["m"]["bindings"]["kafka"]["key"]["description"] = "session"
    assert incompatible(a_document(an_object()), new) == ["t m: its key has changed"]
