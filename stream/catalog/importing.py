"""One catalogue file into the topic, and the report of it."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from stream.catalog.feed import Format, columns_left_out, format_of, read_items
from stream.catalog.publish import publish, too_large
from stream.catalog.refused import Refusal
from stream.connection.kafka import Broker
from stream.contracts.catalog import CatalogItem
from stream.errors import LogError
from stream.lines import Lines

KEPT_REFUSALS = 1_000
Watched = Callable[[Iterable[CatalogItem], Lines], Iterator[CatalogItem]]


class Report(Struct):
    """What became of a file: rows taken, distinct items among them, rows refused (the first 1,000 with their cause)."""

    format: Format
    rows: int = 0
    items: int = 0
    refused: int = 0
    refusals: list[Refusal] = []
    columns_left_out: list[str] = []

    def refuse(self, refusal: Refusal) -> None:
        """Count one row that is left out."""
        self.refused += 1
        if len(self.refusals) < KEPT_REFUSALS:
            self.refusals.append(refusal)


async def import_file(path: Path, broker: Broker | None, *, format: Format | None = None, watched: Watched | None = None) -> Report:
    """Read the file and publish its items; `broker` None: only read and check.

    A file that cannot be read on is one more refusal: what came before stays imported.

    Raises:
        LogError: when not even the first line can be read.
        BrokerAway, TopicsDiffer: as `publish`.
    """
    lines = Lines(path)
    kind = format or format_of(lines)
    report = Report(kind, columns_left_out=columns_left_out(lines, kind))
    items = _counted(lines, report)
    if watched is not None:
        items = watched(items, lines)
    if broker is None:
        for _ in items:
            pass
    else:
        await publish(broker, items)
    return report


def _counted(lines: Lines, report: Report) -> Iterator[CatalogItem]:
    seen: set[str] = set()
    try:
        for item in read_items(lines, report.format, report.refuse):
            if too_large(item):
                report.refuse(Refusal(lines.number, "item_id", f"{item.item_id} is larger than the topic takes; shorten its texts"))
                continue
            report.rows += 1
            seen.add(item.item_id)
            report.items = len(seen)
            yield item
    except LogError as fault:
        report.refuse(Refusal(fault.line, "", fault.cause))
