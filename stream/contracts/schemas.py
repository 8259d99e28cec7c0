"""The records' types as JSON Schema, in the dialect that AsyncAPI and browsers read."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from stream.contracts.catalog import CatalogItem
from stream.contracts.consent import Consent
from stream.contracts.events import EVENT_TYPES
from stream.contracts.memory import Forget, MemoryRecord
from stream.contracts.suggestion import Suggestion
from stream.contracts.training import Candidates, Example, ModelRecord, Outcome, Shown

Schema = dict[str, Any]

RECORDS: tuple[type, ...] = (
    *EVENT_TYPES,
    Consent,
    CatalogItem,
    Suggestion,
    MemoryRecord,
    Forget,
    Example,
    Shown,
    Outcome,
    Candidates,
    ModelRecord,
)
FOR_FRONTENDS: tuple[type, ...] = (*EVENT_TYPES, Suggestion)

# Python's \w is letters and digits of any script; ECMA-262's is ASCII only.
WORD = r"\p{L}\p{N}_"


def components(records: tuple[type, ...] = RECORDS, *, at: str = "#/components/schemas/") -> dict[str, Schema]:
    """Return the schemas of `records` and of all that they hold, by type name; references begin with `at`."""
    _, schemas = msgspec.json.schema_components(records, ref_template=at + "{name}")
    return {name: draft_7(schema) for name, schema in schemas.items()}


def frontend_schema() -> Schema:
    """Return one schema of what a browser writes and reads: any `Event`, and the `Suggestion`."""
    definitions = components(FOR_FRONTENDS, at="#/definitions/")
    definitions["Event"] = {
        "description": "What a customer did, told apart by `event`.",
        "anyOf": [{"$ref": f"#/definitions/{kind.__name__}"} for kind in EVENT_TYPES],
    }
    return {
        "title": "Message",
        "description": "What travels between a shop's pages and tsuide.",
        "anyOf": [{"$ref": "#/definitions/Event"}, {"$ref": "#/definitions/Suggestion"}],
        "definitions": definitions,
    }


def draft_7(schema: Any) -> Any:
    """Return a schema of draft 2020-12, as msgspec writes it, in words of draft 7 and with patterns of ECMA-262."""
    if isinstance(schema, (list, tuple)):  # a default of the types is a tuple
        return [draft_7(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    converted = {key: draft_7(value) for key, value in schema.items() if key not in {"prefixItems", "pattern"}}
    if "prefixItems" in schema:
        converted["items"] = draft_7(schema["prefixItems"])
    if isinstance(schema.get("pattern"), str):
        converted["pattern"] = ecma(schema["pattern"])
    elif "pattern" in schema:  # a property of that name
        converted["pattern"] = draft_7(schema["pattern"])
    return converted


def ecma(pattern: str) -> str:
    """Return a Python pattern as ECMA-262 reads it with the flag `u`, which JSON Schema asks for; it knows word, end and plain classes."""
    written, in_class = [], False
    for token in re.findall(r"\\.|.", pattern):
        if token == r"\w":
            written.append(WORD if in_class else f"[{WORD}]")
        else:
            written.append("$" if token == r"\Z" else token)
            in_class = token == "[" or (in_class and token != "]")
    return "".join(written)
