"""What stands in the headers of the records, topic by topic, as JSON Schema."""

from typing import Any

from stream.contracts.topics import DEAD_LETTERS, INPUTS, SUGGESTIONS, TRAINING

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "string", "pattern": "^[0-9]+$"}
TRACE: Schema = {"type": "string", "description": "W3C trace context, handed on from an event to what it causes"}
ORIGIN: Schema = {"type": "string", "description": "topic:partition:offset where the record first stood; ids derive from it"}
REDRIVEN = "redriven"
ATTEMPTS: Schema = NUMBER | {"description": "how often `tsuide redrive` has sent this record back from the dead letters"}
ANSWER: Schema = {
    "type": "string",
    "enum": ["always", "never"],
    "description": "whether the event is answered, whatever its age; without it what is older than a suggestion lives is not",
}
REPLAY: Schema = {"type": "string", "description": "which replay has written the record, and where in its log it stood"}

OPTIONAL: dict[str, dict[str, Schema]] = {
    **{topic: {"traceparent": TRACE, "origin": ORIGIN, REDRIVEN: ATTEMPTS, "answer": ANSWER, "replay": REPLAY} for topic in INPUTS},
    SUGGESTIONS: {"traceparent": TRACE},
    TRAINING: {"traceparent": TRACE},
    DEAD_LETTERS: {REDRIVEN: ATTEMPTS},
}
ALWAYS: dict[str, dict[str, Schema]] = {
    SUGGESTIONS: {  # CloudEvents 1.0, Kafka binding, binary mode
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": TEXT | {"description": "the suggestion's id"},
        "ce_source": TEXT,
        "ce_type": {"type": "string", "const": SUGGESTIONS},
        "ce_time": {"type": "string", "format": "date-time"},
        "content-type": {"type": "string", "const": "application/json"},
        "origin": ORIGIN,
    },
    DEAD_LETTERS: {
        "dl_topic": TEXT,
        "dl_partition": NUMBER,
        "dl_offset": NUMBER,
        "dl_timestamp_ms": NUMBER,
        "dl_error_class": TEXT,
        "dl_error_message": TEXT,
    },
}


def headers_of(topic: str) -> Schema | None:
    """Return the schema of a topic's headers, or None where there are none to know."""
    always, optional = ALWAYS.get(topic, {}), OPTIONAL.get(topic, {})
    if not always and not optional:
        return None
    return {"type": "object", "properties": always | optional, "required": list(always)}
