"""Which part of the past is replayed."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from stream.archive.wanted import Wanted
from stream.contracts.topics import CART, CATALOG, CLICKSTREAM
from stream.engine.record import Record


class _Said(Struct, frozen=True):
    event: str | None = None


_SAID = msgspec.json.Decoder(_Said)


class Chosen(Struct, frozen=True):
    """The records that are replayed; the catalogue always is, whatever its time.

    Args:
        wanted: of which time and whose.
        events: GA4 names; empty: all. What a customer wants (opt_in, opt_out, forget) is no event and always replayed.
        limit: at most so many, the catalogue not counted; None: all.
    """

    wanted: Wanted = Wanted()
    events: frozenset[str] = frozenset()
    limit: int | None = None

    def of(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the chosen ones, in their order."""
        left = self.limit
        for record in records:
            if record.topic == CATALOG:
                yield record
            elif left == 0:
                return
            elif self.wanted.has(record) and self._is_named(record):
                left = None if left is None else left - 1
                yield record

    def _is_named(self, record: Record) -> bool:
        if not self.events or record.topic not in (CLICKSTREAM, CART):
            return True
        try:
            return _SAID.decode(record.value or b"{}").event in self.events
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
