"""The topics and their records as one AsyncAPI 3.0 document, seen by a program of the shop: it sends events and receives suggestions."""

import inspect
from typing import Any

from stream.contracts import topics
from stream.contracts.catalog import CatalogItem
from stream.contracts.consent import Consent
from stream.contracts.events import EVENT_NAMES
from stream.contracts.examples import example_of
from stream.contracts.headers import headers_of
from stream.contracts.memory import Forget, MemoryRecord
from stream.contracts.schemas import components
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import TOPICS, Topic, topic_of
from stream.contracts.training import Candidates, Example, ModelRecord, Outcome, Shown

Part = dict[str, Any]

VERSION = "1.5.0"  # the middle number grows with every field that is added; what is not compatible is a new topic
PARTITIONS = 12
BINDING: Part = {"bindingVersion": "0.5.0"}
RECORDS: dict[str, dict[str, type]] = {  # topic -> message -> type; a dead letter has none, it is bytes as they came
    topics.CLICKSTREAM: {name: kind for kind, name in EVENT_NAMES.items() if topic_of(name) == topics.CLICKSTREAM},
    topics.CART: {name: kind for kind, name in EVENT_NAMES.items() if topic_of(name) == topics.CART},
    topics.CONSENT: {"consent": Consent},
    topics.CATALOG: {"catalog_item": CatalogItem},
    topics.SUGGESTIONS: {"suggestion": Suggestion},
    topics.MEMORY: {"remembered": MemoryRecord, "forget": Forget},
    topics.TRAINING: {"example": Example, "shown": Shown, "outcome": Outcome, "candidates": Candidates},
    topics.MODELS: {"model": ModelRecord},
    topics.DEAD_LETTERS: {},
}
OPERATIONS = {  # what is not named here is between tsuide's own processes
    "tell_looking": ("send", topics.CLICKSTREAM),
    "tell_acting": ("send", topics.CART),
    "tell_consent": ("send", topics.CONSENT),
    "describe_items": ("send", topics.CATALOG),
    "show_suggestions": ("receive", topics.SUGGESTIONS),
    "look_into_dead_letters": ("receive", topics.DEAD_LETTERS),
}


def document(*, partitions: int = PARTITIONS) -> Part:
    """Return the AsyncAPI document; `partitions` is how many every input topic has."""
    messages = {name: _message(topic, name, kind) for topic in TOPICS for name, kind in RECORDS[topic.name].items()}
    letters = topics.BY_NAME[topics.DEAD_LETTERS]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "tsuide",
            "version": VERSION,
            "description": "Live suggestions for a shop: what customers do goes in, what to show them now comes out. "
            "Readers ignore fields that they do not know, and fields are only ever added. Times are milliseconds since 1970 UTC.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, partitions) for topic in TOPICS},
        "operations": {name: _operation(action, topic) for name, (action, topic) in OPERATIONS.items()},
        "components": {"messages": messages | {"dead_letter": _dead_letter(letters)}, "schemas": components()},
    }


def _channel(topic: Topic, partitions: int) -> Part:
    settings = topic.config()
    configuration: Part = {
        "cleanup.policy": [topic.cleanup],
        "max.message.bytes": topic.max_message_bytes,
        **{name: int(settings[name]) for name in ("retention.ms", "delete.retention.ms") if name in settings},
    }
    binding: Part = {
        **BINDING,
        "topic": topic.name,
        "partitions": topic.partitions or partitions,
        "topicConfiguration": configuration,
    }
    names = RECORDS[topic.name] or ["dead_letter"]
    return {
        "address": topic.name,
        "description": f"{topic.says[0].upper()}{topic.says[1:]}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"kafka": binding},
    }


def _operation(action: str, topic: str) -> Part:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic}"}}


def _message(topic: Topic, name: str, kind: type) -> Part:
    message = {
        "name": name,
        "summary": (inspect.getdoc(kind) or "").splitlines()[0],
        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
        "examples": [{"payload": example_of(kind)}],
    }
    return message | _headers_and_key(topic)


def _dead_letter(topic: Topic) -> Part:
    message = {
        "name": "dead_letter",
        "summary": "A record that could not be handled, byte by byte as it came but without raw ids; its headers say whence and why.",
        "contentType": "application/octet-stream",
        "payload": {"description": "any bytes, or none"},
    }
    return message | _headers_and_key(topic)


def _headers_and_key(topic: Topic) -> Part:
    headers = headers_of(topic.name)
    key = {"type": "string", "description": topic.key}
    return ({"headers": headers} if headers else {}) | {"bindings": {"kafka": BINDING | {"key": key}}}
