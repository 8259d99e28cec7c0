"""A catalogue from a file, for commands that ask no broker."""

from pathlib import Path

from features.catalog import Catalog
from stream.catalog.feed import format_of, read_items
from stream.catalog.refused import Refusal
from stream.cli.terminal import watched
from stream.errors import LogError
from stream.lines import Lines


def take_goods(path: Path, catalog: Catalog) -> None:
    """Put a file's items (JSON lines, table or Merchant feed) into `catalog`. Raises LogError, with the line, at the first bad one."""
    lines = Lines(path)

    def refuse(refusal: Refusal) -> None:
        raise LogError(str(path), refusal.line, f"{refusal.field}: {refusal.why}.")

    for item in watched(read_items(lines, format_of(lines), refuse), lines):
        catalog.put(item)
