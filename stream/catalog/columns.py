"""One row of a table in our own words: columns are CatalogItem's fields, `a.b` for what is inside one."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from stream.catalog.refused import RowRefused
from stream.contracts.catalog import CatalogItem

LISTS = {"is_accessory_or_spare_part_for", "is_related_to", "is_similar_to"}
PERIOD = "sale_price_effective_date"
FIELDS = frozenset(CatalogItem.__struct_fields__)


def item_of(cells: dict[str, str]) -> CatalogItem:
    """Return the row as an item; columns that are no field of ours are passed over. Raises RowRefused naming the column.

    Lists are separated by `|` (or, where there is none, by commas); `tier` is `family:rank`; `benefits.ja`, `specs.colour`,
    `rating.value` and the like go inside; a sale's period is `start/end`, two ISO 8601 times with their zone.
    """
    fields: dict[str, Any] = {}
    for column, text in cells.items():
        name, _, inner = column.partition(".")
        if name not in FIELDS:
            continue
        if inner:
            fields.setdefault(name, {})[inner] = number_or_text(text) if name == "specs" else text
        else:
            fields[name] = _READ.get(name, str)(text)
    return checked(fields)


def checked(fields: dict[str, Any]) -> CatalogItem:
    """Return the fields as an item, numbers given as text included. Raises RowRefused naming the field."""
    try:
        return msgspec.convert(fields, CatalogItem, strict=False)
    except msgspec.ValidationError as fault:
        why, _, where = str(fault).partition(" - at `$.")
        raise RowRefused(where.rstrip("`") or why.split("`")[-2], why) from fault


def ids_of(text: str) -> list[str]:
    """Return a list of ids, separated by `|` or, where there is none, by commas."""
    return [part.strip() for part in text.split("|" if "|" in text else ",") if part.strip()]


def period_of(text: str) -> dict[str, int]:
    """Return `start/end`, two ISO 8601 times with their zone, in milliseconds since 1970 UTC. Raises RowRefused."""
    try:
        start, end = (_ms(datetime.fromisoformat(part.strip())) for part in text.split("/"))
    except ValueError as fault:
        raise RowRefused(PERIOD, f"{text!r} is not start/end, such as 2026-01-01T00:00+0900/2026-01-31T23:59+0900") from fault
    if start >= end:
        raise RowRefused(PERIOD, f"{text!r} ends before it begins")
    return {"start_ms": start, "end_ms": end}


def number_or_text(text: str) -> float | str:
    """Return the text as a number where it is one."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _ms(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return round((moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def _tier_of(text: str) -> dict[str, str]:
    family, colon, rank = text.rpartition(":")
    if not colon:
        raise RowRefused("tier", f"{text!r} is not family:rank, such as kettles:2")
    return {"family": family, "rank": rank}


_READ: dict[str, Callable[[str], Any]] = {name: ids_of for name in LISTS} | {PERIOD: period_of, "tier": _tier_of}
