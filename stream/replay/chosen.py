"""Which part of the past is replayed."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

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
        picker = Picker(self)
        for record in records:
            if picker.takes(record):
                yield record
            elif picker.is_done:
                return

    async def of_coming(self, records: AsyncIterable[Record]) -> AsyncIterator[Record]:
        """Yield the chosen ones of those that come, in their order."""
        picker = Picker(self)
        async for record in records:
            if picker.takes(record):
                yield record
            elif picker.is_done:
                return


class Picker:
    """Chooses one record after the other. `is_done`: nothing more will be chosen."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen, self._left, self.is_done = chosen, chosen.limit, False

    def takes(self, record: Record) -> bool:
        """Return whether the next record is chosen."""
        if record.topic == CATALOG:
            return True
        self.is_done = self._left == 0
        if self.is_done or not self._chosen.wanted.has(record) or not self._is_named(record):
            return False
        self._left = None if self._left is None else self._left - 1
        return True

    def _is_named(self, record: Record) -> bool:
        if not self._chosen.events or record.topic not in (CLICKSTREAM, CART):
            return True
        try:
            return _SAID.decode(record.value or b"{}").event in self._chosen.events
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
