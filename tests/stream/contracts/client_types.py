"""The published types of the gateway's client, made by TypeScript from the JSDoc of its parts."""

import re
import tempfile
from pathlib import Path

from stream.gateway.client_files import FOLDER
from tests.support.node import compile_scripts

CLIENT_TYPES = Path(__file__).parents[3] / "deploy" / "types" / "client.d.ts"
HEAD = """// Made from stream/gateway/client by `make golden`; do not edit.

import type { AddToCart, Event as Sent, SuggestedItem, SuggestedList, Suggestion } from "./tsuide.js";

"""
FOOT = """
declare global {
  interface HTMLElementTagNameMap {
    "tsuide-suggestions": Suggestions;
  }
}
"""
IMPORT = re.compile(r"^import type .*\n", re.MULTILINE)
ELEMENT = re.compile(r"^/\*\* Fires tsuide:add[\s\S]*?^}\n", re.MULTILINE)


def client_types() -> str:
    """Return the types of what a page may import: `connect`, `Client` and the element. Raises RuntimeError where the code does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        done = compile_scripts("--declaration", "--emitDeclarationOnly", "--outDir", folder, FOLDER / "client.js")
        if done.returncode != 0:
            raise RuntimeError(done.stdout)
        declared = {path.name: path.read_text(encoding="utf-8") for path in Path(folder).rglob("*.d.ts")}
    element = ELEMENT.search(declared["component.d.ts"])
    if element is None:
        raise RuntimeError(f"no element is declared:\n{declared['component.d.ts']}")
    return HEAD + IMPORT.sub("", declared["client.d.ts"]) + element[0] + FOOT
