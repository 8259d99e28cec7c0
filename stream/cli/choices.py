"""What may be chosen on the command line."""

from enum import StrEnum
from typing import Annotated

import typer

From = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="ISO 8601 with its zone: records whose timestamp is not before this.")
]
To = Annotated[str | None, typer.Option(metavar="TIME", help="ISO 8601 with its zone: and before this.")]
Whose = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Only of this customer: the id at the shop, or the pseudonym; may be repeated.")
]


class Task(StrEnum):
    """A list that looking at items may bring, or the next view."""

    accessories = "accessories"
    upgrades = "upgrades"
    alternatives = "alternatives"
    bundle = "bundle"
    also_bought = "also_bought"
    browse = "browse"


class Protocol(StrEnum):
    """How quality is measured."""

    next_item = "next-item"
    basket = "basket"
    accessory = "accessory"
    upgrade = "upgrade"


class BasketMode(StrEnum):
    """Whether items that the customer bought before may be answered."""

    mixed = "mixed"
    discover = "discover"


class CatalogFormat(StrEnum):
    """Formats of catalogue files."""

    jsonl = "jsonl"
    csv = "csv"
    merchant = "merchant"


class ShopName(StrEnum):
    """A shop that is shipped: a real one, or an invented one in which every list can be seen."""

    uci = "uci"
    sample = "sample"


class Into(StrEnum):
    """Where a log is replayed into."""

    memory = "memory"
    kafka = "kafka"


class LogFormat(StrEnum):
    """Forms of event logs."""

    archive = "archive"
    kcat = "kcat"
    events = "events"
    segment = "segment"
