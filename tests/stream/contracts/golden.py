"""Writes the published contracts again: the AsyncAPI golden file and the TypeScript types of records and client. `make golden`."""

import json
import sys
from pathlib import Path
from typing import Any

from stream.contracts.asyncapi import document
from stream.contracts.compatibility import incompatible
from stream.contracts.schemas import frontend_schema
from tests.stream.contracts.client_types import CLIENT_TYPES, client_types
from tests.support.node import run_node

GOLDEN = Path(__file__).with_name("asyncapi.json")
TYPES = Path(__file__).parents[3] / "deploy" / "types" / "tsuide.d.ts"


def golden() -> dict[str, Any]:
    """Return the document that was published last."""
    document: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return document


def in_print(document: dict[str, Any]) -> str:
    """Return a document as the golden file holds it."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def types() -> str:
    """Return the TypeScript types of today's records."""
    return run_node("types.mjs", frontend_schema())


def write() -> list[str]:
    """Write all files, or nothing and return why not."""
    new = document()
    if GOLDEN.exists():
        old = golden()
        breaks = incompatible(old, new)
        if breaks:
            return breaks
        if old != new and old["info"]["version"] == new["info"]["version"]:
            return ["the contracts have grown: raise VERSION in stream/contracts/asyncapi.py"]
    GOLDEN.write_text(in_print(new), encoding="utf-8")
    TYPES.parent.mkdir(parents=True, exist_ok=True)
    TYPES.write_text(types(), encoding="utf-8")
    CLIENT_TYPES.write_text(client_types(), encoding="utf-8")
    return []


if __name__ == "__main__":
    refused = write()
    sys.exit("not compatible; make it a new topic (.v2) or take it back:\n  " + "\n  ".join(refused) if refused else 0)
