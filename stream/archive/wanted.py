"""Which records of an archive are wanted: of which time, and whose."""

import msgspec
from msgspec import Struct

from stream.contracts.ids import Customer
from stream.engine.record import Record
from stream.engine.who import Pseudonymise, customer_of


class _Named(Struct, frozen=True):
    customer: str | None = None
    user_id: str | None = None
    client_id: str | None = None


_NAMED = msgspec.json.Decoder(_Named)


class Wanted(Struct, frozen=True):
    """Which records are wanted.

    Args:
        from_ms: their timestamps are not before this.
        to_ms: and before this.
        customers: only of these; empty: of everybody. A record is of whom its key names, or its value.
        pseudonymise: turns raw ids in values into customers; without it such values are of nobody.
    """

    from_ms: int | None = None
    to_ms: int | None = None
    customers: frozenset[Customer] = frozenset()
    pseudonymise: Pseudonymise | None = None

    def has(self, record: Record) -> bool:
        """Return whether a record is among them."""
        if self.from_ms is not None and record.timestamp_ms < self.from_ms:
            return False
        if self.to_ms is not None and record.timestamp_ms >= self.to_ms:
            return False
        return not self.customers or self._is_theirs(record)

    def _is_theirs(self, record: Record) -> bool:
        if record.key is not None and record.key.decode(errors="replace") in self.customers:
            return True
        try:
            named = _NAMED.decode(record.value or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        return named.customer in self.customers if self.pseudonymise is None else customer_of(named, self.pseudonymise) in self.customers
