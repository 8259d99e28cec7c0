"""A catalogue file in any of the formats that are taken, as items."""

from collections.abc import Callable, Iterator
from typing import Literal

from stream.catalog import columns, merchant
from stream.catalog.refused import Refusal, RowRefused
from stream.catalog.table import columns_of, first_line, rows
from stream.contracts.catalog import CatalogItem
from stream.errors import LogError
from stream.lines import Lines
from stream.logs import read_catalog

Format = Literal["jsonl", "csv", "merchant"]
Refused = Callable[[Refusal], None]


def format_of(lines: Lines) -> Format:
    """Return the format that the file's first line tells. Raises LogError where it tells none.

    JSON lines begin with a brace; a heading with item_id is ours, one with id (and no item_id) is a Merchant Center feed.
    """
    first = first_line(lines).lstrip()
    if first.startswith("{"):
        return "jsonl"
    names = columns_of(first)
    if "item_id" in names:
        return "csv"
    if "id" in names:
        return "merchant"
    wanted = "one JSON object a line" if first.startswith("[") else "a heading with item_id or id, or JSON lines"
    raise LogError(str(lines.path), 1, f"is no catalogue that can be read: give {wanted}.")


def read_items(lines: Lines, format: Format, refused: Refused) -> Iterator[CatalogItem]:
    """Yield the file's items in its order, telling `refused` each row that is left out.

    Raises:
        LogError: when the file cannot be read on: damaged, not UTF-8, quotes that do not close.
    """
    if format == "jsonl":
        yield from read_catalog(lines, refused=lambda error: refused(_json_refusal(error)))
        return
    item_of = merchant.item_of if format == "merchant" else columns.item_of
    for number, cells in rows(lines):
        try:
            yield item_of(cells)
        except RowRefused as fault:
            refused(Refusal(number, fault.field, fault.why))


def columns_left_out(lines: Lines, format: Format) -> list[str]:
    """Return the columns of a table in our own words that mean nothing to us; a Merchant feed may well have such."""
    if format != "csv":
        return []
    return [name for name in columns_of(first_line(lines)) if name.partition(".")[0] not in columns.FIELDS]


def _json_refusal(error: LogError) -> Refusal:
    why, _, where = error.cause.rstrip(".").partition(" - at `$.")
    return Refusal(error.line, where.rstrip("`"), why)
