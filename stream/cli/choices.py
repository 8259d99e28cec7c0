"""What may be chosen on the command line."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

From = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="ISO 8601 with its zone: records whose timestamp is not before this.")
]
To = Annotated[str | None, typer.Option(metavar="TIME", help="ISO 8601 with its zone: and before this.")]
Whose = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Only of this customer: the id at the shop, or the pseudonym; may be repeated.")
]


LogFile = Annotated[Path, typer.Argument(help="A file (plain, .gz or .zst), a folder of them, or - for standard input.")]
LogSource = Annotated[
    str, typer.Argument(metavar="LOG", help="A file (plain, .gz or .zst), a folder of them, - for standard input, or kafka:TOPIC,... .")
]
Goods = Annotated[Path | None, typer.Option("--catalog", help="Take the catalogue from this file, beside what the log holds of it.")]
Named = Annotated[list[str] | None, typer.Option("--event", metavar="NAME", help="Only events of this GA4 name; may be repeated.")]
AtMost = Annotated[int | None, typer.Option("--limit", min=0, help="At most so many records.")]


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


Form = Annotated[LogFormat | None, typer.Option("--format", help="Told by the first lines where it is left out.")]
